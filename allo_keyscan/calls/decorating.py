"""What decorators of the program make of a function: arguments they add, clients they hand in, calls they declare.

A decorated name stands for its own function; its wrapper only says what arguments that one gets. Where the wrapper does
not call it at all (`@endpoint("GET", "/tags")` over an empty method), the decorator is what calls the wrapper.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING

from allo_keyscan.calls import calling, names, objects
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import Class, Frame, Function, Instance, Late, Partial, Ref, Value

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine


_DISPATCHING = (Ref("functools.singledispatch"), Ref("functools.singledispatchmethod"))


def handed(engine: Engine, function: Function, args: objects.Given, frame: Frame) -> objects.Given:
    """The arguments a function gets when its decorated name is called with some, outermost decorator first."""
    for decorator in function.scope.decorators:
        wrapper = _wrapper(engine, decorator, function, frame)
        inner = _inner(engine, wrapper, function) if wrapper is not None else None
        if wrapper is None or inner is None:
            continue
        itself = [] if function.receiver is None else [function.receiver]
        before = objects.Given([*itself, *args.positional], args.named, args.complete)
        after = objects.given(engine, inner, objects.bind(engine, wrapper, before, frame))
        if not after.complete:
            after.named = {**args.named, **after.named}
            after.complete = args.complete
        args = objects.Given(after.positional[len(itself) :], after.named, after.complete)
    return args


def alters(engine: Engine, function: Function, frame: Frame) -> bool:
    """Whether a decorator of the program makes something else of what a function gives (`return root + function()`)."""
    for decorator in function.scope.decorators:
        if engine.evaluate(decorator, engine.base(frame))[0].value in _DISPATCHING:
            return True
        wrapper = _wrapper(engine, decorator, function, frame)
        inner = _inner(engine, wrapper, function) if wrapper is not None else None
        if wrapper is not None and inner is not None:
            made = [value for _, value in wrapper.scope.returns if isinstance(value, (f.Sum, f.Binary))]
            if any(inner in _below(value) for value in made):
                return True
    return False


def _below(root: f.Expr) -> list[f.Expr]:
    found = [root]
    for expr in found:
        found.extend(f.children(expr))
    return found


def injected(engine: Engine, scope: f.Scope, parameter: f.Parameter, frame: Frame) -> Late | Value | None:
    """What a decorator hands in for a parameter, whoever calls; None where it leaves it to the callers."""
    if not scope.decorators or ("injected", scope) in engine.asked:
        return None
    engine.asked.add(("injected", scope))
    try:
        receiver = Instance(scope.owner) if scope.owner is not None else None
        function = Function(scope, engine.base(frame), receiver)
        args = handed(engine, function, objects.Given(complete=False), engine.base(frame))
    finally:
        engine.asked.discard(("injected", scope))
    order = [one.name for one in scope.parameters if one.kind == ""][receiver is not None :]
    return args.at(order.index(parameter.name) if parameter.name in order else None, parameter.name)


def in_place_of(engine: Engine, scope: f.Scope) -> f.Scope:
    """The class that a class's name stands for: a subclass of it, where a decorator of the program makes one.

    The class statement in the decorator makes another class for each that is decorated: a copy of its scope.
    """
    question = ("decorated", scope)
    if not scope.decorators or question in engine.asked:
        return scope
    known = engine.replaced.get(scope)
    if known is not None:
        return known
    engine.asked.add(question)
    now = scope
    try:
        for decorator in reversed(scope.decorators):
            now = _subclass(engine, decorator, now)
    finally:
        engine.asked.discard(question)
    engine.replaced[scope] = now
    return now


def _subclass(engine: Engine, decorator: f.Expr, now: f.Scope) -> f.Scope:
    value = engine.evaluate(decorator, engine.open)[0].value
    if not isinstance(value, Function) or not objects.may_enter(engine, value.scope, engine.open):
        return now
    place = objects.bind(engine, value, objects.Given([Class(now)]), engine.open)
    made = [item.value for item in calling.returned(engine, value, place)]
    if len(made) != 1 or not isinstance(made[0], Class) or made[0].scope.parent is not value.scope:
        return now
    copied = made[0].scope
    of = [one for one in copied.bases if any(item.value == Class(now) for item in engine.evaluate(one, place))]
    if not of:
        return now
    engine.decorated.setdefault(copied, []).append(now)
    bases = tuple(f.Defined(-1, now, bare=True) if one in of else one for one in copied.bases)
    return dataclasses.replace(copied, bases=bases, decorators=(), copied=copied)


def declared(engine: Engine) -> Iterator[tuple[f.Scope, f.Call, Value]]:
    """The wrappers that send something of their own, each with its decorator as the call, and as a callee: those that
    call nothing of what they wrap, or give what another call gives."""
    for module in [*engine.program.modules.values()]:
        for scope in module.functions:
            for decorator in scope.decorators:
                if not isinstance(decorator, f.Call):
                    continue
                engine.begin()
                receiver = Instance(scope.owner) if scope.owner is not None else None
                wrapper = _wrapper(engine, decorator, Function(scope, engine.open), engine.open)
                inner = _inner(engine, wrapper, Function(scope, engine.open)) if wrapper is not None else None
                if wrapper is None or (inner is not None and not _calls_more(wrapper, inner)):
                    continue
                own = [one for one in scope.parameters if one.kind in ("", "keyword")][receiver is not None :]
                given = tuple(f.Argument(None, "", f.Opaque(-1)) for _ in own)
                call = f.Call(decorator.span, f.Opaque(-1), given, decorator.site)
                yield wrapper.scope, call, Function(wrapper.scope, wrapper.frame, receiver)


def _calls_more(wrapper: Function, inner: f.Call) -> bool:
    """Whether a wrapper gives what another call gives: `return self.session.get(path, params=function(self))`."""
    return any(isinstance(value, f.Call) and value is not inner for _, value in wrapper.scope.returns)


def _wrapper(engine: Engine, decorator: f.Expr, function: Function, frame: Frame) -> Function | None:
    """The function that a decorator of this program puts in a function's place."""
    value = engine.evaluate(decorator, engine.base(frame))[0].value
    laid = objects.Given()
    if isinstance(value, Partial):
        laid, value = objects.partial_given(engine, value, laid), value.target
    if not isinstance(value, Function) or not objects.may_enter(engine, value.scope, frame):
        return None
    plain = Function(function.scope, function.frame)
    place = objects.bind(engine, value, objects.Given([*laid.positional, plain], laid.named), engine.base(frame))
    made = [item.value for item in calling.returned(engine, value, place)]
    inside = [one for one in made if isinstance(one, Function) and one.scope.parent is value.scope]
    return inside[0] if len(inside) == 1 else None


def _inner(engine: Engine, wrapper: Function, function: Function) -> f.Call | None:
    """The call of the wrapped function that its wrapper makes."""
    for call in engine.program.holder(wrapper.scope).calls:
        if names.executing(call.site.scope) is wrapper.scope and isinstance(call.func, f.Name):
            value = engine.evaluate(call.func, Frame(wrapper.scope, {}, wrapper.frame))[0].value
            if isinstance(value, Function) and value.scope is function.scope:
                return call
    return None
