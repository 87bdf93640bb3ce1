"""Which files of a work tree are read: what git would track, or a plain walk, as lists of names.

No file is looked at one by one (sources/walk), so a listed name may be gone by the time it is opened (deleted from the
work tree, left out by a sparse checkout, replaced by a folder): FileNotFoundError, NotADirectoryError and
IsADirectoryError then mean "no file". A reader opens with O_NOFOLLOW and O_NONBLOCK, takes `link_text` where that ends
in ELOOP, and leaves alone what `os.fstat` does not call a regular file: a work tree can change without git knowing.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from allo_keyscan.errors import KeyscanError
from allo_keyscan.model import Skipped
from allo_keyscan.sources import git
from allo_keyscan.sources.ignore import Ignore, below
from allo_keyscan.sources.listing import Listing, Root
from allo_keyscan.sources.names import Names
from allo_keyscan.sources.walk import SPECIAL, Walk, link_text, reason

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Listing", "link_text", "list_files"]


def list_files(
    paths: Sequence[str],
    *,
    gitignore: bool = True,
    ignore: Ignore | None = None,
    force_exclude: bool = False,
    names: Names | None = None,
) -> Listing:
    """What `paths` (files and directories; none: ".") hold; `names` are those of the only one, started ahead.

    Paths are shown relative to the repository they are in, so that a file has one name however it was asked for;
    outside of a repository relative to the directory if there is one argument, else as the arguments name them. Raises
    KeyscanError for a path that does not exist and for a repository that cannot be read.
    """
    paths = list(dict.fromkeys(paths)) or ["."]
    listing = Listing()
    if ignore is None:
        ignore = Ignore(git.find_root(os.curdir) or os.curdir, files=False)
    named = _Named(ignore if force_exclude else None, listing)
    for path in paths:
        try:
            info = os.lstat(path)
        except OSError as error:
            raise KeyscanError(f"{path}: {reason(error)}") from None
        if stat.S_ISDIR(info.st_mode) or (stat.S_ISLNK(info.st_mode) and os.path.isdir(path)):
            _directory(path, listing, ignore, gitignore, force_exclude, names, alone=len(paths) == 1)
        else:
            named.add(path, info)
    named.finish()
    if len(paths) > 1:
        _once(listing)
    return listing


def _shown(path: str, alone: bool) -> str:
    """The prefix of what is found below the directory argument `path`."""
    inside = _in_repository(os.path.realpath(path))
    if inside is not None:
        return inside and inside + "/"
    name = _normal(path)
    return "" if alone or name == "." else name.rstrip("/") + "/"


def _in_repository(folder: str) -> str | None:
    """What leads from the top of its repository to `folder` (links resolved), `/` separators; None outside of one."""
    root = git.find_root(folder)
    return None if root is None else below(folder, root)


def _normal(path: str) -> str:
    return os.path.normpath(path).replace(os.sep, "/")


class _Named:
    """Files named by the user: always read, ignored or not, through a link too, but never what may block."""

    __slots__ = ("_folders", "_ignore", "_linked", "_listing", "_names", "_prefixes", "_seen")

    def __init__(self, ignore: Ignore | None, listing: Listing) -> None:
        """`ignore`: what leaves a named file out all the same (--force-exclude)."""
        self._ignore = ignore
        self._listing = listing
        self._names: set[str] = set()
        self._seen: set[tuple[int, int]] = set()
        self._linked: list[tuple[str, os.stat_result]] = []
        self._folders: dict[str, tuple[Ignore, str]] = {}
        self._prefixes: dict[str, str | None] = {}

    def add(self, path: str, info: os.stat_result) -> None:
        """Take in one argument that is no directory; `info` is its own, not its target's."""
        shown = self._shown(path)
        if shown in self._names or (self._ignore is not None and self._excluded(path, self._ignore)):
            return
        self._names.add(shown)
        if stat.S_ISLNK(info.st_mode):
            self._listing.links.append((shown, os.readlink(path)))
            try:
                self._linked.append((path, os.stat(path)))
            except PermissionError as error:
                self._listing.skipped.append(Skipped(shown, reason(error)))
            except OSError:
                return  # it leads nowhere, or round in a circle: its text is all there is
        else:
            self._take(path, shown, info)

    def finish(self) -> None:
        """The targets of named links, unless they were named themselves."""
        for path, info in self._linked:
            if (info.st_dev, info.st_ino) not in self._seen:
                self._take(os.path.realpath(path), self._shown(path), info)

    def _shown(self, path: str) -> str:
        folder, name = os.path.split(path)
        if folder not in self._prefixes:
            self._prefixes[folder] = _in_repository(os.path.realpath(folder))
        inside = self._prefixes[folder]
        if inside is None or name in ("", ".", ".."):
            return _normal(path)
        return f"{inside}/{name}" if inside else name

    def _take(self, path: str, shown: str, info: os.stat_result) -> None:
        if stat.S_ISREG(info.st_mode):
            if (info.st_dev, info.st_ino) not in self._seen or not info.st_ino:
                self._seen.add((info.st_dev, info.st_ino))
                self._listing.single.append((path, shown))
        else:
            self._listing.skipped.append(Skipped(shown, SPECIAL))

    def _excluded(self, path: str, ignore: Ignore) -> bool:
        folder, name = os.path.split(os.path.abspath(path))
        known = self._folders.get(folder)
        if known is None:
            real = os.path.realpath(folder)
            inside = below(real, ignore.root)
            if inside is None:
                ignore = ignore.for_scan(real, git.find_root(real), force=True)
                inside = below(real, ignore.root)
            known = self._folders[folder] = (ignore, inside + "/" if inside else "")
        return known[0].matches(known[1] + name)


def _directory(
    path: str, listing: Listing, ignore: Ignore, gitignore: bool, force: bool, names: Names | None, *, alone: bool
) -> None:
    prefix = _shown(path, alone)
    folder = os.path.realpath(path)
    root = git.find_root(folder)
    inside = None if root is None else below(folder, root)
    if inside is not None and ".git" in inside.split("/"):
        gitignore = False  # git tracks nothing of itself, yet the folder was asked for by name
    walk = Walk(ignore.for_scan(folder, root, force=force), gitignore, listing)
    if root is None or inside is None or not gitignore:
        walk.plain(folder, prefix)
    else:
        own = git.is_own(root)
        if alone and not inside:
            walk.later(names or Names(root, own=own), prefix)
            return
        walk.repository(root, inside, prefix, own=own)
        if inside and _ignored(inside, root, own=own):
            walk.plain(folder, prefix)  # ignored as a whole, and named all the same
            _once(listing)


def _ignored(inside: str, root: str, *, own: bool) -> bool:
    asked = ("check-ignore", "-q", "--no-index", "./" + inside)
    return git.Child(asked, root, own=own, placed=True).collect()[0] == 0


def _once(listing: Listing) -> None:
    """Leave each file, and each link, in the first place that names it: arguments may overlap."""
    seen: set[str] = set()
    for number, (folder, prefix, names) in enumerate(listing.roots):
        top = folder.replace(os.sep, "/")
        kept = [name for name in names if top + name not in seen]
        seen.update([top + name for name in kept])
        listing.roots[number] = Root(folder, prefix, kept)
    if seen:
        listing.single[:] = [
            pair for pair in listing.single if os.path.realpath(pair[0]).replace(os.sep, "/") not in seen
        ]
    listing.links[:] = dict.fromkeys(listing.links)
