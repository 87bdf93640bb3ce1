"""Which file an import means: dotted names over the paths of a project, without running or asking an interpreter.

A module is found from an *import root*, a folder that `sys.path` may hold: a folder around the importing file that is
no package itself, `src`, `lib` or `python` inside one of these, or the folder above any package with an `__init__.py`.
Roots nearer to the importing file win, as an installed project's own code would. Folders without an `__init__.py` are
namespace packages (https://docs.python.org/3/reference/import.html#namespace-packages).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename, commonpath, dirname

_SOURCES = ("src", "lib", "python")
_INIT = "__init__.py"
# https://docs.pytest.org/en/stable/explanation/goodpractices.html#test-discovery, and the folders tests stand in.
_TEST_FILE = re.compile(r"test_.*|.*_test|conftest|tests?")
_TEST_FOLDERS = frozenset({"test", "tests", "testing"})


def is_test(path: str) -> bool:
    """Whether a path in a project is by convention that of a test; folders above the project are no part of it."""
    *folders, name = path.split("/")
    return not _TEST_FOLDERS.isdisjoint(folders) or bool(_TEST_FILE.fullmatch(name.partition(".")[0]))


class Layout:
    """The Python files of a project, by the names they are imported as. Paths use `/`; any prefix may be common."""

    def __init__(self, paths: Iterable[str], foreign: Iterable[str] = ()) -> None:
        """`foreign` are top-level names that are taken for the library of that name unless a neighbour is called so."""
        self._files = {path for path in paths if path.endswith(".py")}
        self._folders = {
            above for folder in {dirname(path) for path in self._files} for above in (folder, *_above(folder))
        }
        self._names: dict[str, set[str]] = {}
        """The modules, packages and folders right inside a folder."""
        for path in (*self._files, *self._folders):
            self._names.setdefault(dirname(path), set()).add(basename(path).removesuffix(".py"))
        self._foreign = frozenset(foreign)
        packages = {dirname(path) for path in self._files if path.endswith(("/" + _INIT, _INIT))}
        self._packages = packages
        self._tops = sorted({dirname(folder) for folder in packages if folder and dirname(folder) not in packages})
        self._found: dict[tuple[str, str], str | None] = {}
        self._around: dict[str, list[str]] = {}

    def find(self, importer: str, dotted: str) -> str | None:
        """The file that a dotted name means, for a namespace package its folder with a trailing `/`; None if foreign.

        `dotted` may be relative, with leading dots; a name of dots alone is the package itself.
        """
        if dotted.startswith("."):
            name = dotted.lstrip(".")
            folder = dirname(importer)
            for _ in range(len(dotted) - len(name) - 1):
                folder = dirname(folder)
            return self._at(folder, name)
        key = (dirname(importer), dotted)
        if key not in self._found:
            self._found[key] = self._absolute(importer, dotted)
        return self._found[key]

    def submodule(self, module: str, name: str) -> str | None:
        """The module `name` inside a package that `find` gave."""
        if module.endswith("/" + _INIT) or module == _INIT:
            return self._at(dirname(module), name)
        return self._at(module[:-1], name) if module.endswith("/") else None

    def _at(self, folder: str, name: str) -> str | None:
        stem = "/".join(part for part in (folder, *name.split(".")) if part)
        if folder == "/" or (folder == "" and stem.startswith("/")):
            stem = "/" + stem.lstrip("/")
        for path in (f"{stem}/{_INIT}" if stem else _INIT, f"{stem}.py"):
            if path in self._files:
                return path
        return f"{stem}/" if stem in self._folders else None

    def _absolute(self, importer: str, dotted: str) -> str | None:
        first = dotted.partition(".")[0]
        best = None
        for root in self._roots(importer, foreign=first in self._foreign):
            if first not in self._names.get(root, ()):
                continue
            found = self._at(root, dotted)
            if found is not None and not found.endswith("/"):
                return found
            best = best or found
        return best

    def _roots(self, importer: str, *, foreign: bool) -> Iterator[str]:
        """Import roots, nearest first; for a library's name only where the file's own folder would shadow it."""
        own = dirname(importer)
        if own not in self._around:
            near = [folder for folder in _above(importer) if folder not in self._packages]
            inside = [f"{folder}/{name}" if folder else name for folder in near for name in _SOURCES]
            tops = sorted(self._tops, key=lambda top: -_shared(top, own))
            self._around[own] = list(dict.fromkeys([*near, *(one for one in inside if one in self._folders), *tops]))
        roots = self._around[own]
        if not foreign:
            yield from roots
            return
        yield from (root for root in roots[:1] if root == own)


def _above(path: str) -> Iterator[str]:
    """The folders around a file, innermost first, the top ("" or "/") last."""
    folder = dirname(path)
    while True:
        yield folder
        above = dirname(folder)
        if above == folder:
            return
        folder = above


def _shared(left: str, right: str) -> int:
    """How long a path two folders share."""
    if left.startswith("/") != right.startswith("/"):
        return 0
    return len(commonpath([left, right])) if left and right else 0
