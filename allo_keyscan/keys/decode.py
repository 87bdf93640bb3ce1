"""The encodings a key can hide in, one row each: literals that betray it, and how to read the text around a hit.

A row's `needles` are what the one multi-literal pass looks for; a decoder is only called where one of them hit, reads a
bounded window, and gives back the decoded bytes with the source offset of every one of them, so that what is found
inside can be pointed at outside. Decoded text is searched again (keys/find), so encodings nest.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

BEFORE = 512
AFTER = 8192
_SEPARATORS = re.compile(rb"(?:\r?\n|\\r|\\n)[ \t]*")
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/_-]*")
_BASE64_RUN_BACK = re.compile(rb"[A-Za-z0-9+/_-]*\Z")
_LONGEST_ESCAPE = 64
_WRAP = 56  # encoders wrap at 60, 64 or 76: a shorter line ends because its text does


class Decoded(NamedTuple):
    """Decoded bytes; byte i came from source bytes `starts[i]:ends[i]` (offsets into the searched data)."""

    text: bytes
    starts: Sequence[int]
    ends: Sequence[int]

    def __repr__(self) -> str:
        return f"Decoded({len(self.text)} bytes)"


class Encoding(NamedTuple):
    """One row: `needles(prefix)` are byte strings of which any text holding the encoded prefix contains at least one.

    `decode(data, start, end)` reads around the hit `data[start:end]`; None where it is no such text.
    """

    name: str
    needles: Callable[[bytes], tuple[bytes, ...]]
    decode: Callable[[bytes, int, int], Decoded | None]
    escapes: bool = False
    """Whether some characters stand as escapes and the rest as themselves."""
    backward: bool = False
    """Whether the body stands before the hit."""


def _base64_needles(inner: bytes) -> tuple[tuple[bytes, int], ...]:
    """For each of the three alignments, the characters that do not depend on the neighbours, and their place mod 4."""
    found = []
    for shift in range(3):
        encoded = binascii.b2a_base64(b"\0" * shift + inner + b"\0" * 3, newline=False)
        first = (shift * 8 + 5) // 6
        last = (shift + len(inner)) * 8 // 6
        found.append((encoded[first:last], first % 4))
    return tuple(found)


def _interleaved(prefix: bytes, width: int) -> bytes:
    return (b"\0" * (width - 1)).join(bytes([byte]) for byte in prefix)


def _base64_inner(prefix: bytes) -> tuple[bytes, ...]:
    nested = tuple(needle for needle, _ in _base64_needles(prefix))
    return (prefix, _interleaved(prefix, 2), *nested)


def _base64_phases(prefix: bytes) -> dict[bytes, int]:
    return {needle: phase for inner in _base64_inner(prefix) for needle, phase in _base64_needles(inner)}


def _decode_base64(data: bytes, start: int, end: int, phase: int) -> Decoded | None:
    back = _BASE64_RUN_BACK.search(data, max(0, start - BEFORE), start)
    run_start = line = back.start() if back else start
    limit = min(len(data), end + AFTER)
    run_end = _run_end(data, start, limit)
    while run_end - line >= _WRAP and (gap := _SEPARATORS.match(data, run_end, limit)):
        line = gap.end()
        run_end = _run_end(data, line, limit)
    places = _text_places(data, run_start, run_end)
    here = places.index(start)
    first = (here - phase) % 4
    places = places[first:]
    chars = bytes(data[place] for place in places).translate(bytes.maketrans(b"-_", b"+/"))
    whole = len(chars) // 4 * 4
    if len(chars) - whole == 1:
        chars = chars[:whole]
    try:
        text = binascii.a2b_base64(chars + b"=" * (-len(chars) % 4))
    except binascii.Error:
        return None
    starts = [places[index * 4 // 3] for index in range(len(text))]
    ends = [places[min(index * 4 // 3 + 1, len(places) - 1)] + 1 for index in range(len(text))]
    return Decoded(text, starts, ends)


def _run_end(data: bytes, start: int, limit: int) -> int:
    match = _BASE64_RUN.match(data, start, limit)
    return match.end() if match else start


def _text_places(data: bytes, start: int, end: int) -> list[int]:
    """The offsets of the characters of a run, without the line breaks that wrap it."""
    places: list[int] = []
    for gap in _SEPARATORS.finditer(data, start, end):
        places.extend(range(start, gap.start()))
        start = gap.end()
    places.extend(range(start, end))
    return places


def _base64() -> Encoding:
    phases: dict[bytes, int] = {}

    def needles(prefix: bytes) -> tuple[bytes, ...]:
        phases.update(_base64_phases(prefix))
        return tuple(_base64_phases(prefix))

    def decode(data: bytes, start: int, end: int) -> Decoded | None:
        return _decode_base64(data, start, end, phases[bytes(data[start:end])])

    return Encoding("base64", needles, decode)


_LETTERED = re.compile(b"[%b]" % re.escape(bytes(byte for byte in range(256) if not f"{byte:02x}".isdigit())))
_FEWEST_NUMBERS = 3
_HEX_RUN = re.compile(rb"[0-9A-Fa-f]+")
_HEX_RUN_BACK = re.compile(rb"[0-9A-Fa-f]*\Z")


def _numbered(prefix: bytes, form: str, gap: str) -> tuple[bytes, ...]:
    """Some neighbouring characters of a prefix as hexadecimal numbers: those without letters, which have no case."""
    head = max(_LETTERED.split(prefix), key=len)
    if len(head) >= _FEWEST_NUMBERS:
        return (gap.join(form.format(byte) for byte in head).encode(),)
    numbers = [f"{byte:02x}" for byte in prefix[:4]]
    shape = form.replace("{:02x}", "{}")
    return tuple(gap.join(shape.format(case(one)) for one in numbers).encode() for case in (str.lower, str.upper))


def _hex_needles(prefix: bytes) -> tuple[bytes, ...]:
    nested = (needle for inner, _ in _base64_needles(prefix) for needle in _numbered(inner, "{:02x}", ""))
    return (*_numbered(prefix, "{:02x}", ""), *nested)


def _decode_hex(data: bytes, start: int, end: int) -> Decoded | None:
    back = _HEX_RUN_BACK.search(data, max(0, start - BEFORE), start)
    low = back.start() if back else start
    low += (start - low) % 2
    match = _HEX_RUN.match(data, start, min(len(data), end + AFTER))
    high = match.end() if match else end
    high -= (high - low) % 2
    text = bytes.fromhex(data[low:high].decode("ascii"))
    return Decoded(text, range(low, high, 2), range(low + 2, high + 2, 2))


_NUMBER = re.compile(rb"0[xX][0-9A-Fa-f]{1,2}|\d{1,3}")
_COMMA = rb"\s{0,40},\s{0,40}"
_ARRAY = re.compile(b"(?:(?:%b)%b)*(?:%b)" % (_NUMBER.pattern, _COMMA, _NUMBER.pattern))
_ARRAY_BACK = re.compile(b"(?:(?:%b)%b)*\\Z" % (_NUMBER.pattern, _COMMA))
_BYTE = re.compile(rb"[0-9A-Fa-f]{2}")
_SPACED = re.compile(rb"(?:[0-9A-Fa-f]{2}[ :-])*[0-9A-Fa-f]{2}")
_SPACED_BACK = re.compile(rb"(?:[0-9A-Fa-f]{2}[ :-])*\Z")


def _array_needles(prefix: bytes) -> tuple[bytes, ...]:
    decimal = (gap.join(str(byte) for byte in prefix[:5]).encode() for gap in (",", ", "))
    return (*decimal, *(needle for gap in (",", ", ") for needle in _numbered(prefix, "0x{:02x}", gap)))


def _spaced_needles(prefix: bytes) -> tuple[bytes, ...]:
    return tuple(needle for gap in " :-" for needle in _numbered(prefix, "{:02x}", gap))


def _decode_array(data: bytes, start: int, _end: int) -> Decoded | None:
    return _listed(data, start, _ARRAY_BACK, _ARRAY, _NUMBER)


def _decode_spaced(data: bytes, start: int, _end: int) -> Decoded | None:
    return _listed(data, start, _SPACED_BACK, _SPACED, _BYTE)


def _listed(
    data: bytes, start: int, back: re.Pattern[bytes], run: re.Pattern[bytes], token: re.Pattern[bytes]
) -> Decoded | None:
    """A list of numbers, each of them a byte."""
    before = back.search(data, max(0, start - BEFORE), start)
    match = run.match(data, start, min(len(data), start + AFTER))
    if match is None:
        return None
    found = [
        (one.group(), *one.span()) for one in token.finditer(data, before.start() if before else start, match.end())
    ]
    values = [int(text, 16 if token is _BYTE or text[1:2] in (b"x", b"X") else 10) for text, _, _ in found]
    text = bytes(value if value < 256 else 0 for value in values)
    return Decoded(text, [low for _, low, _ in found], [high for _, _, high in found])


def _wide(name: str, width: int) -> Encoding:
    def decode(data: bytes, start: int, end: int) -> Decoded | None:
        low = start - min(start, BEFORE * width) // width * width
        high = min(len(data), end + AFTER * width)
        units = range(low, high, width)
        text = bytearray(data[low:high:width])
        for index, unit in enumerate(units):
            behind, before = data[unit + 1 : unit + width], data[max(0, unit - width + 1) : unit]
            if behind.strip(b"\0") and before.strip(b"\0"):  # either byte order pads on one side
                text[index] = 0x3F
        return Decoded(bytes(text), units, range(low + 1, high + 1, width))

    return Encoding(name, lambda prefix: (_interleaved(prefix, width),), decode)


def _decode_reversed(data: bytes, start: int, end: int) -> Decoded | None:
    low, high = max(0, start - AFTER), min(len(data), end + AFTER)
    return Decoded(data[low:high][::-1], range(high - 1, low - 1, -1), range(high, low, -1))


def _escapes(
    name: str, token: bytes, value: Callable[[re.Match[bytes]], bytes], needles: Callable[[bytes], tuple[bytes, ...]]
) -> Encoding:
    """A row for text in which some characters stand as escapes and the rest as themselves."""
    pattern = re.compile(token)
    tails: set[bytes] = set()

    def all_needles(prefix: bytes) -> tuple[bytes, ...]:
        """The row's own, and the prefix without its first letter: whatever that is written as."""
        tails.add(prefix[1:].rstrip(b"_"))
        return (*needles(prefix), prefix[1:].rstrip(b"_"))

    def decode(data: bytes, start: int, end: int) -> Decoded | None:
        if bytes(data[start:end]) in tails:
            near = pattern.finditer(data, max(0, start - _LONGEST_ESCAPE), start)
            if not any(match.end() == start for match in near):
                return None
        at = max(0, start - BEFORE)
        high = min(len(data), end + AFTER)
        text, starts, ends = bytearray(), list[int](), list[int]()
        for match in pattern.finditer(data, at, high):
            _copy(data, at, match.start(), text, starts, ends)
            piece = value(match)
            text += piece
            starts.extend([match.start()] * len(piece))
            ends.extend([match.end()] * len(piece))
            at = match.end()
        _copy(data, at, high, text, starts, ends)
        return Decoded(bytes(text), starts, ends)

    return Encoding(name, all_needles, decode, escapes=True)


