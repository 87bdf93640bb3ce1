"""The files of a repository's current commit, without a work tree."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from allo_keyscan.model import Skipped
from allo_keyscan.sources import git
from allo_keyscan.sources.history.home import Home
from allo_keyscan.sources.objects import Missing, read_whole

_REGULAR = frozenset({b"100644", b"100755"})


def head_files(home: Home, wanted: Callable[[str], bool], skipped: list[Skipped]) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of the wanted files of HEAD, none before the first commit; adds what cannot be read to `skipped`.

    Raises GitError.
    """
    code, _, _ = git.attempt(("rev-parse", "-q", "--verify", "HEAD"), home.cwd, own=home.own)
    if code:
        return
    paths: dict[str, list[str]] = {}
    for entry in home.run("ls-tree", "-r", "-z", "--full-tree", "HEAD").split(b"\0")[:-1]:
        head, _, name = entry.partition(b"\t")
        mode, _, digits = head.split(b" ")
        path = os.fsdecode(name)
        if mode in _REGULAR and wanted(path):
            paths.setdefault(digits.decode("ascii"), []).append(path)
    for oid, one in read_whole(paths, home.cwd, own=home.own):
        if isinstance(one, Missing):
            skipped += [Skipped(path, one.reason) for path in paths[oid]]
        else:
            yield from ((path, one.data) for path in paths[oid])
