"""Where a repository keeps what, and whether its history is whole."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from allo_keyscan.model import Skipped
from allo_keyscan.sources import git
from allo_keyscan.sources.history.ahead import PLACES, Ahead

SHA1, SHA256 = 40, 64
"""Hex digits of an object's id."""


class Home(NamedTuple):
    """A repository: the folder git is run in, its own git directory and the one its worktrees share, all absolute."""

    cwd: str
    own: bool
    git_dir: str
    common: str
    width: int
    root: str | None
    """The work tree's top; None of a bare repository."""
    ahead: Ahead | None = None

    def run(self, *args: str, stdin: bytes | None = None) -> bytes:
        """The output of `git ARGS` here. Raises GitError."""
        return git.run(args, self.cwd, stdin=stdin, own=self.own)

    def child(
        self,
        *args: str,
        stdin: bytes | None = None,
        into: int | None = None,
        asked: bool = False,
        indexless: bool = False,
    ) -> git.Child:
        """`git ARGS` here, running."""
        return git.Child(args, self.cwd, stdin=stdin, own=self.own, into=into, asked=asked, indexless=indexless)

    def question(self, args: Sequence[str]) -> git.Child:
        """`git ARGS` here, running; perhaps it has been for a while."""
        return self.child(*args) if self.ahead is None else self.ahead.take(args)

    def worktrees(self) -> list[str]:
        """The git directories of linked worktrees."""
        folder = os.path.join(self.common, "worktrees")
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            return []
        return [os.path.join(folder, name) for name in names if os.path.isdir(os.path.join(folder, name))]

    def git_dirs(self) -> list[str]:
        """Every git directory of the repository, its own first."""
        return list(dict.fromkeys((self.git_dir, self.common, *self.worktrees())))


def home(path: str, ahead: Ahead | None = None) -> Home:
    """The repository around `path`, a folder; `ahead` is what git was asked about it before.

    Raises GitError where there is none, or git refuses to read it.
    """
    folder = os.path.realpath(path)
    own = git.is_own(git.find_root(folder) or folder)
    child = git.Child(PLACES, folder, own=own) if ahead is None else ahead.take(PLACES)
    code, output, said = child.collect()
    if code:
        raise child.error(code, said)
    git_dir, common, form, bare = os.fsdecode(output).split("\n")[:4]
    root = None
    if bare == "false":
        code, output, _ = git.attempt(("rev-parse", "--show-toplevel"), folder, own=own)
        root = None if code else os.fsdecode(output).removesuffix("\n") or None
    common = os.path.realpath(os.path.join(folder, common))
    return Home(folder, own, os.path.realpath(git_dir), common, SHA256 if form == "sha256" else SHA1, root, ahead)


def gaps(home: Home) -> list[Skipped]:
    """Why the history that lies here is not all there was, in words; nothing is fetched to fill it."""
    found = []
    if _holds_text(os.path.join(home.common, "shallow")):
        reason = "a shallow clone: commits before its border are not here (git fetch --unshallow brings them)"
        found.append(Skipped(".", reason))
    if _holds_text(os.path.join(home.common, "info", "grafts")):
        reason = "its history is cut by info/grafts: what git no longer keeps of it was not read"
        found.append(Skipped(".", reason))
    if os.path.isdir(os.path.join(home.common, "reftable")):
        found.append(Skipped(".git/reftable", "logs in git's reftable format are not read; refs and objects are"))
    return found


def submodules(home: Home, links: Mapping[str, str]) -> list[Skipped]:
    """The repositories of submodules, which are histories of their own: those kept in here, and those of `links`.

    `links` are the paths of submodules in the index, with the commits that it names.
    """
    folder = os.path.join(home.common, "modules")
    found = []
    for inner, folders, _ in os.walk(folder):
        if git.is_git_dir(inner):
            name = os.path.relpath(inner, folder).replace(os.sep, "/")
            where = f".git/modules/{name}"
            found.append(Skipped(where, "a submodule: a history of its own, not read (scan it with --history)", False))
            folders[:] = [one for one in folders if one == "modules"]
    for path, oid in sorted(links.items()):
        here = home.root is not None and git.is_root(os.path.join(home.root, path))
        state = "a history of its own, not read (scan it with --history)" if here else "not here, nothing was fetched"
        found.append(Skipped(path, f"a submodule at commit {oid[:12]}: {state}", False))
    return found


def _holds_text(path: str) -> bool:
    try:
        return os.path.getsize(path) > 0
    except OSError:
        return False
