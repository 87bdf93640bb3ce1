"""[tool.allo-keyscan] of pyproject.toml, or .allo-keyscan.toml -> Config. The nearest file wins; nothing merges."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from allo_keyscan.errors import KeyscanError, hint, nearest

_NAMES = (".allo-keyscan.toml", "pyproject.toml")
_LONGEST = 10.0**7  # four months: what every system's timer takes
_KEY_NAME = re.compile(r"(?:env|setting|parameter|literal):\S+")
_TYPO = 0.85  # one letter of seven: FUTURE_READ is not taken for NUMBERS_READ
_FAIL_ON = ("error", "warning", "note", "never")


class Config(NamedTuple):
    """The settings of a project; `folder` is where its file stands and what its paths are relative to."""

    exclude: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    baseline: str | None = None
    fail_on: str = "warning"
    max_file_size: int | None = None
    gitignore: bool = True
    archives: bool = True
    timeout: float | None = None
    scopes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    source: str | None = None
    folder: str | None = None


def _text_list(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("must be a list of strings")
    return tuple(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")
    return value


def _level(value: object) -> str:
    if value not in _FAIL_ON:
        raise ValueError(f"must be one of {', '.join(_FAIL_ON)}")
    return str(value)


def _table_of_lists(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise ValueError("must be a table of lists")
    return tuple((str(name), _text_list(items)) for name, items in value.items())


def size(text: str) -> int:
    """A number of bytes from `500`, `20 kB`, `1.5MiB`, `2G`; K, M, G are powers of 1,024 as in git and ripgrep.

    Raises ValueError for anything else.
    """
    cleaned = text.strip().lower().removesuffix("b").removesuffix("i")
    scale = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}.get(cleaned[-1:], 1)
    number = cleaned.rstrip("kmgt").strip()
    try:
        found = int(float(number) * scale)
    except (ValueError, OverflowError):
        found = -1
    if found < 0:
        raise ValueError(f"{text!r} is not a size: write 500, 20K, 1.5M or 2G")
    return found


def _size(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else size(_text(value))


def seconds(value: object) -> float:
    """A number of seconds, also as text; 0 is no limit. Raises ValueError for anything else."""
    try:
        found = float(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else -1.0
    except (ValueError, OverflowError):
        found = -1.0
    if not 0 <= found <= _LONGEST:
        raise ValueError("must be a number of seconds")
    return found


def _scopes(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The scopes of each key by its name, `declared` for all keys without a name here; a list alone is `declared`."""
    table = _table_of_lists({"declared": value} if isinstance(value, list) else value)
    for name, _ in table:
        if name != "declared" and not _KEY_NAME.fullmatch(name):
            known = "env:NAME, setting:name, parameter:function.name, literal:fingerprint, or declared for all others"
            raise ValueError(f"{name!r} does not say where a key comes from ({known})")
    return table


_READERS: dict[str, Callable[[object], Any]] = {
    "exclude": _text_list,
    "ignore": _text_list,
    "per-file-ignores": _table_of_lists,
    "baseline": _text,
    "fail-on": _level,
    "max-file-size": _size,
    "gitignore": _flag,
    "archives": _flag,
    "timeout": seconds,
    "scopes": _scopes,
}


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
    values: dict[str, Any] = {}
    for key, value in table.items():
        reader = _READERS.get(key)
        if reader is None:
            raise KeyscanError(f"{path}: unknown key {key!r}{hint(key, _READERS)}")
        try:
            values[key.replace("-", "_")] = reader(value)
        except ValueError as error:
            raise KeyscanError(f"{path}: {key}: {error}") from None
    folder = os.path.dirname(os.path.abspath(path))
    return Config()._replace(source=path, folder=folder, **values)


def _table(path: str) -> dict[str, object] | None:
    """Our table of one file; None for a pyproject.toml without it."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise KeyscanError(f"{path}: {error.strerror or 'cannot be read'}") from None
    if os.path.basename(path) == "pyproject.toml" and b"allo-keyscan" not in data:
        return None
    import tomllib

    try:
        table: dict[str, Any] = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KeyscanError(f"{path}: not valid TOML: {error}") from None
    if os.path.basename(path) != "pyproject.toml":
        return table
    found = table.get("tool", {}).get("allo-keyscan")
    if found is not None and not isinstance(found, dict):
        raise KeyscanError(f"{path}: tool.allo-keyscan must be a table")
    return found


def load(start: str, explicit: str | None = None) -> Config:
    """The settings in force for a folder: those of `explicit`, else of the nearest file up to the repository's root.

    Raises KeyscanError, naming file and key, for settings that cannot be used.
    """
    if explicit is not None:
        table = _table(explicit)
        if table is None:
            raise KeyscanError(f"{explicit}: has no [tool.allo-keyscan] table")
        return _read(explicit, table)
    folder = os.path.abspath(start)
    while True:
        for name in _NAMES:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                table = _table(path)
                if table is not None:
                    return _read(path, table)
        parent = os.path.dirname(folder)
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):
            return Config()
        folder = parent
