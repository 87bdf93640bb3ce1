"""Hard-coded keys out of source and configuration. Pure, but for `write`: texts and what was found in them go in.

A `Found` is a key that `scan` reports, with its place. A `Style` says how code reads a variable. An `Edit` puts other
text in a stretch of the old one; a `Change` is a file's old and new bytes, with what was taken out and what was
refused, and why. Whatever cannot be proved to change nothing but the key is refused.

`found` looks; `naming` gives each key its variable; `python` (with `program`, `literals`, `imports` and `proof`) and
`config` change texts; `dotenv` keeps lists of variables; `write` replaces files.
"""

from __future__ import annotations

from typing import NamedTuple

from allo_keyscan.keys.secret import Secret
from allo_keyscan.model import Finding
from allo_keyscan.scan.places import Place


class Found(NamedTuple):
    """A match that stands for a finding: `place` is its byte range in the file."""

    finding: Finding
    secret: Secret
    place: Place
    reported: bool


class Edit(NamedTuple):
    """Text for a stretch of code points of the old text."""

    start: int
    end: int
    text: str


class Taken(NamedTuple):
    """A key that goes: `replacement` is what stands for it in the new text."""

    found: Found
    name: str
    replacement: str


class Refused(NamedTuple):
    """A key that stays, and why; `instead` is what could be written by hand, "" where nobody knows."""

    found: Found
    name: str
    reason: str
    instead: str = ""


class Change(NamedTuple):
    """What is to be done to one file; `old` and `new` are equal where everything was refused."""

    path: str
    old: bytes
    new: bytes
    taken: tuple[Taken, ...] = ()
    refused: tuple[Refused, ...] = ()


class Unprovable(Exception):
    """What cannot be changed with proof; the message is the reason in words, and quotes nothing."""


def applied(text: str, edits: list[Edit]) -> str:
    """The text with every edit made; two that overlap are an error of the caller.

    Raises Unprovable for those.
    """
    parts, at = [], 0
    for edit in sorted(edits):
        if edit.start < at:
            raise Unprovable("it overlaps with another key: take both out by hand")
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])
