"""The text of office documents without its markup: an editor may cut a word into any number of runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from allo_keyscan.model import Origin
from allo_keyscan.sources.containers.items import Entry, Held, Item
from allo_keyscan.sources.containers.limits import Allowance, Capped
from allo_keyscan.sources.containers.source import Source

_PARTS = re.compile(
    r"(?:(?:word|xl)/[^!]*|ppt/(?:slides|notesSlides|comments)/[^!]*|content|styles|meta)\.xml", re.DOTALL
)
_BREAK = re.compile(
    rb"</(?:w:p|a:p|si|c|row|comment|text:p|text:h|table:table-cell)\s*>|<(?:w:br|w:cr|a:br|text:line-break)\b[^<>]*>"
)
_BLANK = re.compile(rb"<(?:w:tab|text:tab|text:s)\b[^<>]*>")
_MARKUP = re.compile(rb"<!\[CDATA\[|\]\]>|<[^<>]*>")
_REFERENCE = re.compile(rb"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));")
_NAMED = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}
_LONGEST_TEXT = 4 << 20


def with_text(source: Source, origin: Origin, allowance: Allowance) -> Iterator[Item]:
    """The entry of a zip and, where it is the XML of a document, a second one named `<name> text` without the tags."""
    if not origin.name.endswith(".xml") or not _PARTS.fullmatch(origin.name):
        yield Entry(origin, source)
        return
    with Held(source, allowance) as held:
        yield Entry(origin, Source(held.with_the_rest(source), origin), plain=True)
        if not held.whole and held.failure is None:
            yield Capped("larger than what may be held in memory: only the beginning was read as text", origin)
        beside = Origin(origin.path, f"{origin.member} text", origin.commit)
        yield Entry(beside, Source(stripped(held.pieces()), beside), plain=True)


def stripped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """XML without tags: paragraphs and cells end in a newline, runs are joined, character references are resolved."""
    left = b""
    for piece in pieces:
        left += piece
        cut = left.rfind(b"<")
        if cut < 0 and len(left) > _LONGEST_TEXT:
            cut = len(left)
        elif cut <= 0 and len(left) > _LONGEST_TEXT:
            cut = len(left)  # one tag of that length is no tag
        if cut > 0:
            yield _without_tags(left[:cut])
            left = left[cut:]
    yield _without_tags(left)


def _without_tags(data: bytes) -> bytes:
    data = _BLANK.sub(b"\t", _BREAK.sub(b"\n", data))
    return _REFERENCE.sub(_resolved, _MARKUP.sub(b"", data))


def _resolved(found: re.Match[bytes]) -> bytes:
    decimal, hexadecimal, name = found.groups()
    if name:
        return _NAMED[name]
    value = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(value).encode("utf-8", "replace") if value < 0x110000 else found[0]
