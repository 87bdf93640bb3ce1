"""Decompressors behind one face, run with bounds, and made to give what stands before damage."""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

from allo_keyscan.sources.containers.limits import CHUNK, MEMORY, Allowance, Capped, Damaged, Meter, Trouble
from allo_keyscan.sources.containers.source import Source


class Decompressor(Protocol):
    """What bz2, lzma and compression.zstd agree on."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class Inflate:
    """zlib in that shape. Unlike the others it can go back, so that damage costs no byte that stands before it."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._inner: Any = zlib.decompressobj(wbits)
        self._fresh = True
        self._broken = False
        self.waiting = b""
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._inner.unused_data)

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """At most `max_length` bytes; raises zlib.error for damage once all before it has been given."""
        if self._broken:
            raise zlib.error
        data = self.waiting + data
        mark = None if self._fresh else self._inner.copy()
        self._fresh = False
        try:
            given: bytes = self._inner.decompress(data, max_length)
        except zlib.error:
            given = _before_damage(mark or zlib.decompressobj(self._wbits), data)
            self._broken = True
            self.waiting, self.needs_input = b"", False
            return given
        self.waiting = self._inner.unconsumed_tail
        self.needs_input = not self.waiting and len(given) < max_length
        return given


def _before_damage(inner: Any, data: bytes) -> bytes:
    """What the data gives before the byte that is wrong, which is found by halving."""
    given = bytearray()
    while data:
        half = (len(data) + 1) // 2
        ahead = inner.copy()
        try:
            given += ahead.decompress(data[:half])
        except zlib.error:
            if half == 1:
                break
            data = data[:half]
        else:
            inner, data = ahead, data[half:]
    return bytes(given)


class Codec(NamedTuple):
    """How one compressed format is read: `make` a decompressor, the `errors` it raises, bytes to `feed` it, what a
    stream begins with.
    """

    make: Callable[[], Decompressor]
    errors: tuple[type[Exception], ...]
    feed: int
    magic: bytes = b""


def deflate(wbits: int) -> Codec:
    """Codec of deflate data; `wbits` as in zlib: -15 raw, 15 zlib, 31 gzip."""
    return Codec(lambda: Inflate(wbits), (zlib.error,), 1 << 16, b"\x1f\x8b" if wbits == 31 else b"")


def codec(format_id: str) -> Codec | None:
    """The codec of a compressed format, or None where this interpreter has none."""
    if format_id == "gz":
        return deflate(31)
    # Small feeds: these decompressors lose what they gave in the call that meets damage.
    if format_id == "bz2":
        import bz2

        return Codec(bz2.BZ2Decompressor, (OSError, EOFError, ValueError), 1 << 10, b"BZh")
    if format_id in ("xz", "lzma"):
        import lzma

        kind, magic = (lzma.FORMAT_XZ, b"\xfd7zXZ\0") if format_id == "xz" else (lzma.FORMAT_ALONE, b"")
        return Codec(
            lambda: lzma.LZMADecompressor(kind, MEMORY), (lzma.LZMAError, EOFError, ValueError), 1 << 10, magic
        )
    if format_id == "zst":
        try:
            zstd = importlib.import_module("compression.zstd")
        except ImportError:
            return None
        return Codec(zstd.ZstdDecompressor, (zstd.ZstdError, EOFError, ValueError), 1 << 10, b"\x28\xb5\x2f\xfd")
    return None


def raw_lzma(properties: bytes) -> Codec:
    """Codec of the LZMA data in a zip; `properties` are the 5 bytes before it. Raises Damaged, Capped."""
    import lzma

    if len(properties) != 5 or properties[0] >= 225:
        raise Damaged("malformed LZMA properties")
    size = max(4096, int.from_bytes(properties[1:], "little"))
    if size > MEMORY:
        raise Capped(f"needs more than {MEMORY >> 20} MiB to decompress")
    rest, lc = divmod(properties[0], 9)
    pb, lp = divmod(rest, 5)
    if lc + lp > 4:
        raise Damaged("malformed LZMA properties")
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": size, "lc": lc, "lp": lp, "pb": pb}]
    errors = (lzma.LZMAError, EOFError, ValueError)
    return Codec(lambda: lzma.LZMADecompressor(lzma.FORMAT_RAW, None, filters), errors, 1 << 10)


def decode(source: Source, how: Codec, meter: Meter, expected: int | None = None) -> Iterator[bytes]:
    """One compressed stream from `source`, which then stands behind it. Raises Trouble after all that could be had.

    `expected` is the size at which a stream that has no end mark may end.
    """
    inner = how.make()
    ready: list[bytes] = []
    size = 0
    trouble: Trouble | None = None
    while not inner.eof:
        try:
            data = source.piece(how.feed) if inner.needs_input else b""
            if not data and inner.needs_input:
                if meter.produced != expected:
                    trouble = Damaged("truncated: the compressed data ends early")
                break
            given = inner.decompress(data, CHUNK)
            ready.append(given)
            size += len(given)
            meter.add(len(data), len(given), len(inner.waiting) if isinstance(inner, Inflate) else 0)
        except Trouble as caught:
            trouble = caught
            break
        except how.errors as error:
            # lzma tells its memory limit from damage by its words only.
            full = "emory" in str(error)
            trouble = Capped(f"needs more than {MEMORY >> 20} MiB to decompress") if full else _malformed(error)
            break
        if size >= CHUNK // 2:
            yield from cut(b"".join(ready))
            ready, size = [], 0
    yield from cut(b"".join(ready))
    if trouble is not None:
        raise trouble
    source.unread(inner.unused_data)
    meter.give_back(len(inner.unused_data))


def streams(source: Source, how: Codec, allowance: Allowance) -> Iterator[bytes]:
    """All streams of a compressed file one after the other, as gzip, bzip2, xz and zstd read it. Raises Trouble."""
    meter = Meter(allowance)
    while True:
        yield from decode(source, how, meter)
        while source.peek(1) == b"\0":
            source.unread(source.piece().lstrip(b"\0"))
        following = source.read(max(1, len(how.magic)))
        if not following:
            return
        source.unread(following)
        if not how.magic or following != how.magic:
            raise Damaged("other data stands behind the compressed data")
        allowance.count()


def _malformed(error: Exception) -> Damaged:
    kind = type(error)
    module = kind.__module__.removeprefix("builtins").lstrip("_")
    return Damaged(f"malformed compressed data ({module + '.' if module else ''}{kind.__name__})")


def cut(data: bytes) -> Iterator[bytes]:
    """The data in pieces of at most `CHUNK` bytes; none where it is empty."""
    if len(data) <= CHUNK:
        if data:
            yield data
        return
    for start in range(0, len(data), CHUNK):
        yield data[start : start + CHUNK]
