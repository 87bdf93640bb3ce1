"""Facts -> bytes that hold no text of their file, for caches and between processes.

A fact's strings and numbers are written as the place where they stand in the source, which is at hand for who reads the
facts: so a key in a literal, in a name or in pieces stands in no cache. What is written besides are numbers, and words
of a fixed list. A module with something that cannot be found in its text has no bytes.

The form follows the classes of facts.py: the types of all objects, then the fields of each in turn. A value is a number
whose lowest bits are its tag: an object by its number, a name, a number, a constant, or a container and its length.
"""

from __future__ import annotations

import dataclasses
import re
from array import array
from functools import cached_property
from typing import Any

from allo_keyscan.calls import facts as f
from allo_keyscan.calls.literals import literal, unescape
from allo_keyscan.calls.source import Source

# The words a fact may hold that are not its file's own; their order is part of the format.
WORDS = (
    *(
        "",
        "*",
        "**",
        "%",
        "/",
        "//",
        "|",
        "&",
        "-",
        "+",
        "^",
        "@",
        "<<",
        ">>",
        "or",
        "and",
        "not",
        "in",
        "is",
        "r",
        "s",
    ),
    *("a", ".", "..", "...", "....", "==", "!=", "<", ">", "<=", ">=", "not in", "is not", "keyword"),
    *("list", "tuple", "set", "ListComp", "SetComp", "DictComp", "GeneratorExp"),
    *("module", "function", "class", "lambda", "comprehension", "<module>", "<lambda>", "<comprehension>"),
    *("builtins", "zip", "isinstance", "dict"),
)
OBJECT, NAME, NUMBER, PLAIN, TUPLE, LIST, TABLE, SET = range(8)
TAG_BITS = 3
PLAINS: tuple[object, ...] = (None, True, False, ..., "")
# How the value of a Constant is written: as one of PLAINS, or by the place of its text.
LITERAL, PART, RAW_PART, INTEGER, NEGATIVE, SMALL, FLOAT = range(len(PLAINS), len(PLAINS) + 7)
TYPES: tuple[type, ...] = tuple(kind for kind in vars(f).values() if dataclasses.is_dataclass(kind))  # type: ignore[misc]
# A constant's value and a module's path and spans are written in ways of their own.
_APART: dict[type, frozenset[str]] = {
    f.Constant: frozenset({"value", "written", "part"}),
    f.ModuleFacts: frozenset({"path", "spans"}),
}
FIELDS: tuple[tuple[str, ...], ...] = tuple(
    tuple(one.name for one in dataclasses.fields(kind) if one.name not in _APART.get(kind, ())) for kind in TYPES
)

_NUMBER_OF: dict[type, int] = {kind: number for number, kind in enumerate(TYPES)}
_CONTAINERS = {tuple: TUPLE, list: LIST, set: SET, frozenset: SET}
_CONSTANT = _NUMBER_OF[f.Constant]
_NEWLINE = re.compile(r"\r\n?|\n")
_WORD = re.compile(r"\w+")
_DOTTED = re.compile(r"[\w.]*\.[\w.]*")
_FLOAT = re.compile(r"(?<![\w.])(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?")


class _Nowhere(Exception):
    """A text of the facts does not stand in the source."""


def encode(module: f.ModuleFacts, source: Source) -> bytes | None:
    """The facts of a module read from `source`; None where something in them does not stand there."""
    try:
        return _encode(module, source.text)
    except (_Nowhere, OverflowError, ValueError):
        return None


