"""How a run ends: the exit codes, the one error that means "could not run", and what to say of a misspelt name."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """The same for every command and every output format."""

    CLEAN = 0
    FINDINGS = 1
    CANNOT_RUN = 2
    INCOMPLETE = 3
    INTERRUPTED = 130


class TimeUp(BaseException):
    """The time limit was reached: like an interrupt, it ends everything but leaves what was found."""


class KeyscanError(Exception):
    """The run cannot start or go on: the message names the thing and the remedy, and never holds a raw key."""


def nearest(name: str, known: Iterable[str], alike: float = 0.6) -> str | None:
    """The known name that a misspelt one most likely means, whatever its case; None where none is near."""
    from difflib import get_close_matches

    spelt = {one.lower(): one for one in known}
    near = get_close_matches(name.lower(), spelt, 1, alike)
    return spelt[near[0]] if near else None


def hint(name: str, known: Iterable[str]) -> str:
    """What to say behind an unknown name: the one that was probably meant, else all there are."""
    near = nearest(name, known)
    return f" (known: {', '.join(sorted(known))})" if near is None else f"; did you mean {near!r}?"
