"""Objects of a git repository by their ids, as streams, from one `git cat-file --batch`."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from allo_keyscan.sources.git import PIECE, Child, GitError, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Missing(NamedTuple):
    """An object that could not be read, and why."""

    reason: str


class BlobStream:
    """One object on its way out of git: `size` bytes of a `kind` (blob, commit, tag, tree), to be read once."""

    __slots__ = ("_left", "_source", "kind", "size")

    def __init__(self, source: BinaryIO, kind: str, size: int) -> None:
        self._source = source
        self._left = size
        self.kind = kind
        self.size = size

    def pieces(self, length: int = PIECE) -> Iterator[bytes]:
        """The bytes not read so far, at most `length` at a time. Raises GitError where git ends before they do."""
        while self._left:
            piece = self._source.read(min(length, self._left))
            if not piece:
                raise GitError(f"git ended {self._left} bytes before the end of an object")
            self._left -= len(piece)
            yield piece

    def read(self) -> bytes:
        """All bytes not read so far. Raises GitError where git ends before they do."""
        return b"".join(self.pieces(max(self._left, 1)))

    def skip(self) -> bool:
        """Leave out the rest, and the line end behind it; whether git held out so long."""
        try:
            for _ in self.pieces():
                pass
        except GitError:
            return False
        return self._source.read(1) == b"\n"


def read_blobs(oids: Iterable[str], cwd: str, *, own: bool = True) -> Iterator[tuple[str, BlobStream | Missing]]:
    """Each object of `oids` (full hex ids), read by one `git cat-file --batch`.

    A stream lives until the next object is asked for, read or not, and takes memory for one piece only. An object
    that is not there or damaged is a `Missing`, and the others follow. Raises GitError where the repository cannot
    be read at all.
    """
    todo = list(oids)
    partial = False
    while todo:
        batch = _Batch(todo, cwd, own)
        yield from batch
        todo = todo[batch.answered :]
        if batch.error is None:
            continue
        if not partial and ("promisor" in batch.said or "transport" in batch.said):
            # git before 2.44 knows no GIT_NO_LAZY_FETCH, and ends where the refused fetch would have begun.
            partial = True
            here = frozenset(run(_EVERYTHING, cwd, own=own).decode("ascii").split())
            yield from ((oid, Missing("not in this partial clone")) for oid in todo if oid not in here)
            todo = [oid for oid in todo if oid in here]
        elif batch.broke_off:
            continue  # its reader was told
        elif todo and (batch.answered or todo[0] in batch.said):
            yield todo.pop(0), Missing(str(batch.error))
        elif todo:
            raise batch.error


class Whole(NamedTuple):
    """A small object, read to its end."""

    kind: str
    data: bytes


def read_whole(oids: Iterable[str], cwd: str, *, own: bool = True) -> Iterator[tuple[str, Whole | Missing]]:
    """`read_blobs` for objects that fit into memory: one that breaks off is a `Missing` too."""
    for oid, one in read_blobs(oids, cwd, own=own):
        if isinstance(one, Missing):
            yield oid, one
            continue
        try:
            yield oid, Whole(one.kind, one.read())
        except GitError as error:
            yield oid, Missing(str(error))


_EVERYTHING = ("cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered")


class _Batch:
    """One run of cat-file over `oids`: how many were answered, and the error it died of, perhaps amid the last one."""

    def __init__(self, oids: Sequence[str], cwd: str, own: bool) -> None:
        self._oids = oids
        self._cwd = cwd
        self._own = own
        self.answered = 0
        self.broke_off = False
        self.error: GitError | None = None
        self.said = ""

    def __iter__(self) -> Iterator[tuple[str, BlobStream | Missing]]:
        ids = "\n".join((*self._oids, "")).encode("ascii")
        child = Child(("cat-file", "--batch", "--buffer"), self._cwd, stdin=ids, own=self._own)
        over = False
        try:
            for oid in self._oids:
                header = child.stdout.readline().split()
                if len(header) < 2:
                    break
                self.answered += 1
                if len(header) == 2:
                    yield oid, Missing("no such object in this repository")
                    continue
                stream = BlobStream(child.stdout, header[1].decode("ascii"), int(header[2]))
                yield oid, stream
                self.broke_off = not stream.skip()
                if self.broke_off:
                    break
            over = True
        finally:
            if not over:
                child.close()
        code, self.said = child.finish()
        if code or self.answered < len(self._oids):
            self.error = child.error(code, self.said)
