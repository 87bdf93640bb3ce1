"""The searches for other Python programs: text and paths in, frozen reports out (model.py). Nothing is printed.

`scan_text` and `scan_paths` are what `scan` does, `analyze_paths` what `scopes` does; the project's settings count as
they do there. No report holds a raw key, in no field: keys are masked, and known apart by keyed hashes. What could not
be looked at stands in `report.skipped`, and `report.complete` says whether the answer suffers from it.

Everything here raises KeyscanError, whose message names the thing and the remedy, where it cannot run: for a path that
does not exist, for settings, rules or patterns that cannot be used. Files that cannot be read are no error: they are
skipped. One process does the work unless `jobs` says otherwise; more are forked, which a program with threads must not
ask for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, TypeVar

from allo_keyscan.baseline import parse
from allo_keyscan.catalog import rules_dir
from allo_keyscan.errors import KeyscanError
from allo_keyscan.model import Call, Finding, Report, ScopesReport, Skipped, Unresolved
from allo_keyscan.report import shown

__all__ = [
    "Call",
    "Finding",
    "KeyscanError",
    "Report",
    "ScopesReport",
    "Skipped",
    "Unresolved",
    "analyze_paths",
    "scan_paths",
    "scan_text",
]

Path = str | os.PathLike[str]
_One = TypeVar("_One")


def scan_text(text: str | bytes, path: str = "<text>", *, ignores: bool = True, rules: Path | None = None) -> Report:
    """The leaked keys in one text. No file is read, but those of the rules.

    `text`: a string, or bytes as a file has them (archives are opened). `path`: the name it is reported under, which
    also says what it is: in `a.py` strings are put together, in `README.md` the documentation's example key is silent.
    `ignores`: whether ignore comments silence findings. `rules`: another folder of rules files.
    """
    from allo_keyscan.model import Origin
    from allo_keyscan.scan import run
    from allo_keyscan.scan.blob import Policy, Scanner, Tally
    from allo_keyscan.scan.reading import Reader

    scanner = Scanner(_rules(rules), Policy(comments=ignores))
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    tally = Tally()
    Reader(scanner).stream(iter((data,)), Origin(path), tally)
    return shown(run.report(tally, scanner.detector.hide))


def scan_paths(
    paths: Iterable[Path] = (os.curdir,),
    *,
    exclude: Iterable[str] = (),
    config: Path | None = None,
    isolated: bool = False,
    ignores: bool = True,
    baseline: Path | None = None,
    max_file_size: int | None = None,
    jobs: int = 1,
    rules: Path | None = None,
) -> Report:
    """The leaked keys in files and folders, as `allo-keyscan scan PATHS` finds them.

    `exclude`: patterns of gitignore's syntax, besides those of the settings. `config`: a settings file in place of the
    project's; `isolated`: neither settings nor ignore files of the project. `ignores`: whether comments, settings and
    `baseline` (a file of accepted findings) silence findings. `max_file_size`: in bytes, None for the settings' word.
    """
    from allo_keyscan.cli.quick import DEFAULTS
    from allo_keyscan.cli.resolve import read_text, resolve
    from allo_keyscan.cli.search import search_tree
    from allo_keyscan.scan import run
    from allo_keyscan.scan.blob import Tally

    names = _names(paths)
    given = {
        **DEFAULTS,
        **_common(exclude, config, isolated, ignores, jobs, rules),
        "baseline": _name(baseline),
        "max_file_size": max_file_size,
    }
    chosen = resolve(given, names)
    accepted = parse(read_text(chosen.baseline), chosen.baseline) if chosen.baseline else frozenset()
    tally = Tally()
    search_tree(names, chosen, tally, progress_wanted=False)
    return shown(run.report(tally, chosen.hide, accepted))


def analyze_paths(
    paths: Iterable[Path] = (os.curdir,),
    *,
    granted: Iterable[str] | None = None,
    exclude: Iterable[str] = (),
    config: Path | None = None,
    isolated: bool = False,
    ignores: bool = True,
    jobs: int = 1,
    rules: Path | None = None,
) -> ScopesReport:
    """The API calls in Python files and the scopes that each key needs, as `allo-keyscan scopes PATHS` finds them.

    `granted`: the scopes that every key has; None for what the settings declare. The others are those of `scan_paths`.
    Nothing is kept between runs. No code is run or imported.
    """
    from allo_keyscan import config as configuration
    from allo_keyscan.catalog.api import api_rules
    from allo_keyscan.cli.declared import Settings
    from allo_keyscan.cli.resolve import check_rules, check_scopes, policy, settled
    from allo_keyscan.cli.scopes import python_sources
    from allo_keyscan.needs.held import Held
    from allo_keyscan.scopes import Silence, judge, search
    from allo_keyscan.sources import git

    folder = _rules(rules)
    names, known = _names(paths), api_rules(folder)
    start = names[0] if len(names) == 1 and os.path.isdir(names[0]) else os.curdir
    told = configuration.load(start, _name(config), isolated=isolated)
    check_rules(told, folder)
    check_scopes(told, known.scopes)
    given = settled({**_FILES, **_common(exclude, config, isolated, ignores, jobs, rules)}, told)
    if granted is not None:
        granted = tuple(_several("granted", granted))
        configuration.expect(granted, known.scopes, "granted: unknown scope", novel=True)
    root = git.find_root(start) or told.folder or os.path.abspath(start)
    read = python_sources(names, start, told, given)
    found = search(read.sources, known, tests=read.tests, jobs=jobs)
    settings = Settings.of(told, root)
    silence = Silence({**dict(read.sources), **settings.texts}, policy(told, root).configured_away) if ignores else None
    held = settings.held if granted is None else Held.everywhere(granted)
    return shown(judge(found, read.sources, known, held, skipped=read.skipped, tests=read.tests, silence=silence))


_FILES: dict[str, Any] = {"force_exclude": None, "no_gitignore": None}


def _common(
    exclude: Iterable[str], config: Path | None, isolated: bool, ignores: bool, jobs: int, rules: Path | None
) -> dict[str, Any]:
    """Arguments by the names that the command line has for them."""
    return {
        "exclude": tuple(_several("exclude", exclude)),
        "config_file": _name(config),
        "isolated": isolated,
        "no_ignores": not ignores,
        "jobs": jobs,
        "rules": _name(rules),
    }


def _rules(rules: Path | None) -> str:
    from allo_keyscan.report.redact import mask_keys_of

    folder = rules_dir(_name(rules))
    mask_keys_of(folder)
    return folder


def _names(paths: Iterable[Path]) -> tuple[str, ...]:
    return tuple(os.fspath(path) for path in _several("paths", paths))


def _several(what: str, given: Iterable[_One]) -> Iterable[_One]:
    """What is given. A lone string is a slip: each of its letters would count."""
    if isinstance(given, (str, os.PathLike)):
        raise TypeError(f"{what} must be several, as a list: [{os.fspath(given)!r}]")
    return given


def _name(path: Path | None) -> str | None:
    return None if path is None else os.fspath(path)
