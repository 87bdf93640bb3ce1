"""Binary operators on values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allo_keyscan.calls import folding
from allo_keyscan.calls.domain import (
    MAX_LENGTH,
    UNKNOWN,
    Items,
    Mapping,
    Scalar,
    Text,
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
        case "/", Text(), Text():  # yarl.URL and pathlib join so
            return joined([folding.strip(left, "rstrip", "/"), Text(("/",)), folding.strip(right, "lstrip", "/")])
        case "|", Mapping(), Mapping():
            return table(left.entries + right.entries)
        case "-", Scalar(value=int(a)), Scalar(value=int(b)):
            return Scalar(a - b)
        case "^", Scalar(value=int(a)), Scalar(value=int(b)):
            return Scalar(a ^ b)
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
        positional = [engine.force(item)[0].value for item in right.items]
    elif isinstance(right, Mapping):
        named = {name: engine.force(item)[0].value for name, item in right.entries if name is not None}
        positional = []
    return folding.percent(template, positional, named) or UNKNOWN