class _Text:
    """Where strings and numbers stand in a source."""

    def __init__(self, text: str, spans: Any) -> None:
        self._text = text
        self._spans = spans

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(match.end() for match in _NEWLINE.finditer(self._text))]

    @cached_property
    def _words(self) -> dict[str, int]:
        return {match[0]: match.start() for match in _WORD.finditer(self._text)}

    @cached_property
    def _dotted(self) -> dict[str, int]:
        return {match[0]: match.start() for match in _DOTTED.finditer(self._text)}

    @cached_property
    def _integers(self) -> dict[int, tuple[int, int]]:
        found = {}
        for word, start in self._words.items():
            if word[0].isdigit():
                try:
                    found[int(word, 0)] = (start, len(word))
                except ValueError:
                    continue
        return found

    @cached_property
    def _floats(self) -> dict[float, tuple[int, int]]:
        return {float(match[0]): (match.start(), len(match[0])) for match in _FLOAT.finditer(self._text)}

    def span(self, number: int) -> tuple[int, int]:
        """Offset and length of a numbered stretch."""
        line, column, end_line, end_column = self._spans[4 * number : 4 * number + 4]
        start = self._lines[line - 1] + column - 1
        return start, self._lines[end_line - 1] + end_column - 1 - start

    def name(self, name: str) -> tuple[int, int]:
        """Where a plain or dotted name stands."""
        start = (self._dotted if "." in name else self._words).get(name)
        if start is None:
            raise _Nowhere
        return start, len(name)

    def constant(self, constant: f.Constant) -> tuple[int, int, int]:
        """How a constant is written, and its two numbers."""
        value = constant.value
        if value is None or value is ... or type(value) is bool or value == "":
            return PLAINS.index(value), 0, 0
        if type(value) is int:
            found = self._integers.get(abs(value))
            if found is None:
                return SMALL, value, 0  # the place in an unpacking
            return (INTEGER if value >= 0 else NEGATIVE), *found
        if type(value) is float and value in self._floats:
            return FLOAT, *self._floats[value]
        if type(value) in (str, bytes) and max(constant.span, constant.part) >= 0:
            start, length = self.span(constant.part if constant.part >= 0 else constant.span)
            source = self._text[start : start + length]
            kinds = (PART, RAW_PART) if constant.part >= 0 else (LITERAL,)
            for kind in kinds:
                if read_text(kind, source) == value:
                    return kind, start, length
        raise _Nowhere


def read_text(kind: int, source: str) -> str | bytes:
    """The value of a literal, or of the text between the fields of an f-string."""
    if kind == LITERAL:
        return literal(source)
    return unescape(source.replace("{{", "{").replace("}}", "}"), raw=kind == RAW_PART)


class _Values:
    """Values as numbers; objects and names get a number where they are met first."""

    def __init__(self, module: f.ModuleFacts) -> None:
        self.objects: list[Any] = [module]
        self.names: dict[str, int] = {word: number for number, word in enumerate(WORDS)}
        self.written: list[int] = []
        self._numbers: dict[int, int] = {id(module): 0}  # the module keeps its objects alive

    def put(self, value: Any) -> None:
        """Writes one value; an object's own fields are written when its turn comes."""
        kind: type = type(value)
        if kind in _NUMBER_OF:
            self._object(value)
        elif kind is str:
            self.written.append(self.names.setdefault(value, len(self.names)) << TAG_BITS | NAME)
        elif kind is int:
            self.written.append(value << TAG_BITS | NUMBER)
        elif kind in _CONTAINERS:
            self.written.append(len(value) << TAG_BITS | _CONTAINERS[kind])
            for item in sorted(value) if _CONTAINERS[kind] == SET else value:
                self.put(item)
        elif kind is dict:
            self.written.append(len(value) << TAG_BITS | TABLE)
            for pair in value.items():
                for item in pair:
                    self.put(item)
        else:
            self.written.append(PLAINS.index(value) << TAG_BITS | PLAIN)

    def _object(self, value: Any) -> None:
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self.objects)
            self.objects.append(value)
        self.written.append(number << TAG_BITS | OBJECT)


def _encode(module: f.ModuleFacts, source: str) -> bytes:
    flat = module.spans.flat
    text = _Text(source, flat)
    values = _Values(module)
    types: list[int] = []
    for one in values.objects:  # grows on the way
        number = _NUMBER_OF[type(one)]
        types.append(number)
        if number == _CONSTANT:
            values.written.extend(text.constant(one))
        for name in FIELDS[number]:
            values.put(getattr(one, name))
    places = [number for name in [*values.names][len(WORDS) :] for number in text.name(name)]
    data = array("i")
    for section in (flat, places, types, values.written):
        data.append(len(section))
        data.extend(section)
    return data.tobytes()
