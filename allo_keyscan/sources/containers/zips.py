"""Zip and all that is one (jar, whl, docx, apk, ...), read from its central directory and, where that lies, from its
entries.

The standard library's reader is not used: it holds all entries at once and gives nothing of a file whose end is
missing.
"""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Generator, Iterator
from typing import BinaryIO, NamedTuple

from allo_keyscan.model import Origin
from allo_keyscan.sources.containers import office
from allo_keyscan.sources.containers.decoders import Codec, codec, decode, deflate, raw_lzma
from allo_keyscan.sources.containers.items import COMMENT, EXTRA, NAMES, Item, Note, shortened, text
from allo_keyscan.sources.containers.limits import Allowance, Damaged, Exhausted, Meter, Trouble
from allo_keyscan.sources.containers.source import Source, region

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_MAGIC, _CENTRAL_MAGIC, _END_MAGIC = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_NOTHING_DEFLATED = 2
_NEAR = 4096
_FULL = 0xFFFFFFFF
_USUAL_EXTRA = frozenset({0x0001, 0x000A, 0x5455, 0x5855, 0x7855, 0x7875, 0xCAFE, 0xD935})
_CODEC_OF = {12: "bz2", 93: "zst", 95: "xz"}
_OTHER_METHODS = {1: "shrink", 6: "implode", 9: "deflate64", 97: "wavpack", 98: "ppmd"}


class _Head(NamedTuple):
    """What the central directory or a local header says of one entry; sizes None where they are not known before
    reading.
    """

    name: bytes
    flags: int
    method: int
    crc: int | None
    packed: int | None
    size: int | None


def entries(file: BinaryIO, origin: Origin, allowance: Allowance) -> Iterator[Item]:
    """The entries of a zip; duplicates and entries the central directory leaves out too. Raises Damaged once all are
    given.
    """
    size = file.seek(0, 2)
    directory = _directory(file, size)
    if directory is None:
        yield from _local_entries(file, 0, size, origin, allowance)
        raise Damaged("truncated or malformed: it has no central directory")
    start, end, shift, comment = directory
    if comment:
        yield Note(COMMENT, comment)
    seen: list[tuple[int, int]] = []
    damage: Damaged | None = None
    try:
        for head, notes, offset in _central(file, start, end, allowance):
            yield from notes
            place = offset + shift
            behind = yield from _entry(file, head, place, start, origin, allowance)
            if behind is not None:
                seen.append((place, behind))
    except Damaged as trouble:
        damage = trouble
    hidden = False
    for gap in _gaps(seen, start):
        for item in _local_entries(file, *gap, origin, allowance):
            hidden = True
            yield item
    if hidden and damage is None:
        yield Damaged("its central directory leaves out entries", origin)
    if damage is not None:
        raise damage


def _directory(file: BinaryIO, size: int) -> tuple[int, int, int, bytes] | None:
    """Start and end of the central directory, what to add to its offsets, and the archive's comment."""
    base = max(0, size - (1 << 16) - 4 * _END.size)
    file.seek(base)
    tail = file.read(size - base)
    at = len(tail)
    for _ in range(16):
        at = tail.rfind(_END_MAGIC, 0, at)
        if at < 0:
            return None
        if at + _END.size > len(tail):
            continue
        *_, length, offset, comment_length = _END.unpack_from(tail, at)
        end = base + at
        comment = tail[at + _END.size : at + _END.size + comment_length]
        if len(comment) < comment_length:
            continue
        if tail[at - 20 : at - 16] == b"PK\x06\x07" and at >= 20:
            end, length, offset = _zip64_end(file, tail[at - 20 : at], end) or (end, length, offset)
        start = end - length
        if start >= 0 and start >= offset and _begins(file, start, length):
            return start, end, start - offset, comment
        if offset + length <= end and length and _begins(file, offset, length):
            return offset, offset + length, 0, comment
    return None


