"""Options that several commands share, and what they come to with the project's configuration."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from allo_keyscan import config as configuration
from allo_keyscan.catalog import rules_dir
from allo_keyscan.config import Config
from allo_keyscan.errors import KeyscanError
from allo_keyscan.scan.blob import Policy, Scanner
from allo_keyscan.scan.parallel import usable_processors
from allo_keyscan.scan.reading import Reader
from allo_keyscan.sources import git
from allo_keyscan.sources.ignore import Ignore

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


def _stack(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    def decorate(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


where = _stack(
    click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out paths (gitignore syntax; repeatable)."),
    click.option("--force-exclude", is_flag=True, help="Apply excludes to files named on the command line too."),
    click.option("--no-gitignore", is_flag=True, help="Look at what git ignores, too."),
)
settings = _stack(
    click.option("--config", "config_file", metavar="FILE", help="Settings from this file."),
    click.option("--isolated", is_flag=True, help="No settings and no ignore file from the scanned project."),
    click.option("--rules", metavar="DIR", help="Another folder of rules files."),
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


@dataclass(frozen=True, slots=True)
class Options:
    """What the options of a key scan come to."""

    config: Config
    rules: str
    reader: Reader
    ignore: Ignore
    gitignore: bool
    force_exclude: bool
    jobs: int
    baseline: str | None


def resolve(given: dict[str, Any], paths: tuple[str, ...]) -> Options:
    """Options and configuration together.

    Raises KeyscanError for settings, rules or patterns that cannot be used.
    """
    folder = _start(paths)
    config = Config() if given["isolated"] else configuration.load(folder, given["config_file"])
    rules = rules_dir(given["rules"])
    root = git.find_root(folder) or config.folder or os.path.abspath(folder)
    obeyed = not given["no_ignores"]
    scanner = Scanner(rules, _policy(config, root) if obeyed else Policy(comments=False))
    max_size = given["max_file_size"] if given["max_file_size"] is not None else config.max_file_size
    reader = Reader(scanner, archives=config.archives and not given["no_archives"], max_size=max_size)
    ignore = Ignore(
        root,
        given["exclude"],
        config=config.exclude,
        config_name=config.source or "the configuration",
        files=not given["isolated"],
    )
    baseline = given.get("baseline") or (config.baseline and os.path.join(config.folder or "", config.baseline))
    return Options(
        config=config,
        rules=rules,
        reader=reader,
        ignore=ignore,
        gitignore=config.gitignore and not given["no_gitignore"],
        force_exclude=given["force_exclude"],
        jobs=given["jobs"] or usable_processors(),
        baseline=baseline if obeyed else None,
    )


def _start(paths: tuple[str, ...]) -> str:
    """The folder whose settings count: the only folder that is named, else the current one."""
    return paths[0] if len(paths) == 1 and os.path.isdir(paths[0]) else os.curdir


def _policy(config: Config, root: str) -> Policy:
    by_path = tuple(
        (Ignore(root, (pattern,), files=False), frozenset(rules)) for pattern, rules in config.per_file_ignores
    )
    return Policy(comments=True, ignored=frozenset(config.ignore), ignored_by_path=by_path)


def read_text(path: str) -> str:
    """A UTF-8 file's text.

    Raises KeyscanError where it cannot be read.
    """
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise KeyscanError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise KeyscanError(f"{path}: is not UTF-8 text") from None


def standard_input() -> Iterator[bytes]:
    """Standard input in pieces."""
    while piece := os.read(0, 1 << 20):
        yield piece
