"""Objects -> findings, each at the id of its object: names come later, and only for what was found.

A window's bytes are searched as git writes them, without parsing. An object is read whole, by the Reader of files,
where a literal hit it, where its first bytes are those of a container, of wide text or of base64, or where it may be
Python that puts a key together. Whether it is Python its name says, which is not known here: such a blob is searched
both ways, and the one that is not true is dropped once names are known.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from allo_keyscan.errors import KeyscanError
from allo_keyscan.keys.text import BASE64_FIRST_LINE, WIDE_HEADS
from allo_keyscan.model import Origin, Skipped, Summary
from allo_keyscan.scan.blob import WHOLE, Tally
from allo_keyscan.scan.defects import broken
from allo_keyscan.scan.reading import BASE64, DOUBTFUL, ODD, Reader
from allo_keyscan.sources.containers import sniff
from allo_keyscan.sources.git import PIECE, GitError
from allo_keyscan.sources.history.home import Home
from allo_keyscan.sources.history.objects import BLOB, COMMIT, KINDS, Objects, Segment
from allo_keyscan.sources.history.stream import Room
from allo_keyscan.sources.objects import Missing, read_blobs

AS_PYTHON = ".py"
"""Behind the id of a blob that was searched as if it were Python."""

LARGEST = 32 << 20
"""A larger object is never held in memory as a whole."""

_LITTLE = sys.byteorder == "little"
_U, _USTAR_AT = ord("u"), 257
_HEAD, _SMALLEST = 512, 3


class Search:
    """The search over some objects of one repository."""

    def __init__(self, home: Home, objects: Objects, reader: Reader, *, archives: bool) -> None:
        self._home = home
        self._objects = objects
        self._reader = reader
        self._hits = reader.detector.hits
        self._marks = reader.detector.may_assemble.marks
        self._archives = archives
        self._room: Room | None = None  # one for each process, so not before it forks

    def segment(self, segment: Segment, tally: Tally) -> None:
        """Search every object of a segment."""
        if segment.last - segment.first == 1 and self._objects.size(segment.first) > LARGEST:
            self._window(segment, None, tally)
            return
        if self._room is None:
            self._room = Room(self._home, self._objects)
        for window, data in self._room.windows(segment):
            self._window(window, data, tally)

    def close(self) -> None:
        """End the git of this process."""
        if self._room is not None:
            self._room.close()

    def _window(self, window: Segment, data: memoryview | None, tally: Tally) -> None:
        """Search the objects of a window; without its bytes (damaged, or too large) one by one."""
        objects, part, done = self._objects, Tally(), False
        try:
            if data is None:
                self._each(window, part)
            else:
                base = objects.begin(window)
                for number, python in sorted(self._suspects(data, window).items()):
                    content = data[objects.starts[number] - base : objects.ends[number] - base - 1]
                    python = python and len(content) <= WHOLE
                    self._object(objects.id(number), KINDS[objects.kinds[number]], _pieces(content), python, part)
            done = True
        finally:
            part.summary = self._summary(window) if done else Summary()
            tally.add(part)

    def _summary(self, segment: Segment) -> Summary:
        objects = self._objects
        return Summary(
            bytes=objects.ends[segment.last - 1] - objects.begin(segment),
            objects=segment.last - segment.first,
            commits=objects.kinds.count(COMMIT, *segment),
        )

    def _each(self, segment: Segment, tally: Tally) -> None:
        oids = {self._objects.id(number): number for number in range(*segment)}
        for oid, one in read_blobs(oids, self._home.cwd, own=self._home.own):
            if isinstance(one, Missing):
                tally.skipped.append(Skipped(oid, f"a damaged object: {one.reason}"))
            else:
                small = one.size <= WHOLE
                self._object(oid, one.kind.encode("ascii"), one.pieces(WHOLE if small else PIECE), small, tally)

    def _object(self, oid: str, kind: bytes, pieces: Iterator[bytes], python: bool, tally: Tally) -> None:
        """Search one object whole, as Python too where it may be that."""
        try:
            if kind == b"tree":
                names = b"\n".join(name for name, _ in entries(b"".join(pieces), self._home.width))
                self._reader.text(names, Origin(oid), tally)
            elif kind != b"blob":
                self._reader.text(b"".join(pieces), Origin(oid), tally)
            elif python:
                data = b"".join(pieces)
                self._reader.stream(iter((data,)), Origin(oid), tally)
                self._reader.text(data, Origin(oid + AS_PYTHON), tally)
            else:
                self._reader.stream(pieces, Origin(oid), tally)
        except GitError as error:
            tally.skipped.append(Skipped(oid, f"a damaged object: {error}"))
        except KeyscanError:
            raise  # rules that cannot be used concern every object
        except Exception as error:  # noqa: BLE001 (one object must not cost the findings of all the others)
            tally.skipped.append(broken(oid, error))

    def _suspects(self, data: memoryview, segment: Segment) -> dict[int, bool]:
        """The objects to be read whole, and whether as Python too."""
        found: dict[int, bool] = {}
        objects, base = self._objects, self._objects.begin(segment)
        for number in self._owners((base + start for _, start, _ in self._hits(data)), segment.first):
            found[number] = True
        if BLOB in objects.kinds[segment.first : segment.last]:
            for number in self._owners((base + start for start in sorted(self._marks(data))), segment.first):
                found[number] = True
            self._heads(data, segment, found)
        return found

    def _owners(self, places: Iterable[int], low: int) -> Iterator[int]:
        """The objects that ascending places in the stream belong to, each once."""
        until = -1
        for place in places:
            if place >= until:
                low = self._objects.at(place, low)
                until = self._objects.ends[low]
                yield low

    def _heads(self, data: memoryview, segment: Segment, found: dict[int, bool]) -> None:
        """Add the blobs that their first bytes make suspect."""
        starts, ends, kinds = self._objects.starts, self._objects.ends, self._objects.kinds
        base = self._objects.begin(segment)
        for number in range(*segment):
            at = starts[number] - base
            size = ends[number] - base - at - 1
            if size <= _SMALLEST or kinds[number] != BLOB:
                continue
            low, high = data[at], data[at + 1]
            pair = low | high << 8 if _LITTLE else low << 8 | high
            if (DOUBTFUL[pair] and self._doubted(pair, data[at : at + min(size, _HEAD)])) or (
                size > _USTAR_AT
                and data[at + _USTAR_AT] == _U
                and self._archives
                and sniff(bytes(data[at : at + _HEAD]), "")
            ):
                found.setdefault(number, False)

    def _doubted(self, pair: int, head: memoryview) -> bool:
        if pair in ODD:
            start = bytes(head)
            return start[:2] in WIDE_HEADS or (self._archives and sniff(start, "") is not None)
        return head[2] in BASE64 and BASE64_FIRST_LINE.match(head) is not None


def _pieces(content: memoryview) -> Iterator[bytes]:
    """As the Reader takes them: whole, or in pieces where they are many."""
    length = max(len(content), 1) if len(content) <= WHOLE else PIECE
    return (bytes(content[at : at + length]) for at in range(0, len(content), length))


def entries(tree: bytes, width: int) -> Iterator[tuple[bytes, str]]:
    """The names in a tree object, each with the id it stands for."""
    at, size = 0, width // 2
    while at < len(tree):
        space = tree.find(b" ", at)
        nul = tree.find(b"\0", space)
        if space < 0 or nul < 0:
            return
        yield tree[space + 1 : nul], tree[nul + 1 : nul + 1 + size].hex()
        at = nul + 1 + size
