"""Modules as values: what an import binds, and what a module's attributes are worth."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import stdlib
from allo_keyscan.calls.domain import Alternative, Alternatives, Frame, Hole, Module, Ref, Text
from allo_keyscan.calls.link import exported

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_BUILTINS = frozenset(dir(builtins))


def imported(engine: Engine, expr: f.Imported, frame: Frame) -> Alternatives:
    """What an import binds: a module of the program, something in one, or a name from outside."""
    path = engine.program.find(expr.site, expr.path)
    dotted = expr.path
    if expr.name is not None:
        dotted = expr.path + expr.name if expr.path.endswith(".") else f"{expr.path}.{expr.name}"
    if path is None:
        return (Alternative(stdlib.outside(dotted)),)
    if expr.name is None:
        return (Alternative(Module(path, dotted)),)
    itself = engine.program.holder(expr.site.scope).path == path  # `from . import name` in a package: its submodule
    return _member(engine, path, expr.name, frame, own=not itself) or _missing(dotted)


def attribute(engine: Engine, value: Module, name: str, frame: Frame) -> Alternatives:
    """`module.name`."""
    dotted = f"{value.dotted}.{name}"
    found = _member(engine, value.path, name, frame)
    if found and isinstance(found[0].value, Module):
        return (Alternative(Module(found[0].value.path, dotted)),)
    return found or _missing(dotted)


def starred(engine: Engine, expr: f.Name, frame: Frame) -> Alternatives:
    """A name that no scope binds, where star imports may bring it; nothing where they do not."""
    return _from_stars(engine, engine.program.holder(expr.site.scope), expr.id, frame, frozenset())


def _missing(dotted: str) -> Alternatives:
    return (Alternative(Text((Hole(f"setting:{dotted.lstrip('.')}"),))),)


def _member(
    engine: Engine, path: str, name: str, frame: Frame, *, own: bool = True, seen: frozenset[str] = frozenset()
) -> Alternatives:
    """What a module of the program has under a name: bound in it, a submodule, or brought by its star imports."""
    module = engine.program.module(path)
    if own and module is not None and name in module.scope.bindings:
        return engine.evaluate(engine.program.name(module, name), engine.base(frame))
    below = engine.program.submodule(path, name)
    if below is not None:
        return (Alternative(Module(below, name)),)
    return _from_stars(engine, module, name, frame, seen | {path}) if module is not None else ()


def _from_stars(engine: Engine, module: f.ModuleFacts, name: str, frame: Frame, seen: frozenset[str]) -> Alternatives:
    for star in engine.program.stars(module):
        file = star.endswith((".py", "/"))
        inner = engine.program.module(star) if file and star not in seen else None
        if inner is not None:
            found = _member(engine, star, name, frame, seen=seen) if exported(inner, name) else ()
            if found:
                return found
        elif not file and star not in seen and name not in _BUILTINS:
            return (Alternative(Ref(f"{star}.{name}")),)
    return ()
