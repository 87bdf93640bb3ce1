"""Operations on texts, as Python does them, where enough of the text is known.

Each takes and gives values of domain.py; what cannot be folded is None, and the caller puts a hole there.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import codecs
import html
import lzma
import quopri
import re
import string
import urllib.parse
import zlib
from collections.abc import Callable
from dataclasses import replace

from allo_keyscan.calls.domain import MAX_LENGTH, MAX_PARTS, Hole, Part, Scalar, Text, Value, joined, text_of

_PERCENT = re.compile(r"%(?:\((\w+)\))?([-#0 +]*\d*(?:\.\d+)?)([sdiurxXfcoa%])")
_SPEC = re.compile(r"(?:.?[<>^=])?[-+ ]?#?0?(\d{0,4})(?:\.\d{1,3})?[sdxXobcfn]?", re.DOTALL)
_CODECS = {
    "hex": "binascii.unhexlify", "hex_codec": "binascii.unhexlify", "zip": "zlib.decompress",
    "base64": "base64.b64decode", "base64_codec": "base64.b64decode", "bz2": "bz2.decompress",
    "zlib": "zlib.decompress", "zlib_codec": "zlib.decompress", "quopri": "quopri.decodestring",
    "quoted_printable": "quopri.decodestring",
}  # fmt: skip
_SAFE_CODECS = frozenset({"utf-8", "ascii", "iso8859-1", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"})


def data(text: Text) -> bytes | None:
    """The bytes of a wholly known bytes value (or of an ASCII string, which the decoders accept as well)."""
    literal = text.literal
    try:
        return None if literal is None else literal.encode("latin-1")
    except UnicodeEncodeError:
        return None


def recode(text: Text, encoding: str, *, decode: bool) -> Text | None:
    """`.decode(encoding)` or `.encode(encoding)`; a text with holes keeps them."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return None
    if name not in _SAFE_CODECS:
        return None
    parts: list[Part] = []
    try:
        for part in text.parts:
            if isinstance(part, Hole):
                parts.append(part)
            elif decode:
                parts.append(part.encode("latin-1").decode(name))
            else:
                parts.append(part.encode(name).decode("latin-1"))
    except (UnicodeError, ValueError):
        return None
    return replace(text, parts=tuple(parts), binary=not decode)


def decoded(text: Text, codec: str) -> Text | None:
    """`codecs.decode(text, codec)` for the codecs keys get hidden behind."""
    plain = codec.lower().replace("-", "_")
    if plain in ("rot13", "rot_13"):
        return None if text.literal is None else text.made(codecs.decode(text.literal, "rot13"))
    reader = _CODECS.get(plain)
    return DECODERS[reader](text) if reader is not None else recode(text, codec, decode=True)


def _decoder(read: Callable[[bytes], bytes]) -> Callable[[Text], Text | None]:
    def decode(text: Text) -> Text | None:
        raw = data(text)
        if raw is None:
            return None
        try:
            return text.made(read(raw).decode("latin-1"), binary=True)
        except (binascii.Error, ValueError, zlib.error, OSError, EOFError, lzma.LZMAError):
            return None

    return decode


def _inflated(wrapping: int) -> Callable[[bytes], bytes]:
    """zlib's decompress, not past the bound on texts."""

    def inflate(raw: bytes) -> bytes:
        reader = zlib.decompressobj(wrapping)
        found = reader.decompress(raw, MAX_LENGTH)
        if not reader.eof:
            raise ValueError
        return found

    return inflate


def _expanded(make: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor]) -> Callable[[bytes], bytes]:
    def expand(raw: bytes) -> bytes:
        reader = make()
        found = reader.decompress(raw, MAX_LENGTH)
        if not reader.eof:
            raise ValueError
        return found

    return expand


def _changed(read: Callable[[str], str]) -> Callable[[Text], Text | None]:
    return lambda text: text.made(read(text.literal)) if text.literal is not None and not text.binary else None


def _fromhex(raw: bytes) -> bytes:
    return bytes.fromhex(raw.decode("ascii"))


