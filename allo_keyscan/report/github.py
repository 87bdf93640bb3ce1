"""GitHub workflow annotations. Names and messages are escaped, so that nothing scanned can become a command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from allo_keyscan.model import Finding, Report
from allo_keyscan.report.text import printable

LIMIT = 10
"""Annotations of one level that GitHub shows of a step; it drops the others in silence."""

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def escape(text: str, *, is_property: bool = False) -> str:
    """Text as a workflow command takes it: percent, line ends, and in properties the two separators."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return escaped.replace(":", "%3A").replace(",", "%2C") if is_property else escaped


def _annotation(one: Finding) -> str:
    fields = {
        "file": one.origin.path,
        "line": str(one.start.line),
        "endLine": str(one.end.line),
        "title": f"{one.code} {one.rule}",
    }
    if one.start.line == one.end.line:  # GitHub refuses columns on a range of lines
        fields |= {"col": str(one.start.column), "endColumn": str(one.end.column)}
    properties = ",".join(f"{name}={escape(value, is_property=True)}" for name, value in fields.items())
    inside = f" (in {one.origin.member})" if one.origin.member else ""
    shown = f"{one.masked}: " if one.masked else ""
    return f"::{_LEVELS[one.severity]} {properties}::{escape(shown + one.message + inside)}"


def limited(findings: Sequence[Finding]) -> str:
    """The first LIMIT annotations of each level, a notice that there are more, and those as lines of the log."""
    shown: Counter[str] = Counter()
    lines, rest = [], []
    for one in findings:
        # The notice about the rest is one of the notices.
        if shown[one.severity] < LIMIT - (one.severity == "note"):
            shown[one.severity] += 1
            lines.append(_annotation(one))
        else:
            rest.append(_logged(one))
    if rest:
        lines.append(f"::notice title=allo-keyscan::{len(rest)} more in the log of this step")
    return "".join(f"{line}\n" for line in [*lines, *rest])


def _logged(one: Finding) -> str:
    """A line of the log; a runner takes `::` at its beginning, and `##[` anywhere, for a command."""
    place = f"{one.origin}:{one.start.line}:{one.start.column}"
    return printable(f"- {place}: {one.code} {one.rule}: {one.message}").replace("##", "# #")


def render(report: Report, *, color: bool = False) -> str:  # noqa: ARG001 (every format takes it)
    """One annotation a line; nothing where nothing was found."""
    return "".join(_annotation(one) + "\n" for one in report.findings)
