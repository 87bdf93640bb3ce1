"""The rules of the engine: what an expression of each type is worth, given what its parts are worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from allo_keyscan.calls import (
    addresses,
    attributes,
    calling,
    conditions,
    containers,
    decorating,
    fields,
    folding,
    foreign,
    iteration,
    modules,
    operations,
    operators,
)
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import (
    MAX_ALTERNATIVES,
    MAX_ELEMENTS,
    NO_VALUE,
    UNKNOWN,
    Alternative,
    Alternatives,
    Choice,
    Class,
    Frame,
    Function,
    Hole,
    Instance,
    Items,
    Late,
    Made,
    Mapping,
    Ref,
    Scalar,
    Text,
    Unknown,
    Value,
    both,
    bounded,
    listed,
    one,
    product,
    table,
    text_of,
    under,
    with_default,
    within,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine


def _constant(_engine: Engine, expr: f.Constant, _frame: Frame) -> Alternatives:
    value = expr.value
    if isinstance(value, str):
        return one(Text((value,) if value else (), pieces=frozenset({expr})))
    if isinstance(value, bytes):
        text = value.decode("latin-1")
        return one(Text((text,) if text else (), True, frozenset({expr})))
    return one(Scalar(value)) if value is None or isinstance(value, (bool, int, float)) else NO_VALUE


def _attribute(engine: Engine, expr: f.Attribute, frame: Frame) -> Alternatives:
    found: list[Alternative] = []
    for value, choices in engine.evaluate(expr.value, frame):
        found.extend(within(attributes.attribute(engine, value, expr.name, frame, expr.site), choices))
    return bounded(found)


def _subscript(engine: Engine, expr: f.Subscript, frame: Frame) -> Alternatives:
    found: list[Alternative] = []
    if isinstance(expr.index, f.Slice):
        return _slice(engine, expr, expr.index, frame)
    rows = product([engine.evaluate(expr.value, frame), engine.evaluate(expr.index, frame)])
    for (value, index), choices in rows:
        found.extend(within(_item(engine, expr, value, index), choices))
    return bounded(found)


def _item(engine: Engine, expr: f.Expr, value: Value, index: Value) -> Alternatives:
    key = text_of(index).literal if isinstance(index, (Text, Scalar)) else None
    match value:
        case Mapping():
            return attributes.lookup(engine, value, key, expr)
        case Items(items=items):
            if isinstance(index, Scalar) and isinstance(index.value, int):
                return engine.force(items[index.value]) if -len(items) <= index.value < len(items) else NO_VALUE
            return attributes.any_of(engine, expr, items)
        case Instance():
            row = fields.of_tuple(engine, value)
            return _item(engine, expr, Items(row), index) if row is not None else NO_VALUE
        case Text():
            if value.kind in ("split", "parse"):
                return _item(engine, expr, Items(addresses.fields(value) or ()), index)
            literal = value.literal
            if isinstance(index, Scalar) and isinstance(index.value, int) and literal is not None:
                place = index.value
                if not -len(literal) <= place < len(literal):
                    return NO_VALUE
                return one(Scalar(ord(literal[place])) if value.binary else value.made(literal[place]))
            origin = text_of(value).parts[0] if len(value.parts) == 1 else None
            known = isinstance(origin, Hole) and origin.origin and key
            return one(Text((Hole(f"{origin.origin}.{key}"),))) if known and isinstance(origin, Hole) else NO_VALUE
        case Ref(path=path) | Made(path=path) if key is not None:
            return one(_outside(value, path, key))
        case Class(scope=scope) if key is not None:  # Enum["NAME"]
            return attributes.attribute(engine, Class(scope), key, engine.open)
        case _:
            return NO_VALUE


def _outside(value: Value, path: str, key: str) -> Value:
    """An item of something from outside of the program."""
    if path in ("os.environ", "dotenv.dotenv_values", "starlette.config.environ"):
        return Text((Hole(f"env:{key}", present=True),))
    if isinstance(value, Ref):
        return Text((Hole(f"setting:{path.lstrip('.')}.{key}"),))
    return value if path.endswith("().parse_known_args") and key == "0" else UNKNOWN


def _slice(engine: Engine, expr: f.Subscript, index: f.Slice, frame: Frame) -> Alternatives:
    bounds: list[int | None] = []
    for bound in (index.start, index.stop, index.step):
        value = Scalar(None) if bound is None else engine.whole(Late(bound, frame))
        if not isinstance(value, Scalar) or not (value.value is None or isinstance(value.value, int)):
            return NO_VALUE
        bounds.append(value.value)
    found = []
    for value, choices in engine.evaluate(expr.value, frame):
        made: Value | None = None
        if isinstance(value, Text):
            made = folding.sliced(value, *bounds)
        elif isinstance(value, Items) and bounds[2] != 0:
            made = Items(value.items[slice(*bounds)])
        found.append(Alternative(made if made is not None else UNKNOWN, choices))
    return bounded(found)


def _sum(engine: Engine, expr: f.Sum, frame: Frame) -> Alternatives:
    found = []
    for values, choices in product([engine.evaluate(term, frame) for term in expr.terms]):
        if expr.text or not any(value == _FALSY for value in values):  # adding None to anything fails
            found.append(Alternative(operations.added(values, text=expr.text), choices))
    return bounded(found)


def _field(engine: Engine, expr: f.Field, frame: Frame) -> Alternatives:
    rows = [engine.evaluate(expr.value, frame)]
    if expr.spec is not None:
        rows.append(engine.evaluate(expr.spec, frame))
    found = []
    for values, choices in product(rows):
        spec = text_of(values[1]).literal if len(values) > 1 else ""
        shown = Text((Hole(),)) if spec is None else folding.spec_of(values[0], spec, expr.conversion)
        found.append(Alternative(shown, choices))
    return bounded(found)


def _binary(engine: Engine, expr: f.Binary, frame: Frame) -> Alternatives:
    found = []
    for (left, right), choices in product([engine.evaluate(expr.left, frame), engine.evaluate(expr.right, frame)]):
        rows: list[tuple[list[Value], frozenset[Choice]]] = [([right], frozenset())]
        if expr.op == "%" and isinstance(right, Items):
            rows = [([Items(tuple(values))], more) for values, more in product([*map(engine.force, right.items)])]
        for (operand,), more in rows:
            together = both(choices, more)
            if together is not None:
                found.append(Alternative(operations.operation(engine, expr.op, left, operand), together))
    return bounded(found)


def _either(engine: Engine, expr: f.Either, frame: Frame) -> Alternatives:
    """Term by term: a term that decides is the value; one that may decide is one of two ways to go on from."""
    found: list[Alternative] = []
    unsure: list[Alternative] = []
    ways: list[frozenset[Choice]] = [frozenset()]
    for number, term in enumerate(expr.terms):
        last = number == len(expr.terms) - 1
        items = [item for way in ways for item in within(engine.evaluate(term, frame), way)]
        if expr.op == "or" and unsure and (literal := _literal(items)):
            return bounded([*(Alternative(_defaulted(one.value, literal), one.choices) for one in unsure), *found])
        ways = []
        for value, choices in items:
            holds = calling.truth(value)
            decides = holds is (expr.op == "or")
            if last or decides:
                found.append(Alternative(value, choices))
            elif holds is not None:
                ways.append(choices)
            else:
                here, on = (choices | {Choice((expr, number), arm, False)} for arm in (0, 1))
                ways.append(on)
                if expr.op == "or":
                    unsure.append(Alternative(value, here))
                else:
                    found.append(Alternative(_FALSY, here))
        ways = list(dict.fromkeys(ways))[:MAX_ALTERNATIVES]
        if not ways:
            break
    return bounded([*unsure, *found])


_FALSY = Scalar(None)  # what `and` gives of something that is false in this way


def _literal(items: list[Alternative]) -> str | None:
    """The one literal that what is true of these is."""
    values = {item.value for item in items if calling.truth(item.value) is not False}
    return text_of(values.pop()).literal if len(values) == 1 else None


def _defaulted(value: Value, default: str) -> Value:
    return with_default(text_of(value), default) if isinstance(value, (Text, Unknown, Ref)) else value


def _not(engine: Engine, expr: f.Not, frame: Frame) -> Alternatives:
    holds = conditions.truth(engine, expr.value, frame)
    if holds is not None:
        return one(Scalar(not holds))
    truths = [(calling.truth(value), choices) for value, choices in engine.evaluate(expr.value, frame)]
    return bounded([Alternative(UNKNOWN if sure is None else Scalar(not sure), choices) for sure, choices in truths])


def _entered(engine: Engine, expr: f.Entered, frame: Frame) -> Alternatives:
    found: list[Alternative] = []
    for value, choices in engine.evaluate(expr.value, frame):
        found.extend(within(foreign.within(engine, value, frame), choices))
    return bounded(found)


def _conditional(engine: Engine, expr: f.Conditional, frame: Frame) -> Alternatives:
    holds = conditions.truth(engine, expr.test, frame)
    if holds is not None:
        return engine.evaluate(expr.body if holds else expr.orelse, frame)
    body, orelse = engine.evaluate(expr.body, frame), engine.evaluate(expr.orelse, frame)
    return bounded([*under(body, Choice(expr, 0, False)), *under(orelse, Choice(expr, 1, False))])


def _sequence(engine: Engine, expr: f.Sequence, frame: Frame) -> Alternatives:
    items: list[Late | Value] = []
    for number, item in enumerate(expr.items):
        if number not in expr.starred:
            items.append(Late(item, frame))
            continue
        spread = iteration.elements(engine, engine.whole(Late(item, frame)))
        if spread is None:
            return NO_VALUE
        items.extend(spread)
    return one(listed(items))


def _table(engine: Engine, expr: f.Table, frame: Frame) -> Alternatives:
    entries: list[tuple[str | None, Late | Value]] = []
    for key, value in expr.entries:
        if key is not None:
            entries.append((engine.literal(Late(key, frame)), Late(value, frame)))
            continue
        spread = engine.whole(Late(value, frame))
        entries.extend(spread.entries if isinstance(spread, Mapping) else [(None, UNKNOWN)])
    return one(table(entries))


def _each(engine: Engine, expr: f.Each, frame: Frame) -> Alternatives:
    found: list[Alternative] = []
    for value, choices in engine.evaluate(expr.iterable, frame):
        items = iteration.elements(engine, value)
        inner = NO_VALUE if items is None else attributes.any_of(engine, expr.iterable, items, loop=True)
        found.extend(within(inner, choices))
    return bounded(found)


def _comprehension(engine: Engine, expr: f.Comprehension, frame: Frame) -> Alternatives:
    """Turn by turn: each turn is a frame in which the loops' elements are known."""
    turns = [Frame(expr.scope, {}, frame, frame.joined, frame.entered)]
    for loop, tests in expr.sources:
        grown: list[Frame] = []
        for turn in turns:
            items = iteration.elements(engine, engine.whole(Late(loop.iterable, turn)))
            if items is None or len(grown) + len(items) > MAX_ELEMENTS:
                return NO_VALUE
            for item in items:
                inner = Frame(expr.scope, {}, frame, frame.joined, frame.entered, {**_elements_of(turn)})
                inner.memo[loop] = engine.force(item)
                kept = _hold(engine, tests, inner)
                if kept is None:
                    return NO_VALUE
                grown += [inner] if kept else []
        turns = grown
    if expr.key is None:
        return one(Items(tuple(Late(expr.element, inner) for inner in turns)))
    key = expr.key
    return one(table([(engine.literal(Late(key, inner)), Late(expr.element, inner)) for inner in turns]))


