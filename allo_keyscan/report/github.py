"""GitHub workflow annotations. Names and messages are escaped, so that nothing scanned can become a command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from allo_keyscan.report.results import Result, Results
from allo_keyscan.report.text import cut, printable

LIMIT = 10
"""Annotations of one level that GitHub shows of a step; it drops the others in silence."""

MOST_CHARACTERS = 4000
"""Of one message: GitHub cuts an annotation at 64 KiB, and a reader long before."""

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def render(found: Sequence[Results], **_: object) -> str:
    """The first LIMIT annotations of each level, a notice that there are more, and those as lines of the log.

    What a clean answer suffers from is one warning. Nothing at all where all was looked at and nothing found.
    """
    levels = list(_LEVELS)
    pairs = sorted(
        ((one, of) for of in found for one in of.results), key=lambda pair: levels.index(pair[0].finding.severity)
    )
    shown = Counter({"note": 1})  # the notice about the rest is one of the notices
    lines, rest = [], []
    gaps = [(of.where(gap.path), gap.reason) for of in found for gap in of.gaps]
    if gaps:
        shown["warning"] += 1
        rest += [printable(f"- {path}: not looked at: {reason}") for path, reason in gaps]
        many = "1 place" if len(gaps) == 1 else f"{len(gaps)} places"
        said = f"incomplete: {many} could not be looked at: see the log of this step"
        lines.append(f"::warning title=allo-keyscan::{said}")
    for one, of in pairs:
        level = one.finding.severity
        shown[level] += 1
        if shown[level] <= LIMIT:
            lines.append(_annotation(one, of))
        else:
            rest.append(_logged(one, of))
    more = sum(max(0, number - LIMIT) for number in shown.values())
    if more:
        lines.append(f"::notice title=allo-keyscan::{more} more in the log of this step")
    return "".join(f"{line}\n" for line in _ordered(lines, rest))


def _ordered(lines: Iterable[str], rest: Iterable[str]) -> Iterable[str]:
    """The gravest annotations first, whatever made them; then what the log alone has."""
    marks = [f"::{level}" for level in _LEVELS.values()]
    yield from sorted(lines, key=lambda line: next(place for place, mark in enumerate(marks) if line.startswith(mark)))
    yield from rest


def escape(text: str, *, is_property: bool = False) -> str:
    """Text as a workflow command takes it: percent, line ends, and in properties the two separators."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return escaped.replace(":", "%3A").replace(",", "%2C") if is_property else escaped


def _annotation(one: Result, of: Results) -> str:
    finding = one.finding
    fields = {
        "file": of.where(finding.origin.path),
        "line": str(finding.start.line),
        "endLine": str(finding.end.line),
        "title": f"{finding.code} {finding.rule}",
    }
    if finding.start.line == finding.end.line:  # GitHub refuses columns on a range of lines
        fields |= {"col": str(finding.start.column), "endColumn": str(finding.end.column)}
    properties = ",".join(f"{name}={escape(value, is_property=True)}" for name, value in fields.items())
    return f"::{_LEVELS[finding.severity]} {properties}::{escape(cut(one.told, MOST_CHARACTERS))}"


def _logged(one: Result, of: Results) -> str:
    """A line of the log; it begins with a dash, so that no name can begin one."""
    finding = one.finding
    place = f"{of.where(str(finding.origin))}:{finding.start.line}:{finding.start.column}"
    return f"- {printable(place)}: {finding.code} {finding.rule}: {one.told}"
