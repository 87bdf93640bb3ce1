"""Options and the project's configuration together: what a key scan runs with. Knows no click."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from allo_keyscan import config as configuration
from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.findings import finding_rules
from allo_keyscan.config import Config
from allo_keyscan.errors import KeyscanError
from allo_keyscan.keys.vault import Vault
from allo_keyscan.report.redact import mask_keys_of
from allo_keyscan.scan.blob import Policy, Scanner
from allo_keyscan.scan.parallel import usable_processors
from allo_keyscan.scan.reading import Reader
from allo_keyscan.sources import git
from allo_keyscan.sources.ignore import Ignore


class Options(NamedTuple):
    """What the options of a key scan come to."""

    config: Config
    rules: str
    reader: Reader
    archives: bool
    ignore: Ignore
    gitignore: bool
    force_exclude: bool
    jobs: int
    hide: Callable[[str], str]
    baseline: str | None
    keeps: bool
    """Whether something may be kept between runs."""
    vault: Vault | None = None
    """Where raw keys end that will be asked about."""


def resolve(given: dict[str, Any], paths: tuple[str, ...]) -> Options:
    """Options and configuration together.

    Raises KeyscanError for settings, rules or patterns that cannot be used.
    """
    folder = _start(paths)
    config = Config() if given["isolated"] else configuration.load(folder, given["config_file"])
    rules = rules_dir(given["rules"])
    mask_keys_of(rules)
    root = git.find_root(folder) or config.folder or os.path.abspath(folder)
    obeyed = not given["no_ignores"]
    _check_rules(config, rules)
    vault = Vault() if given.get("verify") else None
    scanner = Scanner(rules, policy(config, root) if obeyed else Policy(comments=False), vault)
    max_size = given["max_file_size"] if given["max_file_size"] is not None else config.max_file_size
    archives = config.archives and not given["no_archives"]
    reader = Reader(scanner, archives=archives, max_size=max_size)
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
        archives=archives,
        ignore=ignore,
        gitignore=config.gitignore and not given["no_gitignore"],
        force_exclude=given["force_exclude"],
        jobs=given["jobs"] or usable_processors(),
        hide=scanner.detector.hide,
        baseline=baseline if obeyed else None,
        keeps=not given.get("no_cache"),
        vault=vault,
    )


def _start(paths: tuple[str, ...]) -> str:
    """The folder whose settings count: the only folder that is named, else the current one."""
    return paths[0] if len(paths) == 1 and os.path.isdir(paths[0]) else os.curdir


def _check_rules(config: Config, folder: str) -> None:
    if not config.ignore and not config.per_file_ignores:
        return
    known = {name for rule in finding_rules(folder).values() for name in (rule.name, rule.code)}
    configuration.expect(config.ignore, known, f"{config.source}: ignore: unknown rule")
    for pattern, rules in config.per_file_ignores:
        configuration.expect(rules, known, f"{config.source}: per-file-ignores: {pattern!r}: unknown rule")


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


def standard_input() -> Iterator[bytes]:
    """Standard input in pieces."""
    while piece := os.read(0, 1 << 20):
        yield piece
