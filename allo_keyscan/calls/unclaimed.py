"""The API's server named in a program in which nothing was seen to be sent there: said to be open, never passed over.

A client may take its URL through what the engine does not follow: apart and together again, or in an object of unknown
make. The server is lost on the way, and the answer would be clean where it is not known. What still shows is the server
as a value of code that is tied by imports to calls on a server that is not known, in a part of the program without any
call of the API.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import routes
from allo_keyscan.calls.domain import Text
from allo_keyscan.calls.link import Program
from allo_keyscan.catalog.api import ApiRules
from allo_keyscan.model import Unresolved


def unclaimed(program: Program, rules: ApiRules, claimed: Collection[str], lost: Collection[str]) -> list[Unresolved]:
    """One entry for each file that names the server, in parts of the program that send somewhere, nobody knows where.

    `lost` are the paths of the files that send to a server that is not known, `claimed` those that stand in calls or in
    what is open already: a part with one of these is told of.
    """
    if not lost:
        return []
    modules = dict(program.modules)
    tied: dict[str, set[str]] = {path: set() for path in modules}
    for path, module in modules.items():
        for found in _imports(program, module):
            if found in modules:
                tied[path].add(found)
                tied[found].add(path)
    entries = []
    for part in _parts(tied):
        senders = sorted(part.intersection(lost))
        if not senders or not part.isdisjoint(claimed):
            continue
        for path in sorted(part):
            line = _named(modules[path], rules)
            if line is not None:
                reason = f"the API's server is named here, and {senders[0]} sends to a server that is not known"
                entries.append(Unresolved(path, line, reason))
    return entries


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


def _parts(tied: dict[str, set[str]]) -> Iterator[set[str]]:
    """The files that are tied to each other, directly or through others."""
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


def _named(module: f.ModuleFacts, rules: ApiRules) -> int | None:
    """The first line on which a value names the API's server: no docstring, no comparison, nothing that never runs."""
    lines = [
        module.spans[constant.span].line
        for root in _used(module)
        for constant in _values(root)
        if isinstance(constant.value, str) and routes.take_apart(Text((constant.value,)), rules).host == "api"
    ]
    return min(lines, default=None)


def _used(module: f.ModuleFacts) -> Iterator[f.Expr]:
    """What statements do something with: a string that stands alone is none of it."""
    for site, root in module.roots:
        if not isinstance(root, f.Constant) and not _alone(root) and _runs(site):
            yield root
    for scope in (module.scope, *module.functions, *module.classes):
        for name, bindings in scope.bindings.items():
            yield from (one.value for one in bindings if name != "__doc__" and _runs(one.site))
        yield from (parameter.default for parameter in scope.parameters if parameter.default is not None)
        yield from (value for site, value in (*scope.returns, *scope.yields) if _runs(site))
    yield from (write.value for write in module.writes if _runs(write.site))


def _alone(root: f.Expr) -> bool:
    """Whether it is the statement of a string alone, as docstrings are."""
    return isinstance(root, f.Opaque) and len(root.parts) == 1 and isinstance(root.parts[0], f.Constant)


def _runs(site: f.Site) -> bool:
    return not any(block.dead for block in site.block.chain())


def _values(root: f.Expr) -> Iterator[f.Constant]:
    stack: list[f.Expr] = [root]
    while stack:
        expr = stack.pop()
        if isinstance(expr, f.Constant):
            yield expr
        elif not isinstance(expr, f.Compare):
            stack.extend(f.children(expr))