def _copy(data: bytes, low: int, high: int, text: bytearray, starts: list[int], ends: list[int]) -> None:
    text += data[low:high]
    starts.extend(range(low, high))
    ends.extend(range(low + 1, high + 1))


def _escaped(form: str, closing: str = "") -> Callable[[bytes], tuple[bytes, ...]]:
    """Needles of an escape such as `%{:02x}`: everything escaped, or just an underscore.

    The mark before an escaped underscore is left out, so that doubled marks (`%255f`) match too. A prefix with just its
    last character escaped needs no needle of its own: the plain one is the prefix without it.
    """
    mark, number = form[: form.index("{")], form[form.index("{") :]

    def needles(prefix: bytes) -> tuple[bytes, ...]:
        text, gap = prefix.decode(), closing + mark
        if "x" in number:
            found = [needle.decode() for needle in _numbered(prefix, number, gap)]
        else:
            found = [gap.join(number.format(byte) for byte in prefix[:4])]
        for case in (str.lower, str.upper):
            for place, char in enumerate(text[:-1]):
                if char == "_":
                    found.append(case(number.format(ord(char))) + closing + text[place + 1 :].rstrip("_"))
        return tuple(dict.fromkeys(needle.encode() for needle in found))

    return needles


def _character(number: int) -> bytes:
    return chr(number).encode() if number < 0x110000 and not 0xD800 <= number < 0xE000 else b"?"