DECODERS: dict[str, Callable[[Text], Text | None]] = {
    "base64.b64decode": _decoder(base64.b64decode),
    "base64.standard_b64decode": _decoder(base64.b64decode),
    "base64.decodebytes": _decoder(base64.b64decode),
    "base64.urlsafe_b64decode": _decoder(base64.urlsafe_b64decode),
    "base64.b32decode": _decoder(base64.b32decode),
    "base64.b16decode": _decoder(base64.b16decode),
    "base64.b85decode": _decoder(base64.b85decode),
    "base64.a85decode": _decoder(base64.a85decode),
    "binascii.unhexlify": _decoder(binascii.unhexlify),
    "binascii.a2b_hex": _decoder(binascii.unhexlify),
    "binascii.a2b_base64": _decoder(binascii.a2b_base64),
    "bytes.fromhex": _decoder(_fromhex),
    "bytearray.fromhex": _decoder(_fromhex),
    "base64.b64encode": _decoder(base64.b64encode),
    "base64.urlsafe_b64encode": _decoder(base64.urlsafe_b64encode),
    "zlib.decompress": _decoder(_inflated(15)),
    "gzip.decompress": _decoder(_inflated(31)),
    "bz2.decompress": _decoder(_expanded(bz2.BZ2Decompressor)),
    "lzma.decompress": _decoder(_expanded(lzma.LZMADecompressor)),
    "quopri.decodestring": _decoder(quopri.decodestring),
    "urllib.parse.unquote": _changed(urllib.parse.unquote),
    "urllib.parse.unquote_plus": _changed(urllib.parse.unquote_plus),
    "urllib.parse.unquote_to_bytes": _decoder(urllib.parse.unquote_to_bytes),
    "html.unescape": _changed(html.unescape),
}


def strip(text: Text, name: str, chars: str | None) -> Text:
    """`strip`, `lstrip`, `rstrip`, `removeprefix`, `removesuffix` at the ends of a text that may have holes."""
    parts = list(text.parts)
    if not parts:
        return text
    for end, names in ((0, ("strip", "lstrip", "removeprefix")), (-1, ("strip", "rstrip", "removesuffix"))):
        if name not in names:
            continue
        method = {0: "lstrip", -1: "rstrip"}[end] if name == "strip" else name
        part = parts[end]
        if isinstance(part, Hole):
            if part.default is not None:
                parts[end] = part._replace(default=getattr(part.default, method)(chars))
        elif method.startswith("remove"):
            parts[end] = getattr(part, method)(chars or "")
        else:
            parts[end] = getattr(part, method)(chars)
    kept = tuple(part for part in parts if part != "")
    return text if kept == text.parts else replace(text, parts=kept, changed=True)


def mapped(text: Text, change: Callable[[str], str]) -> Text:
    """A change of each character on its own (`lower`, `upper`); holes stay holes."""
    parts = tuple(change(part) if isinstance(part, str) else part for part in text.parts)
    return text if parts == text.parts else replace(text, parts=parts, changed=True)


def substituted(text: Text, old: str, new: Text) -> Text | None:
    """`.replace(old, new)`; `new` may have holes."""
    if not old:
        return None
    pieces: list[Text] = []
    found = False
    for part in text.parts:
        chunks = part.split(old) if isinstance(part, str) else []
        found = found or len(chunks) > 1
        if (len(chunks) - 1) * max(1, sum(len(str(p)) for p in new.parts)) > MAX_LENGTH:
            return None
        if isinstance(part, Hole):
            pieces.append(replace(text, parts=(part,)))
            continue
        for number, chunk in enumerate(chunks):
            if number:
                pieces.append(new)
            pieces.append(replace(text, parts=(chunk,)))
    return replace(joined(pieces), changed=True, binary=text.binary) if found else text


def placeholder(text: Text, old: Text, new: Text) -> Text | None:
    """`.replace("{" + name + "}", new)` of a name nobody knows: any placeholder of that form may be replaced."""
    if len(old.parts) < 3 or not isinstance(old.parts[0], str) or not isinstance(old.parts[-1], str):
        return None
    form = "".join(re.escape(part) if isinstance(part, str) else "[^/{}]*" for part in old.parts)
    if not any(isinstance(part, str) and re.search(form, part) for part in text.parts):
        return text
    slash = any(part.slash if isinstance(part, Hole) else "/" in part for part in new.parts)
    pieces: list[Text] = []
    for part in text.parts:
        chunks = re.split(form, part) if isinstance(part, str) else []
        if len(chunks) > MAX_PARTS:
            return None
        pieces += [replace(text, parts=(part,))] if isinstance(part, Hole) else []
        for number, chunk in enumerate(chunks):
            pieces += [replace(text, parts=(Hole(slash=slash),))] if number else []
            pieces.append(replace(text, parts=(chunk,)))
    return replace(joined(pieces), changed=True, binary=text.binary)


