"""The modules of a program, joined through their imports.

A *program* is a set of files that are read together. A module's facts are asked for when something needs them: those of
the modules whose calls are looked at beforehand, those that only hold a constant or a helper when a value leads there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator

from allo_keyscan.calls import facts as f
from allo_keyscan.calls.layout import Layout

Loader = Callable[[str], "f.ModuleFacts | None"]


class Program:
    """Modules by path, and what their imports mean.

    `load` gives the facts of a path, None where there are none (the file does not parse); it is asked once a path.
    """

    def __init__(self, layout: Layout, load: Loader) -> None:
        self.modules: dict[str, f.ModuleFacts] = {}
        self.layout = layout
        self._load = load
        self._tried: set[str] = set()
        self._scopes: dict[f.Scope, f.ModuleFacts] = {}
        self._ends: dict[tuple[f.Scope, str], f.Name] = {}
        self._reads: dict[tuple[f.Scope, str, int, f.Block | None], f.Name] = {}
        self._calls: dict[f.Expr, f.Call] = {}

    @classmethod
    def of(cls, *modules: f.ModuleFacts) -> Program:
        """A program of modules at hand."""
        known = {module.path: module for module in modules}
        program = cls(Layout(known), known.get)
        program.include(known)
        return program

    def include(self, paths: Iterable[str]) -> None:
        """Loads modules whose calls are to be looked at."""
        for path in paths:
            self.module(path)

    def module(self, path: str) -> f.ModuleFacts | None:
        """The facts of a file; None for a namespace package and for what does not parse."""
        if path not in self._tried:
            self._tried.add(path)
            loaded = self._load(path) if not path.endswith("/") else None
            if loaded is not None:
                self.modules[path] = loaded
                self._scopes[loaded.scope] = loaded
        return self.modules.get(path)

    def holder(self, scope: f.Scope) -> f.ModuleFacts:
        """The module that a scope stands in."""
        return self._scopes[scope.module]

    def find(self, site: f.Site, dotted: str) -> str | None:
        """The file or namespace package that a dotted name means at an import; None for another project's."""
        return self.layout.find(self.holder(site.scope).path, dotted)

    def submodule(self, path: str, name: str) -> str | None:
        """The module of that name inside a package."""
        return self.layout.submodule(path, name)

    def stars(self, module: f.ModuleFacts) -> Iterator[str]:
        """What a module's star imports mean, the last first: files of the program, or dotted names of others."""
        for dotted in reversed(module.scope.stars):
            yield self.layout.find(module.path, dotted) or dotted

    def name(self, module: f.ModuleFacts, name: str) -> f.Name:
        """A read of a name at the end of a module, the same object each time."""
        key = (module.scope, name)
        if key not in self._ends:
            self._ends[key] = f.Name(-1, name, f.Site(module.scope, sys.maxsize, f.Block()))
        return self._ends[key]

    def read(self, name: str, scope: f.Scope, order: int, block: f.Block | None) -> f.Name:
        """A read of a name at some place of its scope, the same object each time."""
        key = (scope, name, order, block)
        if key not in self._reads:
            self._reads[key] = f.Name(-1, name, f.Site(scope, order, block or f.Block()))
        return self._reads[key]

    def call(self, func: f.Expr, site: f.Site) -> f.Call:
        """A call without arguments that nobody wrote down, the same object each time."""
        if func not in self._calls:
            self._calls[func] = f.Call(-1, func, (), site)
        return self._calls[func]


def exported(module: f.ModuleFacts, name: str) -> bool:
    """Whether `from module import *` takes a name along: what `__all__` lists, else what has no underscore in front."""
    listed = module.scope.bindings.get("__all__")
    if listed and isinstance(listed[-1].value, f.Sequence) and not any(binding.again for binding in listed):
        return any(isinstance(item, f.Constant) and item.value == name for item in listed[-1].value.items)
    return not name.startswith("_")