def _hex_pair(match: re.Match[bytes]) -> bytes:
    return bytes([int(match.group(1), 16)])


def _entity(match: re.Match[bytes]) -> bytes:
    hexadecimal, decimal, name = match.groups()
    if name:
        from html.entities import html5  # 2 ms of a hook's start

        return html5.get(name.decode() + ";", "?").encode()
    return _character(int(hexadecimal, 16) if hexadecimal else int(decimal))


def _last_of(match: re.Match[bytes]) -> bytes:
    return match.group(1)


def _quoted_printable(match: re.Match[bytes]) -> bytes:
    return bytes([int(match.group(1), 16)]) if match.group(1) else b""


def _named(match: re.Match[bytes]) -> bytes:
    import unicodedata

    try:
        return unicodedata.lookup(match.group(1).decode()).encode()
    except KeyError:
        return b"?"


def _percent_needles(prefix: bytes) -> tuple[bytes, ...]:
    return (*_escaped("%{:02x}")(prefix), *_numbered(prefix, "{:02x}", "%25"))


def _reversed_needles(prefix: bytes) -> tuple[bytes, ...]:
    return (prefix[::-1], *(needle[::-1] for needle, _ in _base64_needles(prefix)))


def _entity_needles(prefix: bytes) -> tuple[bytes, ...]:
    hexadecimal, decimal = _escaped("&#x{:02x}", ";"), _escaped("&#{:d}", ";")
    return (*hexadecimal(prefix), *decimal(prefix), *_behind_an_underscore(prefix, b"owbar;"))


