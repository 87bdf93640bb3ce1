"""Names that a function or lambda reads of the scope around it: they are worth what they are when it runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import iteration, names
from allo_keyscan.calls.domain import Alternative, Alternatives, Frame, Late

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_MAX_MOMENTS = 16


def moments(engine: Engine, expr: f.Name, scope: f.Scope) -> list[f.Name]:
    """Reads of a name in its own scope, at each moment that a read inside of an inner function may stand for.

    Those are the calls of that function, as far as they stand in the scope; its end, where somebody else may call it.
    Nothing where the name is read by the scope itself, or has one value only.
    """
    inner = _runs_later(expr.site.scope, scope)
    bindings = [one for one in scope.bindings.get(expr.id, ()) if not any(up.dead for up in one.site.block.chain())]
    if inner is None or len(bindings) + (scope.parameter(expr.id) is not None) < 2:
        return []
    key = (inner, scope, engine.round)
    if key not in engine.called:
        engine.called[key] = _calls(engine, inner, scope)
    known, outside, asked = engine.called[key]
    for one_asked in asked:
        engine.lean(one_asked)
    sites = [*known]
    if scope.kind == "module" or outside or not sites:
        sites.append(f.Site(scope, sys.maxsize, f.Block()))
    if scope.kind != "module" and outside:  # handed to somebody, who may call it at any time from there on
        defined = _defined(inner, scope)
        sites += [defined, *(one.site for one in bindings if one.site.order > defined.order)]
    found = [
        engine.program.read(expr.id, scope, site.order, site.block if site.order < sys.maxsize else None)
        for site in sites[:_MAX_MOMENTS]
    ]
    return list(dict.fromkeys(found))


def own(expr: f.Name, scope: f.Scope) -> f.Binding | None:
    """The binding that a function itself made of a name it declares global or nonlocal, where it surely did."""
    around = set(expr.site.block.chain())
    for binding in reversed(scope.bindings.get(expr.id, [])):
        if binding.site.scope is expr.site.scope and binding.site.order <= expr.site.order:
            return binding if binding.site.block in around else None
    return None


def _runs_later(reader: f.Scope, scope: f.Scope) -> f.Scope | None:
    """The outermost function or lambda between a scope and a reader inside of it."""
    found: f.Scope | None = None
    around: f.Scope | None = reader
    while around is not None and around is not scope:
        if around.kind in ("function", "lambda"):
            found = around
        around = around.parent
    return found if around is scope else None


def _calls(engine: Engine, inner: f.Scope, scope: f.Scope) -> tuple[list[f.Site], bool, set[f.Scope]]:
    """Where statements of a scope call an inner function, through others perhaps; whether others may call it; and
    the functions whose callers say so."""
    sites: list[f.Site] = []
    outside = False
    seen = {inner}
    left = [inner]
    while left:
        current = left.pop()
        callers = engine.callers(current)
        outside = outside or not callers or _handed_on(engine, current, scope)
        for call, _ in callers:
            between = _runs_later(call.site.scope, scope)
            if between is not None and between not in seen:
                seen.add(between)
                left.append(between)
            elif between is None and names.executing(call.site.scope) is names.executing(scope):
                sites.append(call.site)
            elif between is None:
                outside = True
    return sites, outside, seen


def _handed_on(engine: Engine, inner: f.Scope, scope: f.Scope) -> bool:
    """Whether a function is given to others by its name."""
    called = [name for name, found in scope.bindings.items() if any(_is(one.value, inner) for one in found)]
    module = engine.program.holder(scope)
    returned = {value.id for _, value in scope.returns if isinstance(value, f.Name)}
    return any(name in returned or engine.aliases.handed(module, scope, name) for name in called)


def _is(value: f.Expr, inner: f.Scope) -> bool:
    return isinstance(value, (f.Defined, f.Lambda)) and value.scope is inner


def _defined(inner: f.Scope, scope: f.Scope) -> f.Site:
    """Where a function is defined, or a lambda stands."""
    if inner.kind == "lambda" and inner.returns:
        site = inner.returns[0][0]
        return f.Site(scope, site.order, site.block)
    found = (one.site for bound in scope.bindings.values() for one in bound if _is(one.value, inner))
    return next(found, f.Site(scope, 0, f.Block()))


def behind(engine: Engine, expr: f.Name, scope: f.Scope, place: Frame) -> Alternatives | None:
    """What a name of a comprehension is worth to a lambda made inside of it: where that is kept for later, the last
    element; where it may run in its own turn, any one. None where the comprehension itself reads the name."""
    inner = _runs_later(expr.site.scope, scope) if scope.kind == "comprehension" else None
    made = engine.comprehension(scope) if inner is not None else None
    if inner is None or made is None:
        return None
    outer = place.parent if place.scope is scope and place.parent is not None else place
    engine.lean(inner)
    how = _kept(made, inner)
    if how == "called" and expr.site.scope is inner:
        return None
    inside = any(_runs_in(call.site.scope, scope) for call, _ in engine.callers(inner))
    last = _last(engine, made, outer) if how == "kept" and not inside else None
    value = scope.bindings[expr.id][-1].value
    if last is not None:
        return engine.evaluate(value, last)
    found = engine.evaluate(value, engine.frame((scope, outer, "any turn"), lambda: _like(outer, scope)))
    if len(found) < 2:
        return found
    loops = {loop.iterable for loop, _ in made.sources}
    return tuple(
        Alternative(value, frozenset(one._replace(loop=one.loop and one.fork not in loops) for one in choices))
        for value, choices in found
    )


def _kept(made: f.Comprehension, inner: f.Scope) -> str:
    """What becomes of a lambda in a comprehension: "kept" in what it makes, "called" where it stands, else ""."""
    if made.kind == "GeneratorExp":
        return ""  # whoever takes its elements may call each one at once
    parts: list[tuple[f.Expr, bool]] = [
        *((part, False) for loop, tests in made.sources for part in (loop.iterable, *tests)),
        (made.element, True),
        *([(made.key, False)] if made.key is not None else []),
    ]
    while parts:
        expr, kept = parts.pop()
        if _is(expr, inner):
            return "kept" if kept else ""
        if isinstance(expr, f.Call) and _is(expr.func, inner):
            return "called"
        holds = isinstance(expr, (f.Sequence, f.Table, f.Conditional, f.Either))
        if isinstance(expr, f.Comprehension) and expr.kind != "GeneratorExp":
            parts += [(part, kept and part is expr.element) for part in f.children(expr)]
        else:
            parts += [(part, kept and holds) for part in f.children(expr)]
    return ""


def _runs_in(scope: f.Scope, comprehension: f.Scope) -> bool:
    """Whether the statements of a scope run in each turn of a comprehension."""
    around: f.Scope | None = scope
    while around is not None and around is not comprehension and around.kind in ("comprehension", "lambda"):
        around = around.parent
    return around is comprehension


def _last(engine: Engine, made: f.Comprehension, outer: Frame) -> Frame | None:
    """The frame of a comprehension's last turn, None where that is not known."""

    def make() -> Frame:
        frame = _like(outer, made.scope)
        for number, (loop, tests) in enumerate(made.sources):
            items = iteration.elements(engine, engine.whole(Late(loop.iterable, frame)))
            if not items or (tests and number + 1 < len(made.sources)):
                return Frame(None, {}, None)
            frame = _like(outer, made.scope, {**frame.memo, loop: engine.force(items[-1])})
        return frame

    frame = engine.frame((made.scope, outer, "last turn"), make)
    return frame if frame.scope is not None else None


def _like(outer: Frame, scope: f.Scope, memo: dict[f.Expr, Alternatives] | None = None) -> Frame:
    return Frame(scope, {}, outer, outer.joined, outer.entered, memo or {})
