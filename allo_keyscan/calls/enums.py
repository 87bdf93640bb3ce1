"""Enums of the program: their members as values, what they are called, and what their class says of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import objects
from allo_keyscan.calls.domain import (
    UNKNOWN,
    Alternative,
    Alternatives,
    Frame,
    Function,
    Items,
    Label,
    Late,
    Made,
    Member,
    Text,
    Value,
    bounded,
    plain,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_MAX_MEMBERS = 256


def is_enum(engine: Engine, scope: f.Scope) -> bool:
    """Whether a class is an Enum, an IntEnum, a StrEnum, or a Flag."""
    return any(base.endswith(("Enum", "enum.Flag")) for base in objects.foreign_bases(engine, scope))


def is_member(engine: Engine, scope: f.Scope, name: str) -> bool:
    """Whether a class is an Enum and the name is one of its members'."""
    bindings = scope.bindings.get(name)
    if not bindings or name.startswith("_") or isinstance(bindings[-1].value, (f.Defined, f.Lambda)):
        return False
    return is_enum(engine, scope)


def member(engine: Engine, scope: f.Scope, name: str) -> Value:
    """The member of that name."""
    value = engine.evaluate(scope.bindings[name][-1].value, engine.open)[0].value
    if isinstance(value, Made) and value.path.rpartition(".")[2] == "auto":
        textual = any(base.endswith("StrEnum") for base in objects.foreign_bases(engine, scope))
        value = Text((name.lower(),)) if textual else UNKNOWN
    label = Label(scope, name)
    return replace(value, kind=label) if isinstance(value, Text) else Member(label, value)


def members(engine: Engine, scope: f.Scope) -> list[Value]:
    """All members, in order."""
    return [member(engine, scope, name) for name in scope.bindings if is_member(engine, scope, name)]


def valued(engine: Engine, scope: f.Scope, name: str) -> list[Value]:
    """The values, or the names, of all members."""
    found: list[Value] = []
    for item in members(engine, scope):
        label = item.label if isinstance(item, Member) else item.kind if isinstance(item, Text) else None
        if name == "name" and isinstance(label, Label):
            found.append(Text((label.name,), changed=True))
        else:
            found.append(item.value if isinstance(item, Member) else item)
    return found


def called(engine: Engine, scope: f.Scope, value: Value) -> Alternatives:
    """`Enum(value)`: the member of that value, or the value itself where none is."""
    wanted = plain(value) if isinstance(value, Text) else value
    for found in members(engine, scope) if len(scope.bindings) <= _MAX_MEMBERS else ():
        own = found.value if isinstance(found, Member) else found
        if own == wanted or (isinstance(own, Text) and isinstance(wanted, Text) and own.parts == wanted.parts):
            return (Alternative(found),)
    return (Alternative(value),)


def attribute(engine: Engine, value: Text | Member, label: Label, name: str, frame: Frame) -> Alternatives | None:
    """`member.name`; None where neither Enum nor the class says anything, and the value itself is asked."""
    own = value.value if isinstance(value, Member) else plain(value)
    if name in ("value", "_value_"):
        return (Alternative(own),)
    if name in ("name", "_name_"):
        return (Alternative(Text((label.name,), changed=True)),)
    for scope in objects.mro(engine, label.scope):
        for site, written in scope.attributes.get(name, ()):
            method = site.scope.method()
            if method is not None:
                return engine.evaluate(written, _frame(engine, method, value, own, frame))
        for binding in reversed(scope.bindings.get(name, [])):
            if isinstance(binding.value, f.Defined) and binding.value.scope.kind == "function":
                return _defined(engine, binding.value.scope, value, frame)
    return None


def _frame(engine: Engine, method: f.Scope, value: Value, own: Value, frame: Frame) -> Frame:
    """`__init__` gets a member's value as its arguments, spread if it is a tuple."""
    given: list[Late | Value] = []
    if method.name in ("__init__", "__new__"):
        given = list(own.items) if isinstance(own, Items) else [own]
    return objects.bind(engine, Function(method, engine.base(frame), value), objects.Given(given), frame)


def _defined(engine: Engine, scope: f.Scope, value: Value, frame: Frame) -> Alternatives:
    function = Function(scope, engine.base(frame), value)
    if not objects.decorated(scope, "property", "cached_property", "DynamicClassAttribute"):
        return (Alternative(function),)
    if not objects.may_enter(engine, scope, frame):
        return (Alternative(UNKNOWN),)
    inner = objects.bind(engine, function, objects.Given(), frame)
    return bounded([found for _, result in scope.returns for found in engine.evaluate(result, inner)])
