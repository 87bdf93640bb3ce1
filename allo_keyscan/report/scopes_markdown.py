"""Tables to paste into a ticket. Nothing that was scanned becomes markup: names are code or escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable

from allo_keyscan.model import Call, Finding, KeyNeeds, ScopesReport
from allo_keyscan.needs.keys import listed
from allo_keyscan.report.scopes_text import counted, remarks
from allo_keyscan.report.text import printable

_MARKUP = re.compile(r"([\\`*\[\]<>|~#!&@])")


def render(report: ScopesReport, **_: object) -> str:
    """A table a key, one of what is unresolved, and one of findings."""
    parts = [part for key in report.keys for part in _key(report, key)]
    if report.unresolved:
        parts.append("### Unresolved")
        rows = [(code(f"{one.path}:{one.line}"), escaped(one.reason)) for one in report.unresolved]
        parts.append(table(("call", "reason"), rows))
    told = [one for one in report.findings if one.rule != "unresolved-call"]
    if told:
        parts.append("### Findings")
        parts.append(table(("severity", "rule", "place", "what"), map(finding_row, told)))
    if not report.complete:
        parts.append("### Not read")
        parts.append(table(("path", "reason"), [(code(skip.path), escaped(skip.reason)) for skip in report.skipped]))
    return "\n\n".join(parts or ["No calls on the API."]) + "\n"


def _key(report: ScopesReport, key: KeyNeeds) -> Iterable[str]:
    yield f"### {code(key.key) if key.key is not None else 'Key not known'}: {counted(key)}"
    rows = [
        (code(need.scope) + (" (missing)" if need.scope in key.missing else ""), *_call(call))
        for need in key.needs
        for call in need.calls
    ]
    free = [call for call in report.calls if call.key == key.key and not call.scopes]
    rows += [("none" if call.endpoint is not None else "not known", *_call(call)) for call in free]
    if rows:
        yield table(("scope", "call", "endpoint", "certainty", "remarks"), rows)
    if key.excess:
        yield f"Not needed: {', '.join(map(code, key.excess))}."
    if key.not_observed:
        scopes = ", ".join(map(code, key.not_observed))
        yield f"Not observed, may be needed at {escaped(listed(key.blockers))}: {scopes}."


def _call(call: Call) -> tuple[str, ...]:
    said = [one for one in remarks(call) if one != "possible"] + [
        f"via {place.path}:{place.line}" for place in call.via
    ]
    return (
        code(f"{call.path}:{call.line}"),
        code(f"{call.method} {call.endpoint or call.url}"),
        call.certainty,
        escaped("; ".join(said)),
    )


def finding_row(one: Finding) -> tuple[str, ...]:
    """A finding as a row: severity, rule, place, what."""
    return one.severity, f"{one.code} {one.rule}", code(f"{one.origin}:{one.start.line}"), escaped(one.message)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table; its cells are code or escaped already."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: str) -> str:
    """Text as code, in a table too; with a backtick in it, escaped."""
    text = printable(text)
    return escaped(text) if "`" in text else "`" + text.replace("|", "\\|") + "`"


def escaped(text: str) -> str:
    """Text in which nothing is markup, a mention or the end of a cell.

    An underscore stays as it is: a key with a backslash in it would no longer be masked.
    """
    return _MARKUP.sub(lambda match: "&#64;" if match.group() == "@" else "\\" + match.group(), printable(text))
