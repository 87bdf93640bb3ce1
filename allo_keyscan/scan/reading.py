"""Files and streams -> blobs in the scanner, as fast as Python reads: one buffer for all files, one search a file.

A file without a hit costs an open, a read, a search and a close; a large one is searched piece by piece where it lies
in the buffer, without a copy. Everything else happens only for those that need it.
"""

from __future__ import annotations

import errno
import mmap
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO

from allo_keyscan.errors import KeyscanError, TimeUp
from allo_keyscan.keys.text import BASE64_FIRST_LINE, WIDE_HEADS
from allo_keyscan.model import Origin, Skipped, Summary
from allo_keyscan.scan.blob import WHOLE, Policy, Scanner, Tally
from allo_keyscan.scan.defects import broken
from allo_keyscan.scan.places import is_python
from allo_keyscan.sources.containers import Budget, Limits, members, sniff
from allo_keyscan.sources.containers.sniffing import STARTS
from allo_keyscan.sources.worktree import link_text

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
)
_PIECE = 1 << 20
_BUFFER = 256 << 10  # stays in the processor's cache
_HEAD = 512
TEXT_VIEW = " text"
"""What sources.containers appends to the name of a leaf for its joined text."""

# What a file needs to be looked at more closely than for a hit: the first two bytes of a container, of a script or of
# wide text, a tar's mark, base64 from the start, or a name. The bytes in pairs, as the processor counts them.
ODD = frozenset(int.from_bytes(pair, sys.byteorder) for pair in STARTS | WIDE_HEADS)
_USTAR, _USTAR_AT = int.from_bytes(b"st", sys.byteorder), 258 // 2
BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-")
_BY_NAME = (".py", ".pyw", ".pyi", ".tar")
_IN_NAMES = (".py", ".tar")


def _doubtful() -> bytes:
    """For each pair of bytes whether a file that begins with it needs a second look: most do not."""
    letters = bytes(byte in BASE64 for byte in range(256))
    table = bytearray(b"".join(letters if byte in BASE64 else bytes(256) for byte in range(256)))
    for pair in ODD:
        table[pair] = 1
    return bytes(table)


DOUBTFUL = _doubtful()

_GONE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR})


