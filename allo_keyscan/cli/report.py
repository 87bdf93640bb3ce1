"""`allo-keyscan report`: saved JSON, read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click
from click.shell_completion import CompletionItem

from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.findings import FindingRule, finding_rules
from allo_keyscan.cli import options, output
from allo_keyscan.cli.audited import deliver, exit_code, summarize_all, totals_of
from allo_keyscan.cli.group import Group
from allo_keyscan.cli.output import say
from allo_keyscan.cli.resolve import read_text, standard_input
from allo_keyscan.errors import ExitCode, KeyscanError
from allo_keyscan.many import parts
from allo_keyscan.model import Finding, PipelineReport, Report, ScopesReport
from allo_keyscan.report import formats_of, kind_of, owners
from allo_keyscan.report.redact import mask_keys_of
from allo_keyscan.saved import documents

_CONVERT = "show"


class _Report(Group):
    """A group whose first argument may be a file: then it is that of `show`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self.commands:
            args = [_CONVERT, *args]
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """`merge`, and files."""
        return [*super().shell_complete(ctx, incomplete), CompletionItem(incomplete, type="file")]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """An option before the first file is one of `show`, but for --help."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [_CONVERT, *args]
        return super().parse_args(ctx, args)


@click.group(
    "report",
    cls=_Report,
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar="FILE... | merge",
)
def command() -> None:
    """Turn saved JSON into another format: `report FILE... --format html` (`report show --help` has the options).

    FILE is what `scan`, `scopes`, `audit` or `ci` wrote with --format json or jsonl.
    """


@command.command("show", context_settings={"help_option_names": ["-h", "--help"]})
@options.paths("files", "FILE...", required=True)
@options.output(None)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note", "never"]),
    help="The least severity to exit 1 for. [default: warning; for audits theirs; scopes fail only with it]",
)
@click.option("--allow-incomplete", is_flag=True, help="Exit 0 where something is missing or could not be read.")
@options.rules
@options.manners
def show(files: tuple[str, ...], **given: Any) -> int:
    """Write saved JSON of `scan`, `scopes`, `audit` or `ci` in another format ("-" is standard input).

    Several FILEs of `audit` become one, as with `report merge`; of the others give one. Exits as the command itself
    would have.
    """
    mask_keys_of(rules_dir(given["rules"]))
    read = [(name, documents.read(name, _text(name))) for name in dict.fromkeys(files)]
    audits = [(name, one) for name, one in read if isinstance(one, documents.Part)]
    others = [(name, one) for name, one in read if not isinstance(one, documents.Part)]
    if not others:
        return _merged(audits, given)
    if len(read) > 1:
        raise click.UsageError("several FILEs become one report only where all are of `audit`: give one")
    return _shown(*others[0], given)


def _shown(name: str, document: Report | ScopesReport | PipelineReport, given: dict[str, Any]) -> ExitCode:
    kind = kind_of(document)
    for form in (given["format_name"], *(form for form, _ in given["reports"])):
        if form not in formats_of(kind):
            raise KeyscanError(f"{form}: a format of {owners(form)} alone; {name} is of {kind}")
    kinds = finding_rules(rules_dir(given["rules"]))
    _expect(document.findings, kinds)
    output.show(document, lambda: kinds, given)
    if isinstance(document, PipelineReport):
        fail_on = given["fail_on"] or "warning"
        document = document.counted
    elif isinstance(document, ScopesReport):
        fail_on = given["fail_on"] or "never"
        document = Report(document.findings, skipped=document.skipped, summary=document.summary)
    else:
        fail_on = given["fail_on"] or "warning"
    if not given["quiet"]:
        output.say_skipped(document.skipped, verbose=given["verbose"])
        say(f"{output.counted(len(document.findings), 'finding')} in {name}")
    return output.exit_code(document, fail_on=fail_on, exit_zero=False, allow_incomplete=given["allow_incomplete"])


@command.command("merge", context_settings={"help_option_names": ["-h", "--help"]})
@options.paths("files", "FILE...", required=True)
@options.output("audit")
@click.option("--allow-incomplete", is_flag=True, help="Exit 0 where something is missing or could not be read.")
@options.rules
@options.manners
def merge(files: tuple[str, ...], **given: Any) -> int:
    """Make one report of what `audit` wrote into several FILEs, as JSON or JSON lines ("-" is standard input).

    Exits as the audits would have done together; a shard that is missing makes the report incomplete (3).
    """
    mask_keys_of(rules_dir(given["rules"]))
    return _merged(
        [(name, documents.read_audits(name, _text(name))) for name in dict.fromkeys(files)], {"fail_on": None, **given}
    )


def _merged(read: list[tuple[str, documents.Part]], given: dict[str, Any]) -> ExitCode:
    merged = parts.merge(read)
    report = merged.report
    if given["fail_on"]:
        report = report._replace(
            repositories=tuple(one._replace(fail_on=given["fail_on"]) for one in report.repositories)
        )
    kinds = finding_rules(rules_dir(given["rules"]))
    _expect([finding for one in report.repositories for finding in one.findings], kinds)
    totals = totals_of(report)
    deliver(report, given)
    if not given["quiet"]:
        for remark in merged.remarks:
            say(f"note: {remark}")
        summarize_all(totals, report.skipped)
    return exit_code(totals, report.skipped, allow_incomplete=given["allow_incomplete"])


def _expect(findings: Iterable[Finding], kinds: Mapping[str, FindingRule]) -> None:
    unknown = sorted({one.rule for one in findings} - set(kinds))
    if unknown:
        raise KeyscanError(f"unknown rule {unknown[0]!r}: --rules names the folder that it was found with")


def _text(name: str) -> str:
    if name != "-":
        return read_text(name)
    try:
        return b"".join(standard_input()).decode("utf-8")
    except UnicodeDecodeError:
        raise KeyscanError("standard input: is not UTF-8 text") from None
