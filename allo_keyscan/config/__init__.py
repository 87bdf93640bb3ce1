"""[tool.allo-keyscan] of pyproject.toml, or .allo-keyscan.toml -> Config. The nearest file wins; nothing merges.

`SETTINGS` is the only list of settings: the loader, the JSON Schema (config/schema) and the command line's defaults
(cli/resolve) read it. What a scanned project must not decide is no setting: where anything is written, which rules say
what a key is, and which server is asked.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, NamedTuple

from allo_keyscan.config import kinds
from allo_keyscan.config.kinds import Kind, seconds, size
from allo_keyscan.errors import KeyscanError, hint, nearest

__all__ = ["NAMES", "SETTINGS", "Config", "Setting", "expect", "load", "seconds", "size", "table"]

NAMES = (".allo-keyscan.toml", "pyproject.toml")
_TYPO = 0.85  # one letter of seven: FUTURE_READ is not taken for NUMBERS_READ


class Setting(NamedTuple):
    """A key of the settings file: the kind of its value, what holds without it, and what it is for.

    `option` is the name of the command-line option that overrides it, where one does; with `negated` that is one which
    switches it off. `commands` are those that obey it.
    """

    key: str
    kind: Kind
    default: Any
    what: str
    commands: tuple[str, ...]
    option: str | None = None
    negated: bool = False

    @property
    def field(self) -> str:
        """Its name in Config."""
        return self.key.replace("-", "_")


_ALL = ("scan", "scopes", "audit", "ci", "fix")
_RUNS = ("scan", "scopes", "audit", "ci")
_KEYS = ("scan", "audit", "ci", "fix")
_CODE = ("scopes", "audit", "ci")
_TIMED = ("scan", "audit", "ci")
_ONE = ("scan", "scopes")
SETTINGS = (
    Setting(
        "allow-incomplete",
        kinds.FLAG,
        False,
        "Exit 0 where something could not be read.",
        (*_ONE, "ci"),
        "allow_incomplete",
    ),
    Setting(
        "archives", kinds.FLAG, True, "Look into archives and compressed files.", _KEYS, "no_archives", negated=True
    ),
    Setting("baseline", kinds.TEXT, None, "The file of accepted findings, from this file's folder.", _KEYS, "baseline"),
    Setting("cache", kinds.FLAG, True, "Keep what was found out for the next run.", _RUNS, "no_cache", negated=True),
    Setting("exclude", kinds.TEXTS, (), "Paths to leave out, in gitignore's syntax.", _ALL, "exclude"),
    Setting("fail-on", kinds.LEVEL, "warning", "The least severity that makes the exit code 1.", _RUNS, "fail_on"),
    Setting("force-exclude", kinds.FLAG, False, "Leave out excluded paths that are named, too.", _ALL, "force_exclude"),
    Setting("gitignore", kinds.FLAG, True, "Leave out what git ignores.", _ALL, "no_gitignore", negated=True),
    Setting("ignore", kinds.TEXTS, (), "Rules that are not reported, by name or code.", _ALL),
    Setting("jobs", kinds.COUNT, None, "Processes; without it, one a CPU.", _ALL, "jobs"),
    Setting("max-file-size", kinds.SIZE, None, "Skip larger files; without it, none.", _KEYS, "max_file_size"),
    Setting("output-format", kinds.FORMAT, "text", "The format of the result.", _ONE, "format_name"),
    Setting("per-file-ignores", kinds.LISTS, (), "Rules that are not reported in some paths.", _ALL),
    Setting("scopes", kinds.SCOPES, (), "The scopes that each key has, by where it comes from.", _CODE),
    Setting("timeout", kinds.SECONDS, None, "Seconds after which to stop; 0 is no limit.", _TIMED, "timeout"),
)


class Config(NamedTuple):
    """The settings of a project; `folder` is where its file stands and what its paths are relative to."""

    allow_incomplete: bool = False
    archives: bool = True
    baseline: str | None = None
    cache: bool = True
    exclude: tuple[str, ...] = ()
    fail_on: str = "warning"
    force_exclude: bool = False
    gitignore: bool = True
    ignore: tuple[str, ...] = ()
    jobs: int | None = None
    max_file_size: int | None = None
    output_format: str = "text"
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    scopes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    timeout: float | None = None
    source: str | None = None
    folder: str | None = None


def expect(names: Iterable[str], known: Iterable[str], where: str, *, novel: bool = False) -> None:
    """Check names of rules or scopes that a user wrote; `where` says what they are and where they stand.

    With `novel` a name that is near to none, and in letters like theirs, passes: scopes are added to an API before they
    come here.
    Raises KeyscanError for one that is not known, with the nearest that is.
    """
    known = frozenset(known)
    for name in names:
        alike = name.isupper() == all(one.isupper() for one in known)
        if name not in known and not (novel and alike and not nearest(name, known, _TYPO)):
            raise KeyscanError(f"{where} {name!r}{hint(name, known)}")


def _read(path: str, table: dict[str, object]) -> Config:
    known, values = {one.key: one for one in SETTINGS}, dict[str, Any]()
    for key, value in table.items():
        setting = known.get(key)
        if setting is None:
            raise KeyscanError(f"{path}: unknown key {key!r}{hint(key, known)}")
        try:
            values[setting.field] = setting.kind.read(value)
        except ValueError as error:
            raise KeyscanError(f"{path}: {key}: {error}") from None
    folder = os.path.dirname(os.path.abspath(path))
    if "baseline" in values:
        values["baseline"] = os.path.join(folder, values["baseline"])
    return Config()._replace(source=path, folder=folder, **values)


def table(path: str) -> dict[str, object] | None:
    """Our table of one file; None for a pyproject.toml without it."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise KeyscanError(f"{path}: cannot be read: {error.strerror}") from None
    if os.path.basename(path) == "pyproject.toml" and b"allo-keyscan" not in data:
        return None
    import tomllib

    try:
        read: dict[str, Any] = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KeyscanError(f"{path}: not valid TOML: {error}") from None
    if os.path.basename(path) != "pyproject.toml":
        return read
    tools = read.get("tool", {})
    found = tools.get("allo-keyscan") if isinstance(tools, dict) else None
    if found is not None and not isinstance(found, dict):
        raise KeyscanError(f"{path}: tool.allo-keyscan must be a table")
    return found


def _nearest(start: str) -> tuple[str, dict[str, object]] | None:
    """The nearest file with settings, from a folder up to the repository's root, and its table."""
    folder = os.path.abspath(start)
    while True:
        for name in NAMES:
            path = os.path.join(folder, name)
            found = table(path) if os.path.isfile(path) else None
            if found is not None:
                return path, found
        parent = os.path.dirname(folder)
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):
            return None
        folder = parent


def load(start: str, explicit: str | None = None, *, isolated: bool = False) -> Config:
    """The settings in force for a folder: those of `explicit`, else of the nearest file, unless `isolated` from it.

    Raises KeyscanError, naming file and key, for settings that cannot be used.
    """
    if explicit is None:
        near = None if isolated else _nearest(start)
        return Config() if near is None else _read(*near)
    found = table(explicit)
    if found is None:
        raise KeyscanError(f"{explicit}: has no [tool.allo-keyscan] table")
    return _read(explicit, found)