def spec_of(value: Value, spec: str, conversion: str | None = None) -> Text:
    """One formatted field: `{value!conversion:spec}`."""
    text = text_of(value)
    if conversion in ("r", "a") and text.literal is not None and isinstance(value, Text):
        shown = text.literal.encode("latin-1", "replace") if text.binary else text.literal
        text = text.made(repr(shown) if conversion == "r" else ascii(shown))
    if text.binary and conversion is None and isinstance(value, Text) and text.literal is not None:
        text = text.made(repr(text.literal.encode("latin-1", "replace")), binary=False)
    if not spec:
        return text
    match = _SPEC.fullmatch(spec)
    if match is None or text.literal is None:
        return Text(
            tuple(p._replace(default=None) if isinstance(p, Hole) else Hole() for p in text.parts), pieces=text.pieces
        )
    try:
        shown = format(value.value, spec) if isinstance(value, Scalar) else format(text.literal, spec)
    except (ValueError, TypeError):
        return Text((Hole(),))
    return text.made(shown) if shown != text.literal else text


def fields(template: Text) -> set[str] | None:
    """The names that a format's fields read, None where it is not well formed."""
    try:
        return {
            re.split(r"[.\[]", name)[0]
            for part in template.parts
            if isinstance(part, str)
            for _, name, _, _ in string.Formatter().parse(part)
            if name
        }
    except ValueError:
        return None


def formatted(template: Text, positional: list[Value], named: dict[str, Value]) -> Text | None:
    """`template.format(*positional, **named)`; fields nothing is known of become holes."""
    pieces: list[Text] = []
    automatic = 0
    for part in template.parts:
        if isinstance(part, Hole):
            pieces.append(replace(template, parts=(part,)))
            continue
        try:
            fields = list(string.Formatter().parse(part))
        except ValueError:
            return None
        for text, name, spec, conversion in fields:
            pieces.append(replace(template, parts=(text,)))
            if name is None:
                continue
            if name == "":
                name, automatic = str(automatic), automatic + 1
            value = positional[int(name)] if name.isdigit() and int(name) < len(positional) else named.get(name)
            plain = value is not None and "{" not in (spec or "")
            pieces.append(spec_of(value, spec or "", conversion) if plain and value is not None else Text((Hole(),)))
    return joined(pieces)


def percent(template: Text, positional: list[Value], named: dict[str, Value] | None) -> Text | None:
    """`template % values`, str or bytes."""
    pieces: list[Text] = []
    taken = 0
    for part in template.parts:
        if isinstance(part, Hole):
            pieces.append(replace(template, parts=(part,)))
            continue
        position = 0
        for match in _PERCENT.finditer(part):
            name, flags, kind = match.groups()
            pieces.append(replace(template, parts=(part[position : match.start()],)))
            position = match.end()
            if kind == "%":
                pieces.append(replace(template, parts=("%",)))
                continue
            if name is not None:
                value = (named or {}).get(name)
            else:
                value, taken = (positional[taken] if taken < len(positional) else None), taken + 1
            pieces.append(_conversion(value, flags, kind, binary=template.binary))
        rest = part[position:]
        if "%" in rest:
            return None
        pieces.append(replace(template, parts=(rest,)))
    if named is None and taken != len(positional):
        return None
    return replace(joined(pieces), binary=template.binary)


def _conversion(value: Value | None, flags: str, kind: str, *, binary: bool) -> Text:
    if value is None:
        return Text((Hole(),))
    text = text_of(value)
    if text.literal is None:
        slash = kind in "sra"
        return Text(tuple(p._replace(slash=p.slash and slash) if isinstance(p, Hole) else p for p in text.parts))
    if kind == "s" and not flags and (text.binary == binary or isinstance(value, Scalar)):
        return text
    if any(len(number) > 4 for number in re.findall(r"\d+", flags)):
        return Text((Hole(),))
    raw: object = value.value if isinstance(value, Scalar) else text.literal
    if text.binary and not binary:
        raw = text.literal.encode("latin-1", "replace")
    try:
        return text.made(f"%{flags}{kind}" % (raw,), binary=binary)
    except (ValueError, TypeError, OverflowError):
        return Text((Hole(),))


def sliced(text: Text, start: int | None, stop: int | None, step: int | None) -> Text | None:
    """`text[start:stop:step]` of a wholly known text."""
    literal = text.literal
    if literal is None or step == 0:
        return None
    cut = literal[start:stop:step]
    return text if cut == literal else text.made(cut)
