"""What the indexes of a repository hold: its own and those of its worktrees, as ids with their paths."""

from __future__ import annotations

import os

from allo_keyscan.sources import git
from allo_keyscan.sources.history.home import Home


def indexed(home: Home) -> dict[str, list[str]]:
    """The paths of each object in an index; an index that cannot be read says nothing."""
    found: dict[str, list[str]] = {}
    for folder in home.git_dirs():
        if not os.path.exists(os.path.join(folder, "index")) and folder != home.git_dir:
            continue
        args = ("ls-files", "--stage", "-z", "--full-name") if folder == home.git_dir else _ELSEWHERE
        where = home.cwd if folder == home.git_dir else folder
        own = home.own and folder == home.git_dir
        code, output, _ = git.attempt(args, home.root or where if folder == home.git_dir else where, own=own)
        for record in os.fsdecode(output).split("\0")[:-1] if not code else ():
            head, _, path = record.partition("\t")
            paths = found.setdefault(head.split(" ")[1], [])
            if path not in paths:
                paths.append(path)
    return found


_ELSEWHERE = ("--git-dir=.", "--work-tree=.", "ls-files", "--stage", "-z")
