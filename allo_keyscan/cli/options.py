"""Options that several commands share.

One that a setting speaks for has no default here: it is None until cli/resolve fills it in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from allo_keyscan import config as configuration
from allo_keyscan.cli.variables import VARIABLES
from allo_keyscan.config.kinds import LEVELS
from allo_keyscan.report import FORMATS, Kind, formats_of, owners

Function = TypeVar("Function", bound=Callable[..., Any])


class Size(click.ParamType[int]):
    """A number of bytes, as config.size reads it."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """click's protocol: an int, or a usage error."""
        try:
            return value if isinstance(value, int) else configuration.size(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Seconds(click.ParamType[float]):
    """A number of seconds, as config.seconds reads it."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """click's protocol: a float, or a usage error."""
        try:
            return configuration.seconds(value)
        except ValueError as error:
            self.fail(f"{value!r} {error}", param, ctx)


class ReportTo(click.ParamType[tuple[str, str]]):
    """`FORMAT:FILE`, with a format of those a command has."""

    name = "format:file"

    def __init__(self, formats: Collection[str]) -> None:
        self._formats = formats

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """click's protocol: both parts, or a usage error."""
        if isinstance(value, tuple):
            return value
        name, colon, file = str(value).partition(":")
        if name not in self._formats or not colon or not file:
            self.fail(f"{value!r} is not FORMAT:FILE with a format of {', '.join(self._formats)}", param, ctx)
        return name, file


class FormatOf(click.Choice[str]):
    """A format of one command (None: of any); of another command's it says whose it is."""

    def __init__(self, kind: Kind | None) -> None:
        super().__init__(list(formats_of(kind) if kind else FORMATS))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """click's protocol: a format's name, or a usage error."""
        if value in FORMATS and value not in self.choices:
            has = ", ".join(map(str, self.choices))
            self.fail(f"{value!r} is a format of {owners(value)} alone; here are {has}", param, ctx)
        return super().convert(value, param, ctx)


def _stack(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    def decorate(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def as_files(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Has the shell complete a word as the path of a file."""
    return [CompletionItem(incomplete, type="file")]


def as_folders(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Has the shell complete a word as the path of a folder."""
    return [CompletionItem(incomplete, type="dir")]


FILE: dict[str, Any] = {"metavar": "FILE", "shell_complete": as_files}
FOLDER: dict[str, Any] = {"metavar": "DIR", "shell_complete": as_folders}
"""How options that take a path are shown and completed."""


def paths(name: str = "paths", metavar: str | None = None, *, required: bool = False) -> Callable[[Function], Function]:
    """An argument of any number of paths, which a shell completes."""
    return click.argument(name, nargs=-1, required=required, metavar=metavar, shell_complete=as_files)


def option(*names: str, name: str, **more: Any) -> Callable[[Function], Function]:
    """An option under its name in the program, with the environment variable that stands for it, if one does."""
    variable = VARIABLES.get(name)
    return click.option(*names, name, envvar=variable, show_envvar=variable is not None, **more)


WRITTEN = "How the result is written."
text_or_json = click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help=WRITTEN,
)
to_file = option("--output", name="output", help="Write the result there instead of standard output.", **FILE)


def output(kind: Kind | None, chosen: str | None = None) -> Callable[[Function], Function]:
    """In which formats a command writes, and where to; None: in those of whatever it shows.

    `chosen` says how the command finds a format of its own where none is given.
    """
    has_setting = chosen is not None or kind in ("scan", "scopes")
    formats = FormatOf(kind)
    known = [str(name) for name in formats.choices]
    return _stack(
        option(
            "--format",
            name="format_name",
            type=formats,
            metavar="FORMAT",
            default=None if has_setting else "text",
            help=f"{WRITTEN.rstrip('.')}: {', '.join(known[:-1])} or {known[-1]}. [default: {chosen or 'text'}]",
        ),
        to_file,
        click.option(
            "--report",
            "reports",
            type=ReportTo(formats_of(kind) if kind else FORMATS),
            metavar="FORMAT:FILE",
            multiple=True,
            help="One more format into a file (repeatable).",
        ),
    )


def baseline(text: str) -> Callable[[Function], Function]:
    """The file of accepted findings."""
    return option("--baseline", name="baseline", help=text, **FILE)


def fail_on(text: str = "The least severity to exit 1 for. [default: warning]") -> Callable[[Function], Function]:
    """The least severity that makes the exit code 1."""
    return click.option("--fail-on", type=click.Choice(LEVELS), help=text)


def timeout(text: str) -> Callable[[Function], Function]:
    """A time limit."""
    return click.option("--timeout", type=Seconds(), metavar="SECONDS", help=text)


def cache(text: str) -> Callable[[Function], Function]:
    """What is kept between runs, and where."""
    return _stack(
        option("--no-cache/--cache", name="no_cache", default=None, help=text),
        option("--cache-dir", name="cache_dir", help="Keep it there, not in the user's cache folder.", **FOLDER),
    )


allow_incomplete = click.option(
    "--allow-incomplete/--no-allow-incomplete", default=None, help="Exit 0 where something could not be read."
)
jobs = option(
    *("-j", "--jobs"),
    name="jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes; the default is one a CPU.",
)
no_ignores = click.option(
    "--no-ignores", is_flag=True, help="Report what comments, configuration and baseline silence."
)
where = _stack(
    click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out paths (gitignore syntax; repeatable)."),
    click.option(
        "--force-exclude/--no-force-exclude",
        default=None,
        help="Apply excludes to files named on the command line too.",
    ),
    click.option("--no-gitignore/--gitignore", "no_gitignore", default=None, help="Look at what git ignores, too."),
)
rules = click.option("--rules", help="Another folder of rules files.", **FOLDER)
settings = _stack(
    option("--config", name="config_file", help="Settings from this file, and no other.", **FILE),
    click.option("--isolated", is_flag=True, help="No settings and no ignore file from the scanned project."),
    rules,
)
manners = _stack(
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="When to colour.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Say nothing on standard error but errors."),
    click.option("-v", "--verbose", count=True, help="Say more on standard error."),
)
looking = _stack(
    click.option(
        "--max-file-size", type=Size(), metavar="SIZE", help="Skip larger files (20M); the default is no limit."
    ),
    click.option(
        "--no-archives/--archives",
        "no_archives",
        default=None,
        help="Search archives and compressed files as plain bytes.",
    ),
    no_ignores,
    jobs,
)
