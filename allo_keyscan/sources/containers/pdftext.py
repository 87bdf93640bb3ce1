"""The text a PDF content stream shows, from its Tj and TJ operators: kerning cuts words into pieces anywhere."""

from __future__ import annotations

import re

# Atomic repeats, and a lone parenthesis as a token that ends the reading: no input makes this more than linear.
_TOKEN = re.compile(
    rb"(?P<string>\((?:[^()\\]|\\.|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*+\))*+\))*+\))"
    rb"|(?P<hex><[0-9A-Fa-f\s]*+>)|(?P<number>[-+]?(?:\d++\.?\d*+|\.\d++))|(?P<name>/[^\s()<>\[\]/%]*+)"
    rb"|(?P<operator>[A-Za-z'\"][A-Za-z0-9*]*+)|(?P<comment>%[^\r\n]*+)|(?P<open>\()",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|.))", re.DOTALL)
_PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
_MOST_OPERANDS = 20_000
_GAP = -180.0
"""Thousandths of the font size: a move to the right of more than this is a space, a smaller one is kerning."""

Operand = bytes | float


def shows_text(head: bytes) -> bool:
    """Whether a stream that begins so is a page's content with text in it."""
    return re.search(rb"\bBT\s", head) is not None


def text_of(content: bytes) -> bytes:
    """The strings shown, those on one line joined; a new line where the position moves down or a text object ends."""
    out: list[bytes] = []
    operands: list[Operand] = []
    height: Operand | None = None
    for token in _TOKEN.finditer(content):
        kind, found = token.lastgroup, token[0]
        if len(operands) > _MOST_OPERANDS:
            operands = []
        if kind == "string":
            operands.append(_ESCAPE.sub(_unescaped, found[1:-1]) if b"\\" in found else found[1:-1])
        elif kind == "hex":
            digits = b"".join(found[1:-1].split())
            operands.append(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii")))
        elif kind == "number":
            operands.append(float(found[:40]))
        elif kind == "operator":
            if found == b"Tm":
                now = operands[-1] if operands else None
                found, height = (b"T*" if now != height else found), now
            out += _shown(found, operands)
            operands = []
        elif kind == "open":
            break
    return b"".join(out)


def _shown(operator: bytes, operands: list[Operand]) -> list[bytes]:
    strings = [operand for operand in operands if isinstance(operand, bytes)]
    if operator == b"TJ":
        return [operand if isinstance(operand, bytes) else b" " if operand < _GAP else b"" for operand in operands]
    if operator == b"Tj":
        return strings
    if operator in (b"'", b'"'):
        return [b"\n", *strings]
    down = operator in (b"Td", b"TD") and bool(operands) and operands[-1] != 0
    return [b"\n"] if down or operator in (b"T*", b"ET") else []


def _unescaped(found: re.Match[bytes]) -> bytes:
    octal, other = found.groups()
    return bytes((int(octal, 8) & 255,)) if octal else _PLAIN.get(other, other)