def _hold(engine: Engine, tests: tuple[f.Expr, ...], frame: Frame) -> bool | None:
    """Whether all conditions are true, None where that depends."""
    sure: bool | None = True
    for test in tests:
        if isinstance(test, f.Either) and test.op == "and":
            holds = _hold(engine, test.terms, frame)
        else:
            truths = {calling.truth(item.value) for item in engine.evaluate(test, frame)}
            holds = truths.pop() if len(truths) == 1 else None
        if holds is False:
            return False
        sure = sure and holds
    return sure


def _elements_of(turn: Frame) -> dict[f.Expr, Alternatives]:
    return {expr: found for expr, found in turn.memo.items() if isinstance(expr, f.Each)}


def _compare(engine: Engine, expr: f.Compare, frame: Frame) -> Alternatives:
    found = []
    for (left, right), choices in product([engine.evaluate(expr.left, frame), engine.evaluate(expr.right, frame)]):
        found.append(Alternative(operations.compared(engine, expr.op, left, right), choices))
    return bounded(found)


def _call(engine: Engine, expr: f.Call, frame: Frame) -> Alternatives:
    found: list[Alternative] = []
    for value, choices in operators.callees(engine, expr, frame):
        found.extend(within(calling.call(engine, value, expr, frame), choices))
    return bounded(found)


