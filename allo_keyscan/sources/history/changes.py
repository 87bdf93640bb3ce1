"""Which commits put an object at a path, and which take it away: trees compared by id, no content, no renames."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from threading import Thread
from typing import NamedTuple

from allo_keyscan.sources.git import GitError
from allo_keyscan.sources.history.home import SHA1, Home

_EMPTY = {SHA1: "4b825dc642cb6eb9a060e54bf8d69288fbee4904"}
_EMPTY_SHA256 = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
_COMPARE = ("diff-tree", "--stdin", "-r", "-t", "-z", "--raw", "--no-renames", "--no-abbrev", "--no-relative")
_MOST_NAMED, _MOST_FAILURES = 500, 50
_FEW = 2000
"""Fewer pairs than this are compared by one process."""

_FOLDER = "040000"
_NOT_HERE = ("000000", "160000")
"""The modes of nothing, and of a submodule's commit."""

Pair = tuple[str, str]
"""The tree before and the tree after; "" is no tree."""


class Change(NamedTuple):
    """An object that a tree holds at a path and the one before it does not (`added`), or the other way round."""

    oid: str
    path: bytes
    added: bool
    folder: bool


class Comparing:
    """A comparison of pairs on its way, in up to `jobs` processes; what concerns `oids` (None: every object)."""

    def __init__(self, home: Home, pairs: Sequence[Pair], oids: Iterable[str] | None = None, jobs: int = 1) -> None:
        wanted = None if oids is None else frozenset(oids)
        parts = max(1, min(jobs, len(pairs) // _FEW))
        cuts = [len(pairs) * part // parts for part in range(parts + 1)]
        self._parts = [_Comparison(home, pairs[low:high], wanted) for low, high in pairwise(cuts)]
        for part in self._parts:
            part.start()

    def end(self) -> tuple[list[list[Change]], bool]:
        """For each pair its changes, files and folders, and whether all could be read. Raises GitError."""
        found: list[list[Change]] = []
        for part in self._parts:
            part.join()
            if part.error is not None:
                raise part.error
            found += part.found
        return found, all(part.whole for part in self._parts)


def changes(
    home: Home, pairs: Sequence[Pair], oids: Iterable[str] | None = None, jobs: int = 1
) -> tuple[list[list[Change]], bool]:
    """For each pair what concerns `oids` (None: every object), files and folders, and whether all could be read.

    Raises GitError.
    """
    return Comparing(home, pairs, oids, jobs).end()


class _Comparison(Thread):
    def __init__(self, home: Home, pairs: Sequence[Pair], oids: frozenset[str] | None) -> None:
        super().__init__(daemon=True)
        self._home = home
        self._pairs = pairs
        self._oids = oids
        self.found: list[list[Change]] = []
        self.whole = True
        self._failures = 0
        self.error: GitError | None = None

    def run(self) -> None:
        try:
            self.found = self._compare(self._pairs)
        except GitError as error:
            self.error = error

    def _compare(self, pairs: Sequence[Pair]) -> list[list[Change]]:
        nothing = _EMPTY.get(self._home.width, _EMPTY_SHA256)
        # Newest first: packs keep the newest trees whole and make older ones from them, so it takes git a tenth less.
        lines = "".join([f"{before or nothing} {after or nothing}\n" for before, after in reversed(pairs)]).encode()
        # More of them than a command line takes: git then shows every change, which takes it no longer.
        oids = self._oids or ()
        named = [f"--find-object={oid}" for oid in oids] if len(oids) < _MOST_NAMED else []
        child = self._home.child(*_COMPARE, *named, stdin=lines, indexless=True)
        code, output, said = child.collect()
        found = [] if code else self._parse(output)
        if len(found) == len(pairs):
            if "error: " in said:
                self.whole = False
            return found[::-1]
        # git ended at trees that are damaged, or passed over trees that are not here.
        if len(pairs) == 1 or self._failures >= _MOST_FAILURES:
            self.whole = False
            self._failures += 1
            return [[] for _ in pairs]
        middle = len(pairs) // 2
        return self._compare(pairs[:middle]) + self._compare(pairs[middle:])

    def _parse(self, output: bytes) -> list[list[Change]]:
        found: list[list[Change]] = []
        fields = iter(output.split(b"\0"))
        for field in fields:
            *heads, change = field.split(b"\n")  # a line for each pair, then its changes, which end in NUL
            found += [[] for _ in heads]
            if not change:
                continue
            mode_before, mode_after, before, after, _ = change.decode("ascii").split(" ")
            path = next(fields)
            if before != after:  # else its mode alone has changed
                for mode, oid, added in ((mode_before[1:], before, False), (mode_after, after, True)):
                    if mode not in _NOT_HERE if self._oids is None else oid in self._oids:
                        found[-1].append(Change(oid, path, added, mode == _FOLDER))
        return found
