"""Whole texts that must be read before they can be searched: UTF-16 and UTF-32 by their byte order marks, and lines
that a mailer or `base64` wrapped in the middle of a key.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

_MARKS = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
WIDE_HEADS = frozenset({b"\xff\xfe", b"\xfe\xff", b"\0\0"})
"""The first two bytes of every text that `wide_text` reads."""

_SAMPLE = 4096
_FEWEST_UNITS = 16
_SOFT_BREAK = re.compile(rb"=[ \t]*\r?\n")
_WRAPPED = re.compile(rb"(?:[A-Za-z0-9+/_-]{56,76}(?:\r?\n[ \t]*|\\n))+[A-Za-z0-9+/_-]{1,76}")
_BREAK = re.compile(rb"\r?\n[ \t]*|\\n")
_BREAKING = re.compile(rb"(?i)(?:\\[nrt]|[^a-z0-9]){1,20}(?:base64|quoted)")
BASE64_FIRST_LINE = re.compile(rb"[A-Za-z0-9+/_-]{56,76}\r?\n[A-Za-z0-9+/_-]")


def wide_text(data: bytes) -> tuple[bytes, str] | None:
    """UTF-16 or UTF-32 text as UTF-8, and the name of what it was; None for other data.

    Known by a byte order mark, or by zeros in the places that Western text leaves empty. Unpaired surrogates and a cut
    last unit become replacement characters.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace").encode("utf-8", "replace"), name
    codec = _unmarked(data[:_SAMPLE])
    if codec is None:
        return None
    return data.decode(codec, "replace").encode("utf-8", "replace"), codec[:6]


def _unmarked(sample: bytes) -> str | None:
    """The codec of text without a mark: most units of a sample have zeros on one side, and few on the other."""
    for width, bits in ((4, 32), (2, 16)):
        units = len(sample) // width
        if units < _FEWEST_UNITS:
            continue
        zeros = [sample[place::width].count(0) for place in range(width)]
        for order, filled, empty in (("le", zeros[0], zeros[1:]), ("be", zeros[-1], zeros[:-1])):
            if min(empty) > 0.7 * units and filled < 0.05 * units:
                return f"utf-{bits}-{order}"
    return None


class Unwrapped(NamedTuple):
    """Text without some of its line breaks; `offset` maps back into what it was made from."""

    text: bytes
    starts: tuple[int, ...]
    removed: tuple[int, ...]

    def offset(self, place: int) -> int:
        """The offset, in the wrapped text, of a byte of the unwrapped one."""
        index = bisect_right(self.starts, place) - 1
        return place + (self.removed[index] if index >= 0 else 0)

    def __repr__(self) -> str:
        return f"Unwrapped({len(self.text)} bytes)"


def _without(data: bytes, gaps: list[tuple[int, int]]) -> Unwrapped | None:
    if not gaps:
        return None
    pieces, starts, removed, at, gone = [], [], [], 0, 0
    for start, end in gaps:
        pieces.append(data[at:start])
        gone += end - start
        starts.append(end - gone)
        removed.append(gone)
        at = end
    pieces.append(data[at:])
    return Unwrapped(b"".join(pieces), tuple(starts), tuple(removed))


def breaks_lines(data: bytes, start: int) -> bool:
    """Whether the value of a `Content-Transfer-Encoding`, whose name ends at `start`, is one that breaks lines.

    Every file of gettext says `8bit`: to unwrap its 1 MB took a third of a second.
    """
    return _BREAKING.match(data, start) is not None


def unwrapped(data: bytes) -> list[Unwrapped]:
    """The text without quoted-printable's soft line breaks, and without the line breaks inside base64 blocks."""
    soft = [match.span() for match in _SOFT_BREAK.finditer(data)]
    hard = [gap.span() for block in _WRAPPED.finditer(data) for gap in _BREAK.finditer(data, *block.span())]
    return [view for view in (_without(data, soft), _without(data, hard)) if view is not None]
