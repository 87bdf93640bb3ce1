"""Declared scopes in the text of a TOML file: where each stands, and the text with other ones. Nothing else changes."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect
from collections.abc import Iterable, Mapping
from typing import Any

from allo_keyscan.errors import KeyscanError

Scopes = Mapping[str, tuple[str, ...] | None]
_LONG_LINE = 100


def line_numbers(text: str, declared: Iterable[tuple[str, tuple[str, ...]]]) -> dict[tuple[str, str], int]:
    """The line on which each scope of each name stands; those that are not found as they are written are left out."""
    found = {}
    for name, scopes in declared:
        start = _place(text, name, 0) if name != "declared" else -1
        start = max(start, 0) or max(text.find("declared"), text.find("scopes"), 0)
        for scope in scopes:
            at = _place(text, scope, start)
            if at >= 0:
                found[name, scope] = text.count("\n", 0, at) + 1
    return found


def _place(text: str, word: str, start: int) -> int:
    return min((at for mark in "\"'" if (at := text.find(f"{mark}{word}{mark}", start)) >= 0), default=-1)


def rewritten(text: str, tables: tuple[str, ...], scopes: Scopes) -> str:
    """A TOML file's text with other scopes, its formatting and comments kept.

    `tables` leads to the table of scopes (`tool`, `allo-keyscan`, `scopes`); `scopes` are the lines that change,
    None for one that goes. Raises KeyscanError for a text that is no TOML, and where the result would not say what it
    should.
    """
    try:
        old = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise KeyscanError(f"not valid TOML: {error}") from None
    found = _inside(old, tables)
    new = _added(text, tables, scopes) if found is None else _edited(text, tables, scopes)
    expected = {"declared": found} if isinstance(found, list) else dict(found or {})
    expected |= {name: [*chosen] for name, chosen in scopes.items() if chosen is not None}
    expected = {name: chosen for name, chosen in expected.items() if scopes.get(name, ()) is not None}
    try:
        got = _inside(tomllib.loads(new), tables)
    except tomllib.TOMLDecodeError:
        got = None
    got = {"declared": got} if isinstance(got, list) else got
    if _sorted(got) != _sorted(expected):
        raise KeyscanError(f"the table {'.'.join(tables)} is written in a form that cannot be changed here")
    return new


def _sorted(table: Any) -> Any:
    return {name: sorted(scopes) for name, scopes in table.items()} if isinstance(table, dict) else None


def _inside(document: Any, tables: tuple[str, ...]) -> Any:
    for name in tables:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _added(text: str, tables: tuple[str, ...], scopes: Scopes) -> str:
    """The text with a new table at its end."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = [f"[{'.'.join(tables)}]"]
    for name, chosen in sorted(scopes.items()):
        lines.append(_line(name, chosen or ()))
    before = text.rstrip("\r\n")
    start = f"{before}{end}{end}" if before else ""
    return start + end.join("\n".join(lines).split("\n")) + end


def _line(name: str, scopes: tuple[str, ...]) -> str:
    """`"env:KEY" = ["A", "B"]`, one scope a line where that is too long."""
    key = name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    items = [f'"{scope}"' for scope in scopes]
    whole = f"{key} = [{', '.join(items)}]"
    return whole if len(whole) <= _LONG_LINE else "\n".join([f"{key} = [", *(f"    {item}," for item in items), "]"])


def _edited(text: str, tables: tuple[str, ...], scopes: Scopes) -> str:
    import tomlkit  # here alone: no other run pays for it

    document = tomlkit.parse(text)
    table: Any = document
    for name in tables[:-1]:
        table = table[name]
    owner, last = table, tables[-1]
    table = owner[last]
    for name, chosen in sorted(scopes.items()):
        if isinstance(table, list):
            _fit(table, chosen or ())
        elif chosen is None:
            table.pop(name, None)
        elif name in table:
            _fit(table[name], chosen)
        else:
            fresh = tomlkit.array()
            fresh.extend(chosen)
            table[name] = fresh.multiline(len(_line(name, chosen)) > _LONG_LINE)
    return tomlkit.dumps(document)


def _fit(array: Any, wanted: tuple[str, ...]) -> None:
    """Change an array item by item, in order where it is in order, so that its comments stay."""
    for number in range(len(array) - 1, -1, -1):
        if array[number] not in wanted:
            del array[number]
    present = [str(item) for item in array]
    for scope in wanted:
        if scope not in present:
            at = bisect(present, scope) if present == sorted(present) else len(present)
            array.insert(at, scope)
            present.insert(at, scope)
    if "\n" not in array.as_string():  # an insertion at the front leaves no space behind its comma
        array.clear()
        array.extend(present)
