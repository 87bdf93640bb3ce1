"""Functions of Python and its libraries whose value follows from their arguments: decoders, URL functions, numbers."""

from __future__ import annotations

import re
from collections.abc import Callable

from allo_keyscan.calls import addresses, folding, operations
from allo_keyscan.calls.domain import Hole, Scalar, Text, Value, text_of


def _decode(values: list[Value], _named: dict[str, Value]) -> Value | None:
    codec = text_of(values[1]).literal if len(values) > 1 else "utf-8"
    return folding.decoded(text_of(values[0]), codec) if codec is not None else None


def _chr(values: list[Value], _named: dict[str, Value]) -> Value | None:
    value = values[0]
    if isinstance(value, Scalar) and isinstance(value.value, int) and 0 <= value.value < 0x110000:
        return Text((chr(value.value),), changed=True)
    return None


def _ord(values: list[Value], _named: dict[str, Value]) -> Value | None:
    literal = text_of(values[0]).literal
    return Scalar(ord(literal)) if literal is not None and len(literal) == 1 else None


def _int(values: list[Value], _named: dict[str, Value]) -> Value | None:
    base = values[1].value if len(values) > 1 and isinstance(values[1], Scalar) else 10
    literal = text_of(values[0]).literal
    try:
        return (
            Scalar(int(literal, base if isinstance(base, int) else 10))
            if literal and len(literal) < 40
            else _digits(values)
        )
    except ValueError:
        return None


def _digits(values: list[Value]) -> Value:
    part = text_of(values[0]).parts
    origin = part[0].origin if part and isinstance(part[0], Hole) else None
    return Text((Hole(origin, slash=False),))


def _quote(values: list[Value], named: dict[str, Value]) -> Value | None:
    safe = values[1] if len(values) > 1 else named.get("safe")
    text = text_of(values[0])
    if text.literal is not None and re.fullmatch(r"[\w.~/-]*", text.literal, re.ASCII):
        return text
    return Text((Hole(slash=not (safe is not None and text_of(safe).literal == "")),))


Fold = Callable[["list[Value]", "dict[str, Value]"], "Value | None"]


def _join_path(values: list[Value], _named: dict[str, Value]) -> Value | None:
    return addresses.joined_path([text_of(value) for value in values])


def _url(values: list[Value], named: dict[str, Value]) -> Value | None:
    parts = [*values, *(named[name] for name in ("base", "url") if name in named)]
    return addresses.joined_url(text_of(parts[0]), text_of(parts[1])) if len(parts) > 1 else None


def _maker(path: str) -> Fold:
    return lambda values, named: addresses.made(path, values, named)


def _folder(decode: Callable[[Text], Text | None]) -> Callable[[list[Value], dict[str, Value]], Value | None]:
    return lambda values, _named: decode(text_of(values[0]))


FOLDS: dict[str, Fold] = {
    **{path: _folder(decode) for path, decode in folding.DECODERS.items()},
    **{path: _maker(path) for path in addresses.MAKERS},
    "codecs.decode": _decode,
    "codecs.encode": lambda values, _named: (
        folding.decoded(text_of(values[0]), "rot13")
        if len(values) > 1 and text_of(values[1]).literal in ("rot13", "rot_13", "rot-13")
        else None
    ),
    "chr": _chr,
    "ord": _ord,
    "int": _int,
    "float": lambda values, _named: _digits(values),
    "uuid.UUID": lambda values, _named: _digits(values),
    "urllib.parse.quote": _quote,
    "urllib.parse.quote_plus": lambda values, _named: _quote(values[:1], {"safe": Text()}),
    "urllib.parse.urlencode": lambda _values, _named: Text((Hole(slash=False),)),
    "urllib.parse.urljoin": _url,
    "os.path.join": _join_path,
    "posixpath.join": _join_path,
    "len": lambda values, _named: (
        Scalar(len(literal))
        if (literal := text_of(values[0]).literal) is not None and isinstance(values[0], Text)
        else None
    ),
    "operator.add": lambda values, _named: operations.added(values, text=False),
    "operator.concat": lambda values, _named: operations.added(values, text=False),
    "format": lambda values, _named: folding.spec_of(
        values[0], (text_of(values[1]).literal or "") if len(values) > 1 else ""
    ),
}
