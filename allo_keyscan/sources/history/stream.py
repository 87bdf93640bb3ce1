"""Objects one behind the other, as one git writes them: window by window.

One git for each process: it keeps what deltas are made from. It is asked for the next window before the last one is
searched, so both work at once, and a window is only so long that it is still in the processor's cache then. On Linux
git writes into memory that is shared with it: a pipe copies every byte once more, which cost a third of the time.
Elsewhere it is a pipe.

How long objects are is not known before they come. So a window is as many as would have been long enough the last
time, and where that is too much for the memory it is asked for again with fewer.
"""

from __future__ import annotations

import mmap
import os
import re
import time
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from operator import attrgetter, sub
from typing import NamedTuple

from allo_keyscan.sources.git import Child
from allo_keyscan.sources.history.home import Home
from allo_keyscan.sources.history.objects import KINDS, Objects, Run, Segment

_WINDOW = 2 << 20
_LONG = 24 << 20
"""The window of a git before 2.36, which has no --batch-command: a process for each."""
_ROOM, _AHEAD = 64 << 20, 4 << 20
"""Memory of a process, and the part of it in which a window may begin. An object that is longer than the rest is never
in memory as a whole."""
_PAGE = 4096
_FIRST, _MOST = 64, 1024
"""Objects of the first window, and of any: what asks for them fits into a pipe."""
_FEWEST = 100
"""Objects of any window where git answers through a pipe: it may not take more while nobody reads its answer."""

_UNKNOWN_OPTION = 129
_NONE, _MARK = b"^", b"^ missing\n"
"""What names no object, looked up nowhere, and git's answer: it stands behind a window's last object."""
_FORMAT = "%(objecttype) %(objectsize)"
_HEAD = re.compile(b"(?:%s)\n" % b"|".join(b"%s ([0-9]+)" % kind for kind in KINDS[1:]))
"""An object's head; the number of its group is that of its kind."""

_first = attrgetter("first")
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
        self._most = _MOST if self._file >= 0 else _FEWEST
        self._count = self._usual = _FIRST
        self._run: Run | None = None

    def windows(self, segment: Segment) -> Iterator[Window]:
        """A segment window by window; the data are good until the next. Raises GitError where there is no git."""
        first, ahead, over = segment.first, None, False
        try:
            while first < segment.last:
                asked = ahead or self._ask(first, segment, 0)
                ahead, stays = None, self._stays
                try:
                    window, end = self._answer(*asked)
                except _Broken:
                    self.close()  # it may be amid an answer
                    if stays and not self._stays:
                        continue
                    if asked[0].last - first > _FIRST:
                        self._count = max(_FIRST, self._count // 8)
                        continue
                    window, end = Window(asked[0], None, [], [], b""), _ROOM
                first = asked[0].last
                if first < segment.last and self._stays and end <= _AHEAD:
                    ahead = self._ask(first, segment, end)
                yield window
            over = True
        finally:
            if not over:
                self.close()

    def close(self) -> None:
        """End git, whatever it is doing; the next window has another one."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def _ask(self, first: int, segment: Segment, at: int) -> tuple[Segment, int]:
        """Have git write the next objects of a segment from `first` on, to the place `at` of the memory."""
        asked = Segment(first, min(self._upto(first), segment.last))
        if self._child is None:
            args = ("cat-file", f"--batch-command={_FORMAT}" if self._stays else f"--batch={_FORMAT}", "--buffer")
            into = self._file if self._file >= 0 else None
            self._child = self._home.child(*args, into=into, asked=True)
        if self._file >= 0:
            os.lseek(self._file, at, os.SEEK_SET)  # git has written its last word, and waits
        lines = self._objects.lines(asked)
        if self._stays:
            lines = b"contents " + lines[:-1].replace(b"\n", b"\ncontents ") + b"\ninfo %s\nflush\n" % _NONE
        else:
            lines += b"%s\n" % _NONE
        self._child.ask(lines, last=not self._stays)
        return asked, at

    def _upto(self, first: int) -> int:
        """Where the window that begins at `first` ends: it does not begin in one run and end in another."""
        runs = self._objects.runs
        at = bisect_right(runs, first, key=_first) - 1
        run = runs[at] if at >= 0 and first < runs[at].last else None
        if run is not self._run:
            self._usual = self._count if self._run is None else self._usual
            self._count = self._usual if run is None else max(1, min(_WINDOW // (run.size + 1), self._most))
            self._run = run
        if run is not None:
            return min(first + self._count, run.last)
        return min(first + self._count, runs[at + 1].first) if at + 1 < len(runs) else first + self._count

    def _answer(self, asked: Segment, at: int) -> tuple[Window, int]:
        """The window that was asked for, and where the next one may begin."""
        child = self._child
        if child is None:
            raise _Broken
        size = self._wait(child, at)
        window = self._parsed(asked, self._view[at : at + size])
        if not self._stays:
            self.close()
        wanted, here = _WINDOW if self._stays else _LONG, asked.last - asked.first
        self._count = max(1, min(here * wanted // (size + 1), 4 * here, self._most))
        return window, -(-(at + size + len(_MARK)) // _PAGE) * _PAGE

    def _wait(self, child: Child, at: int) -> int:
        """Until git has written its last word: how many bytes stand before it."""
        got, pause = at, _SHORTEST
        while True:
            over = child.ended()
            if self._file >= 0:
                got = os.lseek(self._file, 0, os.SEEK_CUR)
            else:
                piece = os.read(child.stdout.fileno(), min(_ROOM - got, 1 << 20))
                self._view[got : got + len(piece)] = piece
                got += len(piece)
                over = not piece  # or no room is left
            if got - at >= len(_MARK) and self._view[got - len(_MARK) : got] == _MARK:
                return got - at - len(_MARK)
            if over:
                if self._stays and got == at and child.finish()[0] == _UNKNOWN_OPTION:
                    self._stays = False
                raise _Broken
            if self._file >= 0:
                time.sleep(pause)
                pause = min(pause * 1.5, _LONGEST)

    def _parsed(self, asked: Segment, view: memoryview) -> Window:
        """The window that git wrote. What only looked like its last word, amid an object, is no window."""
        size, kinds, starts, ends = len(view), bytearray(), [], []
        at, head = 0, _HEAD.match
        while at < size:
            match = head(view, at)
            if match is None:
                raise _Broken
            kind = match.lastindex or 0
            start = match.end()
            end = start + int(match[kind])
            kinds.append(kind)
            starts.append(start)
            ends.append(end)
            at = end + 1
        if at != size or len(ends) != asked.last - asked.first:
            raise _Broken
        spans = map(sub, ends[1:], ends)
        self._objects.kinds[asked.first : asked.last] = kinds
        self._objects.spans[asked.first : asked.last] = memoryview(array("q", (ends[0] + 1, *spans)))
        return Window(asked, view, starts, ends, bytes(kinds))


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
