"""The text of a settings file -> the line on which each of its keys stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from typing import Any


def lines(text: str, tables: Sequence[str], keys: Iterable[str]) -> dict[str, int]:
    """The line (from 1) of each key in the table that `tables` leads to.

    TOML is read line by line from the top: a key stands where what was read before lacks it and a longer stretch has
    it. Keys that are not written as they are called (`"fail\\u002don"`) are left out.
    """
    every = text.splitlines(keepends=True)
    found = {}
    for key in keys:
        for number, line in enumerate(every):
            if key in line and _has(every[:number], tables, key) is False and _begins(every, number, tables, key):
                found[key] = number + 1
                break
    return found


def _begins(every: list[str], number: int, tables: Sequence[str], key: str) -> bool:
    """Whether the shortest stretch of whole TOML behind a line has the key."""
    ends = (_has(every[:end], tables, key) for end in range(number + 1, len(every) + 1))
    return next((has for has in ends if has is not None), False)


def _has(some: list[str], tables: Sequence[str], key: str) -> bool | None:
    """Whether a table has a key; None where the lines end within a value."""
    try:
        inner: Any = tomllib.loads("".join(some))
    except tomllib.TOMLDecodeError:
        return None
    for name in tables:
        inner = inner.get(name) if isinstance(inner, dict) else None
    return isinstance(inner, dict) and key in inner
