"""Whether a text that somebody else wrote shows a secret that we know. Pure.

Unlike the search for keys (keys/find), which needs a prefix to begin at, this has the value: a stretch of it is enough,
wherever in the text it stands, in any case of letters, backwards, and in the encodings in which servers repeat what
they were sent. What it does not know is not found: it is there so that an echo is not shown, not to prove that there
is none.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote_to_bytes

STRETCH = 12
"""So many characters of a secret in a row are a piece of it; a mask shows four."""

_ESCAPES = re.compile(rb"\\+(?:u00|u\{0*|x|U000000)([0-9A-Fa-f]{2})\}?")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){%d,}" % STRETCH)
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{%d,}" % STRETCH)
_NESTED = 2


def shows(text: bytes, secret: bytes) -> bool:
    """Whether STRETCH bytes in a row of a secret (all of a shorter one) stand in a text."""
    low = secret.lower()
    pieces = {low[start : start + STRETCH] for start in range(max(1, len(low) - STRETCH + 1))}
    pieces |= {piece[::-1] for piece in pieces}
    return any(piece in view for view in map(bytes.lower, _views(text, _NESTED)) for piece in pieces)


def _views(text: bytes, depth: int) -> Iterator[bytes]:
    """A text as it is, and as each decoder reads it; what one has read is given to all again, `depth` times."""
    yield text
    if depth:
        for decode in _DECODERS:
            decoded = decode(text)
            if decoded and decoded != text:
                yield from _views(decoded, depth - 1)


def _unescaped(text: bytes) -> bytes:
    return _ESCAPES.sub(lambda match: bytes.fromhex(match[1].decode()), text)


def _without_entities(text: bytes) -> bytes:
    return html.unescape(text.decode("utf-8", "surrogateescape")).encode("utf-8", "replace") if b"&" in text else b""


def _from_hex(text: bytes) -> bytes:
    return b"\0".join(binascii.unhexlify(run) for run in _HEX.findall(text))


def _from_base64(shift: int) -> Callable[[bytes], bytes]:
    """Reads every run that could be base64 from its `shift`th character on, in both alphabets."""

    def decode(text: bytes) -> bytes:
        runs = (run[shift:] for run in _BASE64.findall(text))
        return b"\0".join(
            base64.b64decode(run[: len(run) // 4 * 4], b"-_" if b"-" in run or b"_" in run else None) for run in runs
        )

    return decode


_DECODERS = (unquote_to_bytes, _unescaped, _without_entities, _from_hex, *map(_from_base64, range(4)))
