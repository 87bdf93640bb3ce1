"""What a tree holds, as parallel lists of names; it may be scanned while git still looks for the rest.

Names are held as plain strings, and a path is put together when its batch is read: 80,000 pairs of paths would take
three times the memory of the names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from allo_keyscan.model import Skipped


class Root(NamedTuple):
    """Files below one folder: `folder + name` is opened, `prefix + name` is shown."""

    folder: str
    prefix: str
    names: list[str]


class Paths:
    """Files as pairs, the path to open and the path to show, made for the slice that is asked for."""

    __slots__ = ("_roots", "_single")

    def __init__(self, roots: Sequence[Root], single: Sequence[tuple[str, str]]) -> None:
        self._roots = roots
        self._single = single

    def __len__(self) -> int:
        return sum(len(root.names) for root in self._roots) + len(self._single)

    def __getitem__(self, part: slice) -> list[tuple[str, str]]:
        start, stop, step = part.indices(len(self))
        pairs: list[tuple[str, str]] = []
        for folder, prefix, names in self._roots:
            if stop > 0 and start < len(names):
                pairs += [(folder + name, prefix + name) for name in names[max(start, 0) : stop]]
            start -= len(names)
            stop -= len(names)
        if stop > 0:
            pairs += self._single[max(start, 0) : stop]
        return pairs[::step]


class Listing:
    """What is to be read, and what cannot: files below `roots`, `single` ones, and `links` with their targets.

    Where git has yet to answer, `take` gives what is known by now; everything else waits for the whole.
    """

    __slots__ = ("_answer", "_finish", "_links", "_roots", "_single", "_skipped", "_taken", "retracted")

    def __init__(self) -> None:
        self._roots: list[Root] = []
        self._single: list[tuple[str, str]] = []
        self._links: list[tuple[str, str]] = []
        self._skipped: list[Skipped] = []
        self._taken = (0, 0)
        self._answer: BinaryIO | None = None
        self._finish: Callable[[], None] | None = None
        self.retracted = False
        """Whether names were given out that turned out to lead elsewhere: through a link where a folder was."""

    def later(self, answer: BinaryIO, finish: Callable[[], None]) -> None:
        """Let `finish` complete the listing, which takes no waiting once `answer` can be read."""
        self._answer, self._finish = answer, finish

    def ready(self) -> bool:
        """Whether the rest of the listing has yet to be taken in, and is there (not on Windows)."""
        if self._finish is None or self._answer is None:
            return False
        import select

        return bool(select.select([self._answer], [], [], 0)[0])

    def settle(self) -> None:
        """Complete the listing. Raises GitError where git fails."""
        finish, self._finish = self._finish, None
        if finish is not None:
            finish()

    def take(self) -> Paths:
        """The files known by now, less those taken before."""
        roots, single = self._taken
        self._taken = len(self._roots), len(self._single)
        return Paths(self._roots[roots:], self._single[single:])

    @property
    def roots(self) -> list[Root]:
        """Names by the folder they were found below."""
        self.settle()
        return self._roots

    @property
    def single(self) -> list[tuple[str, str]]:
        """Files that were named: the path to open, and the path to show."""
        self.settle()
        return self._single

    @property
    def links(self) -> list[tuple[str, str]]:
        """Symbolic links: the path to show, and the target."""
        self.settle()
        return self._links

    @property
    def skipped(self) -> list[Skipped]:
        """What cannot be read, and why."""
        self.settle()
        return self._skipped

    def files(self) -> Iterator[tuple[str, str]]:
        """Each file once: the path to open, and the path to show."""
        yield from Paths(self.roots, self.single)[:]

    def __len__(self) -> int:
        return len(Paths(self.roots, self.single))
