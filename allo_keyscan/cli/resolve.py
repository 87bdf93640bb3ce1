"""Options and the project's configuration together: what a key scan runs with. Knows no click."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from allo_keyscan import config as configuration
from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.findings import finding_rules
from allo_keyscan.config import SETTINGS, Config
from allo_keyscan.errors import KeyscanError
from allo_keyscan.keys.vault import Vault
from allo_keyscan.report import Kind, formats_of
from allo_keyscan.report.redact import mask_keys_of
from allo_keyscan.scan.blob import Policy, Scanner
from allo_keyscan.scan.parallel import usable_processors
from allo_keyscan.scan.reading import Reader
from allo_keyscan.sources import git
from allo_keyscan.sources.ignore import Ignore


class Options(NamedTuple):
    """What the options of a key scan come to; `given` are all of them, with settings and defaults filled in."""

    config: Config
    given: dict[str, Any]
    rules: str
    reader: Reader
    archives: bool
    ignore: Ignore
    gitignore: bool
    force_exclude: bool
    jobs: int
    hide: Callable[[str], str]
    baseline: str | None
    vault: Vault | None = None
    """Where raw keys end that will be asked about."""


def settled(given: dict[str, Any], config: Config, command: Kind | None = None) -> dict[str, Any]:
    """The options of a command, with settings (and their defaults) for those that were not given.

    Raises KeyscanError for a format that another command has.
    """
    filled = dict(given)
    for one in SETTINGS:
        if one.option in filled and filled[one.option] is None:
            value = getattr(config, one.field)
            filled[one.option] = not value if one.negated else value
    if command is not None and filled["format_name"] not in formats_of(command):
        here = ", ".join(formats_of(command))
        raise KeyscanError(
            f"{config.source}: output-format: {filled['format_name']!r} is no format of {command}: give --format {here}"
        )
    return filled


def cache_folder(given: dict[str, Any]) -> str | None:
    """The folder of what is kept between runs; None where nothing may be."""
    if given.get("no_cache"):
        return None
    from allo_keyscan.cache import default_folder  # a hook keeps nothing, and need not load what does

    return os.path.abspath(given["cache_dir"]) if given.get("cache_dir") else default_folder()


def resolve(given: dict[str, Any], paths: tuple[str, ...], command: Kind | None = None) -> Options:
    """Options and configuration together.

    Raises KeyscanError for settings, rules or patterns that cannot be used.
    """
    folder = _start(paths)
    config = configuration.load(folder, given["config_file"], isolated=given["isolated"])
    given = settled(given, config, command)
    rules = rules_dir(given["rules"])
    mask_keys_of(rules)
    root = git.find_root(folder) or config.folder or os.path.abspath(folder)
    obeyed = not given["no_ignores"]
    check_rules(config, rules)
    vault = Vault() if given.get("verify") else None
    scanner = Scanner(rules, policy(config, root) if obeyed else Policy(comments=False), vault)
    archives = not given["no_archives"]
    reader = Reader(scanner, archives=archives, max_size=given["max_file_size"])
    ignore = Ignore(
        root,
        given["exclude"],
        config=config.exclude,
        config_name=config.source or "the configuration",
        files=not given["isolated"],
    )
    return Options(
        config=config,
        given=given,
        rules=rules,
        reader=reader,
        archives=archives,
        ignore=ignore,
        gitignore=not given["no_gitignore"],
        force_exclude=given["force_exclude"],
        jobs=given["jobs"] or usable_processors(),
        hide=scanner.detector.hide,
        baseline=given["baseline"] if obeyed else None,
        vault=vault,
    )


def _start(paths: tuple[str, ...]) -> str:
    """The folder whose settings count: the only folder that is named, else the current one."""
    return paths[0] if len(paths) == 1 and os.path.isdir(paths[0]) else os.curdir


def check_rules(config: Config, folder: str) -> None:
    """Raises KeyscanError where settings name a rule that a folder of rules does not have."""
    if not config.ignore and not config.per_file_ignores:
        return
    known = {name for rule in finding_rules(folder).values() for name in (rule.name, rule.code)}
    configuration.expect(config.ignore, known, f"{config.source}: ignore: unknown rule")
    for pattern, rules in config.per_file_ignores:
        configuration.expect(rules, known, f"{config.source}: per-file-ignores: {pattern!r}: unknown rule")


def check_scopes(config: Config, known: Iterable[str]) -> None:
    """Raises KeyscanError where settings declare a scope that is near to a known one, and none."""
    for name, declared in config.scopes:
        configuration.expect(declared, known, f"{config.source}: scopes: {name}: unknown scope", novel=True)


def policy(config: Config, root: str) -> Policy:
    """What settings silence; their paths are relative to `root`."""
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


def read_bytes(path: str) -> bytes:
    """What a file holds; "-" is standard input.

    Raises KeyscanError where it cannot be read.
    """
    if path == "-":
        return b"".join(standard_input())
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise KeyscanError(f"{path}: cannot be read: {error.strerror}") from None


def standard_input() -> Iterator[bytes]:
    """Standard input in pieces.

    Raises KeyscanError where it cannot be read.
    """
    if sys.stdin is None:  # it was closed before this process began
        raise KeyscanError("standard input: cannot be read: it is closed")
    while piece := _piece():
        yield piece


def _piece() -> bytes:
    try:
        return os.read(0, 1 << 20)
    except OSError as error:
        raise KeyscanError(f"standard input: cannot be read: {error.strerror}") from None