def _behind_an_underscore(prefix: bytes, mark: bytes) -> tuple[bytes, ...]:
    """What stands in place of the first underscore, and the word behind it; none where no word is."""
    word = prefix.partition(b"_")[2].rstrip(b"_")
    return (mark + word,) if word else ()


# Two literals side by side, or over a line's end with an operator, by which languages join them.
_OPERATOR = rb"(?:\+|\.{1,2}|&|~|\|\||\\)"
_SEAM = (
    rb"[\"'`](?=[ \t\r\n+.&~|\\])[ \t]*(?:%b[ \t]*(?:\\?\r?\n[ \t]*)?|\r?\n[ \t]*%b[ \t]*|)[rbfuRBFU@$]{0,2}[\"'`]"
    % (_OPERATOR, _OPERATOR)
)

ENCODINGS: tuple[Encoding, ...] = (
    _base64(),
    Encoding("hex", _hex_needles, _decode_hex),
    Encoding("byte-array", _array_needles, _decode_array),
    Encoding("hex-bytes", _spaced_needles, _decode_spaced),
    _escapes("percent", rb"%(?:25)*([0-9A-Fa-f]{2})", _hex_pair, _percent_needles),
    _escapes(
        "unicode-escape",
        rb"\\+(?:u\{0*([0-9A-Fa-f]{1,6})\}|u00([0-9A-Fa-f]{2})|U000000([0-9A-Fa-f]{2}))",
        lambda match: _character(int(match.group(1) or match.group(2) or match.group(3), 16)),
        lambda prefix: (
            *_escaped("\\u00{:02x}")(prefix),
            *_numbered(prefix, "{:02x}", "}\\u{"),
            *_numbered(prefix, "{:02x}", "\\U000000"),
        ),
    ),
    _escapes("unicode-name", rb"\\+N\{([A-Za-z][A-Za-z0-9 -]{1,60})\}", _named, lambda _: (b"LOW LINE}",)),
    _escapes("hex-escape", rb"\\+x([0-9A-Fa-f]{2})", _hex_pair, _escaped("\\x{:02x}")),
    _escapes(
        "octal-escape",
        rb"\\+([0-3]?[0-7]{2})",
        lambda match: _character(int(match.group(1), 8)),
        _escaped("\\{:o}"),
    ),
    _escapes(
        "html-entity",
        rb"&(?:amp;)*(?:#[xX]0*([0-9A-Fa-f]{1,6})|#0*([0-9]{1,7})|([A-Za-z]{2,31}));",
        _entity,
        _entity_needles,
    ),
    _escapes("backslash", rb"\\+([_-])", _last_of, lambda prefix: _behind_an_underscore(prefix, b"\\_")),
    _escapes(
        "quoted-printable",
        rb"=([0-9A-Fa-f]{2})|=[ \t]*\r?\n",
        _quoted_printable,
        _escaped("={:02x}"),
    ),
    _escapes("joined", _SEAM, lambda _: b"", lambda _: ()),
    _wide("utf-16", 2),
    _wide("utf-32", 4),
    Encoding("reversed", _reversed_needles, _decode_reversed, backward=True),
)
