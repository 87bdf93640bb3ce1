"""One directory into a listing: what git would track there, or a plain walk.

No file is looked at one by one: git, or the type that `os.scandir` brings along, says what each is.
"""

from __future__ import annotations

import os
import stat
import sys
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from allo_keyscan.model import Skipped
from allo_keyscan.sources import git
from allo_keyscan.sources.ignore import Ignore, Rules, below, read_rules
from allo_keyscan.sources.listing import Listing, Root
from allo_keyscan.sources.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterator

SPECIAL = "not a regular file"
_UNREADABLE = "warning: could not open directory '"


def link_text(path: str) -> str | None:
    """The target text of the symbolic link `path`, which is what git stores for it; None where it is none."""
    try:
        return os.readlink(path)
    except OSError:
        return None


def reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "no such file or directory"
    return error.strerror or type(error).__name__


class _Found(NamedTuple):
    """The names in one folder, by kind."""

    files: list[str]
    folders: list[str]
    links: list[str]
    special: list[str]


_Stack = list[tuple[str, Rules]]  # `.gitignore` files from the top down, each with the folder it stands in


class Walk:
    """One directory argument on its way into `listing`."""

    __slots__ = ("_gitignore", "_ignore", "_listing")

    def __init__(self, ignore: Ignore, gitignore: bool, listing: Listing) -> None:
        self._ignore = ignore
        self._gitignore = gitignore
        self._listing = listing

    def _skip(self, path: str, reason: str, incomplete: bool) -> None:
        self._listing.skipped.append(Skipped(path, reason, incomplete))

    def _excludes(self, folder: str) -> str:
        """What leads from the project's root to `folder`, as `Ignore` takes it."""
        inside = below(folder, self._ignore.root)
        return inside + "/" if inside else ""

    # --- as git sees it

    def repository(self, root: str, inside: str, prefix: str, *, own: bool) -> None:
        """The files of the repository at `root` below its folder `inside` ("": all of it), tracked or not ignored."""
        names = Names(root, inside, own=own)
        roots, first = self._listing.roots, len(self._listing.roots)
        roots.extend(self._tracked(names, prefix))
        covered, head = names.covers(), inside + "/" if inside else ""
        if covered:
            for number, (folder, shown, kept) in enumerate(roots[first:], first):
                roots[number] = Root(folder, shown, [name for name in kept if not (head + name).startswith(covered)])
        roots.append(self._loose(names, prefix))
        self._special(names, prefix)

    def later(self, names: Names, prefix: str) -> None:
        """The same for all of a work tree, while `names` are still on their way."""
        listing = self._listing
        tracked = self._tracked(names, prefix)
        first = next(tracked, None)  # a git that cannot begin is an error here

        def finish() -> None:
            if names.covers():  # rare enough to begin again
                listing.retract()
                self.repository(names.root, names.inside, prefix, own=names.own)
            else:
                self._special(names, prefix)

        known = chain(() if first is None else (first,), tracked)
        listing.later(known, names.answer(), lambda: self._loose(names, prefix), finish)

    def _tracked(self, names: Names, prefix: str) -> Iterator[Root]:
        """Tracked files, as git names them."""
        for piece in names.tracked():
            yield Root(_base(names), prefix, self._kept(names, piece))

    def _loose(self, names: Names, prefix: str) -> Root:
        """Files that are neither tracked nor ignored."""
        return Root(_base(names), prefix, self._kept(names, names.others()))

    def _special(self, names: Names, prefix: str) -> None:
        """Links, submodules, repositories inside, and what git could not look into."""
        root, cut, base = names.root, _cut(names.inside), os.path.join(names.root, "")
        self._unreadable(names.warnings, prefix, cut)
        links, modules = dict.fromkeys(names.links), dict.fromkeys(names.modules)
        # What git knows as a link or a submodule may be a file by now.
        files = [name for name in (*links, *modules) if _is_file(base + name)]
        self._listing.roots.append(Root(_base(names), prefix, self._kept(names, files)))
        for name in self._ignore.keep(self._excludes(root), list(links)):
            self._link(base + name, prefix + name[cut:])
        for name in dict.fromkeys((*modules, *names.nested)):
            self._inner(base + name, (prefix + name[cut:]).rstrip("/"))

    def _kept(self, names: Names, some: list[str]) -> list[str]:
        """Names that are not excluded, from the folder asked for on."""
        kept, cut = self._ignore.keep(self._excludes(names.root), some), _cut(names.inside)
        return [name[cut:] for name in kept if len(name) > cut] if cut else kept

    def _unreadable(self, warnings: str, prefix: str, cut: int) -> None:
        """Folders that git could not look into."""
        for line in warnings.splitlines():
            if line.startswith(_UNREADABLE):
                name, _, reason = line.removeprefix(_UNREADABLE).rpartition("': ")
                self._skip((prefix + name.rstrip("/")[cut:]).rstrip("/") or ".", reason, True)

    def _inner(self, folder: str, shown: str) -> None:
        """A submodule or a repository inside of another: a repository of its own."""
        if self._ignore.matches_directory(self._excludes(folder)[:-1]):
            return
        if os.path.islink(folder):
            self._link(folder, shown)
        elif git.is_root(folder):
            try:
                self.repository(folder, "", shown and shown + "/", own=False)
            except git.GitError as error:
                self._skip(shown, str(error), True)
        elif _has_entries(folder):
            self.plain(folder, shown and shown + "/")
        elif not _is_file(folder):
            self._skip(shown or ".", "submodule is not checked out", False)

    def _link(self, path: str, shown: str) -> None:
        text = link_text(path)
        if text is not None:
            self._listing.links.append((shown, text))

    # --- as the file system has it

    def plain(self, top: str, prefix: str) -> None:
        """All files below `top` but for `.git`; with gitignore, `.gitignore` files count and repositories are git's."""
        base = os.path.join(top, "")
        excludes = self._excludes(top)
        names: list[str] = []
        todo: list[tuple[str, _Stack]] = [("", [])]
        while todo:
            inside, rules = todo.pop()
            found = self._scan(base + inside, prefix + inside)
            if found is None:
                continue
            if self._gitignore:
                if inside and (".git" in found.files or ".git" in found.folders) and git.is_root(base + inside):
                    self._inner(base + inside[:-1], prefix + inside[:-1])
                    continue
                found, rules = _sifted(found, base, inside, rules)
            files, folders, links, special = found
            if ".git" in files:
                files.remove(".git")
            if inside:
                files = [inside + name for name in files]
            names += self._ignore.keep(excludes, files)
            for name in self._ignore.keep(excludes, [inside + name for name in links]):
                self._link(base + name, prefix + name)
            for name in self._ignore.keep(excludes, [inside + name for name in special]):
                self._skip(prefix + name, SPECIAL, False)
            paths = [inside + name for name in folders if name != ".git"]
            todo += [(path + "/", rules) for path in paths if not self._ignore.matches_directory(excludes + path)]
        self._listing.roots.append(Root(base, prefix, names))

    def _scan(self, folder: str, shown: str) -> _Found | None:
        """What one folder holds; None, and a skip, where it cannot be listed."""
        files: list[str] = []
        folders: list[str] = []
        links: list[str] = []
        special: list[str] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False):
                        files.append(entry.name)
                    elif entry.is_symlink() or _is_junction(entry):
                        links.append(entry.name)
                    elif entry.is_dir(follow_symlinks=False):
                        folders.append(entry.name)
                    else:
                        special.append(entry.name)
        except OSError as error:
            self._skip(shown.rstrip("/") or ".", reason(error), True)
            return None
        return _Found(files, folders, links, special)


