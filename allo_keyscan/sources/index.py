"""git's index: what it names, and what `git commit` would record: the blobs that differ from HEAD, by their ids.

`git diff-index --cached --raw` compares ids alone: attributes, textconv, colours and renames have no say.
Nothing is written, the index is not refreshed, and neither a first commit nor a user's name is needed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from allo_keyscan.errors import KeyscanError
from allo_keyscan.model import Skipped
from allo_keyscan.sources import git
from allo_keyscan.sources.ignore import below

if TYPE_CHECKING:
    from collections.abc import Sequence

_DIFF = (
    "diff-index",
    "--cached",
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-renames",
    "--no-relative",
    "--no-ext-diff",
    "--no-textconv",
    "--ignore-submodules=none",
    "--ita-invisible-in-index",
)
_SUBMODULE = "160000"


class Entry(NamedTuple):
    """One blob in the index: path from the repository's root, id, and git's mode (`120000`: a link's target)."""

    path: str
    oid: str
    mode: str


class Staged:
    """The blobs to read, and the submodules that are only named."""

    __slots__ = ("entries", "skipped")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.skipped: list[Skipped] = []


def staged(cwd: str, paths: Sequence[str] = ()) -> Staged:
    """The blobs in the index of the repository around `cwd` that differ from HEAD, below `paths` (none: everywhere).

    Of an unmerged path every side is there. Raises GitError outside of a repository and where the index cannot be
    read, and KeyscanError for a path outside of the repository.
    """
    root = git.find_root(cwd)
    if root is None:
        raise git.GitError(f"{cwd}: not a git repository: --staged reads git's index")
    own = git.is_own(root)
    where = [_inside(path, root) for path in paths]
    if "" in where:
        where = []
    found = Staged()
    unmerged = False
    for path, oid, mode in _differing(root, where, own):
        if mode == "000000":
            unmerged = unmerged or oid == "U"
        else:
            _add(found, path, oid, mode)
    if unmerged:
        known = set(found.entries)
        for record in os.fsdecode(git.run(("ls-files", "-z", "--unmerged", "--", *where), root, own=own)).split("\0"):
            head, tab, path = record.partition("\t")
            mode, _, rest = head.partition(" ")
            entry = Entry(path, rest[:-2], mode)
            if tab and entry not in known:
                known.add(entry)
                _add(found, *entry)
    return found


def _add(found: Staged, path: str, oid: str, mode: str) -> None:
    if mode == _SUBMODULE:
        found.skipped.append(Skipped(path, f"submodule at commit {oid[:12]}: not part of this commit's content", False))
    else:
        found.entries.append(Entry(path, oid, mode))


def _inside(path: str, root: str) -> str:
    """`path` from the repository's root; a link is itself, not its target."""
    folder, name = os.path.split(os.path.abspath(path))
    absolute = (
        os.path.realpath(path) if os.path.realpath(path) == root else os.path.join(os.path.realpath(folder), name)
    )
    inside = below(absolute, root)
    if inside is None:
        raise KeyscanError(f"{path}: outside of the repository at {root}")
    return inside


def _differing(root: str, where: Sequence[str], own: bool) -> list[tuple[str, str, str]]:
    """Path, id and mode in the index; mode 000000 is a path that is deleted or, with "U" for an id, unmerged."""
    code, output, _ = git.attempt((*_DIFF, "HEAD", "--", *where), root, own=own)
    if code:
        if git.attempt(("rev-parse", "--verify", "-q", "HEAD"), root, own=own)[0] == 0:
            git.run((*_DIFF, "HEAD", "--", *where), root, own=own)
        if git.attempt(("symbolic-ref", "-q", "HEAD"), root, own=own)[0] != 0:
            git.run(("rev-parse", "--verify", "HEAD"), root, own=own)
        # Before the first commit: compare with nothing. Nothing's id depends on the repository's hash.
        nothing = git.run(("hash-object", "-t", "tree", "--stdin"), root, stdin=b"", own=own).decode("ascii").strip()
        output = git.run((*_DIFF, nothing, "--", *where), root, own=own)
    fields = os.fsdecode(output).split("\0")
    differing = []
    for head, path in zip(fields[0:-1:2], fields[1::2], strict=True):
        _, mode, _, oid, status = head.split(" ")
        differing.append((path, "U" if status.startswith("U") else oid, "000000" if status.startswith("U") else mode))
    return differing
