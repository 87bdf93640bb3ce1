"""Where rules/endpoints.toml and what the API says of its endpoints disagree, and the file's text with the API's word.

The API lists, for a key, the endpoints that the key opens and the scope of each. That a row is not listed proves
little: the key may lack a scope, the list is known to leave out some methods, and perhaps a version. So such rows are
named where the key has what they ask for, and never removed. Pure: texts and values in, texts and values out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from allo_keyscan.catalog.api import Endpoint, Scope
from allo_keyscan.catalog.clients import METHODS
from allo_keyscan.catalog.live import Check
from allo_keyscan.errors import KeyscanError
from allo_keyscan.live.values import Answer, Opened

Kind = Literal["new", "scope", "settled", "confirmed", "absent", "unusable"]
"""new: no row has it. scope: its row asks for others. settled: sources disagree, and the API is with the row.
confirmed: the row's scopes were inferred, and are right. absent: not listed for a key that should open it. unusable:
its path is not in the form of those of the rules."""

WRITTEN: tuple[Kind, ...] = ("new", "scope", "settled", "confirmed")

_PARAMETER = re.compile(r"\{\w+\}")
_COLON = re.compile(r"(?<=/):(\w+)")
_USABLE = re.compile(r"(?:/(?:[\w.~:@-]+|\{\w+\}))+")


class Difference(NamedTuple):
    """One endpoint; `rules` are the scopes of its row (None: there is none), `live` those that the API says."""

    kind: Kind
    method: str
    path: str
    rules: tuple[str, ...] | None
    live: tuple[str, ...] | None
    row: Endpoint | None = None


class Listed(NamedTuple):
    """An endpoint as some answers list it."""

    method: str
    path: str
    scopes: tuple[str, ...]


def listed(answers: Iterable[Answer]) -> list[Listed]:
    """The endpoints of some keys, each once, with every scope that an answer names for it."""
    found: dict[tuple[str, str], tuple[str, set[str]]] = {}
    for one in sorted({one for answer in answers for one in answer.endpoints}, key=_place):
        path = _COLON.sub(r"{\1}", one.path.partition("#")[0].rstrip("/"))
        _, scopes = found.setdefault((one.method, _shape(path)), (path, set()))
        scopes.update([one.scope] if one.scope else [])
    return [Listed(method, path, tuple(sorted(scopes))) for (method, _), (path, scopes) in found.items()]


def differences(rows: Sequence[Endpoint], answers: Sequence[Answer], check: Check, cover: Any) -> list[Difference]:
    """Where some rows and some answers disagree, by path. `cover` gives the scopes held, with all they imply."""
    known = {(one.method, _shape(one.path)): one for one in rows}
    live = listed(answers)
    found = [different for one in live if (different := _different(one, known)) is not None]
    found += _absent(rows, live, answers, check, cover)
    return sorted(found, key=lambda one: (one.path, one.method))


def novel(found: Iterable[Difference], scopes: dict[str, Scope]) -> tuple[str, ...]:
    """The scopes that differences name and no rule knows."""
    return tuple(sorted({name for one in found for name in one.live or () if name not in scopes}))


def _different(one: Listed, known: dict[tuple[str, str], Endpoint]) -> Difference | None:
    row = known.get((one.method, _shape(one.path)))
    if row is None:
        usable = _USABLE.fullmatch(one.path) and one.method in METHODS
        return Difference("new" if usable else "unusable", one.method, one.path, None, one.scopes)
    kind: Kind | None = None
    if row.basis == "unknown" or set(row.scopes) != set(one.scopes):
        kind = "scope"
    elif row.conflict is not None:
        kind = "settled"
    elif row.basis == "inferred":
        kind = "confirmed"
    return None if kind is None else Difference(kind, row.method, row.path, row.scopes, one.scopes, row)


def _absent(
    rows: Sequence[Endpoint], live: Sequence[Listed], answers: Sequence[Answer], check: Check, cover: Any
) -> Iterator[Difference]:
    there = {(one.method, _shape(one.path)) for one in live}
    versions = {_version(one.path) for one in live}
    for row in rows:
        if (row.method, _shape(row.path)) in there or row.method in check.unlisted_methods or row.basis == "unknown":
            continue
        opened = any(set(row.scopes) <= cover(answer.scopes) for answer in answers)
        if row.scopes and opened and _version(row.path) in versions:
            yield Difference("absent", row.method, row.path, row.scopes, None, row)


def _shape(path: str) -> str:
    return _PARAMETER.sub("{}", path)


def _version(path: str) -> str:
    return path.split("/", 2)[1]


def _place(one: Opened) -> tuple[str, str, str]:
    return (one.path, one.method, one.scope or "")


def endpoints_written(text: str, found: Sequence[Difference], check: Check, day: str) -> str:
    """endpoints.toml with the API's word, its formatting and comments kept; `day` (ISO 8601) is when that was read.

    Raises KeyscanError for a text that holds a row in a form that cannot be changed here.
    """
    import tomlkit  # here alone: no other run pays for it

    document: Any = tomlkit.parse(text)
    tables = {(str(one["method"]), str(one["path"])): one for one in document["endpoint"]}
    for one in found:
        if one.row is not None and one.kind in WRITTEN:
            _change(tables[one.method, one.path], one, check, day)
    changed: str = tomlkit.dumps(document)
    if tomlkit.parse(changed).unwrap() != document.unwrap():
        raise KeyscanError("a row is written in a form that cannot be changed here")
    return changed + "".join(_row(one, check, day) for one in found if one.kind == "new")


def _change(table: Any, one: Difference, check: Check, day: str) -> None:
    """The API's word in a row; what the row said before becomes the conflict, where a document had said it."""
    row, live = one.row, one.live or ()
    if row is None:
        return
    table["scopes"] = list(live)
    table["basis"] = "live"
    table["source"] = check.source
    table["note"] = "; ".join(filter(None, (row.note, f"as the API listed it for a key on {day}")))
    said = row.basis not in ("inferred", "unknown") and row.scopes
    if one.kind == "scope" and said and set(row.scopes) != set(live):
        table["conflict"] = list(row.scopes)
        table["conflict_source"] = row.source
    else:
        table.pop("conflict", None)
        table.pop("conflict_source", None)


def _row(one: Difference, check: Check, day: str) -> str:
    other = "POST" if one.method == "GET" else "GET"
    shown = _PARAMETER.sub("x1", one.path)
    scopes = ", ".join(f'"{name}"' for name in one.live or ())
    return (
        f'\n[[endpoint]]\nmethod = "{one.method}"\npath = "{one.path}"\nscopes = [{scopes}]\nbasis = "live"\n'
        f'source = "{check.source}"\nnote = "as the API listed it for a key on {day}"\n'
        f'true = ["{one.method} {shown}"]\nfalse = ["{other} {shown}"]\n'
    )


def scopes_written(text: str, names: Iterable[str], check: Check, known: Iterable[str]) -> str:
    """scopes.toml with entries for scopes of which nothing but the name is known."""
    other = next(iter(known))
    return text + "".join(
        f'\n[[scope]]\nname = "{name}"\ndescription = "Named by the API for an endpoint; no document describes it"\n'
        f'source = "{check.source}"\ntrue = ["{name}"]\nfalse = ["{other}"]\n'
        for name in names
    )
