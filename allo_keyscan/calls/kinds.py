"""What `isinstance` says of a value: whether it is of a builtin type, or of a class of this program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allo_keyscan.calls import objects
from allo_keyscan.calls.domain import (
    UNKNOWN,
    Alternative,
    Alternatives,
    Class,
    Function,
    Instance,
    Items,
    Late,
    Mapping,
    Ref,
    Scalar,
    Text,
    Value,
    bounded,
    product,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_ROWS = frozenset({"list", "tuple", "set", "frozenset"})  # Items may be any of them
_TYPES = _ROWS | {"str", "bytes", "int", "float", "bool", "dict"}


def tested(engine: Engine, item: Late | Value, of: Late | Value) -> Alternatives:
    """What `isinstance(item, of)` gives."""
    found = []
    for (value, kind), choices in product([engine.force(item), engine.force(of)]):
        wanted = kind.items if isinstance(kind, Items) else (kind,)
        kinds = [engine.whole(one) for one in wanted]
        answers = [_is(engine, value, one) for one in kinds]
        if isinstance(value, Items) and {_name(one) for one in kinds} >= {"list", "tuple"}:
            answers.append(True)
        sure = True if True in answers else (None if None in answers else False)
        found.append(Alternative(UNKNOWN if sure is None else Scalar(sure), choices))
    return bounded(found)


def _is(engine: Engine, value: Value, kind: Value) -> bool | None:
    if isinstance(kind, Class):
        return _of_class(engine, value, kind)
    name = _name(kind)
    if name not in _TYPES:
        return None
    match value:
        case Text(kind=None) if value.literal is not None or any(isinstance(part, str) for part in value.parts):
            return name == ("bytes" if value.binary else "str")
        case Scalar(value=bool()):
            return name in ("bool", "int")
        case Scalar(value=raw):
            return name == type(raw).__name__
        case Items():
            return None if name in _ROWS else False
        case Mapping():
            return name == "dict"
        case Function():
            return False
        case Instance() if not objects.foreign_bases(engine, value.scope):
            return False
        case _:
            return None


def _name(kind: Value) -> str:
    return kind.path.removeprefix("builtins.") if isinstance(kind, Ref) else ""


def _of_class(engine: Engine, value: Value, kind: Class) -> bool | None:
    match value:
        case Instance(scope=scope) if kind.scope in objects.mro(engine, scope):
            return True
        case Instance(scope=scope, call=call) if call is not None or scope not in objects.mro(engine, kind.scope):
            return False if call is not None or not engine.subclasses(scope) else None
        case Text(kind=None) | Items() | Mapping() | Function():
            return False if not isinstance(value, Text) or value.literal is not None else None
        case Scalar():
            return False
        case _:
            return None
