"""Where a match is shown in its text, and how one that is put together stands to those that stand plain."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from allo_keyscan.keys.detect import Match
from allo_keyscan.keys.secret import Secret

_PYTHON = (".py", ".pyw", ".pyi")
_OTHER = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:(?:'use strict'|\"use strict\")(?:;|[ \t]*\r?\n)\s*)?"
    rb"(?:[/<>=%&|^,;:)\]}$?!]|(?:const|export|function|let|package|var)[ \t]+[A-Za-z_$]"
    rb"|import(?:[ \t]*[{*'\"]|[ \t]+\w+[ \t]+from\b))"
)
"""How other languages begin, and no statement of Python: comments of C, markup, JavaScript's first words."""
_CODING, _CODED = b"coding", 1024
"""Part of a comment, on one of the first two lines, that gives bytes another meaning."""


class Place(NamedTuple):
    """Where a match is shown: its byte range, and every range that must be masked with it."""

    start: int
    end: int
    masks: tuple[tuple[int, int], ...]


Placed = tuple[Match, Place]


def is_python(name: str, head: bytes) -> bool:
    """Whether a blob is Python source: by its name, or by its first line."""
    return name.endswith(_PYTHON) or (head[:2] == b"#!" and b"python" in head[:200].partition(b"\n")[0])


def begins_otherwise(data: bytes) -> bool:
    """Whether the first word or sign of a text shows that it is no Python: libcst takes 0.2 s to be there to say so."""
    return _OTHER.match(data) is not None and _CODING not in data[:_CODED]


def without_pieces(plain: Iterable[Placed], joined: Iterable[Placed]) -> list[Placed]:
    """Plain matches and joined ones, less what would be said twice.

    A plain match inside a piece of a joined key is a part of it; a joined key that stands plain somewhere is known, and
    so is one that uses pieces of an earlier one.
    """
    plain = list(plain)
    known: set[tuple[Secret, tuple[int, int] | None]] = {
        (match.secret, None) for match, _ in plain if match.rule is not None
    }
    first: list[Placed] = []
    for match, place in joined:
        uses = {(match.secret, None), *((match.secret, piece) for piece in place.masks)}
        if not uses & known:
            first.append((match, place))
        known |= uses - {(match.secret, None)}
    joined = first
    pieces = [(low, high, match.secret) for match, place in joined for low, high in place.masks]
    kept = [
        (match, place)
        for match, place in plain
        if not any(
            low <= place.start and place.end <= high and secret.begins_with(match.secret)
            for low, high, secret in pieces
        )
    ]
    return sorted([*kept, *joined], key=lambda one: (one[1].start, one[1].end))
