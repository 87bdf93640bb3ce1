"""`allo-keyscan audit`: keys in work tree, index and history, and the scopes that code needs, in one report."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import click

from allo_keyscan.audit import unread
from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.findings import finding_rules
from allo_keyscan.cli import defect, options
from allo_keyscan.cli.auditing import Auditor
from allo_keyscan.cli.output import counted, counts, hushed, say, say_skipped, wants_color, write
from allo_keyscan.errors import ExitCode, KeyscanError
from allo_keyscan.model import Audited, AuditReport
from allo_keyscan.report import AUDIT_FORMATS, render_audit


@click.command("audit", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("repositories", nargs=-1, metavar="[REPO]...")
@click.option("--format", "format_name", type=click.Choice(list(AUDIT_FORMATS)), default="text", show_default=True)
@click.option("--output", metavar="FILE", help="Write the result there instead of standard output.")
@click.option(
    "--report",
    "reports",
    type=options.ReportTo(AUDIT_FORMATS),
    multiple=True,
    help="One more format into a file (repeatable).",
)
@click.option("--baseline", metavar="FILE", help="Keys that are accepted: see `allo-keyscan baseline`.")
@click.option("--fail-on", type=click.Choice(["error", "warning", "note", "never"]), help="[default: warning]")
@click.option("--allow-incomplete", is_flag=True, help="Exit 0 where something could not be read.")
@click.option("--timeout", type=options.Seconds(), metavar="SECONDS", help="Stop then; the default, 0, is no limit.")
@click.option("--no-cache", is_flag=True, help="Read every file anew, and keep nothing for the next run.")
@options.where
@options.looking
@options.settings
@options.manners
def command(repositories: tuple[str, ...], **given: Any) -> int:
    """Say which keys each REPO holds and held, where they still live, and which scopes its Python code needs.

    REPO is a work tree, a linked worktree or a bare repository ("." by default); nothing is written into it. Exits 0
    where there is nothing to act on, 1 for findings, 2 where a repository could not be read at all, and 3 where nothing
    was found but something could not be looked at.
    """
    paths = tuple(dict.fromkeys(repositories or (os.curdir,)))
    auditor = Auditor(given)
    found: list[tuple[Audited, str]] = []
    for path in paths:
        try:
            found.append(auditor.audit(path))
        except KeyscanError as error:
            if len(paths) == 1:
                raise
            found.append((unread(path, str(error)), "never"))
        except Exception as error:  # a defect met in one must not cost the findings of the others
            if len(paths) == 1:
                raise
            found.append((unread(path, " ".join(defect(error).split())), "never"))
    report = AuditReport(tuple(one for one, _ in found))
    kinds = finding_rules(rules_dir(given["rules"]))
    color = given["output"] is None and wants_color(given["color"], 1)
    for name, file in given["reports"]:
        write(render_audit(name, report, kinds), file)
    write(render_audit(given["format_name"], report, kinds, color=color), given["output"])
    if not given["quiet"]:
        for one in report.repositories:
            _summarize(one, given["verbose"])
    return _exit_code(found, allow_incomplete=given["allow_incomplete"])


def _summarize(one: Audited, verbose: int) -> None:
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


def _exit_code(found: Sequence[tuple[Audited, str]], *, allow_incomplete: bool) -> ExitCode:
    """Findings win; a repository that could not be read at all is no incomplete look at it."""
    if any(one.interrupted for one, _ in found):
        return ExitCode.INTERRUPTED
    if any(counts(finding, fail_on) for one, fail_on in found for finding in one.findings):
        return ExitCode.FINDINGS
    if any(one.error for one, _ in found):
        return ExitCode.CANNOT_RUN
    whole = all(one.complete for one, _ in found)
    return ExitCode.CLEAN if whole or allow_incomplete else ExitCode.INCOMPLETE
