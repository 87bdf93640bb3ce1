"""Every object of a repository: ids, and what becomes known of each once git has written it."""

from __future__ import annotations

import mmap
import re
from typing import NamedTuple

from allo_keyscan.model import Skipped
from allo_keyscan.sources.history.ahead import LIST
from allo_keyscan.sources.history.home import Home

BLOB, TREE, COMMIT, TAG = range(1, 5)
KINDS = (b"", b"blob", b"tree", b"commit", b"tag")
NUMBER = {kind: number for number, kind in enumerate(KINDS) if kind}
_SHARES, _SHORTEST = 3, 12
_LEAST, _MOST = 128, 8192
"""Objects of a segment: what a process claims at a time. Versions of a file lie together, and their deltas build on one
another: where a segment cuts between them, two processes make the same version."""


class Segment(NamedTuple):
    """Objects next to each other: `first` up to but not including `last`."""

    first: int
    last: int


class Objects:
    """Objects in the order in which git reads them fastest.

    Only their names are listed: kinds and sizes take git as long as a tenth of reading all of them, and stand before
    each object in what it writes. Those that have been read are noted in memory that processes forked later share.
    """

    def __init__(self, width: int, ids: bytes) -> None:
        """`ids` in hex, each with a line end."""
        self.width = width
        self.ids = ids
        count = len(self)
        self.kinds = mmap.mmap(-1, count + 1)
        """0 for what was not read, or could not be."""
        self.clean = mmap.mmap(-1, count + 1)
        """1 for what was read and gave nothing to tell of."""
        self.spans = memoryview(mmap.mmap(-1, 8 * (count + 1))).cast("q")
        """Bytes that git writes for each object: a line before it, and a line end behind it."""

    def __len__(self) -> int:
        """How many there are."""
        return len(self.ids) // (self.width + 1)

    def id(self, number: int) -> str:
        """An object's id in hex."""
        at = number * (self.width + 1)
        return self.ids[at : at + self.width].decode("ascii")

    def lines(self, segment: Segment) -> bytes:
        """The ids of a segment, each with a line end."""
        line = self.width + 1
        return self.ids[segment.first * line : segment.last * line]

    def of_kind(self, kind: int) -> list[str]:
        """The ids of all objects of a kind that were read."""
        return [self.id(match.start()) for match in re.finditer(re.escape(bytes((kind,))), self.kinds)]

    def segments(self, jobs: int) -> list[Segment]:
        """Segments for some processes, shorter towards the end: so none waits long for the last one."""
        found, first, count = [], 0, len(self)
        least = max(count // (jobs * _SHORTEST), _LEAST)
        while first < count:
            size = min(max((count - first) // (jobs * _SHARES), least), _MOST)
            found.append(Segment(first, min(first + size, count)))
            first += size
        return found


def list_objects(home: Home) -> tuple[Objects, list[Skipped]]:
    """Every object there is, reachable or not, alternates' too, and what git could not list.

    Raises GitError where the repository cannot be read at all.
    """
    child = home.question(LIST)
    code, ids, said = child.collect()
    if code and not ids:
        raise child.error(code, said)
    line = home.width + 1
    ids = ids[: len(ids) // line * line]  # git may have died amid a line
    troubles = [line for line in said.splitlines() if line.startswith(("error: ", "fatal: "))]
    if code and not troubles:
        troubles = [str(child.error(code, said))]
    skipped = [Skipped(".git/objects", f"git: {line.partition(': ')[2]}") for line in dict.fromkeys(troubles)]
    return Objects(home.width, ids), skipped
