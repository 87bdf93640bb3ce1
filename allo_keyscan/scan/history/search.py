"""Objects -> findings, each at the id of its object: names come later, and only for what was found.

A window's bytes are searched as git writes them, without parsing. An object is read whole, by the Reader of files,
where a literal hit it, where its first bytes are those of a container, of wide text or of base64, or where it may be
Python that puts a key together. Whether it is Python its name says, which is not known here: such a blob is searched
both ways, and the one that is not true is dropped once names are known.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from allo_keyscan.errors import KeyscanError
from allo_keyscan.keys.text import BASE64_FIRST_LINE, WIDE_HEADS
from allo_keyscan.model import Origin, Skipped, Summary, Suppressed
from allo_keyscan.scan.blob import WHOLE, Tally
from allo_keyscan.scan.defects import broken
from allo_keyscan.scan.reading import Reader
from allo_keyscan.sources.containers import sniff
from allo_keyscan.sources.containers.sniffing import STARTS
from allo_keyscan.sources.git import PIECE, GitError
from allo_keyscan.sources.history.home import Home
from allo_keyscan.sources.history.objects import BLOB, COMMIT, KINDS, NUMBER, Objects, Segment
from allo_keyscan.sources.history.stream import Room, Window
from allo_keyscan.sources.objects import Missing, read_blobs

AS_PYTHON = ".py"
"""Behind the id of a blob that was searched as if it were Python."""

_ODD = STARTS | WIDE_HEADS
_U, _USTAR_AT = ord("u"), 257
_HEAD, _SMALLEST = 512, 3
_COMMITS = re.compile(b"%c+" % COMMIT)


class Search:
    """The search over some objects of one repository."""

    def __init__(self, home: Home, objects: Objects, reader: Reader, *, archives: bool) -> None:
        self._home = home
        self._objects = objects
        self._reader = reader
        self._marks = reader.detector.marks
        self._archives = archives
        self._room: Room | None = None  # one for each process, so not before it forks

    def segment(self, segment: Segment, tally: Tally) -> None:
        """Search every object of a segment."""
        if self._room is None:
            self._room = Room(self._home, self._objects)
        for window in self._room.windows(segment):
            self._window(window, tally)

    def close(self) -> None:
        """End the git of this process."""
        if self._room is not None:
            self._room.close()

    def _window(self, window: Window, tally: Tally) -> None:
        """Search the objects of a window; without its bytes (damaged, or too long) one by one."""
        first, last = window.objects
        part, told, done = Tally(), set[int](), False
        try:
            if window.data is None:
                self._each(window.objects, part)
                told = set(range(first, last))
            else:
                told = self._some(window, window.data, part)
                self._keep_commits(window, window.data)
            done = True
        finally:
            if done:
                part.summary = self._summary(window.objects)
                clean = bytearray(b"\1" * (last - first))
                for number in told:
                    clean[number - first] = 0
                self._objects.clean[first:last] = clean
            else:
                part.summary = Summary()
            tally.add(part)

    def _keep_commits(self, window: Window, data: memoryview) -> None:
        """Have the commits of a window at hand for whoever must know their parents and trees."""
        ends = window.ends
        for match in _COMMITS.finditer(window.kinds):
            place, behind = match.span()
            begin = ends[place - 1] + 1 if place else 0
            first = window.objects.first
            self._objects.passed.keep(first + place, first + behind, data[begin : ends[behind - 1] + 1])

    def _some(self, window: Window, data: memoryview, tally: Tally) -> set[int]:
        """Search what in a window gives reason to: the numbers of those that there is something to tell of."""
        told = set()
        for place, python in sorted(self._suspects(window, data).items()):
            content = data[window.starts[place] : window.ends[place]]
            number, part = window.objects.first + place, Tally()
            python = python and len(content) <= WHOLE
            try:
                self._object(self._objects.id(number), KINDS[window.kinds[place]], _pieces(content), python, part)
            finally:
                tally.add(part)
            if part.findings or part.skipped or part.placeholders or part.suppressed != Suppressed():
                told.add(number)
        return told

    def _summary(self, segment: Segment) -> Summary:
        return Summary(
            bytes=sum(self._objects.spans[segment.first : segment.last]),
            objects=segment.last - segment.first,
            commits=self._objects.kinds[segment.first : segment.last].count(COMMIT),
        )

    def _each(self, segment: Segment, tally: Tally) -> None:
        objects = self._objects
        oids = {objects.id(number): number for number in range(*segment)}
        for oid, one in read_blobs(oids, self._home.cwd, own=self._home.own):
            if isinstance(one, Missing):
                tally.skipped.append(Skipped(oid, f"a damaged object: {one.reason}"))
                continue
            kind, number, small = one.kind.encode("ascii"), oids[oid], one.size <= WHOLE
            objects.kinds[number] = NUMBER[kind]
            objects.spans[number] = len(f"{one.kind} {one.size}\n") + one.size + 1
            self._object(oid, kind, one.pieces(WHOLE if small else PIECE), small, tally)

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

    def _suspects(self, window: Window, data: memoryview) -> dict[int, bool]:
        """The objects to be read whole, by their places in the window, and whether as Python too."""
        ends = window.ends
        found = {bisect_right(ends, start): True for start in self._marks(data)}
        if BLOB in window.kinds:
            self._heads(window, data, found)
        return found

    def _heads(self, window: Window, data: memoryview, found: dict[int, bool]) -> None:
        """Add the blobs that their first bytes make suspect."""
        wrapped = BASE64_FIRST_LINE.match
        for place, (kind, start, end) in enumerate(zip(window.kinds, window.starts, window.ends, strict=True)):
            if kind != BLOB or end - start < _SMALLEST:
                continue
            if (
                (bytes(data[start : start + 2]) in _ODD and self._is_odd(bytes(data[start : min(start + _HEAD, end)])))
                or wrapped(data, start, end)
                or (
                    end - start > _USTAR_AT
                    and data[start + _USTAR_AT] == _U
                    and self._archives
                    and sniff(bytes(data[start : min(start + _HEAD, end)]), "")
                )
            ):
                found.setdefault(place, False)

    def _is_odd(self, head: bytes) -> bool:
        return head[:2] in WIDE_HEADS or (self._archives and sniff(head, "") is not None)


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
