"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

import click

from allo_keyscan import config as configuration
from allo_keyscan.report import FORMATS, Kind, formats_of

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
            self.fail(f"{value!r} is a format of {' and '.join(FORMATS[value].of)} alone; here are {has}", param, ctx)
        return super().convert(value, param, ctx)


def _stack(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    def decorate(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def output(kind: Kind | None, default: str | None = "text") -> Callable[[Function], Function]:
    """In which formats a command writes, and where to; None: in those of whatever it shows.

    Without a `default` the command decides, and its help says how.
    """
    told = None if default is not None else "[default: what the pipeline shows best]"
    return _stack(
        click.option("--format", "format_name", type=FormatOf(kind), default=default, show_default=True, help=told),
        click.option("--output", metavar="FILE", help="Write the result there instead of standard output."),
        click.option(
            "--report",
            "reports",
            type=ReportTo(formats_of(kind) if kind else FORMATS),
            multiple=True,
            help="One more format into a file (repeatable).",
        ),
    )


where = _stack(
    click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out paths (gitignore syntax; repeatable)."),
    click.option("--force-exclude", is_flag=True, help="Apply excludes to files named on the command line too."),
    click.option("--no-gitignore", is_flag=True, help="Look at what git ignores, too."),
)
rules = click.option("--rules", metavar="DIR", help="Another folder of rules files.")
settings = _stack(
    click.option("--config", "config_file", metavar="FILE", help="Settings from this file."),
    click.option("--isolated", is_flag=True, help="No settings and no ignore file from the scanned project."),
    rules,
)
manners = _stack(
    click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True),
    click.option("-q", "--quiet", is_flag=True, help="Say nothing on standard error but errors."),
    click.option("-v", "--verbose", count=True, help="Say more on standard error."),
)
looking = _stack(
    click.option(
        "--max-file-size", type=Size(), metavar="SIZE", help="Skip larger files (20M); the default is no limit."
    ),
    click.option("--no-archives", is_flag=True, help="Search archives and compressed files as plain bytes."),
    click.option("--no-ignores", is_flag=True, help="Report what comments, configuration and baseline silence."),
    click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Processes; the default is one a CPU."),
)
