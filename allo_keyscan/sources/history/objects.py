"""Every object of a repository: ids, and what becomes known of each once git has written it."""

from __future__ import annotations

import io
import mmap
import re
from array import array
from collections.abc import Iterable
from typing import NamedTuple

from allo_keyscan.model import Skipped
from allo_keyscan.sources.history.ahead import LIST, NAMES
from allo_keyscan.sources.history.home import Home
from allo_keyscan.sources.history.order import depth_first
from allo_keyscan.sources.history.passed import Passed

BLOB, TREE, COMMIT, TAG = range(1, 5)
KINDS = (b"", b"blob", b"tree", b"commit", b"tag")
NUMBER = {kind: number for number, kind in enumerate(KINDS) if kind}
_SHARES, _SHORTEST = 3, 12
_LEAST, _MOST = 128, 8192
"""Objects of a segment: what a process claims at a time. Versions of a file lie together, and their deltas build on one
another: where a segment cuts between them, two processes make the same version."""
_LONG = 8 << 10
"""Bytes of an object; a window of shorter ones is not much too long, however many versions there are."""


class Segment(NamedTuple):
    """Objects next to each other: `first` up to but not including `last`."""

    first: int
    last: int


class Run(NamedTuple):
    """Versions of something next to each other, `first` up to but not including `last`: about `size` bytes each."""

    first: int
    last: int
    size: int


class Objects:
    """Objects in the order in which git reads them fastest.

    Kinds and sizes are not listed: they take git as long as a tenth of reading all of them, and stand before
    each object in what it writes. Those that have been read are noted in memory that processes forked later share.
    """

    def __init__(self, width: int, ids: bytes, places: array[int] | None = None) -> None:
        """`ids` in hex, each with a line end; `places` says where git listed each, None: in this order."""
        self.width = width
        self.ids = ids
        self._places = places
        self.passed = Passed()
        self.runs: list[Run] = []
        """Of long objects; in order and apart."""
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
        """The ids of all objects of a kind that were read, in the order in which git listed them."""
        return self.as_listed(match.start() for match in re.finditer(re.escape(bytes((kind,))), self.kinds))

    def as_listed(self, numbers: Iterable[int]) -> list[str]:
        """The ids of some objects, in the order in which git listed them, which is that of their packs."""
        if self._places is not None:
            numbers = sorted(numbers, key=self._places.__getitem__)
        return [self.id(number) for number in numbers]

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
    code, listed, said = child.collect()
    line = 2 * home.width + 2
    if not code and not said and not len(listed) % line and b" missing\n" not in listed:
        places, runs = depth_first(listed, home.width)
        objects = Objects(home.width, _ordered(listed, home.width, places), places)
        objects.runs = _measured(home, objects, runs)
        return objects, []
    return _names(home)


def _ordered(listed: bytes, width: int, places: array[int]) -> bytes:
    """The ids of a list of ids and bases in another order, each with a line end; some at a time, which takes less
    memory."""
    line, ids = 2 * width + 2, io.BytesIO()
    for first in range(0, len(places), _MOST):
        some = [listed[place * line : place * line + width] for place in places[first : first + _MOST]]
        ids.write(b"\n".join((*some, b"")))
    return ids.getvalue()


def _measured(home: Home, objects: Objects, runs: list[tuple[int, int]]) -> list[Run]:
    """The runs of long objects, by the size of what these are made from; none where git cannot tell."""
    if not runs:
        return []
    lines = "".join([f"{objects.id(last - 1)}\n" for _, last in runs]).encode()
    code, sizes, _ = home.child("cat-file", "--batch-check=%(objectsize)", "--buffer", stdin=lines).collect()
    told = [int(size) if size.isdigit() else 0 for size in sizes.split(b"\n")]
    if code or len(told) <= len(runs):
        return []
    return [Run(*run, size) for run, size in zip(runs, told, strict=False) if size > _LONG]


def _names(home: Home) -> tuple[Objects, list[Skipped]]:
    """The same of a repository that is damaged, of which git can say no more than names."""
    child = home.child(*NAMES)
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
