"""What is written, said and returned of audits, whoever made them: `audit` just now, or saved ones (`report merge`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allo_keyscan.audit import Totals, stopped
from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.findings import finding_rules
from allo_keyscan.cli.output import counted, hushed, say, say_skipped, wants_color, write
from allo_keyscan.errors import ExitCode
from allo_keyscan.model import Audited, AuditReport, Skipped
from allo_keyscan.report import render

_LOSSLESS = ("json", "jsonl")


def deliver(report: AuditReport, given: dict[str, Any], *, streamed: bool = False) -> None:
    """Write the report in every format that is asked for; what was `streamed` is not written again."""
    kinds = finding_rules(rules_dir(given["rules"]))
    gaps = tuple(stopped(skip.path, skip.reason) for skip in report.skipped)
    shown = report._replace(repositories=(*report.repositories, *gaps))
    for name, file in given["reports"]:
        write(render(name, report if name in _LOSSLESS else shown, lambda: kinds), file)
    if not streamed:
        name = given["format_name"]
        color = given["output"] is None and wants_color(given["color"], 1)
        write(render(name, report if name in _LOSSLESS else shown, lambda: kinds, color=color), given["output"])


def summarize(one: Audited, verbose: int) -> None:
    """What is said of one repository beside the result."""
    if one.error:
        say(f"error: {one.error}")
        return
    say_skipped(one.skipped, verbose=verbose)
    files, past = one.work_tree.summary, one.history.summary
    said = ", ".join([counted(len(one.leaks), "key"), counted(len(one.findings), "finding"), *hushed(one.suppressed)])
    where = f"{counted(files.files, 'file')}, {counted(past.objects, 'object')} and {counted(past.commits, 'commit')}"
    say(f"{one.path}: {said} in {where}")
    if one.interrupted:
        say("interrupted: what was found so far is shown, the rest was not looked at")
    elif not one.complete:
        say(f"incomplete: {counted(sum(skip.incomplete for skip in one.skipped), 'place')} could not be looked at")


def summarize_all(totals: Totals, skipped: Iterable[Skipped]) -> None:
    """What many repositories come to."""
    for skip in skipped:
        say(f"not read: {skip.path}: {skip.reason}")
    number = totals.repositories
    said = [
        f"{number:,} {'repository' if number == 1 else 'repositories'}",
        counted(len(totals.keys), "key"),
        counted(totals.findings, "finding"),
    ]
    for count, what in (
        (totals.errors, "could not be read"),
        (totals.incomplete - totals.errors, "incomplete"),
        (totals.retried, "begun more than once"),
    ):
        if count:
            said.append(f"{count:,} {what}")
    say(", ".join(said))


def totals_of(report: AuditReport) -> Totals:
    """What the repositories of a report come to."""
    totals = Totals()
    for one in report.repositories:
        totals.add(one)
    return totals


def exit_code(totals: Totals, skipped: Iterable[Skipped] = (), *, allow_incomplete: bool) -> ExitCode:
    """Findings win; a repository that could not be read at all is no incomplete look at it."""
    if totals.interrupted:
        return ExitCode.INTERRUPTED
    if totals.failing:
        return ExitCode.FINDINGS
    if totals.errors:
        return ExitCode.CANNOT_RUN
    whole = not totals.incomplete and not any(skipped)
    return ExitCode.CLEAN if whole or allow_incomplete else ExitCode.INCOMPLETE