def _zip64_end(file: BinaryIO, locator: bytes, end: int) -> tuple[int, int, int] | None:
    for place in (int.from_bytes(locator[8:16], "little"), end - 20 - _END64.size):
        if not 0 <= place <= end - 20 - _END64.size:
            continue
        file.seek(place)
        record = file.read(_END64.size)
        if len(record) == _END64.size and record.startswith(b"PK\x06\x06"):
            *_, length, offset = _END64.unpack(record)
            return place, length, offset
    return None


def _begins(file: BinaryIO, start: int, length: int) -> bool:
    file.seek(start)
    return not length or file.read(4) == _CENTRAL_MAGIC


def _central(file: BinaryIO, start: int, end: int, allowance: Allowance) -> Iterator[tuple[_Head, list[Note], int]]:
    """The entries the central directory lists, with their offsets. Raises Damaged where it is malformed."""
    source = Source(region(file, start, end), Origin(""))
    while record := source.read(_CENTRAL.size):
        if record.startswith(b"PK\x05\x05"):
            return  # a digital signature ends the list
        if len(record) < _CENTRAL.size or not record.startswith(_CENTRAL_MAGIC):
            raise Damaged("malformed central directory")
        allowance.count()
        fields = _CENTRAL.unpack(record)
        flags, method, crc, packed, size = fields[3], fields[4], fields[7], fields[8], fields[9]
        name_length, extra_length, comment_length, offset = *fields[10:13], fields[16]
        rest = source.read(name_length + extra_length + comment_length)
        if len(rest) < name_length + extra_length + comment_length:
            raise Damaged("malformed central directory")
        name, extra = rest[:name_length], rest[name_length : name_length + extra_length]
        notes = [Note(NAMES, name)]
        if comment := rest[name_length + extra_length :]:
            notes.append(Note(COMMENT, comment))
        notes += _unusual(extra)
        size, packed, offset = _zip64(extra, size, packed, offset)
        yield _Head(name, flags, method, crc, packed, size), notes, offset


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        yield kind, extra[at + 4 : at + 4 + length]
        at += 4 + length


def _unusual(extra: bytes) -> Iterator[Note]:
    return (Note(EXTRA, data) for kind, data in _extras(extra) if kind not in _USUAL_EXTRA and data.strip(b"\0"))


def _zip64(extra: bytes, *values: int) -> tuple[int, int, int]:
    """The three values, those that are all ones taken from the zip64 field."""
    data = next((data for kind, data in _extras(extra) if kind == 1), b"")
    full = []
    for value in values:
        if value == _FULL and len(data) >= 8:
            value, data = int.from_bytes(data[:8], "little"), data[8:]
        full.append(value)
    return full[0], full[1], full[2]


def _entry(
    file: BinaryIO, head: _Head, place: int, limit: int, origin: Origin, allowance: Allowance
) -> Generator[Item, None, int | None]:
    """One listed entry, whose local header should stand at `place`; its data ends before `limit`. Returns the offset
    behind it.
    """
    own = origin.inside(_name(head))
    file.seek(max(0, place))
    local = file.read(_LOCAL.size)
    if place < 0 or place + _LOCAL.size > limit or not local.startswith(_LOCAL_MAGIC):
        yield Damaged("the central directory lists it where nothing is", own)
        return None
    fields = _LOCAL.unpack(local)
    rest = file.read(fields[9] + fields[10])
    if rest[: fields[9]] != head.name:
        yield Note(NAMES, rest[: fields[9]])
    yield from _unusual(rest[fields[9] :])
    start: int = place + _LOCAL.size + fields[9] + fields[10]
    packed: int = head.packed or 0
    if head.name.endswith((b"/", b"\\")) and packed <= _NOTHING_DEFLATED:
        return start
    yield from _contents(file, head, start, min(start + packed, limit), own, allowance)
    return start + packed


def _contents(
    file: BinaryIO, head: _Head, start: int, end: int, origin: Origin, allowance: Allowance
) -> Generator[Item, None, int]:
    if head.flags & 1 or head.method == 99:
        yield Damaged("encrypted: contents not read", origin)
        return end
    packed = Source(region(file, start, end), origin)
    opened = Source(_unpack(packed, head, allowance), origin)
    yield from office.with_text(opened, origin, allowance)
    if head.packed is None:
        _to_the_end(opened)
    return start + packed.offset


