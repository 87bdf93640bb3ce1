"""What the formats of `scan` for people say of a whole report, in the same words."""

from __future__ import annotations

from allo_keyscan.model import SEVERITIES, Report
from allo_keyscan.report.audit_words import CLIENT_SIDE, Verdict, counted


def verdict(report: Report) -> Verdict:
    """The one sentence that everybody reads."""
    gap = "" if report.complete else " Not everything could be looked at, so there may be more."
    grave = {level: sum(one.severity == level for one in report.findings) for level in reversed(SEVERITIES)}
    told = " and ".join(counted(number, level) for level, number in grave.items() if number)
    hushed = sum(report.suppressed)
    silent = f" {counted(hushed, 'finding')} silenced by comments, the baseline or settings." if hushed else ""
    if any(one.rule == CLIENT_SIDE or (one.life and one.life.pushed) for one in report.findings):
        return Verdict("shared", f"{told}: others may have a key. Revoke first, then clean up.{gap}{silent}")
    if grave["error"]:
        return Verdict("local", f"{told}. Revoke first, then clean up.{gap}{silent}")
    if grave["warning"]:
        return Verdict("local", f"{told} to act on.{gap}{silent}")
    if not report.complete:
        said = "No leaked key was found, but not everything could be looked at: this is no clean answer."
        return Verdict("unsure", f"{said}{silent}")
    noted = f" {counted(grave['note'], 'note')}." if grave["note"] else ""
    return Verdict("clean", f"No leaked key in what was looked at.{noted}{silent}")


def counts(report: Report) -> list[tuple[str, int]]:
    """The numbers of a report, each with what it counts."""
    levels = [(f"{level}s", sum(one.severity == level for one in report.findings)) for level in reversed(SEVERITIES)]
    return [
        *levels,
        ("placeholders", report.placeholders),
        ("silenced", sum(report.suppressed)),
        ("not looked at", sum(skip.incomplete for skip in report.skipped)),
    ]


def looked(report: Report) -> str:
    """What was looked at."""
    seen = report.summary
    parts = [(seen.files, "file"), (seen.objects, "object"), (seen.commits, "commit")]
    return ", ".join(counted(number, noun) for number, noun in parts if number) or "nothing"
