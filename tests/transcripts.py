"""What documents show of a terminal: commands, and what they print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ELSE = "…"
"""As a line, any number of lines that are not shown; at the end of one, the rest of it."""


@dataclass(frozen=True)
class Shown:
    """A command as it is typed, the lines it is said to print (None: none is shown), and the document's line."""

    command: str
    output: tuple[str, ...] | None
    line: int


def shown(document: str) -> Iterator[Shown]:
    """The commands of a document's console blocks, in order; one that ends in a backslash goes on in the next line."""
    for block in _BLOCK.finditer(document):
        line = document.count("\n", 0, block.start()) + 2
        pieces = re.split(r"^\$ ", block[1], flags=re.MULTILINE)
        assert pieces[0] == "", f"line {line}: output without a command"
        for piece in pieces[1:]:
            command, _, rest = re.sub(r"\\\n\s*", "", piece).partition("\n")
            yield Shown(command, tuple(rest.rstrip("\n").split("\n")) if rest.strip() else None, line)
            line += piece.count("\n")


def _line(line: str) -> str:
    head = line.removesuffix(ELSE)
    return re.escape(head) + (r"[^\n]*" if head != line else "")


def agrees(expected: tuple[str, ...], printed: str) -> bool:
    """Whether a command printed the lines it is said to."""
    parts = [".*" if line == ELSE else _line(line) + r"\n" for line in expected]
    return re.fullmatch("".join(parts), printed if printed.endswith("\n") else printed + "\n", re.DOTALL) is not None