def _defined(engine: Engine, expr: f.Defined, frame: Frame) -> Alternatives:
    if expr.scope.kind != "class":
        return one(Function(expr.scope, frame))
    return one(Class(expr.scope if expr.bare else decorating.in_place_of(engine, expr.scope)))


def value(engine: Engine, expr: f.Expr, frame: Frame) -> Alternatives:
    """What an expression is worth in a frame, by the rule of its type; nothing, or one unknown, where there is none."""
    rule = _RULES.get(type(expr))
    return rule(engine, expr, frame) if rule is not None else ()


_RULES: dict[type, Callable[[Engine, Any, Frame], Alternatives]] = {
    f.Constant: _constant,
    f.Name: lambda engine, expr, frame: engine.name(expr, frame),
    f.Attribute: _attribute,
    f.Subscript: _subscript,
    f.Sum: _sum,
    f.Field: _field,
    f.Binary: _binary,
    f.Compare: _compare,
    f.Either: _either,
    f.Conditional: _conditional,
    f.Not: _not,
    f.Entered: _entered,
    f.Sequence: _sequence,
    f.Table: _table,
    f.Each: _each,
    f.Comprehension: _comprehension,
    f.Changed: containers.changed,
    f.Call: _call,
    f.Imported: modules.imported,
    f.Lambda: lambda _engine, expr, frame: one(Function(expr.scope, frame)),
    f.Defined: _defined,
}
