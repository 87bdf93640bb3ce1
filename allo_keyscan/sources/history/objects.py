"""Every object of a repository, in compact arrays: ids, kinds, and where each lies in the stream that git writes."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import accumulate
from operator import add
from typing import NamedTuple

from allo_keyscan.model import Skipped
from allo_keyscan.sources.history.home import Home

BLOB, TREE, COMMIT, TAG = range(4)
KINDS = (b"blob", b"tree", b"commit", b"tag")
_NUMBER = {kind: number for number, kind in enumerate(KINDS)}
_LIST = (
    "cat-file",
    "--batch-all-objects",
    "--batch-check=%(objectname) %(objecttype) %(objectsize)",
    "--unordered",
    "--buffer",
)
_PIECE = 1 << 20
_A_TREE = 4
"""A byte of a tree takes git this many times as long as one of a blob (deltas on deltas)."""
_BLOCK = 256
_EACH = 200
"""And an object as long as this many bytes."""


class Segment(NamedTuple):
    """Objects next to each other: `first` up to but not including `last`."""

    first: int
    last: int


class Objects:
    """Objects in the order in which git reads them fastest: 29 bytes of memory and an id each.

    In the stream of `cat-file --batch` the content of object `i` is at `starts[i]` up to `ends[i] - 1`; a line with
    its id goes before, a line end follows.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self.ids = bytearray()
        """The ids in hex, each with a line end: what git takes on its standard input."""
        self.kinds = bytearray()
        self.starts = array("q")
        self.ends = array("q")

    def __len__(self) -> int:
        return len(self.kinds)

    def add(self, ids: list[bytes], kinds: list[bytes], sizes: list[bytes]) -> None:
        """Append objects, as git lists them."""
        self.ids += b"\n".join((*ids, b""))
        self.kinds += bytes(map(_NUMBER.__getitem__, kinds))
        lengths = list(map(int, sizes))
        around = {kind: self.width + 4 + len(kind) for kind in KINDS}
        spans = map(add, map(add, lengths, map(len, sizes)), map(around.__getitem__, kinds))
        ends = list(accumulate(spans, initial=self.ends[-1] if self.ends else 0))[1:]
        self.ends.extend(ends)
        self.starts.extend([end - 1 - length for end, length in zip(ends, lengths, strict=True)])

    def id(self, number: int) -> str:
        """An object's id in hex."""
        at = number * (self.width + 1)
        return self.ids[at : at + self.width].decode("ascii")

    def size(self, number: int) -> int:
        """An object's bytes."""
        return self.ends[number] - 1 - self.starts[number]

    def begin(self, segment: Segment) -> int:
        """Where a segment begins in the stream."""
        return self.ends[segment.first - 1] if segment.first else 0

    def request(self, segment: Segment) -> bytes:
        """The lines that ask git for a segment."""
        line = self.width + 1
        return bytes(self.ids[segment.first * line : segment.last * line])

    def at(self, place: int, low: int = 0) -> int:
        """The object that a place in the stream belongs to; `low` is one that is not behind it."""
        return bisect_right(self.ends, place, low)

    def of_kind(self, kind: int) -> list[int]:
        """The numbers of all objects of a kind."""
        return [number for number, one in enumerate(self.kinds) if one == kind]

    def window(self, segment: Segment, first: int, size: int) -> Segment:
        """The objects of a segment from `first` on that take about `size` bytes, at least one."""
        last = bisect_right(self.ends, self.begin(Segment(first, first)) + size, first, segment.last)
        return Segment(first, max(first + 1, last))

    def segments(self, size: int, largest: int) -> list[Segment]:
        """Segments of about `size` bytes that take git equally long each; an object beyond `largest` is one alone."""
        found, first, held = [], 0, 0
        for low in range(0, len(self), _BLOCK):
            block = Segment(low, min(low + _BLOCK, len(self)))
            if self.ends[block.last - 1] - self.begin(block) > largest:
                alone = [number for number in range(*block) if self.size(number) > largest]
            else:
                alone = []
            for number in alone:
                found += [Segment(first, number), Segment(number, number + 1)]
                first, held = number + 1, 0
            held += self._weight(Segment(max(first, block.first), block.last))
            if held >= size:
                found.append(Segment(first, block.last))
                first, held = block.last, 0
        found.append(Segment(first, len(self)))
        return [one for one in found if one.first < one.last]

    def weight(self) -> int:
        """What all objects take git, in the unit of a segment's size."""
        return self._weight(Segment(0, len(self)))

    def _weight(self, block: Segment) -> int:
        count = block.last - block.first
        if not count:
            return 0
        trees = self.kinds.count(TREE, block.first, block.last)
        size = self.ends[block.last - 1] - self.begin(block)
        return count * _EACH + size + size * trees * (_A_TREE - 1) // count


def list_objects(home: Home) -> tuple[Objects, list[Skipped]]:
    """Every object there is, reachable or not, alternates' too, and what git could not list.

    Raises GitError where the repository cannot be read at all.
    """
    child = home.child(*_LIST)
    objects, skipped, held = Objects(home.width), [], b""
    over = False
    try:
        while piece := child.stdout.read(_PIECE):
            held += piece
            end = held.rfind(b"\n") + 1
            skipped += _add(objects, held[:end])
            held = held[end:]
        over = True
    finally:
        if not over:
            child.close()
    code, said = child.finish()
    if code and not len(objects):
        raise child.error(code, said)
    troubles = [line for line in said.splitlines() if line.startswith(("error: ", "fatal: "))]
    if code and not troubles:
        troubles = [str(child.error(code, said))]
    skipped += [Skipped(".git/objects", f"git: {line.partition(': ')[2]}") for line in dict.fromkeys(troubles)]
    return objects, skipped


def _add(objects: Objects, lines: bytes) -> list[Skipped]:
    fields = lines.split()
    if len(fields) == 3 * lines.count(b"\n") and b" missing\n" not in lines:
        objects.add(fields[0::3], fields[1::3], fields[2::3])
        return []
    skipped = []
    for line in lines.splitlines():
        one = line.split()
        if len(one) == 3 and one[1] in _NUMBER:
            objects.add(one[:1], one[1:2], one[2:])
        elif one:
            place = f".git/objects/{one[0].decode('ascii', 'replace')}"
            skipped.append(Skipped(place, "a damaged object: its kind and size cannot be read"))
    return skipped
