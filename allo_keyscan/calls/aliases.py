"""Lists and dicts under several names: whether one is changed through another name, or by a function that gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import names, objects

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_MAX_HANDED = 3


class Aliases:
    """What is known of the names of a program's containers, worked out scope by scope and module by module."""

    def __init__(self) -> None:
        self._others: dict[f.Scope, dict[str, list[f.Site]]] = {}
        self._handed: dict[f.Scope, dict[tuple[f.Scope | None, str], list[tuple[f.Call, f.Name]]]] = {}
        self.inside: dict[tuple[f.Scope, str, int], bool] = {}  # whether a function changes what a parameter gets

    def others(self, scope: f.Scope) -> dict[str, list[f.Site]]:
        """For each name of a scope, where it gets another name through which it is changed."""
        if scope not in self._others:
            found: dict[str, list[f.Site]] = {}
            for bindings in scope.bindings.values():
                if any(isinstance(binding.value, f.Changed) for binding in bindings):
                    for binding in bindings:
                        for name in _stood_for(binding.value):
                            found.setdefault(name, []).append(binding.site)
            self._others[scope] = found
        return self._others[scope]

    def handed(self, module: f.ModuleFacts, scope: f.Scope, name: str) -> list[tuple[f.Call, f.Name]]:
        """The calls of a module that are given the plain name of a scope."""
        if module.scope not in self._handed:
            found: dict[tuple[f.Scope | None, str], list[tuple[f.Call, f.Name]]] = {}
            for call in module.calls:
                for argument in call.arguments:
                    if isinstance(given := argument.value, f.Name):
                        found.setdefault((names.home(given.id, given.site), given.id), []).append((call, given))
            self._handed[module.scope] = found
        return self._handed[module.scope].get((scope, name), [])


def _stood_for(value: f.Expr) -> list[str]:
    """The names whose very container, or part of it, a value is."""
    found: list[str] = []
    stack = [value]
    while stack:
        match stack.pop():
            case f.Name(id=name):
                found.append(name)
            case f.Subscript(value=inner) | f.Each(iterable=inner):
                stack.append(inner)
            case f.Conditional(body=body, orelse=orelse):
                stack += [body, orelse]
            case f.Either(terms=terms):
                stack += terms
    return found


def disturbed(engine: Engine, scope: f.Scope, expr: f.Name) -> bool:
    """Whether the container that a name stands for may be changed where the name's own values do not show it."""
    bindings = scope.bindings.get(expr.id, ())
    if expr.kept and any(isinstance(one.value, f.Changed) and _before(expr.site, one.site) for one in bindings):
        return True
    if any(_before(site, expr.site) for site in engine.aliases.others(scope).get(expr.id, ())):
        return True
    return any(
        argument is not expr and _before(call.site, expr.site) and _changes(engine, call, argument, 0)
        for call, argument in engine.aliases.handed(engine.program.holder(scope), scope, expr.id)
    )


def _before(site: f.Site, other: f.Site) -> bool:
    """Whether one site may run before another: it stands before it, in a loop around both, or in another function."""
    if names.executing(site.scope) is not names.executing(other.scope) or site.order < other.order:
        return True
    around = set(other.block.chain())
    return any(block.loop for block in site.block.chain() if block in around)


def _changes(engine: Engine, call: f.Call, argument: f.Name, depth: int) -> bool:
    """Whether a call enters a function that changes what it gets for an argument."""
    for value, _ in engine.evaluate(call.func, engine.open):
        for scope, callee in objects.targets(engine, value):
            frame = objects.entered(engine, callee, scope, call, engine.open) if scope.kind != "class" else None
            for name, given in frame.bound.items() if frame is not None else ():
                if getattr(given, "expr", None) is argument and _changed_inside(engine, scope, name, depth):
                    return True
    return False


def _changed_inside(engine: Engine, scope: f.Scope, name: str, depth: int) -> bool:
    if any(binding.again for binding in scope.bindings.get(name, ())) or engine.aliases.others(scope).get(name):
        return True
    key = (scope, name, depth)
    known = engine.aliases.inside.get(key)
    if known is not None or depth >= _MAX_HANDED:
        return bool(known)
    cuts = engine.cuts
    found = any(
        _changes(engine, call, argument, depth + 1)
        for call, argument in engine.aliases.handed(engine.program.holder(scope), scope, name)
    )
    if engine.cuts == cuts:  # else part of the answer is that something was not asked
        engine.aliases.inside[key] = found
    return found
