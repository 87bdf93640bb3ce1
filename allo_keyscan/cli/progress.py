"""How far a long scan is, for a person at a terminal: one line on standard error, gone at the end."""

from __future__ import annotations

import sys
import time

from allo_keyscan.cli.output import watched

_QUIET_FOR = 0.5
_EVERY = 0.1


class Progress:
    """Called with how much is done, and of how much; shows nothing in the first half second.

    Each `scale` of it is one `unit`. Where all of it is known beforehand (`scale` beyond 1) the time left is said too.
    """

    def __init__(self, *, wanted: bool, unit: str = "files", scale: int = 1) -> None:
        self._wanted = wanted and watched(2)
        self._unit, self._scale = unit, scale
        self._start = time.monotonic()
        self._next = self._start + _QUIET_FOR
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        """Show it, at most ten times a second."""
        if self._wanted and (now := time.monotonic()) >= self._next:
            self._next = now + _EVERY
            self._shown = True
            left = (now - self._start) * (total - done) / done if self._scale > 1 and done else 0
            said = f", about {left:,.0f} s left" if left >= 1 else ""
            sys.stderr.write(f"\r\x1b[K{done // self._scale:,} of {total // self._scale:,} {self._unit}{said}")
            sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False
