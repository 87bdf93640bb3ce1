"""The objects that requests are sent through: how they were made, what was written into them, and their stand-ins."""

from __future__ import annotations

from collections.abc import Iterator

from allo_keyscan.calls import attributes, objects, written
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import (
    Alternative,
    Frame,
    Function,
    Instance,
    Late,
    Made,
    Mapping,
    Method,
    Scalar,
    Super,
    Value,
)
from allo_keyscan.calls.values import Engine
from allo_keyscan.catalog.clients import Client, ClientObject, Slot


def paths(engine: Engine, receiver: Value) -> list[str]:
    """The dotted names of what made an object, or of what its class derives from."""
    if isinstance(receiver, Made):
        return [receiver.path]
    return objects.foreign_bases(engine, receiver.scope) if isinstance(receiver, Instance) else []


def constructed(engine: Engine, receiver: Value | None) -> objects.Given | None:
    """The arguments that the library's constructor got for an object, None where they are not known.

    A class of the program that has an `__init__` of its own hands them on with `super().__init__(…)`.
    """
    if isinstance(receiver, Instance):
        owners = [scope for scope in objects.mro(engine, receiver.scope) if "__init__" in scope.bindings]
        if owners:
            return _handed_on(engine, receiver, owners)
    if not isinstance(receiver, (Made, Instance)) or receiver.call is None or receiver.frame is None:
        return None
    return objects.given(engine, receiver.call, receiver.frame)


def _handed_on(engine: Engine, receiver: Instance, owners: list[f.Scope]) -> objects.Given | None:
    """What the last of several classes' `__init__` gives to the one behind it."""
    found: tuple[f.Call, Frame] | None = None
    for owner in owners:
        defined = owner.bindings["__init__"][-1].value
        if not isinstance(defined, f.Defined):
            return None
        if found is None:
            frame = objects.method_frame(engine, receiver, defined.scope, receiver.frame or engine.joined)
        else:
            entered = objects.enter(engine, Function(defined.scope, engine.base(found[1]), receiver), *found)
            if entered is None:
                return None
            frame = entered
        calls = [call for call in engine.mutations.methods.get("__init__", ()) if call.site.scope is defined.scope]
        found = next(((call, frame) for call in calls if _is_super(engine, call.func, frame)), None)
        if found is None:
            return None
    return objects.given(engine, *found) if found is not None else None


def _is_super(engine: Engine, func: f.Expr, frame: Frame) -> bool:
    values = engine.evaluate(func.value, frame) if isinstance(func, f.Attribute) else ()
    return any(isinstance(value, Super) for value, _ in values)


def argument(engine: Engine, receiver: Value | None, slot: Slot | None) -> Late | Value | None:
    """What an object was made with, for one slot of its rule."""
    args = constructed(engine, receiver) if slot is not None else None
    return args.at(slot.position, slot.keyword) if args is not None and slot is not None else None


def attribute(
    engine: Engine, receiver: Value, name: str, now: tuple[f.Site, ...] = (), made: list[Alternative] | None = None
) -> list[Alternative]:
    """What an object's attribute is: as it was made, or its class in this program says, and as it was set since.

    `now` is where control stands (written.moments).
    """
    first = list(made or ())
    if isinstance(receiver, Instance):
        values = attributes.attribute(engine, receiver, name, receiver.frame or engine.joined)
        first = [item for item in values if not isinstance(item.value, Method)] or first
    return since(engine, receiver, name, now).beside(first)


def inside(engine: Engine, receiver: Value, client: Client, made: ClientObject) -> bool:
    """Whether an object answers its requests in the process: it was given an app, or a transport that does."""
    args = constructed(engine, receiver)
    if args is not None:
        for slot in made.inside:
            item = args.at(slot.position, slot.keyword)
            if item is not None and engine.force(item)[0].value != Scalar(None):
                return True
        for slot in made.transport:
            if _answers(engine, client, args.at(slot.position, slot.keyword)):
                return True
    calls = [call for name in made.mounts for call in engine.mutations.methods.get(name, ())]
    for call in calls if client.in_process else ():
        frame = isinstance(call.func, f.Attribute) and same_object(engine, call.func.value, receiver, call.site)
        if frame and call.arguments and _answers(engine, client, Late(call.arguments[-1].value, frame)):
            return True
    return False


def _answers(engine: Engine, client: Client, item: Late | Value | None) -> bool:
    """Whether a transport, or every one in a dict of them, is one that answers in the process."""
    if item is None:
        return False
    value = engine.force(item)[0].value
    if isinstance(value, Mapping):
        return bool(value.entries) and all(_answers(engine, client, entry) for _, entry in value.entries)
    return any(path in client.in_process for path in paths(engine, value))


def told(engine: Engine, receiver: Value, methods: tuple[str, ...]) -> Iterator[tuple[f.Call, Frame]]:
    """The calls of an object's methods of these names, each with the frame to read its arguments in."""
    for call in (call for name in methods for call in engine.mutations.methods.get(name, ())):
        if isinstance(call.func, f.Attribute):
            frame = same_object(engine, call.func.value, receiver, call.site)
            if frame is not None:
                yield call, frame


def since(engine: Engine, receiver: Value, name: str, now: tuple[f.Site, ...]) -> written.Since:
    """What the program assigns to an attribute of this very object after it was made."""
    return written.since(engine, name, lambda write: _of(engine, write, receiver), now)


def _of(engine: Engine, write: f.Write, receiver: Value) -> Frame | None:
    return same_object(engine, write.target, receiver, write.site)


def same_object(engine: Engine, expr: f.Expr, receiver: Value, site: f.Site) -> Frame | None:
    """The frame in which an expression stands for an object, None where it stands for another one."""
    if not isinstance(receiver, (Made, Instance)):
        return None
    frame = _frame_at(engine, receiver, site)
    for value, _ in engine.evaluate(expr, frame):
        if _same(engine, value, receiver):
            return frame
    return None


def _same(engine: Engine, value: Value, receiver: Made | Instance) -> bool:
    """Whether two values are one object, as far as the calls that made them tell."""
    if isinstance(value, Made) and isinstance(receiver, Made):
        return objects.same_made(value, receiver)
    if isinstance(value, Instance) and isinstance(receiver, Instance):
        return objects.same_instance(engine, value, receiver)
    return False


def _frame_at(engine: Engine, receiver: Made | Instance, site: f.Site) -> Frame:
    """The frame of the code at `site` that knows as much of the object as where it was made."""
    if isinstance(receiver, Instance):
        return objects.method_frame(engine, receiver, site.scope, receiver.frame or engine.joined)
    made = receiver.frame
    while made is not None and made.scope is not None:
        if made.scope is site.scope:
            return made
        method = made.scope.method()
        here = site.scope.method()
        if method is not None and here is not None and method.owner is here.owner and method.parameters:
            bound = made.bound.get(method.parameters[0].name)
            if isinstance(bound, Instance):
                return objects.method_frame(engine, bound, site.scope, made)
        made = made.parent
    return engine.joined
