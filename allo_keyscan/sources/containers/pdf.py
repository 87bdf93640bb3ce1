"""PDF: its streams decoded, and the text that a page shows put together from the pieces it is set in.

No PDF reader: streams are found by their keywords, which also works for damaged files and for objects nothing refers
to.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import BinaryIO

from allo_keyscan.model import Origin
from allo_keyscan.sources.containers.decoders import decode, deflate
from allo_keyscan.sources.containers.items import DOCUMENT, Entry, Held, Item
from allo_keyscan.sources.containers.limits import CHUNK, Allowance, Capped, Damaged, Meter
from allo_keyscan.sources.containers.pdftext import shows_text, text_of
from allo_keyscan.sources.containers.source import Source

_STREAM = re.compile(rb"\bstream\r?\n")
_FILTER = re.compile(rb"/Filter\s*(?:\[([^\]]{0,400})\]|(/\w+))")
_LENGTH = re.compile(rb"/Length\s+(\d{1,10})\b(?!\s+\d+\s+R)")
_NAME = re.compile(rb"/(\w+)")
_FLATE, _HEX, _BASE85 = ("FlateDecode", "Fl"), ("ASCIIHexDecode", "AHx"), ("ASCII85Decode", "A85")
_IMAGES = frozenset({"DCTDecode", "DCT", "JPXDecode", "CCITTFaxDecode", "CCF", "JBIG2Decode"})
_TEXT_MOST = 8 << 20
_WHITE = b" \t\r\n\f\0"


def entries(file: BinaryIO, origin: Origin, allowance: Allowance) -> Iterator[Item]:
    """Streams as `stream N`, counted from 1 in the order of the file; pages also as `stream N text`; the rest as
    `(document)`.
    """
    room = allowance.room()
    file.seek(0)
    data = file.read(room + 1)
    if len(data) > room:
        yield Capped("larger than what may be held in memory: only the beginning was opened", origin)
    encrypted = b"/Encrypt" in data
    if encrypted:
        yield Damaged("encrypted: the contents of its streams were not read", origin)
    between: list[tuple[int, int]] = []
    allowance.budget.held += len(data)
    try:
        at = number = 0
        while found := _STREAM.search(data, at):
            allowance.count()
            number += 1
            before = data[max(at, found.start() - 4096) : found.start()]
            between.append((at, found.end()))
            end = _end(data, found.end(), before)
            at = max(end, found.end())
            if not encrypted:
                yield from _stream(data[found.end() : end], before, origin.inside(f"stream {number}"), allowance)
        between.append((at, len(data)))
        outside = origin.inside(DOCUMENT)
        yield Entry(outside, Source(_parts(data, between), outside), plain=True)
    finally:
        allowance.budget.held -= len(data)


def _parts(data: bytes, spans: list[tuple[int, int]]) -> Iterator[bytes]:
    for start, end in spans:
        for at in range(start, end, CHUNK):
            yield data[at : min(end, at + CHUNK)]


def _end(data: bytes, start: int, before: bytes) -> int:
    """Where a stream's data ends: by its stated length if the keyword follows there, else at the keyword."""
    lengths = _LENGTH.findall(before[before.rfind(b" obj") + 1 :])
    if lengths:
        end = start + int(lengths[-1])
        if data[end : end + 16].lstrip(_WHITE).startswith(b"endstream"):
            return end
    end = data.find(b"endstream", start)
    return len(data) if end < 0 else end


def _filters(before: bytes) -> list[str]:
    own = before[max(before.rfind(b" obj"), before.rfind(b"endobj")) + 1 :]
    found = _FILTER.findall(own)
    if not found:
        return []
    several, one = found[-1]
    return [name.decode("ascii", "replace") for name in _NAME.findall(several or one)]


def _stream(data: bytes, before: bytes, origin: Origin, allowance: Allowance) -> Iterator[Item]:
    source = Source(_parts(data, [(0, len(data))]), origin)
    for name in _filters(before):
        if name in _FLATE:
            source = Source(decode(source, deflate(15), Meter(allowance)), origin)
        elif name in _HEX or name in _BASE85:
            source = Source(_ascii(source, name in _HEX, allowance), origin)
        elif name in _IMAGES:
            break
        else:
            known = name if name in ("LZWDecode", "RunLengthDecode", "Crypt") else "an unknown filter"
            yield Damaged(f"encoded with {known}: contents not read", origin)
            break
    if not shows_text(source.peek(CHUNK)):
        yield Entry(origin, source)
        return
    with Held(source, allowance, _TEXT_MOST) as held:
        yield Entry(origin, Source(held.with_the_rest(source), origin))
        if not held.whole and held.failure is None:
            yield Capped(f"only the first {_TEXT_MOST >> 20} MiB were read as text", origin)
        beside = Origin(origin.path, f"{origin.member} text", origin.commit)
        text = text_of(held.file.getvalue())
        if text:
            yield Entry(beside, Source(_parts(text, [(0, len(text))]), beside), plain=True)


def _ascii(source: Source, is_hex: bool, allowance: Allowance) -> Iterator[bytes]:
    """ASCIIHex or ASCII85 data decoded, piece by piece, so that what stands before damage is given. Raises Damaged."""
    unit, mark = (2, b">") if is_hex else (5, b"~")
    left = b""
    ended = False
    while not ended:
        piece = source.piece()
        before, ended_here, _ = piece.partition(mark)
        ended = bool(ended_here) or not piece
        left += before.translate(None, _WHITE).removeprefix(b"" if is_hex else b"<")
        if not is_hex and b"z" in left:
            left = left.replace(b"z", b"!!!!!")
        cut = len(left) if ended else len(left) // unit * unit
        now, left = left[:cut], left[cut:]
        if is_hex and len(now) % 2:
            now += b"0"
        try:
            given = bytes.fromhex(now.decode("ascii")) if is_hex else base64.a85decode(now)
        except ValueError:
            raise Damaged("malformed ASCII encoding of a stream") from None
        allowance.spend(len(given))
        if given:
            yield given
