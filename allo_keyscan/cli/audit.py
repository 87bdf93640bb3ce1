"""`allo-keyscan audit`: keys in work tree, index and history, and the scopes that code needs, in one report."""

from __future__ import annotations

import os
from typing import Any

import click

from allo_keyscan.audit import unread
from allo_keyscan.cli import defect, options
from allo_keyscan.cli.audited import deliver, exit_code, summarize, totals_of
from allo_keyscan.cli.auditing import Auditor
from allo_keyscan.errors import KeyscanError
from allo_keyscan.model import Audited, AuditReport
from allo_keyscan.report import AUDIT_FORMATS


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
    found: list[Audited] = []
    for path in paths:
        try:
            found.append(auditor.audit(path))
        except KeyscanError as error:
            if len(paths) == 1:
                raise
            found.append(unread(path, str(error)))
        except Exception as error:  # a defect met in one must not cost the findings of the others
            if len(paths) == 1:
                raise
            found.append(unread(path, " ".join(defect(error).split())))
    report = AuditReport(tuple(found))
    totals = totals_of(report)
    deliver(report, given)
    if not given["quiet"]:
        for one in report.repositories:
            summarize(one, given["verbose"])
    return exit_code(totals, allow_incomplete=given["allow_incomplete"])
