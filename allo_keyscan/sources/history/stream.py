"""The bytes of a segment of objects, one behind the other, as one `git cat-file --batch` writes them.

On Linux git writes straight into memory that is shared with it: a pipe copies every byte once more, which cost a third
of the whole time. Elsewhere it is a pipe.
"""

from __future__ import annotations

import mmap
import os

from allo_keyscan.sources.history.home import Home
from allo_keyscan.sources.history.objects import Objects, Segment


class Broken(Exception):
    """git did not write what its listing promised: nothing can be trusted to belong to the object it seems to."""


class Room:
    """Memory for a segment at a time; of one process, since git writes where the last one left off."""

    def __init__(self) -> None:
        self._file = os.memfd_create("objects") if hasattr(os, "memfd_create") else -1
        self._view = memoryview(b"")

    def read(self, home: Home, objects: Objects, segment: Segment) -> memoryview:
        """A segment's bytes, good until the next is read. Raises Broken, and GitError where there is no git."""
        size = objects.ends[segment.last - 1] - objects.begin(segment)
        if size > len(self._view):
            self._grow(size)
        request = objects.request(segment)
        if self._file < 0:
            child = home.child("cat-file", "--batch", "--buffer", stdin=request)
            got = _pour(child.stdout.fileno(), self._view[:size])
            got += len(child.stdout.read(1))
        else:
            os.lseek(self._file, 0, os.SEEK_SET)
            child = home.child("cat-file", "--batch", "--buffer", stdin=request, into=self._file)
        if child.finish()[0]:
            raise Broken
        if self._file >= 0:
            got = os.lseek(self._file, 0, os.SEEK_CUR)
        if got != size:
            raise Broken
        return self._view[:size]

    def _grow(self, size: int) -> None:
        if self._file >= 0:
            os.ftruncate(self._file, size)
        self._view = memoryview(mmap.mmap(self._file, size))


def _pour(source: int, view: memoryview) -> int:
    got = 0
    while got < len(view) and (piece := os.read(source, 1 << 20)):
        piece = piece[: len(view) - got]
        view[got : got + len(piece)] = piece
        got += len(piece)
    return got
