"""What a repository names and does not have: git walks from every ref, log and index, while the objects are searched.

An object that went away leaves no trace in a list of what is there. The walk reads trees and commits only, in a process
of its own: a tenth of the work of a search, and the other tenths need not wait for it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from allo_keyscan.model import Skipped
from allo_keyscan.sources.history.ahead import WALK
from allo_keyscan.sources.history.home import Home

_PRUNED = re.compile(r"warning: reflog of '(.*)' references pruned commits")


class Walk:
    """The walk on its way; `end` waits for it."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._child = home.question(WALK)

    def end(self) -> list[Skipped]:
        """What is named and not here, in words. Raises GitError where there is no git."""
        code, output, said = self._child.collect()
        if code and "index" in said:  # what is amiss with it, its own reader says
            code, output, said = self._home.child(*WALK[:-1]).collect()
        pruned = dict.fromkeys(_PRUNED.findall(said))
        found = [Skipped(f".git/logs/{name}", "names commits that are not here any more") for name in pruned]
        oids = [line[1:].decode("ascii") for line in output.splitlines() if line.startswith(b"?") and line.strip(b"?0")]
        if oids:
            count = f"{len(oids):,} {'object' if len(oids) == 1 else 'objects'}"
            found.append(_partial(count) if _is_partial(self._home) else _lost(count, oids[0]))
        if code:
            words = [line.partition(": ")[2] for line in said.splitlines() if line.startswith(("error: ", "fatal: "))]
            reason = "; ".join(words) or f"git rev-list failed: exit code {code}"
            found.append(Skipped(".git/objects", f"damaged: whether more is missing is not known: {reason}"))
        return found

    def close(self) -> None:
        """End it, whatever it is doing."""
        self._child.close()


@contextmanager
def walk(home: Home) -> Iterator[Walk]:
    """The walk, which ends with the block at the latest."""
    walking = Walk(home)
    try:
        yield walking
    finally:
        walking.close()


def _partial(count: str) -> Skipped:
    return Skipped(".", f"a partial clone: {count} are not here, and nothing was fetched")


def _lost(count: str, oid: str) -> Skipped:
    reason = f"damaged: {count} that commits, logs or the index lead to are not here ({oid}; git fsck tells of them)"
    return Skipped(".git/objects", reason)


def _is_partial(home: Home) -> bool:
    try:
        return any(name.endswith(".promisor") for name in os.listdir(os.path.join(home.common, "objects", "pack")))
    except OSError:
        return False