class Reader:
    """Reads blobs and hands them to a scanner; what could not be read becomes a `Skipped` in the tally."""

    def __init__(
        self, scanner: Scanner, *, archives: bool = True, max_size: int | None = None, limits: Limits | None = None
    ) -> None:
        self.detector = scanner.detector
        self.vault = scanner.vault
        self._scanner = scanner
        self._hits = scanner.detector.hits
        self._archives = archives
        self._max_size = max_size
        self._limits = limits or Limits()
        self._view = _page_aligned(_BUFFER)
        self._pairs = self._view[:_HEAD].cast("H")
        self._whole = (self._view,)
        # Searched again at the seam of two pieces: more than any literal, and the next piece stays aligned.
        self._seam = max(map(len, scanner.detector.finder.literals)) // 64 * 64 + 64
        self._behind = (self._view[self._seam :],)

    @property
    def policy(self) -> Policy:
        """What silences findings here."""
        return self._scanner.policy

    def manner(self) -> str:
        """What decides, beside the rules, what it finds in a blob: a text that differs where that does."""
        policy = self._scanner.policy
        return repr((self._archives, self._max_size, self._limits, policy.comments, sorted(policy.ignored)))

    def files(self, files: Sequence[tuple[str, str]], tally: Tally) -> None:
        """Search each file: the path to open, and the path to show. A name that is gone by now is no file."""
        count = size = 0
        view, whole, pairs, hits = self._view, self._whole, self._pairs, self._hits
        most = _BUFFER if self._max_size is None else 0
        names = "\0".join([shown for _, shown in files])
        by_name = any(end in names for end in _IN_NAMES)
        for path, shown in files:
            try:
                handle = os.open(path, _FLAGS)
            except OSError as error:
                self._unopened(path, shown, error, tally)
                continue
            got: int | None = None
            try:
                got = _read(handle, whole)
                # Written out, without a call: 80,000 times. What a shorter file left in the buffer may raise a doubt.
                if (
                    not 0 < got < most
                    or (
                        DOUBTFUL[pairs[0]]
                        and (pairs[0] in ODD or (view[2] in BASE64 and BASE64_FIRST_LINE.match(view)))
                    )
                    or pairs[_USTAR_AT] == _USTAR
                    or (by_name and shown.endswith(_BY_NAME))
                    or hits(view[:got])
                ):
                    got = self._file(handle, got, shown, tally)
            except OSError as error:
                tally.skipped.append(_unreadable(shown, error))
                got = None
            except TimeUp:
                tally.skipped.append(cut_short(shown))
                tally.summary = tally.summary.plus(Summary(files=count, bytes=size))
                raise
            except KeyscanError:
                raise  # rules that cannot be used are read late, and concern every file
            except Exception as error:  # noqa: BLE001 (one file must not cost the findings of all the others)
                tally.skipped.append(broken(shown, error))
                got = None
            finally:
                os.close(handle)
            if got is not None:
                count += 1
                size += got
        tally.summary = tally.summary.plus(Summary(files=count, bytes=size))

    def links(self, links: Iterable[tuple[str, str]], tally: Tally) -> None:
        """Search the targets of symbolic links, each behind the path to show: git keeps them as text."""
        for shown, target in links:
            data = os.fsencode(target)
            self.text(data, Origin(shown), tally)
            tally.summary = tally.summary.plus(Summary(files=1, bytes=len(data)))

    def stream(self, pieces: Iterator[bytes], origin: Origin, tally: Tally) -> None:
        """Search one blob that comes in pieces: standard input, or an object of git."""
        import io

        head = next(pieces, b"")
        kind = sniff(head[:_HEAD], origin.name) if self._archives else None
        if kind is None:
            size = self._pieces(head, pieces, origin, tally)
        else:
            room = self._limits.nested_bytes
            held = io.BytesIO()
            held.write(head)
            for piece in pieces:
                if held.tell() > room:
                    break
                held.write(piece)
            size = held.tell()
            if size > room:
                reason = f"{kind} beyond {room:,} bytes that is not a file: contents not read"
                tally.skipped.append(Skipped(str(origin), reason))
            elif not self._too_large(size, str(origin), tally):
                self._container(held, origin, tally)
            for piece in pieces:
                size += len(piece)
        tally.summary = tally.summary.plus(Summary(files=1, bytes=size))

    def _unopened(self, path: str, shown: str, error: OSError, tally: Tally) -> None:
        if error.errno == errno.ELOOP:
            target = link_text(path)
            if target is not None:
                self.links([(shown, target)], tally)
        elif error.errno not in _GONE:
            tally.skipped.append(_unreadable(shown, error))

    def _file(self, handle: int, got: int, shown: str, tally: Tally) -> int | None:
        """Search a file whose first `got` bytes are in the buffer. Its size; None where it was skipped."""
        data = self._view[:got]
        head = bytes(data[:_HEAD])
        if got == 0 or got == _BUFFER or self._max_size is not None:
            info = os.fstat(handle)
            if not stat.S_ISREG(info.st_mode):
                tally.skipped.append(Skipped(shown, "not a regular file"))
                return None
            if self._too_large(info.st_size, shown, tally):
                return None
        if self._archives and sniff(head, shown):
            with open(handle, "rb", closefd=False) as file:
                file.seek(0)
                self._container(file, Origin(shown), tally)
            return os.fstat(handle).st_size
        if got == _BUFFER:
            return self._large(handle, head, shown, tally)
        hits = self._hits(data)
        if hits or self._scanner.interesting(head, data, shown):
            self._scanner.scan(bytes(data), Origin(shown), tally, hits)
        return got

    def _large(self, handle: int, head: bytes, shown: str, tally: Tally) -> int:
        """Search a file beyond the buffer, whose first piece is in it; kept whole only where a piece asks for that."""
        size, data = _BUFFER, self._view
        if not is_python(shown, head) and not self._scanner.interesting(head, b"", shown):
            while not self._hits(data):
                self._view[: self._seam] = data[-self._seam :]
                got = _read(handle, self._behind)
                if got == 0:
                    return size
                size += got
                data = self._view[: self._seam + got]
        os.lseek(handle, 0, os.SEEK_SET)
        return self._pieces(b"", _rest(handle), Origin(shown), tally)

    def text(self, data: bytes, origin: Origin, tally: Tally) -> None:
        """Search a text that is no container, such as a message or a list of names; it is not counted as a file."""
        hits = self._hits(data)
        if hits or self._scanner.interesting(data[:_HEAD], data, origin.name):
            self._scanner.scan(data, origin, tally, hits)

    def _pieces(self, first: bytes, rest: Iterator[bytes], origin: Origin, tally: Tally) -> int:
        """Search a blob of unknown size that is no container; returns its size in bytes."""
        held = bytearray(first)
        for piece in rest:
            held += piece
            if len(held) > WHOLE:
                break
        else:
            if not self._too_large(len(held), str(origin), tally):
                self.text(bytes(held), origin, tally)
            return len(held)

        def chained() -> Iterator[bytes]:
            yield bytes(held)
            yield from rest

        if is_python(origin.name, bytes(held[:_HEAD])):
            reason = f"Python beyond {WHOLE:,} bytes: keys put together from pieces were not looked for"
            tally.skipped.append(Skipped(str(origin), reason, incomplete=False))
        return self._scanner.scan_pieces(chained(), origin, tally)

    def _container(self, file: BinaryIO, origin: Origin, tally: Tally) -> None:
        """Search the leaves of an archive or a compressed file."""
        last = origin
        for item in members(file, origin, self._limits, Budget()):
            if isinstance(item, Skipped):
                tally.skipped.append(item)
            elif str(item.origin) == f"{last}{TEXT_VIEW}":
                self._view_of(last, item.chunks, tally)
            else:
                self._pieces(b"", item.chunks, item.origin, tally)
                last = item.origin

    def _view_of(self, origin: Origin, chunks: Iterator[bytes], tally: Tally) -> None:
        """Search the joined text of a leaf: only what the leaf itself did not show is new."""
        seen = {one.fingerprint for one in tally.findings if one.origin == origin}
        part = Tally()
        self._pieces(b"", chunks, origin, part)
        tally.findings += [one for one in part.findings if one.fingerprint not in seen]
        tally.skipped += part.skipped

    def _too_large(self, size: int, shown: str, tally: Tally) -> bool:
        if self._max_size is None or size <= self._max_size:
            return False
        tally.skipped.append(Skipped(shown, f"{size:,} bytes, beyond the limit of {self._max_size:,}"))
        return True


def _unreadable(shown: str, error: OSError) -> Skipped:
    return Skipped(shown, f"cannot be read: {error.strerror or type(error).__name__}")


def cut_short(shown: str) -> Skipped:
    """What to say of a blob that the time limit cut off."""
    return Skipped(shown, "the time limit was reached while it was read")


def _rest(handle: int) -> Iterator[bytes]:
    while piece := os.read(handle, _PIECE):
        yield piece


def _page_aligned(size: int) -> memoryview:
    """Memory of this process alone. A large bytearray begins 16 bytes into a page: reading there took 1.3x the time."""
    if sys.platform == "win32":
        return memoryview(mmap.mmap(-1, size))
    return memoryview(mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))


def _read_into(handle: int, views: Sequence[memoryview]) -> int:
    """`os.readv` where there is none (Windows)."""
    piece = os.read(handle, len(views[0]))
    views[0][: len(piece)] = piece
    return len(piece)


_read: Callable[[int, Sequence[memoryview]], int] = getattr(os, "readv", _read_into)
