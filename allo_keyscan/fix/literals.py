"""One string literal whose stretches become expressions, as edits. Pure text; what it means is proved elsewhere.

A plain literal turns into an f-string, a bytes literal into a sum, and an f-string stays one. Nothing else of the
literal changes: quotes, escapes and line breaks stay as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from allo_keyscan.fix import Edit, Unprovable

_LITERAL = re.compile(r"(?P<prefix>[A-Za-z]*)(?P<quote>\"\"\"|'''|\"|')")
_BRACE = re.compile(r"[{}]")
_NAMED = re.compile(r"\\N\{[^{}]*\}|\\\\|[{}]")
_PLAIN = re.compile(r"[ -~\u00a1-\U0010ffff]*\Z")

Read = Callable[[str], str]
"""A quote character -> the expression that reads the variable."""


class Stretch(NamedTuple):
    """A key's range in the text of the whole file, and what reads it instead: as text, and as bytes."""

    start: int
    end: int
    text: Read
    binary: Read


class Literal(NamedTuple):
    """How a literal is written: `at` is where it begins, `start` and `end` are its content."""

    at: int
    prefix: str
    quote: str
    start: int
    end: int

    @property
    def binary(self) -> bool:
        """Whether it is a bytes literal."""
        return "b" in self.prefix.lower()

    @property
    def raw(self) -> bool:
        """Whether a backslash in it is a backslash."""
        return "r" in self.prefix.lower()

    @property
    def stop(self) -> int:
        """The end of the whole literal."""
        return self.end + len(self.quote)


def literal(text: str, start: int, end: int) -> Literal:
    """The literal that is a stretch of a text.

    Raises Unprovable where that is none.
    """
    match = _LITERAL.match(text, start, end)
    if match is None:
        raise Unprovable("it is no plain string: take it out by hand")
    quote = match["quote"]
    return Literal(start, match["prefix"], quote, match.end(), end - len(quote))


def inner_quote(taken: str, preferred: str = '"') -> str:
    """A quote character that none of the strings around (their quotes, one behind the other) uses.

    Raises Unprovable where both are taken.
    """
    for quote in (preferred, '"', "'"):
        if quote not in taken:
            return quote
    raise Unprovable("both kinds of quotes are taken by the strings around it: read it into a name before them")


def first_quote(source: str) -> str:
    """The first quote character of some source, a double one where there is none."""
    return next((char for char in source if char in "'\""), '"')


def whole(one: Literal, stretch: Stretch, taken: str) -> str:
    """What stands for a literal that is the key and nothing else; `taken` are the quotes of the f-strings around it."""
    quote = inner_quote(taken, one.quote[0])
    return stretch.binary(quote) if one.binary else stretch.text(quote)


def as_f_string(text: str, one: Literal, stretches: Sequence[Stretch], taken: str) -> Iterator[Edit]:
    """A plain literal made an f-string."""
    kept = one.prefix.replace("u", "").replace("U", "")
    yield Edit(one.at, one.at + len(one.prefix), f"f{kept}")
    quote = inner_quote(taken + one.quote[0])
    at = one.start
    pattern = _BRACE if one.raw else _NAMED
    for low, high, read in [*((item.start, item.end, item.text) for item in stretches), (one.end, one.end, None)]:
        for match in pattern.finditer(text, at, low):
            if match[0] in "{}":
                yield Edit(match.start(), match.end(), match[0] * 2)
        if read is not None:
            yield Edit(low, high, "{" + read(quote) + "}")
        at = high


def in_f_string(stretches: Sequence[Stretch], taken: str) -> Iterator[Edit]:
    """Stretches of an f-string's text; `taken` are its own quote and those around it."""
    quote = inner_quote(taken)
    for item in stretches:
        yield Edit(item.start, item.end, "{" + item.text(quote) + "}")


def as_sum(text: str, one: Literal, stretches: Sequence[Stretch], taken: str) -> str:
    """A bytes literal as a sum of what is before, between and behind the keys."""
    opening, parts, at = one.prefix + one.quote, [], one.start
    quote = inner_quote(taken, one.quote[0])
    for low, high, read in [*((item.start, item.end, item.binary) for item in stretches), (one.end, one.end, None)]:
        if at < low:
            parts.append(f"{opening}{text[at:low]}{one.quote}")
        if read is not None:
            parts.append(read(quote))
        at = high
    return " + ".join(parts)


def built(before: str, read: Read, behind: str, taken: str) -> str:
    """An f-string of known text around a variable, where nothing is left of how that text was written.

    Raises Unprovable for text with other characters than printable ones and line ends.
    """
    quote = inner_quote(taken)
    inner = inner_quote(taken + quote)
    return f"f{quote}{_escaped(before, quote)}{{{read(inner)}}}{_escaped(behind, quote)}{quote}"


def built_bytes(before: bytes, read: Read, behind: bytes, taken: str) -> str:
    """The same for bytes: a sum."""
    quote = inner_quote(taken)
    sides = [
        f"b{quote}{_escaped(side.decode('latin-1'), quote, braces=False)}{quote}" if side else ""
        for side in (before, behind)
    ]
    return " + ".join(part for part in (sides[0], read(quote), sides[1]) if part)


def _escaped(text: str, quote: str, *, braces: bool = True) -> str:
    made = (
        text.replace("\\", "\\\\")
        .replace(quote, f"\\{quote}")
        .replace("\n", "\\n")
        .replace("\t", "\\t")
        .replace("\r", "\\r")
    )
    if not _PLAIN.match(made) or not made.isprintable():
        raise Unprovable("it stands beside characters that are not printable: take it out by hand")
    return made.replace("{", "{{").replace("}", "}}") if braces else made
