"""Which files of a work tree are read: what git would track, or a plain walk, as parallel lists of names.

80,000 names are held as plain strings and no file is looked at one by one: git, or the type that `os.scandir` brings
along, says what each is. So a listed name may be gone by the time it is opened (deleted from the work tree, left out by
a sparse checkout, replaced by a folder): FileNotFoundError, NotADirectoryError and IsADirectoryError then mean "no
file". A reader opens with O_NOFOLLOW and O_NONBLOCK, takes `link_text` where that ends in ELOOP, and leaves alone what
`os.fstat` does not call a regular file: a work tree can change kind without git knowing.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from typing import TYPE_CHECKING, NamedTuple

from allo_keyscan.errors import KeyscanError
from allo_keyscan.model import Skipped
from allo_keyscan.sources import git
from allo_keyscan.sources.ignore import Ignore, Rules, below, read_rules
from allo_keyscan.sources.index import tracked_names, without_covered
from allo_keyscan.sources.listing import Listing, Root

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import BinaryIO

__all__ = ["Listing", "link_text", "list_files"]

_FILES = ("ls-files", "-z", "--stage", "--")
_OTHERS = ("ls-files", "-z", "--others", "--exclude-standard", "--")
_SPECIAL = "not a regular file"
_UNREADABLE = "warning: could not open directory '"


def list_files(
    paths: Sequence[str], *, gitignore: bool = True, ignore: Ignore | None = None, force_exclude: bool = False
) -> Listing:
    """What `paths` (files and directories; none: ".") hold.

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
            raise KeyscanError(f"{path}: {_reason(error)}") from None
        if stat.S_ISDIR(info.st_mode) or (stat.S_ISLNK(info.st_mode) and os.path.isdir(path)):
            alone = len(paths) == 1
            _directory(path, _shown(path, alone), gitignore, ignore, force_exclude, listing, alone=alone)
        else:
            named.add(path, info)
    named.finish()
    if len(paths) > 1:
        _once(listing)
    return listing


def link_text(path: str) -> str | None:
    """The target text of the symbolic link `path`, which is what git stores for it; None where it is none."""
    try:
        return os.readlink(path)
    except OSError:
        return None


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "no such file or directory"
    return error.strerror or type(error).__name__


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
                self._listing.skipped.append(Skipped(shown, _reason(error)))
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
            self._listing.skipped.append(Skipped(shown, _SPECIAL))

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
    path: str, prefix: str, gitignore: bool, ignore: Ignore, force: bool, listing: Listing, *, alone: bool
) -> None:
    folder = os.path.realpath(path)
    root = git.find_root(folder)
    inside = None if root is None else below(folder, root)
    if inside is not None and ".git" in inside.split("/"):
        gitignore = False  # git tracks nothing of itself, yet the folder was asked for by name
    walk = _Walk(ignore.for_scan(folder, root, force=force), gitignore, listing)
    if root is None or inside is None or not gitignore:
        walk.plain(folder, prefix)
    else:
        own = git.is_own(root)
        if alone and not inside:
            listing.later(*walk.begin(root, inside, prefix, own=own))
            return
        walk.repository(root, inside, prefix, own=own)
        if inside and git.attempt(("check-ignore", "-q", "--no-index", "./" + inside), root, own=own)[0] == 0:
            walk.plain(folder, prefix)  # ignored as a whole, and named all the same
            _once(listing)


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


class _Found(NamedTuple):
    """The names in one folder, by kind."""

    files: list[str]
    folders: list[str]
    links: list[str]
    special: list[str]


_Stack = list[tuple[str, Rules]]  # `.gitignore` files from the top down, each with the folder it stands in


class _Walk:
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
        self.begin(root, inside, prefix, own=own)[1]()

    def begin(self, root: str, inside: str, prefix: str, *, own: bool) -> tuple[BinaryIO, Callable[[], None]]:
        """List what is tracked; gives where git will name the others, and what takes them in.

        For 80,000 files git takes 30 ms to say what is tracked, and 120 ms to look for others.
        """
        where = [inside] if inside else []
        tracked = git.Child((*_FILES, *where), root, own=own)
        others = git.Child((*_OTHERS, *where), root, own=own)
        cut = len(inside) + 1 if inside else 0
        try:
            output = _answer(tracked)[0]
            names, links, modules = _tracked(output)
            ordered = output.isascii()
        except BaseException:
            others.close()
            raise
        roots, base = self._listing.roots, os.path.join(root, "")
        folder = os.path.join(base + inside, "") if inside else base
        place = len(roots)
        roots.append(Root(folder, prefix, self._kept(root, names, cut)))

        def finish() -> None:
            try:
                output, errors = _answer(others)
            finally:
                others.close()
            self._unreadable(errors, prefix, cut)
            loose = output.split("\0")[:-1]
            nested = [name[:-1] for name in loose if name.endswith("/")]
            if nested:
                loose = [name for name in loose if not name.endswith("/")]
            true = without_covered(names, loose, ordered)
            if len(true) < len(names):
                roots[place] = Root(folder, prefix, self._kept(root, true, cut))
                self._listing.retracted = True
            # What git knows as a link or a submodule may be a file by now.
            loose += [name for name in links + modules if _is_file(base + name)]
            roots.append(Root(folder, prefix, self._kept(root, loose, cut)))
            for name in self._ignore.keep(self._excludes(root), links):
                self._link(base + name, prefix + name[cut:])
            for name in dict.fromkeys(modules + nested):
                self._inner(base + name, (prefix + name[cut:]).rstrip("/"))

        return others.stdout, finish

    def _kept(self, root: str, names: list[str], cut: int) -> list[str]:
        """Names that are not excluded, from the `cut` on at which the folder asked for begins."""
        kept = self._ignore.keep(self._excludes(root), names)
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
                self._skip(prefix + name, _SPECIAL, False)
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
            self._skip(shown.rstrip("/") or ".", _reason(error), True)
            return None
        return _Found(files, folders, links, special)


def _tracked(output: str) -> tuple[list[str], list[str], list[str]]:
    """`tracked_names` in half the time where nothing is unmerged: 25 ms for 80,000 names."""
    # Each record begins with mode, id and stage, of one length throughout; what is no merged file leaves an empty name.
    header = max(output.find("\t") - 5, 0)
    found = re.findall(rf"(?s)100.{{{header}}} 0\t([^\0]*)\0|[^\0]*\0", output)
    names = [name for name in found if name]
    special = [output[: output.index("\0") + 1]] if output[:3] in ("120", "160") else []
    for mode in ("\x00120000 ", "\x00160000 ") if len(names) < len(found) else ():
        at = output.find(mode)
        while at >= 0:
            end = output.index("\0", at + 1)
            special.append(output[at + 1 : end + 1])
            at = output.find(mode, end)
    if len(names) + len(special) < len(found):
        return tracked_names(output)
    return names, *tracked_names("".join(special))[1:]


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


def _answer(child: git.Child) -> tuple[str, str]:
    """What a git says, and what it warns of. Raises GitError where it fails."""
    code, output, errors = child.collect()
    if code:
        raise child.error(code, errors)
    return os.fsdecode(output), errors
