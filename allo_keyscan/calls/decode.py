"""Bytes of encode.py and the source they were made of -> facts. Nothing that the bytes hold is run."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

from allo_keyscan.calls import facts as f
from allo_keyscan.calls.encode import (
    FIELDS,
    FLOAT,
    INTEGER,
    LIST,
    NAME,
    NEGATIVE,
    NUMBER,
    OBJECT,
    PLAIN,
    PLAINS,
    SMALL,
    TABLE,
    TAG_BITS,
    TUPLE,
    TYPES,
    WORDS,
    read_text,
)
from allo_keyscan.calls.interpreter import uncollected
from allo_keyscan.calls.source import Source
from allo_keyscan.calls.spans import Spans

_NEW: Callable[[type], Any] = object.__new__
_TAG = (1 << TAG_BITS) - 1
_SETTERS: list[list[Callable[[Any, Any], None]]] = [
    [getattr(kind, name).__set__ for name in names] for kind, names in zip(TYPES, FIELDS, strict=True)
]


def decode(path: str, data: bytes, source: Source) -> f.ModuleFacts | None:
    """The facts of the module at `path`; None for bytes that encode.py did not make of this source."""
    try:
        with uncollected():
            return _decode(path, data, source)
    except (ValueError, IndexError, TypeError, AttributeError, StopIteration, RecursionError, OverflowError):
        return None


def _decode(path: str, data: bytes, source: Source) -> f.ModuleFacts | None:
    flat, places, types, values = _sections(data)
    text = source.text
    pairs = iter(places)
    names = [*WORDS, *(text[start : start + size] for start, size in zip(pairs, pairs, strict=True))]
    objects: list[Any] = [_NEW(TYPES[number]) for number in types]
    module = objects[0]
    if type(module) is not f.ModuleFacts:
        return None
    rest = iter(values)
    take = rest.__next__
    get = _values(take, objects, names)
    known: dict[tuple[int, int, int], object] = {}
    for one, kind in zip(objects, types, strict=True):
        if type(one) is f.Constant:
            how = (take(), take(), take())
            if how not in known:
                known[how] = _constant(text, *how)
            one.value, one.written, one.part = known[how], None, -1
        for put in _SETTERS[kind]:
            put(one, get())
    module.path, module.spans = path, Spans.of(flat, source)
    return None if next(rest, None) is not None else module


def _values(take: Callable[[], int], objects: list[Any], names: list[str]) -> Callable[[], Any]:
    """What reads the next value, whatever it is."""

    def get() -> Any:
        token = take()
        tag, number = token & _TAG, token >> TAG_BITS
        if tag == OBJECT:
            return objects[number]
        if tag == NAME:
            return names[number]
        if tag == NUMBER:
            return number
        if tag == PLAIN:
            return PLAINS[number]
        if tag == TUPLE:
            return tuple([get() for _ in range(number)])
        if tag == LIST:
            return [get() for _ in range(number)]
        if tag == TABLE:
            return {get(): get() for _ in range(number)}
        return frozenset([get() for _ in range(number)])

    return get


def _constant(text: str, kind: int, first: int, second: int) -> object:
    if kind < len(PLAINS):
        return PLAINS[kind]
    if kind == SMALL:
        return first
    source = text[first : first + second]
    if kind in (INTEGER, NEGATIVE):
        return int(source, 0) if kind == INTEGER else -int(source, 0)
    return float(source) if kind == FLOAT else read_text(kind, source)


def _sections(data: bytes) -> list[array[int]]:
    numbers = array("i")
    numbers.frombytes(data)
    sections: list[array[int]] = []
    at = 0
    while at < len(numbers):
        end = at + 1 + numbers[at]
        if numbers[at] < 0 or end > len(numbers):
            raise ValueError("cut off")
        sections.append(numbers[at + 1 : end])
        at = end
    return sections
