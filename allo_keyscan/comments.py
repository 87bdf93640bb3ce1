"""Where comments stand in a line of any language: by the usual leaders, outside of quoted strings."""

from __future__ import annotations

import re

_LEADER = re.compile(
    rb"(?:^|[\s;{}()\[\],])(?:#|//|--\s|/\*|<!--|<%--|\{#|\(\*|%|;|::)|^\s*(?:\*|@?rem\s|dnl\s)", re.IGNORECASE
)
_QUOTED = re.compile(rb"\"(?:[^\"\\\n]|\\.)*\"|(?<![A-Za-z0-9])[rRbBuUfF]{0,2}'(?:[^'\\\n]|\\.)*'")
_OPEN_QUOTE = re.compile(rb"\"|(?<![A-Za-z0-9])[rRbBuUfF]{0,2}'")
_LONGEST = 4000


def line_before(text: bytes, offset: int) -> bytes:
    """The text of the line up to a byte offset (at most 4,000 bytes of it)."""
    low = max(0, offset - _LONGEST)
    return text[max(low, text.rfind(b"\n", low, offset) + 1) : offset]


def in_comment(text: bytes, offset: int) -> bool:
    """Whether a comment begins before the byte offset on its line, and not inside a string."""
    before = _QUOTED.sub(b"", line_before(text, offset))
    leader = _LEADER.search(before)
    return leader is not None and not _OPEN_QUOTE.search(before, 0, leader.end())
