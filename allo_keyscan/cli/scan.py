"""`allo-keyscan scan`: leaked keys in files, in git's index, or on standard input."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import click

from allo_keyscan import baseline as accepted
from allo_keyscan.cli import options
from allo_keyscan.cli.output import exit_code, summarize, wants_color, write
from allo_keyscan.model import Report
from allo_keyscan.report import FORMATS, render
from allo_keyscan.scan import run
from allo_keyscan.scan.blob import Tally
from allo_keyscan.sources.worktree import list_files


class _ReportTo(click.ParamType[tuple[str, str]]):
    name = "format:file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, colon, file = str(value).partition(":")
        if name not in FORMATS or not colon or not file:
            self.fail(f"{value!r} is not FORMAT:FILE with a format of {', '.join(FORMATS)}", param, ctx)
        return name, file


@click.command("scan", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1)
@click.option("--staged", is_flag=True, help="The blobs in git's index that differ from HEAD, not the work tree.")
@click.option("--format", "format_name", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--output", metavar="FILE", help="Write the result there instead of standard output.")
@click.option("--report", "reports", type=_ReportTo(), multiple=True, help="One more format into a file (repeatable).")
@click.option("--baseline", metavar="FILE", help="Findings that are accepted: see `allo-keyscan baseline`.")
@click.option("--fail-on", type=click.Choice(["error", "warning", "note", "never"]), help="[default: warning]")
@click.option("--exit-zero", is_flag=True, help="Exit 0 where keys were found.")
@click.option("--allow-incomplete", is_flag=True, help="Exit 0 where something could not be read.")
@click.option("--stdin-filename", metavar="NAME", help="The name of what comes on standard input (PATH `-`).")
@click.option("--commit-message", is_flag=True, help="PATHS are commit messages: stop at git's scissors line.")
@click.option("--no-cache", is_flag=True, help="Keep nothing between runs (this command keeps nothing anyway).")
@options.where
@options.looking
@options.settings
@options.manners
def command(paths: tuple[str, ...], **given: Any) -> int:
    """Find leaked Allo API keys in PATHS (files and folders; "." by default, "-" is standard input).

    Exits 0 where there is nothing to act on, 1 for findings, 2 where it could not run, and 3 where nothing was found
    but something could not be looked at.
    """
    chosen = options.resolve(given, paths)
    known = accepted.parse(options.read_text(chosen.baseline), chosen.baseline) if chosen.baseline else frozenset()
    tally = Tally()
    interrupted = False
    try:
        _search(paths, given, chosen, tally)
    except KeyboardInterrupt:
        interrupted = True
    report = run.report(tally, known, interrupted=interrupted)
    _show(report, given)
    return exit_code(
        report,
        fail_on=given["fail_on"] or chosen.config.fail_on,
        exit_zero=given["exit_zero"],
        allow_incomplete=given["allow_incomplete"],
    )


def _search(paths: tuple[str, ...], given: dict[str, Any], chosen: options.Options, tally: Tally) -> None:
    if given["staged"]:
        run.index(os.curdir, paths, chosen.ignore, chosen.reader, tally)
        return
    if given["commit_message"]:
        run.commit_messages(paths, chosen.reader, tally)
        return
    files = [path for path in paths if path != "-"]
    if len(files) < len(paths):
        run.stream(options.standard_input(), given["stdin_filename"] or "<stdin>", chosen.reader, tally)
    if files or not paths:
        search_tree(files, chosen, tally)


def search_tree(paths: Sequence[str], chosen: options.Options, tally: Tally) -> None:
    """Search files and folders."""
    listing = list_files(paths, gitignore=chosen.gitignore, ignore=chosen.ignore, force_exclude=chosen.force_exclude)
    run.work_tree(listing, chosen.reader, chosen.jobs, tally)


def _show(report: Report, given: dict[str, Any]) -> None:
    color = given["output"] is None and wants_color(given["color"], 1)
    for name, file in given["reports"]:
        write(render(name, report), file)
    write(render(given["format_name"], report, color=color), given["output"])
    if not given["quiet"]:
        summarize(report, verbose=given["verbose"])
