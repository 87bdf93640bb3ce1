"""The bounds of reading a container, what has been used of them, and the ways a container can fail."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from allo_keyscan.model import Origin

CHUNK = 1 << 18
"""Bytes of one piece of a member, at most."""

MEMORY = 100 << 20
"""Bytes of dictionary a decompressor may ask for: `xz -9` needs 65 MiB."""

_FREE = 16 << 20
_FREE_AFTER_A_BOMB = 64 << 10
_FREE_IN_ALL = 256 << 20


class Limits(NamedTuple):
    """What reading one top-level file may cost.

    `depth` containers inside one another; `members` entries, `bytes` decompressed and `seconds` for the file with all
    that is nested in it; `ratio` of decompressed to compressed bytes of one stream, looked at after the first 16 MiB;
    `nested_bytes` held in memory for a container that cannot be read in one pass (twice that for all that are open at
    once).
    """

    depth: int = 6
    members: int = 100_000
    bytes: int = 2 << 30
    ratio: int = 1000
    nested_bytes: int = 64 << 20
    seconds: float | None = None


class Budget:
    """What one top-level file has used so far: entries, bytes decompressed and fed to it, bytes held in memory now."""

    __slots__ = ("consumed", "held", "members", "produced")

    def __init__(self) -> None:
        self.members = self.produced = self.consumed = self.held = 0


class Member(NamedTuple):
    """One leaf of a container. `chunks` is read lazily, never raises, and ends early where a `Skipped` follows that
    says why.
    """

    origin: Origin
    chunks: Iterator[bytes]


class Trouble(Exception):
    """A part of a container that cannot be read. `reason` is in the scanner's own words: it never holds bytes of the
    file.
    """

    incomplete = False

    def __init__(self, reason: str, origin: Origin | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.origin = origin
        self.told = False


class Damaged(Trouble):
    """Malformed, truncated or encrypted: nobody could read more of it."""


class Capped(Trouble):
    """A limit ended one member; the next ones can still be read."""

    incomplete = True


class Exhausted(Capped):
    """A limit of the whole top-level file is reached: nothing more of it is read."""


class Allowance:
    """`Limits` applied to a `Budget`; its methods raise `Capped` or `Exhausted` where a limit is passed."""

    def __init__(self, limits: Limits, budget: Budget, size: int) -> None:
        self.limits = limits
        self.budget = budget
        self.free = _FREE
        self._size = size
        self._deadline = None if limits.seconds is None else time.monotonic() + limits.seconds

    def count(self) -> None:
        """One more entry, or one more stream of a file of several."""
        self.budget.members += 1
        if self.budget.members > self.limits.members:
            raise Exhausted(f"more than {self.limits.members:,} members: the rest was not read")
        self._look_at_the_clock()

    def spend(self, produced: int, consumed: int = 0) -> None:
        """That many more bytes were decompressed or copied out, from that many compressed ones."""
        self.budget.produced += produced
        self.budget.consumed += consumed
        total = self.budget.produced
        # Entries that overlap can make a small file feed the decompressor for ever and give nothing.
        if total > self.limits.bytes or self.budget.consumed > 2 * self.limits.bytes:
            raise Exhausted(f"more than {self.limits.bytes:,} bytes of contents: the rest was not read")
        if total > _FREE_IN_ALL and total > self.limits.ratio * self._size:
            raise Exhausted(f"contents of more than {self.limits.ratio:,} times the file's size: the rest was not read")
        self._look_at_the_clock()

    def room(self) -> int:
        """Bytes that may be held in memory now for one more container."""
        return max(0, min(self.limits.nested_bytes, 2 * self.limits.nested_bytes - self.budget.held))

    def _look_at_the_clock(self) -> None:
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise Exhausted(f"more than {self.limits.seconds:g} seconds: the rest was not read")


class Meter:
    """The ratio of one compressed stream, over all its parts."""

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self.consumed = 0
        self.produced = 0

    def give_back(self, unused: int) -> None:
        """Bytes that were fed and stand behind the stream's end."""
        self.consumed -= unused
        self.allowance.budget.consumed -= unused

    def add(self, consumed: int, produced: int, waiting: int) -> None:
        """Bytes taken from and given by the decompressor; `waiting` are taken but not looked at yet."""
        self.consumed += consumed
        self.produced += produced
        self.allowance.spend(produced, consumed)
        ratio = self.allowance.limits.ratio
        if self.produced > self.allowance.free and self.produced > ratio * (self.consumed - waiting):
            # The first 16 MiB are meant for one odd file; an archive made of bombs gets them once.
            self.allowance.free = _FREE_AFTER_A_BOMB
            raise Capped(f"expands more than {ratio:,} times: the rest was not read")
