"""What a tree holds, as lists of names; it may be scanned while git still looks for the rest.

A path is put together when its file is read: 80,000 pairs of paths would take three times the memory of the names.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from allo_keyscan.model import Skipped


class Root(NamedTuple):
    """Files below one folder: `folder + name` is opened, `prefix + name` is shown."""

    folder: str
    prefix: str
    names: list[str]

    def pairs(self) -> list[tuple[str, str]]:
        """Each file's path to open and path to show."""
        folder, prefix, names = self
        return [(folder + name, prefix + name) for name in names]


class Listing:
    """What is to be read, and what cannot: files below `roots`, `single` ones, and `links` with their targets.

    Where git has yet to answer, `known` and `rest` hand on what it names and keep nothing of it; everything else waits
    for the whole.
    """

    __slots__ = (
        "_answer",
        "_finish",
        "_known",
        "_links",
        "_loose",
        "_roots",
        "_single",
        "_skipped",
        "_taken",
        "retracted",
    )

    def __init__(self) -> None:
        self._roots: list[Root] = []
        self._single: list[tuple[str, str]] = []
        self._links: list[tuple[str, str]] = []
        self._skipped: list[Skipped] = []
        self._taken = 0
        self._known: Iterator[Root] = iter(())
        self._answer: BinaryIO | None = None
        self._loose: Callable[[], Root] | None = None
        self._finish: Callable[[], None] | None = None
        self.retracted = False
        """Whether names were given out that turned out to lead elsewhere: `rest` then gives all, once more."""

    def later(
        self, known: Iterator[Root], answer: BinaryIO, loose: Callable[[], Root], finish: Callable[[], None]
    ) -> None:
        """Let `known` give names as they come, and `loose` the others: no waiting once `answer` can be read.

        `finish` completes the listing once both were asked for.
        """
        self._known, self._answer, self._loose, self._finish = known, answer, loose, finish

    def retract(self) -> None:
        """Forget everything: it will be listed again."""
        self._roots, self._single, self._links, self._skipped = [], [], [], []
        self._taken = 0
        self.retracted = True

    def known(self) -> Iterator[Root]:
        """What can be named without waiting for the rest. Raises GitError where git fails."""
        for files in self._known:
            yield files
            # Early, not at the end: what somebody works on may take long, and then one processor would wait.
            if self._loose is not None and self.ready():
                yield self._others()
        self._taken = len(self._roots)
        yield from self._roots[: self._taken]

    def _others(self) -> Root:
        loose, self._loose = self._loose, None
        return loose() if loose is not None else Root("", "", [])

    def ready(self) -> bool:
        """Whether the rest can be had without waiting for it (not told on Windows)."""
        if self._loose is None or self._answer is None or sys.platform == "win32":
            return True
        import select

        return bool(select.select([self._answer], [], [], 0)[0])

    def rest(self) -> Iterator[Root]:
        """Waits for what `known` did not give. Raises GitError where git fails."""
        self._settle()
        return self._rest()

    def _rest(self) -> Iterator[Root]:
        yield from self._roots[self._taken :]
        for path, shown in self._single:
            end = _alike(path, shown)
            yield Root(path[: len(path) - end], shown[: len(shown) - end], [path[len(path) - end :]])

    def _settle(self) -> None:
        self._roots += self._known
        if self._loose is not None:
            self._roots.append(self._others())
        finish, self._finish = self._finish, None
        if finish is not None:
            finish()

    @property
    def roots(self) -> list[Root]:
        """Names by the folder they were found below."""
        self._settle()
        return self._roots

    @property
    def single(self) -> list[tuple[str, str]]:
        """Files that were named: the path to open, and the path to show."""
        self._settle()
        return self._single

    @property
    def links(self) -> list[tuple[str, str]]:
        """Symbolic links: the path to show, and the target."""
        self._settle()
        return self._links

    @property
    def skipped(self) -> list[Skipped]:
        """What cannot be read, and why."""
        self._settle()
        return self._skipped

    def files(self) -> Iterator[tuple[str, str]]:
        """Each file once: the path to open, and the path to show."""
        for root in self.roots:
            yield from root.pairs()
        yield from self.single

    def __len__(self) -> int:
        return sum(len(root.names) for root in self.roots) + len(self.single)


def _alike(path: str, shown: str) -> int:
    """How many characters two paths end in alike, as far as a file's name goes."""
    name = path[path.rfind("/") + 1 :]
    return len(name) if shown.endswith(name) else 0
