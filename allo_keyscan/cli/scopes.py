"""`allo-keyscan scopes`: the Allo API calls in Python code and the scopes they need."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import click

from allo_keyscan import config as configuration
from allo_keyscan.calls.layout import is_test
from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.api import SCOPE_NAME, ApiRules, api_rules
from allo_keyscan.cli import asking, granted, options
from allo_keyscan.cli.declared import Settings
from allo_keyscan.cli.output import (
    counted,
    counts,
    hushed,
    say,
    say_skipped,
    show,
    sized,
)
from allo_keyscan.cli.resolve import Options, cache_folder, check_rules, check_scopes, policy, settled
from allo_keyscan.config import Config
from allo_keyscan.errors import ExitCode
from allo_keyscan.model import ScopesReport, Skipped
from allo_keyscan.modules import facts_cache
from allo_keyscan.needs.held import Held
from allo_keyscan.report.redact import mask_keys_of
from allo_keyscan.scan.parallel import usable_processors
from allo_keyscan.scopes import Found, Silence, judge, search
from allo_keyscan.sources import git
from allo_keyscan.sources.ignore import Ignore
from allo_keyscan.sources.worktree import list_files

SUFFIXES = (".py", ".pyw", ".ipynb")


class _Scopes(click.ParamType[tuple[str, ...]]):
    """A comma-separated list of scope names."""

    name = "scopes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        names = tuple(name.strip() for name in str(value).split(",") if name.strip())
        for name in names:
            if not SCOPE_NAME.fullmatch(name):
                self.fail(f"{name!r} is not the name of a scope, such as TAGS_READ", param, ctx)
        return names


@click.command("scopes", context_settings={"help_option_names": ["-h", "--help"]})
@options.paths()
@click.option("--check", is_flag=True, help="Exit 1 where a scope is missing, or given and not needed.")
@options.fail_on("With --check, the least severity to exit 1 for. [default: warning]")
@click.option("--granted", type=_Scopes(), metavar="A,B", help="The scopes the key has.")
@click.option(
    "--granted-from-api", is_flag=True, help="Ask the API which scopes the keys have that the code reads, if set here."
)
@click.option(
    "--key-env", multiple=True, metavar="NAME", help="With --granted-from-api: the variable of a key (repeatable)."
)
@asking.api_url
@click.option(
    "--granted-file",
    "granted_files",
    multiple=True,
    metavar="[KEY=]FILE",
    help="A saved answer of the API, for one key (repeatable): env:NAME=me.json.",
)
@click.option("--write", "writes", is_flag=True, help="Declare the scopes of each key in the project's settings file.")
@options.output("scopes")
@options.allow_incomplete
@click.option("--no-ignores", is_flag=True, help="Report what comments and configuration silence.")
@options.jobs
@options.cache("Read every file anew, and keep nothing for the next run.")
@options.where
@options.settings
@options.manners
def command(paths: tuple[str, ...], **given: Any) -> int:
    """Say which Allo API calls the Python code in PATHS makes, and which scopes each key needs for them.

    Exits 0, or with --check 1 where a needed scope is not given or a given one is not needed; 2 where it could not run,
    and 3 where something could not be looked at.
    """
    if given["fail_on"] and not given["check"]:
        raise click.UsageError("--fail-on says what --check fails on: give both")
    _check_granted(given)
    folder = paths[0] if len(paths) == 1 and os.path.isdir(paths[0]) else os.curdir
    config = configuration.load(folder, given["config_file"], isolated=given["isolated"])
    given = settled(given, config, "scopes")
    rules_folder = rules_dir(given["rules"])
    mask_keys_of(rules_folder)
    rules = api_rules(rules_folder)
    configuration.expect(given["granted"] or (), rules.scopes, "--granted: unknown scope", novel=True)
    check_rules(config, rules_folder)
    check_scopes(config, rules.scopes)
    root = git.find_root(folder) or config.folder or os.path.abspath(folder)
    read = python_sources(paths, folder, config, given)
    found = _searched(read, rules, given, given["jobs"] or usable_processors())
    settings = Settings.of(config, root)
    if given["writes"]:
        settings = settings.written(found, read.skipped, rules, folder, _unheard if given["quiet"] else say)
    held = _held(settings, found, rules_folder, given)
    silence = _silence(read, settings, config, root, given)
    report = judge(found, read.sources, rules, held, skipped=read.skipped, tests=read.tests, silence=silence)
    show(report, lambda: rules.kinds, given)
    if not given["quiet"]:
        _summarize(report, given["verbose"])
        if given["check"] and held is None:
            say(
                "no scopes are declared or granted, so none is missing or too much (--write declares those of the code)"
            )
    return _exit_code(
        report, given["fail_on"] if given["check"] else "never", allow_incomplete=given["allow_incomplete"]
    )


def assessed(read: Sources, rules: ApiRules, chosen: Options, root: str) -> tuple[ScopesReport, bool]:
    """What Python sources need, against what the project's settings declare, and whether they declare anything."""
    found = _searched(read, rules, chosen.given, chosen.jobs)
    settings = Settings.of(chosen.config, root)
    silence = _silence(read, settings, chosen.config, root, chosen.given)
    report = judge(found, read.sources, rules, settings.held, skipped=read.skipped, tests=read.tests, silence=silence)
    return report, settings.held is not None


def _searched(read: Sources, rules: ApiRules, given: dict[str, Any], jobs: int) -> Found:
    kept = cache_folder(given)
    cache = facts_cache(kept) if kept is not None else None
    return search(read.sources, rules, tests=read.tests, jobs=jobs, cache=cache)


