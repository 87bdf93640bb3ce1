"""The answer of `scopes` as one page: what is missing or too much on top, then each key's scopes and their calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from allo_keyscan.catalog.findings import FindingRule
from allo_keyscan.model import SEVERITIES, ScopesReport
from allo_keyscan.report import audit_html_scopes as scopes
from allo_keyscan.report import page
from allo_keyscan.report.audit_words import Verdict, counted
from allo_keyscan.report.html import Markup, Piece, code, join, table, tag


def render(report: ScopesReport, *, rules: Callable[[], Mapping[str, FindingRule]], **_: object) -> str:
    """The whole page."""
    body = [_overview(report)]
    if report.keys or report.unresolved:
        body.append(tag("section", tag("h2", "Keys", id="keys"), *scopes.keys(report, "h3"), aria_labelledby="keys"))
    body.append(tag("section", *_looked(report), aria_labelledby="looked"))
    under = f"{counted(report.summary.files, 'Python file')}"
    return page.page("API scopes", "API scopes", under, body, page.foot(report.findings, rules()))


def _overview(report: ScopesReport) -> Markup:
    parts: list[Piece] = [tag("h2", "Verdict", id="verdict"), page.verdict(verdict(report))]
    parts.append(page.numbers(_counts(report), ("keys", "calls")))
    if report.required_scopes:
        parts.append(tag("p", "Scopes that all calls together need: ", join(map(code, report.required_scopes), ", ")))
    told = [one for one in report.findings if one.rule != "unresolved-call"]
    if told:
        ordered = sorted(told, key=lambda one: -SEVERITIES.index(one.severity))
        parts += [tag("h3", "Findings"), table("What to act on", page.NOTE_HEADS, map(page.note, ordered))]
    return tag("section", *parts, aria_labelledby="verdict")


def verdict(report: ScopesReport) -> Verdict:
    """The one sentence that everybody reads."""
    grave = [one for one in report.findings if one.severity != "note"]
    gap = "" if report.complete else " Not every file could be read, so there may be more."
    unresolved = f" {counted(len(report.unresolved), 'call')} unresolved." if report.unresolved else ""
    if grave:
        return Verdict("local", f"{counted(len(grave), 'finding')} to act on.{unresolved}{gap}")
    if not report.complete or report.unresolved:
        return Verdict("unsure", f"Nothing to act on in what could be read and resolved.{unresolved}{gap}")
    if not report.calls:
        return Verdict("clean", "No call on the API.")
    needed = counted(len(report.required_scopes), "scope")
    return Verdict("clean", f"{needed} needed, and nothing to act on.")


def _counts(report: ScopesReport) -> list[tuple[str, int]]:
    missing = sum(len(key.missing) for key in report.keys)
    unused = sum(one.rule == "unused-scope" and one.severity != "note" for one in report.findings)
    return [
        ("keys", len(report.keys)),
        ("calls", len({(call.path, call.line, call.column) for call in report.calls})),
        ("missing scopes", missing),
        ("unused scopes", unused),
        ("unresolved calls", len(report.unresolved)),
        ("not read", sum(skip.incomplete for skip in report.skipped)),
    ]


def _looked(report: ScopesReport) -> Iterator[Piece]:
    yield tag("h2", "What was looked at, and what was not", id="looked")
    tests = f", {report.tests.files:,} of them tests, which are left out" if report.tests.files else ""
    yield tag("p", f"Looked at: {counted(report.summary.files, 'Python file')}{tests}.")
    if report.skipped:
        yield page.gaps(report.skipped)
    yield from page.hushed(0, report.suppressed)
