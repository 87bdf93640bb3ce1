"""What git says of a repository as a whole, started while the rest of this program loads.

Loading takes a tenth of a search, on one processor. What is asked here, git answers on the other one by then.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from allo_keyscan.sources import git

if TYPE_CHECKING:
    from collections.abc import Sequence

PLACES = ("rev-parse", "--absolute-git-dir", "--git-common-dir", "--show-object-format", "--is-bare-repository")
"""Where the repository is: git directory, common directory, `sha1` or `sha256`, `true` or `false`, each on a line."""
NAMES = ("cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered", "--buffer")
"""The id of every object, reachable or not, each on a line, in the order of the packs."""
LIST = (*NAMES[:2], "--batch-check=%(objectname) %(deltabase)", *NAMES[3:])
"""The same, each followed by the id of the object that a pack makes it from, or zeros."""
WALK = ("rev-list", "--objects", "--all", "--reflog", "--quiet", "--missing=print", "--indexed-objects")
"""What is named and not there."""
REFS = ("for-each-ref", "--format=%(objectname) %(objecttype) %(refname)")
"""Each ref, and the kind of what it names. What tags stand for is asked later: git reads objects to tell."""


class Ahead:
    """Gits that answer these questions in one folder; each answer is there to be taken once."""

    def __init__(self, folder: str) -> None:
        """Start them. Raises GitError where there is no git on PATH."""
        self.folder = os.path.realpath(folder)
        self.own = git.is_own(git.find_root(self.folder) or self.folder)
        self._running: dict[tuple[str, ...], git.Child] = {}
        try:
            for question in (LIST, WALK, PLACES, REFS):
                self._running[question] = git.Child(question, self.folder, own=self.own)
        except BaseException:
            self.close()
            raise

    def take(self, question: Sequence[str]) -> git.Child:
        """The git that answers a question: the one on its way, or a new one."""
        running = self._running.pop(tuple(question), None)
        return running or git.Child(question, self.folder, own=self.own)

    def close(self) -> None:
        """End those that nobody took."""
        while self._running:
            self._running.popitem()[1].close()


def ahead(paths: Sequence[str]) -> Ahead | None:
    """The answers for the one repository that is asked for, on their way; None where there is no such folder."""
    path = paths[0] if paths else os.curdir
    if len(paths) > 1 or not os.path.isdir(path):
        return None
    try:
        return Ahead(path)
    except git.GitError:
        return None  # it will be said, where the answers are needed
