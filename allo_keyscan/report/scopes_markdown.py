"""Tables to paste into a ticket. Nothing that was scanned becomes markup: names are code or escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from allo_keyscan.model import Call, KeyNeeds, ScopesReport
from allo_keyscan.needs.keys import listed
from allo_keyscan.report.markdown import code, escaped, findings, fit, gaps, table
from allo_keyscan.report.scopes_text import counted, remarks


def render(report: ScopesReport, **_: object) -> str:
    """A table a key, one of what is unresolved, one of findings, and one of what was not read."""
    return fit(parts(report))


def parts(report: ScopesReport) -> list[str]:
    """What `render` puts together."""
    found = list(body(report))
    if not found and report.complete:
        found.append("No calls on the API.")
    told = [one for one in report.findings if one.rule != "unresolved-call"]
    if told:
        found += ["### Findings", findings(told)]
    if not report.complete:
        found += ["### Not read", gaps(report.skipped)]
    return found


def body(report: ScopesReport) -> Iterator[str]:
    """What each key needs, and what is unresolved."""
    for key in report.keys:
        yield from _key(report, key)
    if report.unresolved:
        yield "### Unresolved"
        rows = [(code(f"{one.path}:{one.line}"), escaped(one.reason)) for one in report.unresolved]
        yield table(("call", "reason"), rows)


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
