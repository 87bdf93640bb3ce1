"""What a format's reader hands to the walk: an entry, a text that belongs to no entry, or (a `Trouble`) an entry it
cannot read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import NamedTuple

from allo_keyscan.model import Origin
from allo_keyscan.sources.containers.limits import Allowance, Trouble
from allo_keyscan.sources.containers.source import Source, region

NAMES, COMMENT, EXTRA, HEADERS, DOCUMENT = "(names)", "(comment)", "(extra)", "(headers)", "(document)"
_LONGEST_NAME = 1024


class Entry(NamedTuple):
    """One entry, read from `source` before the next item is taken; `plain` forbids looking for a container in it."""

    origin: Origin
    source: Source
    plain: bool = False


class Note(NamedTuple):
    """A piece of text of the archive itself; pieces of one kind become one leaf, a line each."""

    kind: str
    text: bytes


Item = Entry | Note | Trouble


class Held:
    """The first bytes of a source, in memory as `file`; use it in `with`, which gives the memory back to the allowance.

    `whole` says whether that is all of it; where it is not, the source still gives the rest (or its failure).
    """

    def __init__(self, source: Source, allowance: Allowance, most: int | None = None) -> None:
        room = allowance.room() if most is None else min(most, allowance.room())
        self.file = io.BytesIO()
        self.size = 0
        self.whole = False
        self.failure: Trouble | None = None
        self._allowance = allowance
        try:
            while self.size <= room:
                piece = source.piece()
                if not piece:
                    self.whole = True
                    break
                self.file.write(piece)
                self.size += len(piece)
        except Trouble as trouble:
            self.failure = trouble

    def __enter__(self) -> Held:
        self._allowance.budget.held += self.size
        return self

    def pieces(self) -> Iterator[bytes]:
        """The bytes held."""
        return region(self.file, 0, self.size)

    def with_the_rest(self, source: Source) -> Iterator[bytes]:
        """The bytes held and what the source still has."""
        yield from self.pieces()
        yield from source.chunks()

    def __exit__(self, *_: object) -> None:
        self._allowance.budget.held -= self.size


def text(name: bytes) -> str:
    """A name as a string that can always be written as UTF-8: bytes that are not UTF-8 come out as `\\xNN`."""
    return shortened(name.decode("utf-8", "backslashreplace"))


def shortened(name: str) -> str:
    """A name of bearable length, never empty; the whole of it stands in `(names)`."""
    return name if 0 < len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "…" if name else "(unnamed)"
