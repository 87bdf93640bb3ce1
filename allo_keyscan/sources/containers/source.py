"""Bytes that are read once from the front, with a look ahead, and that remember why they ended early."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from allo_keyscan.model import Origin
from allo_keyscan.sources.containers.limits import CHUNK, Capped, Damaged, Trouble

_KEPT = 1 << 20


class Source:
    """A stream of bytes over an iterator of pieces.

    A `Trouble` the iterator raises is given this source's origin if it has none, and every later read past that point
    raises the same object: it can be caught at any level and is still told once.
    """

    def __init__(self, pieces: Iterable[bytes], origin: Origin, file: BinaryIO | None = None) -> None:
        self.origin = origin
        self.file = file
        self.failure: Trouble | None = None
        self._pieces = iter(pieces)
        self._buffer = b""
        self._at = 0
        self._pulled = 0
        self._kept: list[bytes] | None = None if file is not None else []

    @property
    def offset(self) -> int:
        """Bytes taken so far."""
        return self._pulled - len(self._buffer) + self._at

    def piece(self, most: int = CHUNK) -> bytes:
        """The next bytes, at least one and at most `most` of them; none at the end."""
        if self._at >= len(self._buffer):
            self._buffer, self._at = self._pull(), 0
        taken = self._buffer if not self._at and len(self._buffer) <= most else self._buffer[self._at : self._at + most]
        self._at += len(taken)
        return taken

    def peek(self, size: int) -> bytes:
        """The next `size` bytes without taking them; fewer where the source ends or fails before."""
        with contextlib.suppress(Trouble):
            self._fill(size)
        return self._buffer[self._at : self._at + size]

    def read(self, size: int) -> bytes:
        """The next `size` bytes; fewer only at the end."""
        if len(self._buffer) - self._at < size:
            self._fill(size)
        taken = self._buffer[self._at : self._at + size]
        self._at += len(taken)
        return taken

    def unread(self, data: bytes) -> None:
        """Puts back bytes that were taken last."""
        size = len(data)
        if size <= self._at and self._buffer[self._at - size : self._at] == data:
            self._at -= size  # mostly it is what was taken from this very buffer
        else:
            self._buffer, self._at = data + self._buffer[self._at :], 0

    def chunks(self) -> Iterator[bytes]:
        """All that is left, piece by piece."""
        while piece := self.piece():
            yield piece

    def raw(self) -> Iterator[bytes]:
        """All bytes from the start where they can be had again (a file, or fewer than 1 MiB taken), else those that
        are left.
        """
        if self.file is not None:
            yield from region(self.file, 0, self.file.seek(0, 2))
            return
        if self._kept is None:
            yield from self.chunks()
            return
        kept, self._buffer, self._at = self._kept, b"", 0
        self._kept = None
        yield from kept
        yield from self.chunks()

    def _pull(self) -> bytes:
        if self.failure is not None:
            raise self.failure
        try:
            piece = next(self._pieces, b"")
            while not piece and (following := next(self._pieces, None)) is not None:
                piece = following
        except Trouble as trouble:
            self.failure = trouble
        except OSError as error:
            self.failure = Capped(f"could not be read ({type(error).__name__})")
        if self.failure is not None:
            self.failure.origin = self.failure.origin or self.origin
            raise self.failure
        self._pulled += len(piece)
        if self._kept is not None and piece:
            self._kept.append(piece)
            if self._pulled > _KEPT:
                self._kept = None
        return piece

    def _fill(self, size: int) -> None:
        have = [self._buffer[self._at :]]
        total = len(have[0])
        try:
            while total < size and (piece := self._pull()):
                have.append(piece)
                total += len(piece)
        finally:
            if len(have) > 1:
                self._buffer, self._at = b"".join(have), 0


class Slice:
    """The next `size` bytes of a source, as pieces; `finish` moves the source behind them whatever was read."""

    def __init__(self, source: Source, size: int) -> None:
        self._source = source
        self._left = size
        self._failure: Damaged | None = None

    def __iter__(self) -> Iterator[bytes]:
        while self._left > 0:
            yield self._take()

    def finish(self) -> None:
        """Skips what was not read; raises the `Damaged` of a source that ends before."""
        while self._left > 0:
            self._take()

    def _take(self) -> bytes:
        if self._failure is not None:
            raise self._failure
        piece = self._source.piece(min(self._left, CHUNK))
        if not piece:
            self._failure = Damaged("truncated: the archive ends inside this member")
            raise self._failure
        self._left -= len(piece)
        return piece


def region(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """The bytes of `file` from `start` up to `end`; seeks before each read, since others read the same file in
    between.
    """
    while start < end:
        file.seek(start)
        piece = file.read(min(CHUNK, end - start))
        if not piece:
            return
        start += len(piece)
        yield piece
