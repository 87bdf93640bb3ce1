"""The text that lies beside a repository's objects: configuration, hooks, logs, messages, what fetch leaves."""

from __future__ import annotations

import os
from collections.abc import Iterator

from allo_keyscan.sources.history.home import Home

_OBJECTS = frozenset({"objects", "modules", "worktrees"})
_NO_TEXT = frozenset({"index", "packed-refs"})
"""Read by what git says of them."""


def text_files(home: Home) -> Iterator[tuple[str, str]]:
    """Each file, and the path to show: below `.git/`, also where the repository is bare."""
    for folder in home.git_dirs():
        prefix = ".git/" + ("" if folder == home.common else f"{os.path.relpath(folder, home.common)}/")
        for inner, folders, names in os.walk(folder):
            below = os.path.relpath(inner, folder).replace(os.sep, "/")
            if below == ".":
                folders[:] = [name for name in folders if name not in _OBJECTS]
                names = [name for name in names if name not in _NO_TEXT]
            folders.sort()
            shown = prefix if below == "." else f"{prefix}{below}/"
            for name in sorted(names):
                yield os.path.join(inner, name), shown + name
