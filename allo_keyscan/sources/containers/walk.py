"""The walk through a container and all that is nested in it: the one place that knows depth, and who is told what
failed.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from typing import BinaryIO

from allo_keyscan.model import Origin, Skipped
from allo_keyscan.sources.containers.decoders import Codec, codec, cut, streams
from allo_keyscan.sources.containers.items import COMMENT, Entry, Held, Item, Note
from allo_keyscan.sources.containers.limits import (
    Allowance,
    Budget,
    Capped,
    Damaged,
    Exhausted,
    Limits,
    Member,
    Trouble,
)
from allo_keyscan.sources.containers.sniffing import sniff
from allo_keyscan.sources.containers.source import Source, region

HEAD = 512
_NOTES = 1 << 18
_SUFFIXES = {
    "gz": ((".tgz", ".tar"), (".svgz", ".svg"), (".gz", "")),
    "bz2": ((".tbz2", ".tar"), (".tbz", ".tar"), (".bz2", "")),
    "xz": ((".txz", ".tar"), (".xz", "")),
    "lzma": ((".tlz", ".tar"), (".lzma", "")),
    "zst": ((".tzst", ".tar"), (".zst", "")),
}
_CALLED = {"compress": "compress (.Z)", "zst": "zstd"}

Found = Iterator[Member | Skipped]


def walk(file: BinaryIO, origin: Origin, limits: Limits, budget: Budget) -> Found:
    """See `containers.members`."""
    try:
        size = file.seek(0, 2)
    except OSError as error:
        yield Skipped(str(origin), f"could not be read ({type(error).__name__})")
        return
    own = _Walk(Allowance(limits, budget, size))
    try:
        yield from own.visit(Source(region(file, 0, size), origin, file), origin, 0)
    except Trouble as trouble:
        own.tell(trouble, origin)
    yield from own.told()


class _Walk:
    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self._skips: list[Skipped] = []
        self._end: Exhausted | None = None

    def tell(self, trouble: Trouble, origin: Origin) -> None:
        """Notes a trouble, once, for `told` to give out."""
        if isinstance(trouble, Exhausted):
            self._end = trouble
        if not trouble.told:
            trouble.told = True
            self._skips.append(Skipped(str(trouble.origin or origin), trouble.reason, trouble.incomplete))

    def told(self) -> Iterator[Skipped]:
        """What was noted since the last time."""
        skips, self._skips = self._skips, []
        yield from skips

    def leaf(self, pieces: Iterable[bytes], origin: Origin) -> Found:
        """One leaf. Raises Exhausted where reading it used up a limit of the file."""
        yield Member(origin, self._guarded(pieces, origin))
        yield from self.told()
        if self._end is not None:
            raise self._end

    def visit(self, source: Source, origin: Origin, depth: int) -> Found:
        """A file that may be a container, with `depth` containers around it."""
        format_id = sniff(source.peek(HEAD), origin.name)
        if format_id is None:
            yield from self.leaf(source.chunks(), origin)
            return
        how = codec(format_id)
        if depth >= self.allowance.limits.depth:
            reason = f"nested deeper than {self.allowance.limits.depth} containers: not opened"
            self.tell(Capped(reason), origin)
        elif how is not None:
            yield from self._compressed(format_id, how, source, origin, depth)
            return
        elif format_id in ("tar", "ar", "cpio"):
            yield from self._in_one_pass(format_id, source, origin, depth)
            return
        elif format_id in ("zip", "pdf"):
            yield from self._held(format_id, source, origin, depth)
            return
        else:
            self.tell(Damaged(f"{_CALLED.get(format_id, format_id)}: contents not read"), origin)
        yield from self.told()
        yield from self.leaf(source.chunks(), origin)

    def _guarded(self, pieces: Iterable[bytes], origin: Origin) -> Iterator[bytes]:
        try:
            yield from pieces
        except Trouble as trouble:
            self.tell(trouble, origin)

    def _compressed(self, format_id: str, how: Codec, source: Source, origin: Origin, depth: int) -> Found:
        inner, note = _inner_name(format_id, source, origin)
        opened = Source(streams(source, how, self.allowance), origin)
        head = opened.peek(HEAD)
        if head or opened.failure is None:
            if sniff(head, inner) == "tar":
                yield from self._in_one_pass("tar", opened, origin, depth)
            else:
                yield from self.visit(opened, origin.inside(inner), depth + 1)
        if note:
            yield from self.leaf(iter((note,)), origin.inside(COMMENT))
        if opened.failure is not None:
            self.tell(opened.failure, origin)
            yield from self.told()
            if isinstance(opened.failure, Damaged):
                yield from self.leaf(source.raw(), origin)
            if isinstance(opened.failure, Exhausted):
                raise opened.failure

    def _in_one_pass(self, format_id: str, source: Source, origin: Origin, depth: int) -> Found:
        from allo_keyscan.sources.containers import tars

        reader = {"tar": tars.tar, "ar": tars.ar, "cpio": tars.cpio}[format_id]
        damaged = yield from self._entries(reader(source, origin, self.allowance), origin, depth)
        # Its entries are known up to the damage, so only the bytes from there on are news.
        if damaged and source.peek(1):
            yield from self.leaf(source.chunks(), origin)

    def _held(self, format_id: str, source: Source, origin: Origin, depth: int) -> Found:
        """A container that needs seeking: from its own file, or from memory up to the limit."""
        from allo_keyscan.sources.containers import pdf, zips

        reader = zips.entries if format_id == "zip" else pdf.entries
        if source.file is not None:
            damaged = yield from self._entries(reader(source.file, origin, self.allowance), origin, depth)
            if damaged:
                yield from self.leaf(source.raw(), origin)
            return
        with Held(source, self.allowance) as held:
            if not held.whole:
                reason = "larger than what may be held in memory: only the beginning was opened"
                self.tell(held.failure or Capped(reason), origin)
            damaged = yield from self._entries(
                reader(held.file, origin, self.allowance), origin, depth, known=not held.whole
            )
            if damaged:
                yield from self.leaf(held.with_the_rest(source), origin)

    def _entries(
        self, items: Iterator[Item], origin: Origin, depth: int, known: bool = False
    ) -> Generator[Member | Skipped, None, bool]:
        """Visits what a format's reader finds; returns whether the container is damaged (`known`: that is already
        told).
        """
        notes: dict[str, list[bytes]] = {}
        sizes: dict[str, int] = {}
        damaged = False
        end: Exhausted | None = None
        try:
            for item in items:
                if isinstance(item, Note):
                    notes.setdefault(item.kind, []).append(item.text)
                    sizes[item.kind] = sizes.get(item.kind, 0) + len(item.text)
                    if sizes[item.kind] > _NOTES:
                        yield from self._notes({item.kind: notes.pop(item.kind)}, origin)
                        sizes[item.kind] = 0
                elif isinstance(item, Entry):
                    if item.plain:
                        yield from self.leaf(item.source.chunks(), item.origin)
                    else:
                        yield from self.visit(item.source, item.origin, depth + 1)
                else:
                    self.tell(item, origin)
                    yield from self.told()
        except Exhausted as trouble:
            end = trouble
            self.tell(trouble, origin)
        except Trouble as trouble:
            damaged = isinstance(trouble, Damaged)
            trouble.told = trouble.told or known
            self.tell(trouble, origin)
        yield from self.told()
        self._end = None
        yield from self._notes(notes, origin)
        if end is not None:
            self._end = end
            raise end
        return damaged

    def _notes(self, notes: dict[str, list[bytes]], origin: Origin) -> Found:
        for kind, texts in notes.items():
            joined = b"".join(text + b"\n" for text in texts)
            yield from self.leaf(cut(joined), origin.inside(kind))


def _inner_name(format_id: str, source: Source, origin: Origin) -> tuple[str, bytes]:
    """The name of a compressed file's content, and a gzip's comment."""
    stored, comment = _gzip_texts(source.peek(1 << 12)) if format_id == "gz" else (b"", b"")
    name = origin.name.rsplit("/", 1)[-1]
    for suffix, instead in _SUFFIXES[format_id]:
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)] + instead, comment
    return stored.decode("utf-8", "backslashreplace") or name, comment


def _gzip_texts(head: bytes) -> tuple[bytes, bytes]:
    """File name and comment of a gzip header, empty where there is none."""
    if len(head) < 10:
        return b"", b""
    flags, rest = head[3], head[10:]
    if flags & 4:
        rest = rest[2 + int.from_bytes(rest[:2], "little") :]
    name = comment = b""
    if flags & 8:
        name, _, rest = rest.partition(b"\0")
    if flags & 16:
        comment = rest.partition(b"\0")[0]
    return name, comment