def _silence(read: Sources, settings: Settings, config: Config, root: str, given: dict[str, Any]) -> Silence | None:
    if given["no_ignores"]:
        return None
    return Silence({**dict(read.sources), **settings.texts}, policy(config, root).configured_away)


def _check_granted(given: dict[str, Any]) -> None:
    names = ("--granted", "--granted-file", "--granted-from-api")
    ways = (given["granted"] is not None, bool(given["granted_files"]), given["granted_from_api"])
    if sum(ways) > 1:
        raise click.UsageError(f"{', '.join(names)}: one of them at a time")
    if given["writes"] and (given["isolated"] or any(ways)):
        raise click.UsageError("--write declares scopes in the project's settings: not with --isolated or --granted…")
    if (given["key_env"] or given["api_url"] is not None) and not given["granted_from_api"]:
        raise click.UsageError("--key-env and --api-url belong to --granted-from-api: give it too")


def _held(settings: Settings, found: Found, folder: str, given: dict[str, Any]) -> Held | None:
    """The scopes that keys have: granted, by whoever says so, else declared; None where nothing says them."""
    if given["granted"] is not None:
        return Held.everywhere(given["granted"])
    if not given["granted_files"] and not given["granted_from_api"]:
        return settings.held
    keys = [*(call.key for call in found.calls), *(one.key for one in found.unresolved)]
    if given["granted_files"]:
        held, told = granted.from_files(given["granted_files"], folder, keys)
    else:
        held, told = granted.from_api(given, folder, keys)
    for said in () if given["quiet"] else told:
        say(said)
    return held


def _unheard(_: str) -> None:
    """What is said to nobody."""


def search_code(paths: Sequence[str], rules: ApiRules, given: dict[str, Any]) -> ScopesReport:
    """The calls of some code, for who asks about some of them; nothing is said of the scopes that keys have."""
    folder = paths[0] if len(paths) == 1 and os.path.isdir(paths[0]) else os.curdir
    config = configuration.load(folder, given["config_file"], isolated=given["isolated"])
    given = settled(given, config)
    read = python_sources(paths, folder, config, given)
    found = _searched(read, rules, given, usable_processors())
    return judge(found, read.sources, rules, None, skipped=read.skipped, tests=read.tests)


def python_sources(paths: Sequence[str], folder: str, config: Config, given: dict[str, Any]) -> Sources:
    """The Python files of some paths. A file that is named is Python, and no test, whatever its name.

    `given` are the options with settings and defaults filled in (resolve.settled). Raises KeyscanError for a path that
    does not exist.
    """
    root = git.find_root(folder) or config.folder or os.path.abspath(folder)
    ignore = Ignore(
        root,
        given["exclude"],
        config=config.exclude,
        config_name=config.source or "the configuration",
        files=not given["isolated"],
    )
    listing = list_files(
        paths, gitignore=not given["no_gitignore"], ignore=ignore, force_exclude=given["force_exclude"]
    )
    found = Sources([], [skip for skip in listing.skipped if skip.incomplete], set())
    for inner, prefix, names in listing.roots:
        for name in names:
            if _is_python(inner + name):
                found.read(inner + name, prefix + name)
                if is_test(name):
                    found.tests.add(prefix + name)
    for opened, shown in listing.single:
        found.read(opened, shown)
        found.tests.discard(shown)
    found.sources.sort()
    found.tests.intersection_update(path for path, _ in found.sources)
    return found


class Sources(NamedTuple):
    """Python files with their bytes, what could not be read, and which files are tests."""

    sources: list[tuple[str, bytes]]
    skipped: list[Skipped]
    tests: set[str]

    def read(self, opened: str, shown: str) -> None:
        """Adds a file, if it is there."""
        try:
            with open(opened, "rb") as file:
                self.sources.append((shown, file.read()))
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            pass  # the listing's word for "no file"
        except OSError as error:
            self.skipped.append(Skipped(shown, error.strerror or "cannot be read"))


def _is_python(path: str) -> bool:
    if path.endswith(SUFFIXES):
        return True
    if "." in os.path.basename(path):
        return False
    try:
        with open(path, "rb") as file:
            first = file.read(64).partition(b"\n")[0]
    except OSError:
        return False
    return first.startswith(b"#!") and b"python" in first


def _summarize(report: ScopesReport, verbose: int) -> None:
    say_skipped(report.skipped, verbose=verbose)
    sites = len({(call.path, call.line, call.column) for call in report.calls})
    where = f"{counted(report.summary.files, 'Python file')} ({sized(report.summary.bytes)})"
    silent = "".join(f", {one}" for one in hushed(report.suppressed))
    say(f"{counted(sites, 'call')}, {len(report.unresolved)} unresolved{silent} in {where}")
    if report.tests.files:
        left_out = f"{counted(report.tests.files, 'test file')} among them left out"
        say(f"{left_out}, with {counted(report.tests.calls, 'call')}")
    if report.summary.files == 0:
        say("0 Python files were looked at: is the path right, or is everything ignored?")


def _exit_code(report: ScopesReport, fail_on: str, *, allow_incomplete: bool) -> ExitCode:
    if any(counts(one, fail_on) for one in report.findings):
        return ExitCode.FINDINGS
    return ExitCode.CLEAN if report.complete or allow_incomplete else ExitCode.INCOMPLETE
