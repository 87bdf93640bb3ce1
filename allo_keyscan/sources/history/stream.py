"""The bytes of a segment of objects, one behind the other, as one git writes them: window by window.

One git for each process, asked for a window at a time: it keeps what deltas are made from, and a window's few megabytes
stay in the processor's cache from writing to searching. On Linux git writes into memory that is shared with it: a
pipe copies every byte once more, which cost a third of the time. Elsewhere it is a pipe.
"""

from __future__ import annotations

import mmap
import os
import time
from collections.abc import Iterator

from allo_keyscan.sources.git import Child
from allo_keyscan.sources.history.home import Home
from allo_keyscan.sources.history.objects import Objects, Segment

_WINDOW = 4 << 20
_LONG = 48 << 20
"""The window of a git before 2.36, which has no --batch-command: a process for each."""

_UNKNOWN_OPTION = 129
_NONE, _MARK = b"^", b"^ missing\n"
"""What names no object, looked up nowhere, and git's answer: it stands behind a window's last object."""

_SHORTEST, _LONGEST = 0.0002, 0.002  # seconds between two looks at how far git is


class _Broken(Exception):
    """git did not write what its listing promised: nothing can be trusted to belong to the object it seems to."""


class Room:
    """Memory for a window at a time; of one process, since git writes where the last one left off."""

    def __init__(self, home: Home, objects: Objects) -> None:
        self._home = home
        self._objects = objects
        self._file = os.memfd_create("objects") if hasattr(os, "memfd_create") else -1
        self._view = memoryview(b"")
        self._child: Child | None = None
        self._stays = True

    def windows(self, segment: Segment) -> Iterator[tuple[Segment, memoryview | None]]:
        """A segment window by window: its objects, and their bytes, good until the next; None where they are damaged.

        Raises GitError where there is no git.
        """
        first = segment.first
        while first < segment.last:
            window = self._objects.window(segment, first, _WINDOW if self._stays else _LONG)
            stays, data = self._stays, None
            try:
                data = self._whole(window)
            except _Broken:
                if stays and not self._stays:
                    continue
            yield window, data
            first = window.last

    def close(self) -> None:
        """End git, whatever it is doing; the next window has another one."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def _whole(self, window: Segment) -> memoryview:
        try:
            return self._read(window)
        except BaseException:
            self.close()  # it may be amid an answer
            raise

    def _read(self, window: Segment) -> memoryview:
        objects = self._objects
        size = objects.ends[window.last - 1] - objects.begin(window)
        end = size + len(_MARK)
        if end > len(self._view):
            self._grow(end)
        if self._file >= 0:
            os.lseek(self._file, 0, os.SEEK_SET)
        if self._child is None:
            args = ("cat-file", "--batch-command" if self._stays else "--batch", "--buffer")
            into = self._file if self._file >= 0 else None
            self._child = self._home.child(*args, into=into, asked=True)
        request = objects.request(window)
        if self._stays:
            request = b"contents " + request[:-1].replace(b"\n", b"\ncontents ") + b"\ninfo %s\nflush\n" % _NONE
        else:
            request += b"%s\n" % _NONE
        self._child.ask(request, last=not self._stays)
        got = self._wait(self._child, end)
        if not self._stays:
            self.close()
        if got != end or self._view[size:end] != _MARK:
            raise _Broken
        return self._view[:size]

    def _wait(self, child: Child, end: int) -> int:
        """Until git has written `end` bytes, or its last word: how many it wrote."""
        got, pause = 0, _SHORTEST
        while got < end:
            over = child.ended()
            if self._file >= 0:
                got = os.lseek(self._file, 0, os.SEEK_CUR)
            else:
                piece = os.read(child.stdout.fileno(), min(end - got, 1 << 20))
                self._view[got : got + len(piece)] = piece
                got += len(piece)
                over = not piece
            if got < end and over:
                if self._stays and got == 0 and child.finish()[0] == _UNKNOWN_OPTION:
                    self._stays = False
                break
            if len(_MARK) <= got < end and self._view[got - len(_MARK) : got] == _MARK:
                break  # an object is missing, or it looks like that
            if got < end and self._file >= 0:
                time.sleep(pause)
                pause = min(pause * 1.5, _LONGEST)
        return got

    def _grow(self, size: int) -> None:
        if self._file >= 0:
            os.ftruncate(self._file, size)
        self._view = memoryview(mmap.mmap(self._file, size))