def _to_the_end(source: Source) -> None:
    """Reads what the caller left, since only then it is known where the next entry may begin. Raises Exhausted."""
    try:
        for _ in source.chunks():
            pass
    except Exhausted:
        raise
    except Trouble:
        return


def _unpack(packed: Source, head: _Head, allowance: Allowance) -> Iterator[bytes]:
    """The decompressed contents. Raises Damaged, Capped, Exhausted."""
    crc = produced = 0
    for piece in _pieces(packed, head, allowance):
        crc = zlib.crc32(piece, crc)
        produced += len(piece)
        yield piece
    if head.method == 0 and head.packed is not None and produced < head.packed:
        raise Damaged("truncated: the archive ends inside this member")
    if head.crc is not None and crc != head.crc:
        raise Damaged("its checksum does not match")


def _pieces(packed: Source, head: _Head, allowance: Allowance) -> Iterator[bytes]:
    if head.method == 0:
        for piece in packed.chunks():
            allowance.spend(len(piece))
            yield piece
        return
    how: Codec | None
    if head.method == 8:
        how = deflate(-15)
    elif head.method == 14:
        how = raw_lzma(packed.read(9)[4:])
    else:
        how = codec(_CODEC_OF.get(head.method, ""))
    if how is None:
        called = _OTHER_METHODS.get(head.method) or _CODEC_OF.get(head.method) or f"method {head.method}"
        raise Damaged(f"compressed with {called}: contents not read")
    yield from decode(packed, how, Meter(allowance), head.size)


def _local_entries(file: BinaryIO, start: int, end: int, origin: Origin, allowance: Allowance) -> Iterator[Item]:
    """The entries whose local headers stand between two offsets: what can be had without a central directory."""
    while (place := _find(file, _LOCAL_MAGIC, start, end)) is not None:
        start = place + 4
        file.seek(place)
        local = file.read(_LOCAL.size)
        if len(local) < _LOCAL.size or place + _LOCAL.size > end:
            return
        fields = _LOCAL.unpack(local)
        flags, method, crc, packed, size, name_length, extra_length = *fields[2:4], *fields[6:11]
        data = place + _LOCAL.size + name_length + extra_length
        allowance.count()
        if data > end or method > 99 or not name_length:
            continue
        rest = file.read(name_length + extra_length)
        extra = rest[name_length:]
        size, packed, _ = _zip64(extra, size, packed, 0)
        yield Note(NAMES, rest[:name_length])
        yield from _unusual(extra)
        if flags & 8 and not packed:
            until = end
            if method == 0:
                until = _find(file, b"PK", data, end) or end
            head = _Head(rest[:name_length], flags, method, None, None, None)
        else:
            until = min(end, data + packed)
            head = _Head(rest[:name_length], flags, method, crc or None, packed, size)
        start = until if packed else data
        if not head.name.endswith(b"/"):
            start = yield from _contents(file, head, data, until, origin.inside(_name(head)), allowance)
        start = max(data, start if head.packed is None else until)


def _gaps(seen: list[tuple[int, int]], end: int) -> Iterator[tuple[int, int]]:
    """The stretches before `end` that no entry covers and that are long enough for one."""
    at = 0
    for place, behind in sorted(seen):
        if place - at > _LOCAL.size:
            yield at, place
        at = max(at, behind)
    if end - at > _LOCAL.size:
        yield at, end


def _find(file: BinaryIO, magic: bytes, start: int, end: int) -> int | None:
    carried = b""
    # A short look first: many finds close to one another must not read the file many times.
    for piece in itertools.chain(region(file, start, min(end, start + _NEAR)), region(file, start + _NEAR, end)):
        window = carried + piece
        found = window.find(magic)
        if found >= 0:
            return start - len(carried) + found
        start += len(piece)
        carried = window[-(len(magic) - 1) :]
    return None


def _name(head: _Head) -> str:
    """UTF-8 where it is, flagged or not; else the code page of DOS."""
    try:
        return shortened(head.name.decode("utf-8"))
    except UnicodeDecodeError:
        return text(head.name) if head.flags & 0x800 else shortened(head.name.decode("cp437"))
