"""Which files of a program are tied to each other by imports: no object gets from one part of it to another."""

from __future__ import annotations

from collections.abc import Iterator

from allo_keyscan.calls import facts as f
from allo_keyscan.calls.link import Program


def parts(program: Program) -> Iterator[set[str]]:
    """The paths of the files that are tied to each other, directly or through others."""
    tied: dict[str, set[str]] = {path: set() for path in program.modules}
    for path, module in [*program.modules.items()]:
        for found in _imports(program, module):
            if found in tied:
                tied[path].add(found)
                tied[found].add(path)
    left = set(tied)
    while left:
        part, stack = set[str](), [left.pop()]
        while stack:
            path = stack.pop()
            if path not in part:
                part.add(path)
                stack.extend(tied[path])
        left -= part
        yield part


def _imports(program: Program, module: f.ModuleFacts) -> Iterator[str | None]:
    """The files that a module's imports mean, None for a foreign one."""
    for dotted in module.scope.stars:
        yield program.find(f.Site(module.scope, 0, f.Block()), dotted)
    for scope in (module.scope, *module.functions, *module.classes):
        for bindings in scope.bindings.values():
            for binding in bindings:
                if isinstance(binding.value, f.Imported):
                    found = program.find(binding.site, binding.value.path)
                    yield found
                    if found is not None and binding.value.name is not None:
                        yield program.submodule(found, binding.value.name)
