"""How far a long scan is, for a person at a terminal: one line on standard error, gone at the end."""

from __future__ import annotations

import sys
import time

from allo_keyscan.cli.output import watched

_QUIET_FOR = 0.5
_EVERY = 0.1


class Progress:
    """Called with how many files are done, and of how many; shows nothing in the first half second."""

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted and watched(2)
        self._next = time.monotonic() + _QUIET_FOR
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        """Show it, at most ten times a second."""
        if self._wanted and (now := time.monotonic()) >= self._next:
            self._next = now + _EVERY
            self._shown = True
            sys.stderr.write(f"\r\x1b[K{done:,} of {total:,} files")
            sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False
