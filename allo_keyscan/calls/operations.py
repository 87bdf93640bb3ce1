"""Binary operators on values."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from allo_keyscan.calls import addresses, folding, iteration
from allo_keyscan.calls.domain import (
    MAX_LENGTH,
    UNKNOWN,
    Items,
    Mapping,
    Method,
    Ref,
    Scalar,
    Text,
    Unknown,
    Value,
    joined,
    listed,
    table,
    text_of,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine


def added(values: list[Value], *, text: bool) -> Value:
    """Values joined by `+`; `text` says the result is text whatever they are."""
    if text or any(isinstance(value, Text) for value in values):
        return joined([text_of(value) for value in values])
    if all(isinstance(value, Items) for value in values):
        return listed([item for value in values if isinstance(value, Items) for item in value.items])
    numbers = [value.value for value in values if isinstance(value, Scalar) and type(value.value) is int]
    return Scalar(sum(numbers)) if len(numbers) == len(values) else UNKNOWN


def compared(engine: Engine, op: str, left: Value, right: Value) -> Value:
    """`left op right` for a comparison of constants, or with a list or text of them."""
    one, two = _constant(left), _constant(right)
    if op in ("is", "is not"):
        same = _is_none(left, right)
        return UNKNOWN if same is None else Scalar(same == (op == "is"))
    if op in ("in", "not in"):
        if one is None:
            return UNKNOWN
        held = iteration.elements(engine, right) if not isinstance(right, Text) else None
        constants = [_constant(engine.whole(item)) for item in held] if held is not None else [None]
        inside = None
        if two is not None and isinstance(two[0], str) and isinstance(one[0], str):
            inside = one[0] in two[0]
        elif None not in constants:
            inside = one in constants
        return UNKNOWN if inside is None else Scalar(inside == (op == "in"))
    if one is None or two is None:
        return UNKNOWN
    try:
        return Scalar(bool(_COMPARISONS[op](one[0], two[0])))
    except (TypeError, KeyError):
        return UNKNOWN


def _is_none(left: Value, right: Value) -> bool | None:
    """`left is right` where one of them is None."""
    if Scalar(None) not in (left, right):
        return None
    other = right if left == Scalar(None) else left
    if isinstance(other, Scalar):
        return other.value is None
    if isinstance(other, Text):
        sure = not other.parts or any(isinstance(part, str) or part.present for part in other.parts)
        return False if sure else None
    return None if isinstance(other, (Unknown, Ref, Method)) else False


def _constant(value: Value) -> tuple[object] | None:
    """A wholly known text or number, boxed: None is one too."""
    if isinstance(value, Text):
        literal = value.literal
        return None if literal is None else ((literal.encode("latin-1", "replace"),) if value.binary else (literal,))
    return (value.value,) if isinstance(value, Scalar) else None


_COMPARISONS: dict[str, Callable[[Any, Any], object]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def operation(engine: Engine, op: str, left: Value, right: Value) -> Value:
    """`left op right` for the operators that make texts, and for whole numbers."""
    match op, left, right:
        case "%", Text(), _:
            return _percent(engine, left, right)
        case "*", Text(), Scalar(value=int(count)):
            return _repeated(left, count)
        case "*", Scalar(value=int(count)), Text():
            return _repeated(right, count)
        case "*", Items(items=items), Scalar(value=int(count)) if 0 <= len(items) * count <= MAX_LENGTH // 16:
            return Items(items * count)
        case "/", Text(), Text():  # where the class is not known
            found = addresses.divided(left, right)
            if found is not None:
                return found
            return joined([folding.strip(left, "rstrip", "/"), Text(("/",)), folding.strip(right, "lstrip", "/")])
        case "|", Mapping(), Mapping():
            return table(left.entries + right.entries)
        case "-", Scalar(value=int(a)), Scalar(value=int(b)):
            return Scalar(a - b)
        case "^", Scalar(value=int(a)), Scalar(value=int(b)):
            return Scalar(a ^ b)
        case "%", Scalar(value=int(a)), Scalar(value=int(b)) if b:
            return Scalar(a % b)
        case "*", Scalar(value=int(a)), Scalar(value=int(b)) if abs(a) < 1 << 32 and abs(b) < 1 << 32:
            return Scalar(a * b)
        case _:
            return UNKNOWN


def _repeated(text: Text, count: int) -> Value:
    literal = text.literal
    if literal is None or len(literal) * max(count, 0) > MAX_LENGTH:
        return UNKNOWN
    return text.made(literal * count)


def _percent(engine: Engine, template: Text, right: Value) -> Value:
    named: dict[str, Value] | None = None
    positional = [right]
    if isinstance(right, Items):
        positional = [engine.whole(item) for item in right.items]
    elif isinstance(right, Mapping):
        named = {name: engine.whole(item) for name, item in right.entries if name is not None}
        positional = []
    return folding.percent(template, positional, named) or UNKNOWN
