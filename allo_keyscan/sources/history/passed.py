"""Commits as they pass by in a search, kept as git wrote them: where keys live is told from their heads, without asking
git for every commit once more.

They lie in memory that processes forked later share, without a name. Where there is none such (it is Linux'), or too
little of it, nothing is kept, and git is asked.
"""

from __future__ import annotations

import mmap
import os
import weakref
from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

_RECORD = Struct("<QQQ")
"""The numbers of the first commit and of the one behind the last, and how many bytes follow."""
_MOST = 64 << 20


class Commits(NamedTuple):
    """Commits next to each other, `first` up to but not including `last`: of each its head, content and line end."""

    first: int
    last: int
    data: bytes


class Passed:
    """The commits of a repository that have passed by so far, in any process."""

    def __init__(self) -> None:
        self._file = _appended()
        if self._file >= 0:
            weakref.finalize(self, os.close, self._file)
        self._broken = mmap.mmap(-1, 1)

    def keep(self, first: int, last: int, data: memoryview) -> None:
        """Keep commits that git wrote; all of them or, from then on, none at all."""
        if self._file < 0 or self._broken[0]:
            return
        size = _RECORD.size + len(data)
        try:
            room = _MOST - os.fstat(self._file).st_size
            if size <= room and os.writev(self._file, (_RECORD.pack(first, last, len(data)), data)) == size:
                return
        except OSError:
            pass  # as where it is short
        self._broken[0] = 1

    def __iter__(self) -> Iterator[Commits]:
        size = os.fstat(self._file).st_size if self._file >= 0 and not self._broken[0] else 0
        if not size:
            return
        with mmap.mmap(self._file, size, access=mmap.ACCESS_READ) as memory:
            at = 0
            while at < size:
                first, last, length = _RECORD.unpack_from(memory, at)
                at += _RECORD.size
                yield Commits(first, last, memory[at : at + length])
                at += length


def _appended() -> int:
    """A file in memory that several processes write to, each behind what is there; -1 for none."""
    if not hasattr(os, "memfd_create"):
        return -1
    import fcntl

    file = os.memfd_create("commits", os.MFD_CLOEXEC)
    fcntl.fcntl(file, fcntl.F_SETFL, os.O_APPEND | os.O_RDWR)  # the place to write at is not kept in step otherwise
    return file
