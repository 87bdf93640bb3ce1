"""`allo-keyscan config`: the settings in force and where each comes from, and the schema of the file they stand in."""

from __future__ import annotations

import json
import os
from typing import Any, NamedTuple

import click
from click.core import ParameterSource

from allo_keyscan import config as configuration
from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.api import api_rules
from allo_keyscan.cli import options
from allo_keyscan.cli.group import Group
from allo_keyscan.cli.output import write
from allo_keyscan.cli.resolve import cache_folder, check_rules, check_scopes, read_text, settled
from allo_keyscan.cli.variables import VARIABLES
from allo_keyscan.config import SETTINGS, Config, Setting
from allo_keyscan.config.places import lines
from allo_keyscan.report.json import SCHEMA_VERSION, TOOL
from allo_keyscan.report.redact import mask_keys_of
from allo_keyscan.sources.ignore import Ignore

_UNSET = {"jobs": "one a CPU", "max-file-size": "no limit", "timeout": "no limit"}


class Row(NamedTuple):
    """A setting: its value, and where that comes from: `default`, `file`, `environment` or `command line`.

    `place` is FILE:LINE, the variable or the option; None for a default.
    """

    key: str
    value: object
    source: str
    place: str | None


@click.group("config", cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Settings: those in force, and what can be set."""


@command.command("schema", context_settings={"help_option_names": ["-h", "--help"]})
@options.rules
@options.manners
def schema(**_: Any) -> None:
    """Print the JSON Schema (draft-07) of the settings file."""
    from allo_keyscan.config.schema import text

    write(text())


@command.command("show", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("path", default=os.curdir, shell_complete=options.as_files)
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help=options.WRITTEN,
)
@options.option(
    "--output-format", name="format_name", type=options.FormatOf(None), metavar="FORMAT", help="As --format of `scan`."
)
@options.baseline("As of `scan`.")
@options.fail_on()
@options.allow_incomplete
@options.timeout("As of `scan`.")
@options.cache("As of `scan`.")
@options.where
@options.looking
@options.settings
@options.manners
@click.pass_context
def show(ctx: click.Context, /, path: str, shape: str, **given: Any) -> None:
    """Show the settings in force for PATH ("." by default), and where each comes from.

    Those are what `allo-keyscan scan PATH` and the other commands run with; options and environment variables count as
    they do there. Exits 2 where the settings cannot be used.
    """
    if not os.path.lexists(path):
        raise click.UsageError(f"{path}: does not exist")
    start = path if os.path.isdir(path) else os.curdir
    config = configuration.load(start, given["config_file"], isolated=given["isolated"])
    folder = rules_dir(given["rules"])
    mask_keys_of(folder)
    check_rules(config, folder)
    check_scopes(config, api_rules(folder).scopes)
    Ignore(
        folder, given["exclude"], config=config.exclude, config_name=config.source or "", files=False
    )  # or it raises
    rows = in_force(config, given, ctx)
    if shape == "json":
        write(_json(config, rows))
    else:
        write(_text(config, rows))


def in_force(config: Config, given: dict[str, Any], ctx: click.Context) -> list[Row]:
    """Every setting with its value, and where that comes from."""
    filled = settled(given, config)
    where = _places(config)
    rows = [_row(one, config, filled, ctx, where.get(one.key)) for one in SETTINGS]
    kept = _said(ctx, "cache_dir") or ("default", None)
    rows.append(Row("cache-dir", cache_folder({"cache_dir": given["cache_dir"]}), *kept))
    return sorted(rows)


def _row(one: Setting, config: Config, filled: dict[str, Any], ctx: click.Context, place: str | None) -> Row:
    value = getattr(config, one.field)
    said = _said(ctx, one.option) if one.option else None
    if said is not None and one.option == "exclude":
        sources = ("file and command line", f"{place}, {said[1]}") if place else said
        return Row(one.key, [*value, *filled["exclude"]], *sources)
    if said is not None and one.option:
        value = filled[one.option]
        return Row(one.key, not value if one.negated else value, *said)
    return Row(one.key, _plain(value), *(("file", place) if place else ("default", None)))


def _plain(value: Any) -> object:
    """Tables and lists as JSON has them."""
    if isinstance(value, tuple):
        pairs = bool(value) and isinstance(value[0], tuple)
        return {name: list(items) for name, items in value} if pairs else list(value)
    return value


def _said(ctx: click.Context, name: str) -> tuple[str, str] | None:
    """Where an option was given: on the command line, or by its variable; None where it was not."""
    source = ctx.get_parameter_source(name)
    if source is ParameterSource.COMMANDLINE:
        (option,) = (one for one in ctx.command.params if one.name == name)
        value = ctx.params[name]
        return "command line", (option.secondary_opts if value is False and option.secondary_opts else option.opts)[-1]
    return ("environment", VARIABLES[name]) if source is ParameterSource.ENVIRONMENT else None


def _places(config: Config) -> dict[str, str]:
    """FILE:LINE of each key that the settings file has; FILE alone where the line is not found."""
    if config.source is None:
        return {}
    table = configuration.table(config.source) or {}
    inner = ("tool", "allo-keyscan") if os.path.basename(config.source) == "pyproject.toml" else ()
    found = lines(read_text(config.source), inner, table)
    shown = os.path.relpath(config.source)
    return {key: f"{shown}:{found[key]}" if key in found else shown for key in table}


def _json(config: Config, rows: list[Row]) -> str:
    shown = [row._asdict() for row in rows]
    document = {"schema_version": SCHEMA_VERSION, "tool": TOOL, "file": config.source, "settings": shown}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _text(config: Config, rows: list[Row]) -> str:
    head = config.source or "no settings file: the defaults"
    cells = [(row.key, _value(row), row.place or row.source) for row in rows]
    widths = [max(len(cell[column]) for cell in cells) for column in (0, 1)]
    shown = [f"{key:<{widths[0]}}  {value:<{min(widths[1], 40)}}  {place}" for key, value, place in cells]
    return "\n".join([f"# {head}", *shown]) + "\n"


def _value(row: Row) -> str:
    if row.value is None:
        return _UNSET.get(row.key, "none")
    return json.dumps(row.value, ensure_ascii=False)
