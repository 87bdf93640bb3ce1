"""Byte offsets -> lines and columns, and the line of a finding with every key masked."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from allo_keyscan.model import Position

_CONTINUATION = bytes(range(0x80, 0xC0))
_LONG_LINE = 1 << 20
_EXCERPT = 160
_LEAD = 60
_CONTEXT = 400


def code_points(text: bytes) -> int:
    """How many code points UTF-8 text has; of other 8-bit text, its bytes.

    Lines beyond 1 MiB are not decoded: there the bytes that continue no character are counted.
    """
    if text.isascii():
        return len(text)
    if len(text) > _LONG_LINE:
        return len(text.translate(None, _CONTINUATION))
    try:
        return len(text.decode("utf-8"))
    except UnicodeDecodeError:
        return len(text)


class Base(NamedTuple):
    """Where a piece of a larger text begins: its line, and how many code points of that line went before."""

    line: int = 1
    columns: int = 0

    def after(self, piece: bytes) -> Base:
        """Where the piece behind this one begins."""
        breaks = piece.count(b"\n")
        if not breaks:
            return Base(self.line, self.columns + code_points(piece))
        return Base(self.line + breaks, code_points(piece[piece.rfind(b"\n") + 1 :]))


class Lines:
    """The lines of one text, or of one piece of it that begins at `base`."""

    def __init__(self, text: bytes, base: Base | None = None) -> None:
        self._text = text
        self._base = base or Base()
        self._known: list[int] = []
        self._numbers: list[int] = []
        self._starts: list[int] | None = None
        self._last = (0, -1)
        self._counted: tuple[int, int] | None = None  # an offset and the code points of its line before it

    def number(self, offset: int) -> int:
        """The line (from 1) that holds a byte offset; cheap for offsets that ascend, or that were near before."""
        index = bisect_right(self._known, offset)
        start, line = (self._known[index - 1], self._numbers[index - 1]) if index else (0, self._base.line)
        line += self._text.count(b"\n", start, offset)
        if index == len(self._known):
            self._known.append(offset)
            self._numbers.append(line)
        return line

    def bounds(self, offset: int) -> tuple[int, int]:
        """The byte range of the line that holds an offset, without its line end."""
        low, high = self._line(offset)
        return low, high - (high > low and self._text[high - 1] == 0x0D)

    def _line(self, offset: int) -> tuple[int, int]:
        low, high = self._last
        if not low <= offset <= high:
            low = self._text.rfind(b"\n", 0, offset) + 1
            high = self._text.find(b"\n", offset)
            high = len(self._text) if high < 0 else high
            self._last = low, high
        return low, high

    def position(self, offset: int) -> Position:
        """Line and column of a byte offset, both from 1."""
        low = self._line(offset)[0]
        start, columns = low, self._base.columns if low == 0 else 0
        if self._counted is not None and low <= self._counted[0] <= offset:
            start, columns = self._counted
        columns += code_points(self._text[start:offset])
        self._counted = (offset, columns)
        return Position(self.number(offset), columns + 1)

    def offset(self, position: Position) -> int:
        """The byte offset of a position in UTF-8 text; the other way round."""
        if self._starts is None:
            self._starts = [0, *(match.end() for match in re.finditer(b"\n", self._text))]
        low = self._starts[position.line - 1]
        line = self._text[low : self.bounds(low)[1]].decode("utf-8", "surrogateescape")
        return low + len(line[: position.column - 1].encode("utf-8", "surrogateescape"))


class Masks:
    """Ranges of a text that must not be shown, and what is shown instead; overlapping ones become one."""

    def __init__(self, spans: Iterable[tuple[int, int, str]]) -> None:
        merged: list[tuple[int, int, str]] = []
        for start, end, mask in sorted(spans):
            if merged and start < merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]), merged[-1][2])
            else:
                merged.append((start, end, mask))
        self._merged = merged
        self._ends = [end for _, end, _ in merged]

    def within(self, low: int, high: int) -> Iterator[tuple[int, int, str]]:
        """Those that reach into a range, in order."""
        for index in range(bisect_right(self._ends, low), len(self._merged)):
            if self._merged[index][0] >= high:
                return
            yield self._merged[index]


def excerpt(text: bytes, bounds: tuple[int, int], span: tuple[int, int], masks: Masks) -> tuple[str, tuple[int, int]]:
    """One line, masked and cut to about 160 characters.

    Returns it with the range of code points where `span`, a byte range, stands in it.
    """
    low, high = max(bounds[0], span[0] - _CONTEXT), min(bounds[1], span[1] + _CONTEXT)
    shown, at, places = "", low, [0, 0]
    for start, end, mask in [*masks.within(low, high), (high, high, "")]:
        start, end = min(max(start, at), high), min(max(end, at), high)
        for index, offset in enumerate(span):
            if at <= offset <= start:
                places[index] = len(shown) + len(_printable(text[at:offset]))
            elif start < offset <= end:
                places[index] = len(shown) + len(_printable(text[at:start])) + index * len(mask)
        shown += _printable(text[at:start]) + (mask if start < end else "")
        at = end
    first, last = places[0], places[1] if span[1] <= high else len(shown)
    cut, head = max(0, first - _LEAD), "…"
    if cut == 0 and low == bounds[0]:
        cut, head = min(len(shown) - len(shown.lstrip()), first), ""
    tail = "…" if cut + _EXCERPT < len(shown) or high < bounds[1] else ""
    caret = (first - cut + len(head), min(last - cut, _EXCERPT) + len(head))
    return head + shown[cut : cut + _EXCERPT] + tail, caret


def _printable(piece: bytes) -> str:
    """Text that no terminal takes for a command: control and format characters become spaces or marks."""
    decoded = piece.decode("utf-8", "replace")
    if decoded.isprintable():
        return decoded
    return "".join(char if char.isprintable() else " " if char == "\t" else "·" for char in decoded)
