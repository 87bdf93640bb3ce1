"""`allo-keyscan baseline`: the findings that are accepted, kept in a file that is reviewed like code."""

from __future__ import annotations

import os
from typing import Any

import click

from allo_keyscan import baseline as accepted
from allo_keyscan.baseline import Entry
from allo_keyscan.cli import options
from allo_keyscan.cli.group import Group
from allo_keyscan.cli.output import counted, say, say_skipped, write
from allo_keyscan.cli.resolve import read_text, resolve
from allo_keyscan.cli.search import search_tree
from allo_keyscan.errors import ExitCode, KeyscanError
from allo_keyscan.model import Report
from allo_keyscan.scan import run
from allo_keyscan.scan.blob import Tally

DEFAULT = ".allo-keyscan-baseline.jsonl"

_file = options.baseline(f"The baseline file.  [default: {DEFAULT}]")


@click.group("baseline", cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Accept findings, by value: a baseline entry holds a rule, a keyed hash and a path, never a key.

    A scan with `--baseline FILE`, or with `baseline = "FILE"` in the configuration, leaves these findings out.
    """


def _scan(paths: tuple[str, ...], given: dict[str, Any]) -> tuple[Report, str]:
    """Every finding, accepted or not, and the path of the baseline file."""
    chosen = resolve({**given, "no_ignores": False}, paths)
    tally = Tally()
    search_tree(paths, chosen, tally, progress_wanted=not given["quiet"])
    report = run.report(tally, chosen.hide)
    if not given["quiet"]:
        say_skipped(report.skipped, verbose=given["verbose"])
    return report, chosen.baseline or DEFAULT


def _existing(file: str) -> frozenset[Entry]:
    return accepted.parse(read_text(file), file)


def _finish(file: str, entries: frozenset[Entry], report: Report, quiet: bool) -> int:
    write(accepted.render(entries), file)
    if not quiet:
        say(f"{file}: {counted(len(entries), 'accepted finding')}")
    return ExitCode.CLEAN if report.complete else ExitCode.INCOMPLETE


def _subcommand(function: Any) -> Any:
    for decorate in (options.manners, options.settings, options.looking, options.where, _file):
        function = decorate(function)
    return options.paths()(function)


@command.command("create")
@click.option("--force", is_flag=True, help="Replace a baseline that exists.")
@_subcommand
def create(paths: tuple[str, ...], force: bool, **given: Any) -> int:
    """Accept everything that a scan of PATHS finds now."""
    report, file = _scan(paths, given)
    if os.path.exists(file) and not force:
        raise KeyscanError(f"{file}: exists; `baseline update` adds to it, --force replaces it")
    return _finish(file, run.entries(report), report, given["quiet"])


@command.command("update")
@_subcommand
def update(paths: tuple[str, ...], **given: Any) -> int:
    """Accept what is new, and keep what is there."""
    report, file = _scan(paths, given)
    return _finish(file, _existing(file) | run.entries(report), report, given["quiet"])


@command.command("prune")
@_subcommand
def prune(paths: tuple[str, ...], **given: Any) -> int:
    """Drop entries whose finding is gone; those in places that could not be looked at are kept."""
    report, file = _scan(paths, given)
    unseen = tuple(skip.path for skip in report.skipped if skip.incomplete)
    found = run.entries(report)
    kept = frozenset(one for one in _existing(file) if one in found or (unseen and one.path.startswith(unseen)))
    return _finish(file, kept, report, given["quiet"])
