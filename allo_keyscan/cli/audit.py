"""`allo-keyscan audit`: keys in work tree, index and history, and the scopes that code needs, in one report."""

from __future__ import annotations

import os
from typing import Any

import click

from allo_keyscan.catalog import rules_dir
from allo_keyscan.cli import asking, options
from allo_keyscan.cli.audited import deliver, exit_code, summarize, totals_of
from allo_keyscan.cli.auditing import look
from allo_keyscan.cli.many import audit_many, named
from allo_keyscan.cli.verifying import Verifier, check_options
from allo_keyscan.errors import KeyscanError
from allo_keyscan.model import AuditReport


@click.command("audit", context_settings={"help_option_names": ["-h", "--help"]})
@options.paths("repositories", "[REPO]...")
@options.output("audit")
@click.option("--repos-file", help='A list of more REPOs, one path a line ("-" is standard input).', **options.FILE)
@click.option("--shard", metavar="I/N", help="Of all of them only part I of N, for N machines.")
@click.option(
    "--resume", is_flag=True, help="Go on with the JSON lines in --output FILE: do again only what is missing."
)
@click.option(
    "--engine",
    type=click.Choice(["local", "dask"]),
    default="local",
    show_default=True,
    help="Run on this machine, or on the workers of a Dask scheduler.",
)
@click.option("--scheduler", metavar="ADDRESS", help="The scheduler of --engine dask: tcp://HOST:8786.")
@options.baseline("Keys that are accepted: see `allo-keyscan baseline`.")
@options.fail_on()
@options.allow_incomplete
@options.timeout("Stop each REPO then; the default, 0, is no limit.")
@options.cache("Read every file anew, and keep nothing for the next run.")
@asking.of_findings
@options.where
@options.looking
@options.settings
@options.manners
def command(repositories: tuple[str, ...], **given: Any) -> int:
    """Say which keys each REPO holds and held, where they still live, and which scopes its Python code needs.

    REPO is a work tree, a linked worktree or a bare repository ("." by default); nothing is written into it. Several
    are looked at side by side, each in a process of its own: one that fails, hangs or dies costs only its own answer.
    With --verify they are looked at one after the other in one process, so that each key is asked about once.
    Exits 0 where there is nothing to act on, 1 for findings, 2 where a repository could not be read at all, and 3 where
    nothing was found but something could not be looked at.
    """
    if given["resume"] and (given["format_name"] != "jsonl" or given["output"] in (None, "-")):
        raise KeyscanError("--resume goes on with a file of JSON lines: give --format jsonl and --output FILE too")
    if (given["engine"] == "dask") is (given["scheduler"] is None):
        raise KeyscanError("--engine dask and --scheduler ADDRESS belong together")
    check_options(given)
    if given["verify"] and given["scheduler"] is not None:
        raise KeyscanError("--verify asks from this machine alone, where no key leaves its process: not with --engine")
    file = given["repos_file"]
    names = named(repositories or (() if file else (os.curdir,)), file)
    if len(names) > 1 or file or any(given[name] for name in ("resume", "shard", "scheduler")):
        return audit_many(names, given)
    (path,) = names
    verifier = Verifier(given, rules_dir(given["rules"])) if given["verify"] else None
    report = AuditReport((look(path, given, verifier),))
    deliver(report, given)
    if not given["quiet"]:
        summarize(report.repositories[0], given["verbose"])
    return exit_code(totals_of(report), allow_incomplete=given["allow_incomplete"])
