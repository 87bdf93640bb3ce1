"""The value of a string literal as Python reads it, without running Python's own compiler over untrusted source."""

from __future__ import annotations

import re
import unicodedata

_ESCAPE = re.compile(
    r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{([^}]+)\}|(.))", re.DOTALL
)
_PLAIN = {
    "\n": "", "\\": "\\", "'": "'", '"': '"',
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip
_PREFIX = re.compile(r"[A-Za-z]*")


def literal(source: str) -> str | bytes:
    """The value of one plain string or bytes literal, prefix and quotes included in `source`."""
    prefix = _PREFIX.match(source)
    letters = prefix[0].lower() if prefix else ""
    body = source[len(letters) :]
    quotes = 3 if body[:3] in ('"""', "'''") and len(body) >= 6 else 1
    binary = "b" in letters
    text = unescape(body[quotes:-quotes], raw="r" in letters, binary=binary)
    return text.encode("latin-1", "replace") if binary else text


def unescape(body: str, *, raw: bool, binary: bool = False) -> str:
    """A literal's body with its escapes resolved; an escape Python would refuse stays as it is written."""
    if "\r" in body:
        body = body.replace("\r\n", "\n").replace("\r", "\n")
    if raw or "\\" not in body:
        return body

    def replace(match: re.Match[str]) -> str:
        octal, pair, four, eight, name, other = match.groups()
        if octal is not None:
            return chr(int(octal, 8) & 0xFF if binary else int(octal, 8))
        if pair is not None:
            return chr(int(pair, 16))
        if other is not None:
            return _PLAIN.get(other, match[0])
        if binary:
            return match[0]
        try:
            return unicodedata.lookup(name) if name is not None else chr(int(four or eight, 16))
        except (KeyError, ValueError, OverflowError):
            return match[0]

    return _ESCAPE.sub(replace, body)
