"""What the indexes of a repository hold: its own and those of its worktrees, as ids with their paths."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from functools import cached_property

from allo_keyscan.model import Skipped
from allo_keyscan.sources import git
from allo_keyscan.sources.history.files import read_regular
from allo_keyscan.sources.history.home import SHA1, Home

_OWN = ("ls-files", "--stage", "-z", "--full-name")
_ELSEWHERE = ("--git-dir=.", "--work-tree=.", "ls-files", "--stage", "-z")
_SUBMODULE = re.compile(rb"(?:\A|\0)160000 ([0-9a-f]+) \d\t([^\0]+)")


class Index:
    """All indexes as git lists them; parsed only where something is asked of them."""

    def __init__(self, listings: list[bytes], skipped: list[Skipped]) -> None:
        self._listings = listings
        self.skipped = skipped
        """The indexes that could not be read."""

    def texts(self) -> Iterator[bytes]:
        """What may hold a key in a name: one text for each index, a line for each entry."""
        for listing in self._listings:
            yield listing.replace(b"\0", b"\n")

    @cached_property
    def paths(self) -> dict[str, list[str]]:
        """The paths of each object."""
        found: dict[str, list[str]] = {}
        for listing in self._listings:
            for record in os.fsdecode(listing).split("\0")[:-1]:
                head, _, path = record.partition("\t")
                paths = found.setdefault(head.split(" ")[1], [])
                if path not in paths:
                    paths.append(path)
        return found

    @cached_property
    def names(self) -> frozenset[str]:
        """Every path, of files and of the folders around them."""
        parts = (path.split("/") for paths in self.paths.values() for path in paths)
        return frozenset("/".join(some[: number + 1]) for some in parts for number in range(len(some)))

    def submodules(self) -> dict[str, str]:
        """The paths of submodules, with the commits that are named for them."""
        return {
            os.fsdecode(path): oid.decode("ascii")
            for listing in self._listings
            for oid, path in _SUBMODULE.findall(listing)
        }


def read_index(home: Home) -> Index:
    """The index of the repository and of each linked worktree; what they name is read with all other objects."""
    listings, skipped = [], []
    for folder in home.git_dirs():
        path = os.path.join(folder, "index")
        here = folder == home.git_dir
        if not here and not os.path.exists(path):
            continue
        where = (home.root or home.cwd) if here else folder
        own = home.own and here
        shown = ".git/" + os.path.relpath(path, home.common).replace(os.sep, "/")
        try:
            listings.append(git.run(_OWN if here else _ELSEWHERE, where, own=own))
            path = os.path.join(where, os.environ.get("GIT_INDEX_FILE", path)) if own else path
            if not _is_whole(path, home.width // 2):
                skipped.append(Skipped(shown, "damaged: its checksum is another; what it holds may not be all there"))
        except git.GitError as error:
            skipped.append(Skipped(shown, f"not read: {error}"))
    return Index(listings, skipped)


def _is_whole(path: str, size: int) -> bool:
    """Whether an index ends with its checksum of `size` bytes, or zeros for none; git reads it without a look at it."""
    try:
        data = read_regular(path)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    made = hashlib.new("sha1" if size == SHA1 // 2 else "sha256", memoryview(data)[:-size], usedforsecurity=False)
    return data[-size:] in (made.digest(), bytes(size))
