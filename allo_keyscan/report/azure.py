"""Azure Pipelines' logging commands: an issue a finding. What was scanned is escaped and cannot become a command.

Form and escapes are those of the agent (`task.logissue`): percent is `%AZP25`, and in properties `;` and `]` count too.
https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from allo_keyscan.report.results import Result, Results
from allo_keyscan.report.text import cut, printable

MOST_CHARACTERS = 4000
"""Of one message."""

_LEVELS = {"error": "error", "warning": "warning"}
"""Azure has no third one: a note is a plain line of the log."""


def render(found: Sequence[Results], **_: object) -> str:
    """An issue a finding, the gravest first, notes as lines, and what could not be looked at as one warning and lines.

    Nothing at all where all was looked at and nothing found.
    """
    return "".join(f"{line}\n" for line in (*_findings(found), *_gaps(found)))


def _findings(found: Sequence[Results]) -> Iterator[str]:
    pairs = [(one, of) for of in found for one in of.results]
    for level in (*_LEVELS, "note"):
        for one, of in pairs:
            if one.finding.severity == level:
                yield _issue(one, of) if level in _LEVELS else _logged(one, of)


def _gaps(found: Sequence[Results]) -> Iterator[str]:
    gaps = [(of.where(gap.path), gap.reason) for of in found for gap in of.gaps]
    if gaps:
        many = "1 place" if len(gaps) == 1 else f"{len(gaps)} places"
        yield f"##vso[task.logissue type=warning;]allo-keyscan: incomplete: {many} could not be looked at"
    for path, reason in gaps:
        yield printable(f"- {path}: not looked at: {reason}")


def escape(text: str, *, is_property: bool = False) -> str:
    """Text as a logging command takes it."""
    escaped = text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")
    return escaped.replace(";", "%3B").replace("]", "%5D") if is_property else escaped


def _issue(one: Result, of: Results) -> str:
    finding = one.finding
    fields = {
        "type": _LEVELS[finding.severity],
        "sourcepath": printable(of.where(finding.origin.path)),
        "linenumber": str(finding.start.line),
        "columnnumber": str(finding.start.column),
        "code": finding.code,
    }
    properties = "".join(f"{name}={escape(value, is_property=True)};" for name, value in fields.items())
    return f"##vso[task.logissue {properties}]{escape(cut(one.told, MOST_CHARACTERS))}"


def _logged(one: Result, of: Results) -> str:
    """A line of the log; it begins with a dash, so that no name can begin one."""
    finding = one.finding
    place = f"{of.where(str(finding.origin))}:{finding.start.line}:{finding.start.column}"
    return f"- {printable(place)}: {finding.code} {finding.rule}: {one.told}"
