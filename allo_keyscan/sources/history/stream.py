"""Objects one behind the other, as one git writes them: window by window.

One git for each process, asked for a window at a time: it keeps what deltas are made from, and a window's few megabytes
stay in the processor's cache from writing to searching. On Linux git writes into memory that is shared with it: a
pipe copies every byte once more, which cost a third of the time. Elsewhere it is a pipe.

How long objects are is not known before they come. So a window is as many as would have been long enough the last
time, and where that is too much for the memory it is asked for again with fewer.
"""

from __future__ import annotations

import mmap
import os
import re
import time
from array import array
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from allo_keyscan.sources.git import Child
from allo_keyscan.sources.history.home import Home
from allo_keyscan.sources.history.objects import NUMBER, Objects, Segment

_WINDOW = 2 << 20
_LONG = 24 << 20
"""The window of a git before 2.36, which has no --batch-command: a process for each."""
_ROOM = 48 << 20
"""No window is longer; an object that is longer than this is never in memory as a whole."""
_FIRST, _MOST = 64, 2048
"""Objects of the first window, and of any."""

_UNKNOWN_OPTION = 129
_NONE, _MARK = b"^", b"^ missing\n"
"""What names no object, looked up nowhere, and git's answer: it stands behind a window's last object."""
_HEAD = re.compile(rb"([0-9a-f]+) (blob|tree|commit|tag) ([0-9]+)\n")

_SHORTEST, _LONGEST = 0.0002, 0.002  # seconds between two looks at how far git is


class Window(NamedTuple):
    """Objects, and where the content of each stands in `data`; None where they are damaged or too long."""

    objects: Segment
    data: memoryview | None
    starts: list[int]
    ends: list[int]
    kinds: bytes


class _Broken(Exception):
    """git did not write what it was asked for."""


class Room:
    """Memory for a window at a time; of one process, since git writes where the last one left off."""

    def __init__(self, home: Home, objects: Objects) -> None:
        self._home = home
        self._objects = objects
        self._file = _limited(_ROOM)
        self._view = memoryview(mmap.mmap(self._file, _ROOM))
        self._child: Child | None = None
        self._stays = True
        self._count = _FIRST

    def windows(self, segment: Segment) -> Iterator[Window]:
        """A segment window by window; the data are good until the next. Raises GitError where there is no git."""
        first = segment.first
        while first < segment.last:
            asked, stays = Segment(first, min(first + self._count, segment.last)), self._stays
            try:
                window = self._whole(asked)
            except _Broken:
                if stays and not self._stays:
                    continue
                if asked.last - first > _FIRST:
                    self._count = max(_FIRST, self._count // 8)
                    continue
                window = Window(asked, None, [], [], b"")
            yield window
            first = asked.last

    def close(self) -> None:
        """End git, whatever it is doing; the next window has another one."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def _whole(self, asked: Segment) -> Window:
        try:
            return self._read(asked)
        except BaseException:
            self.close()  # it may be amid an answer
            raise

    def _read(self, asked: Segment) -> Window:
        if self._file >= 0:
            os.lseek(self._file, 0, os.SEEK_SET)
        if self._child is None:
            args = ("cat-file", "--batch-command" if self._stays else "--batch", "--buffer")
            into = self._file if self._file >= 0 else None
            self._child = self._home.child(*args, into=into, asked=True)
        lines = self._objects.lines(asked)
        request = lines
        if self._stays:
            request = b"contents " + lines[:-1].replace(b"\n", b"\ncontents ") + b"\ninfo %s\nflush\n" % _NONE
        else:
            request += b"%s\n" % _NONE
        self._child.ask(request, last=not self._stays)
        size = self._wait(self._child)
        window = self._parsed(asked, lines, size)
        if not self._stays:
            self.close()
        wanted = _WINDOW if self._stays else _LONG
        here = asked.last - asked.first
        self._count = max(1, min(here * wanted // (size + 1), 4 * here, _MOST if self._stays else len(self._objects)))
        return window

    def _wait(self, child: Child) -> int:
        """Until git has written its last word: how many bytes stand before it."""
        got, pause = 0, _SHORTEST
        while True:
            over = child.ended()
            if self._file >= 0:
                got = os.lseek(self._file, 0, os.SEEK_CUR)
            else:
                piece = os.read(child.stdout.fileno(), min(_ROOM - got, 1 << 20))
                self._view[got : got + len(piece)] = piece
                got += len(piece)
                over = not piece  # or no room is left
            if got >= len(_MARK) and self._view[got - len(_MARK) : got] == _MARK:
                return got - len(_MARK)
            if over:
                if self._stays and got == 0 and child.finish()[0] == _UNKNOWN_OPTION:
                    self._stays = False
                raise _Broken
            if self._file >= 0:
                time.sleep(pause)
                pause = min(pause * 1.5, _LONGEST)

    def _parsed(self, asked: Segment, lines: bytes, size: int) -> Window:
        """The window that git wrote. What only looked like its last word, amid an object, is no window."""
        objects, view = self._objects, self._view
        names, kinds, starts, ends, spans = [], [], [], [], []
        at, head = 0, _HEAD.match
        while at < size:
            match = head(view, at, size)
            if match is None:
                raise _Broken
            name, kind, length = match.groups()
            start = match.end()
            end = start + int(length)
            names.append(name)
            kinds.append(NUMBER[kind])
            starts.append(start)
            ends.append(end)
            spans.append(end + 1 - at)
            at = end + 1
        names.append(b"")
        if at != size or b"\n".join(names) != lines:
            raise _Broken
        objects.kinds[asked.first : asked.last] = bytes(kinds)
        objects.spans[asked.first : asked.last] = memoryview(array("q", spans))
        return Window(asked, view[:size], starts, ends, bytes(kinds))


def _limited(size: int) -> int:
    """A file in memory that cannot grow: git ends where it would, and nothing else comes to harm; -1 for none."""
    if not hasattr(os, "memfd_create"):
        return -1
    import fcntl

    file = os.memfd_create("objects", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(file, size)
    with suppress(OSError):
        fcntl.fcntl(file, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK)
    return file
