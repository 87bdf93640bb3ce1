"""Archives that are read in one pass: tar (v7, ustar, GNU, pax), ar (.deb, .a) and cpio (newc). Nothing is held but a
header.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from allo_keyscan.model import Origin
from allo_keyscan.sources.containers.items import HEADERS, NAMES, Entry, Item, Note, text
from allo_keyscan.sources.containers.limits import Allowance, Capped, Damaged
from allo_keyscan.sources.containers.sniffing import tar_checksum_holds
from allo_keyscan.sources.containers.source import Slice, Source

_BLOCK = 512
_ZEROS = bytes(_BLOCK)
_LONGEST_HEADER = 1 << 20
_WANTED = frozenset({b"path", b"linkpath", b"size", b"GNU.sparse.name"})
_NUMBERS = frozenset({b"mtime", b"atime", b"ctime", b"uid", b"gid", b"size", b"path", b"linkpath"})


def tar(source: Source, origin: Origin, allowance: Allowance) -> Iterator[Item]:
    """The entries of a tar. Of a sparse file the stored parts are given one after the other, without the holes.

    Raises Damaged where it ends early or a header is malformed; `source` then stands before that header.
    """
    shared: dict[bytes, bytes] = {}
    own: dict[bytes, bytes] = {}
    while True:
        block = source.read(_BLOCK)
        if not block:
            return
        if not block.strip(b"\0"):
            continue  # the end mark; `cat a.tar b.tar` has more behind it
        if not tar_checksum_holds(block):
            source.unread(block)
            raise Damaged("truncated: the archive ends inside a header" if len(block) < _BLOCK else "malformed header")
        allowance.count()
        kind, size = block[156:157], _number(block[124:136])
        if kind in (b"x", b"g", b"X", b"L", b"K"):
            stored = yield from _long_header(source, size, origin)
            if kind == b"g":
                shared |= _wanted(stored)
            elif kind in (b"L", b"K"):
                own[b"path" if kind == b"L" else b"linkpath"] = stored.rstrip(b"\0")
            else:
                own |= _wanted(stored)
            yield from _headers(stored, kind)
            continue
        yield from _tar_entry(source, origin, block, shared | own)
        own = {}


def _tar_entry(source: Source, origin: Origin, block: bytes, records: dict[bytes, bytes]) -> Iterator[Item]:
    kind = block[156:157]
    name = records.get(b"GNU.sparse.name") or records.get(b"path") or _tar_name(block)
    target = records.get(b"linkpath") or block[157:257].partition(b"\0")[0]
    yield Note(NAMES, name + (b" -> " + target if target else b""))
    stated = records.get(b"size", b"")
    size = int(stated) if stated.isdigit() and len(stated) < 20 else _number(block[124:136])
    if kind == b"S":
        more = block[482]
        while more:
            extension = source.read(_BLOCK)
            if len(extension) < _BLOCK:
                raise Damaged("truncated: the archive ends inside a header")
            more = extension[504]
    if kind in b"12346" and kind:
        # Links, devices, directories and pipes have no data; some writers state the size of a link's target.
        if kind == b"1" and size and not _next_is_header(source):
            size = (size + _BLOCK - 1) // _BLOCK * _BLOCK
        else:
            return
    yield from _sliced(source, origin.inside(text(name)), size, -size % _BLOCK)


def _sliced(source: Source, origin: Origin, size: int, padding: int) -> Iterator[Item]:
    part = Slice(source, size)
    # Directories may carry data in some dialects, but a plain one has none and is no leaf.
    if size or not origin.name.endswith("/"):
        yield Entry(origin, Source(part, origin))
    part.finish()
    source.read(padding)


def _next_is_header(source: Source) -> bool:
    following = source.peek(_BLOCK)
    return not following or following == _ZEROS or tar_checksum_holds(following)


def _tar_name(block: bytes) -> bytes:
    name = block[:100].partition(b"\0")[0]
    if block[257:263] == b"ustar\0" and (prefix := block[345:500].partition(b"\0")[0]):
        return prefix + b"/" + name
    return name


def _number(digits: bytes) -> int:
    """A size field: octal, or base 256 where the first bit is set. Raises Damaged."""
    if digits[0] == 0x80:
        return int.from_bytes(digits[1:], "big")
    stripped = digits.strip(b" \0")
    if stripped.strip(b"01234567"):
        raise Damaged("malformed size in a header")
    return int(stripped or b"0", 8)


def _long_header(source: Source, size: int, origin: Origin) -> Generator[Item, None, bytes]:
    part = Slice(source, size)
    stored = b"".join(_first(part, _LONGEST_HEADER))
    if size > _LONGEST_HEADER:
        yield Capped(f"a header of more than {_LONGEST_HEADER >> 20} MiB was not read", origin)
    part.finish()
    source.read(-size % _BLOCK)
    return stored


def _first(part: Slice, most: int) -> Iterator[bytes]:
    for piece in part:
        yield piece[:most]
        most -= len(piece)
        if most <= 0:
            return


def _pax(stored: bytes) -> dict[bytes, bytes]:
    """The records `length key=value\\n` of a pax header, up to the first malformed one."""
    records: dict[bytes, bytes] = {}
    at = 0
    while at < len(stored):
        digits = stored[at : at + 8].partition(b" ")[0]
        if not digits.isdigit() or int(digits) <= len(digits) + 1:
            break
        key, found, value = stored[at + len(digits) + 1 : at + int(digits) - 1].partition(b"=")
        if found:
            records[key] = value.rstrip(b"\0")
        at += int(digits)
    return records


def _wanted(stored: bytes) -> dict[bytes, bytes]:
    """The records an entry is read by; keeping all would let an archive fill the memory."""
    return {key: value for key, value in _pax(stored).items() if key in _WANTED}


def _headers(stored: bytes, kind: bytes) -> Iterator[Item]:
    """What a pax header says beside names, sizes and times; all of it where it is no pax header in shape."""
    if kind in (b"L", b"K"):
        return
    records = _pax(stored)
    lines = [key + b"=" + value for key, value in records.items() if key not in _NUMBERS]
    if lines or not records:
        yield Note(HEADERS, b"\n".join(lines) if records else stored)


def ar(source: Source, origin: Origin, allowance: Allowance) -> Iterator[Item]:
    """The entries of an ar archive (.deb, static library) with GNU or BSD names. Raises Damaged."""
    source.read(8)
    long_names = b""
    while header := source.read(60):
        if len(header) < 60 or header[58:] != b"`\n" or not header[48:58].strip().isdigit():
            source.unread(header)
            raise Damaged("truncated: the archive ends inside a header" if len(header) < 60 else "malformed header")
        allowance.count()
        name, size = header[:16].rstrip(), int(header[48:58])
        padding = size % 2
        if name.startswith(b"#1/") and name[3:].isdigit():
            length = min(int(name[3:]), size, _LONGEST_HEADER)
            name, size = source.read(length).rstrip(b"\0"), size - length
        elif name == b"//" and size <= _LONGEST_HEADER:
            long_names = source.read(size)
            source.read(padding)
            continue
        elif name[:1] == b"/" and name[1:].isdigit():
            name = long_names[int(name[1:]) :].partition(b"\n")[0]
        name = name.rstrip(b"/") or name
        yield Note(NAMES, name)
        yield from _sliced(source, origin.inside(text(name)), size, padding)


def cpio(source: Source, origin: Origin, allowance: Allowance) -> Iterator[Item]:
    """The entries of a cpio archive in the newc form (initramfs, rpm's payload). Raises Damaged."""
    while header := source.read(110):
        if not header.strip(b"\0"):
            continue
        fields = _cpio_fields(header)
        if fields is None:
            source.unread(header)
            raise Damaged("truncated: the archive ends inside a header" if len(header) < 110 else "malformed header")
        allowance.count()
        mode, size, length = fields[1], fields[6], fields[11]
        if length > _LONGEST_HEADER:
            raise Damaged("malformed name in a header")
        name = source.read(length).rstrip(b"\0")
        source.read(-(110 + length) % 4)
        if name == b"TRAILER!!!" and not size:
            while (block := source.piece()) and not block.strip(b"\0"):
                pass
            source.unread(block.lstrip(b"\0"))
            continue
        yield Note(NAMES, name)
        if mode & 0o170000 in (0o100000, 0o120000) or size:
            yield from _sliced(source, origin.inside(text(name)), size, -size % 4)


def _cpio_fields(header: bytes) -> list[int] | None:
    if len(header) < 110 or header[:6] not in (b"070701", b"070702") or header[6:].strip(b"0123456789abcdefABCDEF"):
        return None
    return [int(header[at : at + 8], 16) for at in range(6, 110, 8)]
