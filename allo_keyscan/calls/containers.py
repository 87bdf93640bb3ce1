"""Lists and dicts as values: what an operation leaves of one, and several that may be meant as one.

An operation that is not modelled, or whose arguments are not known, leaves an unknown: never the container as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import iteration
from allo_keyscan.calls.domain import (
    MAX_ALTERNATIVES,
    UNKNOWN,
    Alternative,
    Alternatives,
    Frame,
    Items,
    Late,
    Mapping,
    Scalar,
    Value,
    bounded,
    listed,
    table,
    within,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

Entries = tuple[tuple["str | None", "Late | Value"], ...]
Arguments = tuple[f.Argument, ...]
ITEM, DELETED = "", "del"  # `x[key] = value`, `del x[key]`
_MAX_MERGED = 64


def merged(engine: Engine, found: Alternatives) -> Value:
    """One value for several: lists of one length, and dicts, hold what each of them holds; others are unknown."""
    real = [item for item in found if item.value != Scalar(None)] or list(found)
    values = [item.value for item in real]
    if all(value == values[0] for value in values):
        return values[0]
    if all(isinstance(value, Items) for value in values):
        rows = [value.items for value in values if isinstance(value, Items)]
        if len({len(row) for row in rows}) > 1 or len(rows[0]) > _MAX_MERGED:
            return UNKNOWN
        return Items(tuple(_held(engine, real, column) for column in zip(*rows, strict=True)))
    if all(isinstance(value, Mapping) for value in values):
        tables = [dict(value.entries) for value in values if isinstance(value, Mapping)]
        names = dict.fromkeys(name for one in tables for name in one)
        if len(names) > _MAX_MERGED or None in names:
            return UNKNOWN
        everywhere = [name for name in names if all(name in one for one in tables)]
        entries: list[tuple[str | None, Late | Value]] = [
            (name, _held(engine, real, [one[name] for one in tables])) for name in everywhere
        ]
        return table(entries if len(everywhere) == len(names) else [*entries, (None, UNKNOWN)])
    return UNKNOWN


def _held(engine: Engine, found: list[Alternative], items: list[Late | Value] | tuple[Late | Value, ...]) -> Late:
    """An element that is another one in each of several containers."""
    known: list[Alternative] = []
    for alternative, item in zip(found, items, strict=True):
        known.extend(within(engine.force(item), alternative.choices))
    return held(bounded(known))


def held(found: Alternatives) -> Late:
    """Alternatives as an element."""
    expr = f.Opaque(-1)
    return Late(expr, Frame(None, {}, None, memo={expr: found}))


def changed(engine: Engine, expr: f.Changed, frame: Frame) -> Alternatives:
    """A container behind an operation on it; what is no container is what it was."""
    found: list[Alternative] = []
    for value, choices in engine.evaluate(expr.value, frame):
        found.append(Alternative(after(engine, value, expr.op, expr.arguments, frame), choices))
    return bounded(found[:MAX_ALTERNATIVES])


def after(engine: Engine, value: Value, op: str, arguments: Arguments, frame: Frame) -> Value:
    """What an operation leaves of a value."""
    match value:
        case Items() if any(argument.star for argument in arguments):
            return UNKNOWN
        case Items(items=items):
            made = _LIST[op](engine, items, arguments, frame) if op in _LIST else None
            return listed(made) if made is not None else UNKNOWN
        case Mapping(entries=entries):
            known = _DICT[op](engine, entries, arguments, frame) if op in _DICT else None
            return table(known) if known is not None else UNKNOWN
        case _:
            return value


# -- lists, and sets as lists without order ----------------------------------------------------------------------


Row = tuple["Late | Value", ...]
Operation = Callable[["Engine", Row, Arguments, Frame], "Row | None"]


def _at(arguments: Arguments, number: int, frame: Frame) -> Late | None:
    return Late(arguments[number].value, frame) if number < len(arguments) else None


def _place(engine: Engine, items: Row, item: Late | None, default: int) -> int | None:
    """The index that an argument stands for, None where it is not known or there is no such item."""
    value = engine.whole(item) if item is not None else Scalar(default)
    if not isinstance(value, Scalar) or type(value.value) is not int or not -len(items) <= value.value < len(items):
        return None
    return value.value % len(items)


def _added(_engine: Engine, items: Row, arguments: Arguments, frame: Frame) -> Row | None:
    item = _at(arguments, 0, frame)
    return (*items, item) if item is not None and len(arguments) == 1 else None


def _added_left(_engine: Engine, items: Row, arguments: Arguments, frame: Frame) -> Row | None:
    item = _at(arguments, 0, frame)
    return (item, *items) if item is not None and len(arguments) == 1 else None


def _extended(engine: Engine, items: Row, arguments: Arguments, frame: Frame) -> Row | None:
    item = _at(arguments, 0, frame)
    more = iteration.elements(engine, engine.whole(item)) if item is not None and len(arguments) == 1 else None
    return (*items, *more) if more is not None else None


def _extended_left(engine: Engine, items: Row, arguments: Arguments, frame: Frame) -> Row | None:
    more = _extended(engine, (), arguments, frame)
    return (*more[::-1], *items) if more is not None else None


def _inserted(engine: Engine, items: Row, arguments: Arguments, frame: Frame) -> Row | None:
    if len(arguments) != 2:
        return None
    value = engine.whole(Late(arguments[0].value, frame))
    if not isinstance(value, Scalar) or type(value.value) is not int:
        return None
    return (*items[: value.value], Late(arguments[1].value, frame), *items[value.value :])


def _popped(engine: Engine, items: Row, arguments: Arguments, frame: Frame) -> Row | None:
    place = _place(engine, items, _at(arguments, 0, frame), -1)
    return (*items[:place], *items[place + 1 :]) if place is not None else None


def _removed(engine: Engine, items: Row, arguments: Arguments, frame: Frame) -> Row | None:
    wanted = engine.literal(_at(arguments, 0, frame))
    known = [engine.literal(item) for item in items]
    if wanted is None or None in known:
        return None
    place = known.index(wanted) if wanted in known else len(items)
    return (*items[:place], *items[place + 1 :])


def _written(engine: Engine, items: Row, arguments: Arguments, frame: Frame) -> Row | None:
    key, written = arguments[0].value, Late(arguments[1].value, frame)
    if isinstance(key, f.Slice):
        plain = key.start is None and key.stop is None and key.step is None
        return iteration.elements(engine, engine.whole(written)) if plain else None
    place = _place(engine, items, Late(key, frame), 0)
    return (*items[:place], written, *items[place + 1 :]) if place is not None else None


def _sorted(engine: Engine, items: Row, arguments: Arguments, frame: Frame) -> Row | None:
    named = {argument.keyword: Late(argument.value, frame) for argument in arguments}
    backwards = engine.whole(named["reverse"]) if "reverse" in named else Scalar(False)
    if set(named) - {"reverse"} or not isinstance(backwards, Scalar):
        return None
    known = [engine.literal(item) for item in items]
    if None in known:
        return None
    order = sorted(range(len(items)), key=lambda number: known[number] or "", reverse=bool(backwards.value))
    return tuple(items[number] for number in order)


_LIST: dict[str, Operation] = {
    ITEM: _written,
    DELETED: _popped,
    "add": _added,
    "append": _added,
    "appendleft": _added_left,
    "clear": lambda _engine, _items, _arguments, _frame: (),
    "discard": _removed,
    "extend": _extended,
    "extendleft": _extended_left,
    "insert": _inserted,
    "pop": _popped,
    "popleft": lambda _engine, items, _arguments, _frame: items[1:],
    "remove": _removed,
    "reverse": lambda _engine, items, _arguments, _frame: items[::-1],
    "sort": _sorted,
    "update": _extended,
}

# -- dicts -------------------------------------------------------------------------------------------------------


Change = Callable[["Engine", Entries, Arguments, Frame], "Entries | None"]


def _put(engine: Engine, entries: Entries, arguments: Arguments, frame: Frame) -> Entries | None:
    return (*entries, (engine.literal(Late(arguments[0].value, frame)), Late(arguments[1].value, frame)))


def _updated(engine: Engine, entries: Entries, arguments: Arguments, frame: Frame) -> Entries | None:
    for argument in arguments:
        late = Late(argument.value, frame)
        if argument.keyword is not None:
            entries = (*entries, (argument.keyword, late))
        else:
            entries = (*entries, *iteration.pairs(engine, engine.whole(late)))
    return entries


def _defaulted(engine: Engine, entries: Entries, arguments: Arguments, frame: Frame) -> Entries | None:
    item = _at(arguments, 0, frame)
    name = engine.literal(item)
    if name is None:
        return (*entries, (None, UNKNOWN))
    if any(key == name for key, _ in entries):
        return entries
    return ((name, _at(arguments, 1, frame) or Scalar(None)), *entries)


def _without(engine: Engine, entries: Entries, arguments: Arguments, frame: Frame) -> Entries | None:
    name = engine.literal(_at(arguments, 0, frame))
    return tuple(entry for entry in entries if entry[0] != name) if name is not None else None


_DICT: dict[str, Change] = {
    ITEM: _put,
    DELETED: _without,
    "clear": lambda _engine, _entries, _arguments, _frame: (),
    "move_to_end": lambda _engine, entries, _arguments, _frame: entries,
    "pop": _without,
    "setdefault": _defaulted,
    "update": _updated,
}


def taken(engine: Engine, value: Items, op: str, items: list[Late | Value]) -> Alternatives | None:
    """What `pop` gives; None for another method."""
    if op not in ("pop", "popleft") or not value.items:
        return None
    index = engine.whole(items[0]) if items else Scalar(-1 if op == "pop" else 0)
    place = index.value if isinstance(index, Scalar) and type(index.value) is int else None
    if place is None or not -len(value.items) <= place < len(value.items):
        return None
    return engine.force(value.items[place])