def _is_file(path: str) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _has_entries(folder: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(True for _ in entries)
    except PermissionError:
        return True  # the walk says so
    except OSError:
        return False


def _is_junction(entry: os.DirEntry[str]) -> bool:
    """Windows' other link to a directory, which could lead a walk round in a circle (Python 3.12 tells it apart)."""
    return sys.platform == "win32" and hasattr(entry, "is_junction") and entry.is_junction()


def _sifted(found: _Found, base: str, inside: str, rules: _Stack) -> tuple[_Found, _Stack]:
    """What the `.gitignore` files down to `base + inside` leave of a folder, and those files' rules."""
    own = read_rules(base + inside + ".gitignore", strict=False) if ".gitignore" in found.files else None
    if own:
        rules = [*rules, (inside, own)]
    if not rules:
        return found, rules
    files, folders, links, special = (
        [name for name in names if not _ignored(rules, inside, name, names is found.folders)] for names in found
    )
    return _Found(files, folders, links, special), rules


def _ignored(rules: _Stack, inside: str, name: str, directory: bool) -> bool:
    """git's verdict on one entry: the deepest `.gitignore` that says anything decides."""
    path = inside + name
    for base, own in reversed(rules):
        verdict = own.verdict(path[len(base) :], name, directory)
        if verdict is not None:
            return verdict
    return False


def _base(names: Names) -> str:
    """The folder asked for, with a separator at its end."""
    return os.path.join(names.root, names.inside, "")


def _cut(inside: str) -> int:
    """Where names begin that are relative to the folder `inside`."""
    return len(inside) + 1 if inside else 0
