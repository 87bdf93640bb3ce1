"""`allo-keyscan scan`: leaked keys in files, in git's index and history, or on standard input."""

from __future__ import annotations

from typing import Any

import click

from allo_keyscan.cli import asking, options, quick


@click.command("scan", context_settings={"help_option_names": ["-h", "--help"]})
@options.paths()
@click.option("--staged", is_flag=True, help="The blobs in git's index that differ from HEAD, not the work tree.")
@click.option("--history", is_flag=True, help="Every object of the repository at PATH, reachable or not, and its refs.")
@click.option("--commits", metavar="RANGE", help="The commits of a range (A..B): what each adds, and its message.")
@click.option(
    "--pre-push", is_flag=True, help="The commits about to be pushed, as git's hook or pre-commit names them."
)
@options.output("scan")
@options.baseline("Findings that are accepted: see `allo-keyscan baseline`.")
@options.fail_on()
@click.option("--exit-zero", is_flag=True, help="Exit 0 where keys were found.")
@options.allow_incomplete
@click.option("--stdin-filename", metavar="NAME", help="The name of what comes on standard input (PATH `-`).")
@click.option("--commit-message", is_flag=True, help="PATHS are commit messages: stop at git's scissors line.")
@options.timeout("Stop then; the default, 0, is no limit.")
@options.cache("With --history: read every object anew, and keep nothing.")
@asking.of_findings
@options.where
@options.looking
@options.settings
@options.manners
def command(paths: tuple[str, ...], **given: Any) -> int:
    """Find leaked Allo API keys in PATHS (files and folders; "." by default, "-" is standard input).

    Exits 0 where there is nothing to act on, 1 for findings, 2 where it could not run, and 3 where nothing was found
    but something could not be looked at.
    """
    ahead = quick.ahead(paths, given)
    from allo_keyscan.cli.search import search

    return search(paths, given, ahead)
