"""The text that lies beside a repository's objects: configuration, hooks, logs, messages, what fetch leaves."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from allo_keyscan.model import Skipped
from allo_keyscan.sources.history.home import Home

_OBJECTS = frozenset({"objects", "modules", "worktrees"})
_NO_TEXT = frozenset({"index", "packed-refs"})
"""Read by what git says of them."""


def text_files(home: Home, skipped: list[Skipped]) -> Iterator[tuple[str, str]]:
    """Each file, and the path to show: below `.git/`, also where the repository is bare.

    A link stands for the file it leads to; one to a folder could lead anywhere, and is added to `skipped`.
    """
    for folder in home.git_dirs():
        prefix = ".git/" + ("" if folder == home.common else f"{os.path.relpath(folder, home.common)}/")
        for inner, folders, names in os.walk(folder):
            below = os.path.relpath(inner, folder).replace(os.sep, "/")
            if below == ".":
                folders[:] = [name for name in folders if name not in _OBJECTS]
                names = [name for name in names if name not in _NO_TEXT]
            folders.sort()
            shown = prefix if below == "." else f"{prefix}{below}/"
            links = [name for name in folders if os.path.islink(os.path.join(inner, name))]
            skipped += [Skipped(shown + name, "a link to a folder: not followed") for name in links]
            for name in sorted(names):
                yield _followed(os.path.join(inner, name)), shown + name


def _followed(path: str) -> str:
    return os.path.realpath(path) if os.path.islink(path) and os.path.isfile(path) else path


def read_regular(path: str) -> bytes:
    """The bytes of a file, none of one that is a pipe or a device: those may never end. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(handle, "rb") as file:
        return file.read() if stat.S_ISREG(os.fstat(handle).st_mode) else b""
