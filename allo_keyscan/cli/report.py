"""`allo-keyscan report`: saved JSON, read back."""

from __future__ import annotations

from typing import Any

import click

from allo_keyscan.catalog import rules_dir
from allo_keyscan.cli import options
from allo_keyscan.cli.audited import deliver, exit_code, summarize_all, totals_of
from allo_keyscan.cli.output import say
from allo_keyscan.cli.resolve import read_text, standard_input
from allo_keyscan.errors import KeyscanError
from allo_keyscan.many import parts
from allo_keyscan.report import AUDIT_FORMATS
from allo_keyscan.report.redact import mask_keys_of


@click.group("report", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Read saved JSON of `audit` again."""


@command.command("merge", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--format", "format_name", type=click.Choice(list(AUDIT_FORMATS)), default="text", show_default=True)
@click.option("--output", metavar="FILE", help="Write the result there instead of standard output.")
@click.option(
    "--report",
    "reports",
    type=options.ReportTo(AUDIT_FORMATS),
    multiple=True,
    help="One more format into a file (repeatable).",
)
@click.option("--allow-incomplete", is_flag=True, help="Exit 0 where something is missing or could not be read.")
@options.rules
@options.manners
def merge(files: tuple[str, ...], **given: Any) -> int:
    """Make one report of what `audit` wrote into several FILEs, as JSON or JSON lines ("-" is standard input).

    Exits as the audits would have done together; a shard that is missing makes the report incomplete (3).
    """
    mask_keys_of(rules_dir(given["rules"]))
    merged = parts.merge([(name, parts.read(name, _text(name))) for name in dict.fromkeys(files)])
    totals = totals_of(merged.report)
    deliver(merged.report, given)
    if not given["quiet"]:
        for remark in merged.remarks:
            say(f"note: {remark}")
        summarize_all(totals, merged.report.skipped)
    return exit_code(totals, merged.report.skipped, allow_incomplete=given["allow_incomplete"])


def _text(name: str) -> str:
    if name != "-":
        return read_text(name)
    try:
        return b"".join(standard_input()).decode("utf-8")
    except UnicodeDecodeError:
        raise KeyscanError("standard input: is not UTF-8 text") from None
