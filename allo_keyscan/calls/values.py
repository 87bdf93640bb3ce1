"""What an expression may be worth: evaluated on demand, over the facts of a program, without running anything.

Two customers share the engine: URLs, methods and headers of HTTP calls, and keys put together from pieces. Bounds on
steps, depth and breadth turn what is too much into holes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from allo_keyscan.calls import (
    addresses,
    attributes,
    calling,
    conditions,
    decorating,
    folding,
    foreign,
    iteration,
    modules,
    mutations,
    names,
    objects,
    operations,
)
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import (
    MAX_ELEMENTS,
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
    bounded,
    listed,
    product,
    table,
    text_of,
    under,
    with_default,
    within,
)
from allo_keyscan.calls.link import Program

MAX_STEPS = 10_000
MAX_CALL_DEPTH = 8
MAX_DEPTH = 160
_ROUNDS = 3
_BITS = 2048
_Answer = TypeVar("_Answer")
NO_VALUE: Alternatives = (Alternative(UNKNOWN),)


def one(value: Value) -> Alternatives:
    """The alternatives of a value that has none."""
    return (Alternative(value),)


class Engine:
    """Evaluates the expressions of a program, following calls of its own functions `call_depth` deep.

    `delegates` are methods of other modules' classes that call another method of the object (clients.delegates).
    """

    def __init__(
        self,
        program: Program,
        *,
        call_depth: int = MAX_CALL_DEPTH,
        delegates: dict[str, dict[str, tuple[str, f.Call]]] | None = None,
    ) -> None:
        self.program = program
        self.delegates = delegates or {}
        self.call_depth = call_depth
        self.open = Frame(None, {}, None)
        self.joined = Frame(None, {}, None, joined=True)
        self._steps = 0
        self._depth = 0
        self._active: set[tuple[int, int]] = set()
        self.asked: set[object] = set()  # questions being answered that must not be asked again inside
        self.made_classes: dict[f.Call, f.Scope] = {}  # by `namedtuple(…)`
        self._bits: dict[f.Scope, int] = {}
        self._leans = 0  # whose callers the expression being evaluated depends on, as bits of their scopes
        self._news = self._called = 0  # whose callers were found in this round, and in any
        self._round = 0
        self._since = [0]  # by round: whose callers were found in it or later
        self._frames: dict[object, tuple[Frame, tuple[int, int] | None]] = {}
        self._callers: dict[f.Scope, list[tuple[f.Call, Value]]] = {}
        self._mutations = mutations.Mutations()
        self._subclasses: dict[f.Scope, list[f.Scope]] = {}
        self._classed = 0

    # -- entry points ------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """A new question: MAX_STEPS bounds each one, so that a costly answer takes nothing from the next."""
        self._steps = 0

    def evaluate(self, expr: f.Expr, frame: Frame) -> Alternatives:
        """The values an expression may have in a frame; never empty."""
        known = frame.memo.get(expr)
        if known is not None and self._holds(frame.leans.get(expr), frame):
            return known
        key = (id(expr), id(frame))
        if key in self._active or self._depth >= MAX_DEPTH or self._steps >= MAX_STEPS:
            return NO_VALUE
        self._steps += 1
        self._depth += 1
        self._active.add(key)
        outer, self._leans = self._leans, 0
        try:
            found = _RULES.get(type(expr), _opaque)(self, expr, frame) or NO_VALUE
        finally:
            self._active.discard(key)
            self._depth -= 1
            inner, self._leans = self._leans, self._leans | outer
        frame.memo[expr] = found
        if inner:
            frame.leans[expr] = inner, self._round
        return found

    def _holds(self, leans: tuple[int, int] | None, frame: Frame) -> bool:
        """Whether what leaned on these callers, as they were known in that round, is still true; if so, it is noted.

        An open frame asks no callers: what it notes says where a joined one may know better.
        """
        if leans is None:
            return True
        if frame.joined and leans[0] & self._since[leans[1]]:
            return False
        self._leans |= leans[0]
        return True

    def force(self, item: Late | Value) -> Alternatives:
        """The alternatives of an element that may still have to be evaluated."""
        return self.evaluate(item.expr, item.frame) if isinstance(item, Late) else one(item)

    def texts(self, item: Late | Value | None) -> list[tuple[Text, frozenset[Choice]]]:
        """The alternatives of an element as texts; None and False are left out."""
        if item is None:
            return []
        found = []
        for value, choices in self.force(item):
            if not (isinstance(value, Scalar) and value.value in (None, False)):
                found.append((text_of(value), choices))
        return found

    def literal(self, item: Late | Value | None) -> str | None:
        """The one literal text of an element, or None."""
        texts = self.texts(item)
        return texts[0][0].literal if len(texts) == 1 else None

    def base(self, frame: Frame) -> Frame:
        """The frame without bindings, in the same mode."""
        return self.joined if frame.joined else self.open

    def frame(self, key: object, make: Callable[[], Frame]) -> Frame:
        """The frame of that key, made where there is none yet."""
        known = self._frames.get(key)
        if known is not None and self._holds(known[1], known[0]):
            return known[0]
        outer, self._leans = self._leans, 0
        made = make()
        self._frames[key] = made, ((self._leans, self._round) if self._leans else None)
        self._leans |= outer
        return made

    def index_callers(self) -> None:
        """Finds who calls what, once, before the first question that asks for it.

        A call on an object that came in as an argument (`self._api.request(…)`) is found once it is known who made that
        object, so rounds follow over the calls not found that depend on what the last round found.
        """
        calls = [(call, 0) for module in [*self.program.modules.values()] for call in module.calls]
        missed = self._index(calls, self.open)
        for target, made, callee in decorating.declared(self):
            self._callers.setdefault(target, []).append((made, callee))
            self._news |= self._bit(target)
        for _ in range(_ROUNDS):
            news = self._next_round()
            again = {call for call, leans in missed if leans & news}
            if not again:
                return
            later = self._index([one for one in missed if one[0] in again], self.joined)
            missed = [*(one for one in missed if one[0] not in again), *later]
        self._next_round()

    def _next_round(self) -> int:
        """From here on, what leans on callers found in the last round no longer holds; these callers, as bits."""
        news, self._news = self._news, 0
        self._called |= news
        self._since = [*(since | news for since in self._since), 0]
        self._round += 1
        return news

    def _index(self, calls: list[tuple[f.Call, int]], frame: Frame) -> list[tuple[f.Call, int]]:
        """Notes whom the calls call; those where that is not found, each with what it leans on."""
        missed: list[tuple[f.Call, int]] = []
        for call, _ in calls:
            self.begin()
            self._leans = 0
            found = [pair for value, _ in self.evaluate(call.func, frame) for pair in objects.targets(self, value)]
            leans = self._leans
            found = [pair for pair in found if not pair[0].abstract or pair[0].kind == "class"]
            for target, callee in found:
                self._callers.setdefault(target, []).append((call, callee))
                self._news |= self._bit(target)
            if not found:
                missed.append((call, leans))
        return missed

    def _bit(self, scope: f.Scope) -> int:
        """A scope as one bit of the numbers that say what leans on whose callers; several scopes may share one."""
        return self._bits.setdefault(scope, 1 << len(self._bits) % _BITS)

    def lean(self, scope: f.Scope) -> None:
        """What is being evaluated may be another once more callers of a scope are known, or in a joined frame."""
        self._leans |= self._bit(scope)

    def well_known(self, ask: Callable[[Frame], _Answer]) -> _Answer:
        """What `ask` finds in the joined frame; in the open one, which is cheaper, where no callers tell more."""
        outer, self._leans = self._leans, 0
        found = ask(self.open)
        more = self._leans & self._called
        self._leans |= outer
        return ask(self.joined) if more else found

    def callers(self, scope: f.Scope) -> list[tuple[f.Call, Value]]:
        """The program's calls of a function (or of the class whose `__init__` it is), with the callee as evaluated."""
        return self._callers.get(scope, [])

    @property
    def mutations(self) -> mutations.Mutations:
        """What the modules read so far write into dicts and objects after they were made."""
        self._mutations.add(self.program.modules.values())
        return self._mutations

    def subclasses(self, scope: f.Scope) -> list[f.Scope]:
        """The classes of the program that have a class among their bases, near or far, in reading order."""
        modules = self.program.modules
        if len(modules) != self._classed:
            self._classed = len(modules)
            self._subclasses = {}
            for sub in [sub for module in [*modules.values()] for sub in module.classes if sub.bases]:
                for base in objects.mro(self, sub)[1:]:
                    self._subclasses.setdefault(base, []).append(sub)
        return self._subclasses.get(scope, [])

    # -- names -------------------------------------------------------------------------------------------------------

    def name(self, expr: f.Name, frame: Frame) -> Alternatives:
        """A name: what its reaching bindings are worth, with what was written into it since."""
        scope = names.home(expr.id, expr.site)
        if scope is None:
            return modules.starred(self, expr, frame) or one(Ref(expr.id))
        place = frame
        while place.scope is not scope and place.parent is not None:
            place = place.parent
        inside = place.scope is scope
        if not inside:
            place = frame if scope.kind in ("comprehension", "lambda") else self.base(frame)
        reached = names.reaching(expr.id, scope, expr.site)
        found: list[Alternative] = []
        for binding, choices in reached.bindings:
            found.extend(within(self.evaluate(binding.value, place), choices))
        if reached.initial:
            found.extend(within(self._initial(scope, expr.id, place), reached.untouched))
        known = conditions.narrowed(self, expr, scope, bounded(found), place)
        return self.mutations.applied(self, scope, expr, known, place)

    def _initial(self, scope: f.Scope, name: str, place: Frame) -> Alternatives:
        """What a parameter holds when its function is entered."""
        if place.scope is scope and name in place.bound:
            return self._bound(place.bound[name])
        parameter = scope.parameter(name)
        return objects.unbound(self, scope, parameter, place) if parameter is not None else NO_VALUE

    def _bound(self, value: Late | Value | Alternatives) -> Alternatives:
        return value if isinstance(value, tuple) else self.force(value)


# -- one rule an expression type ---------------------------------------------------------------------------------


def _opaque(_engine: Engine, _expr: f.Expr, _frame: Frame) -> Alternatives:
    return NO_VALUE


def _constant(_engine: Engine, expr: f.Constant, _frame: Frame) -> Alternatives:
    value = expr.value
    if isinstance(value, str):
        return one(Text((value,) if value else (), pieces=frozenset({expr.span})))
    if isinstance(value, bytes):
        text = value.decode("latin-1")
        return one(Text((text,) if text else (), True, frozenset({expr.span})))
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
            fields = attributes.tuple_fields(engine, value)
            return _item(engine, expr, Items(fields), index) if fields is not None else NO_VALUE
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
        value = Scalar(None) if bound is None else engine.evaluate(bound, frame)[0].value
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
        found.append(Alternative(operations.operation(engine, expr.op, left, right), choices))
    return bounded(found)


def _either(engine: Engine, expr: f.Either, frame: Frame) -> Alternatives:
    if expr.op == "and":
        return engine.evaluate(expr.terms[-1], frame)
    found: list[Alternative] = []
    unsure: list[Alternative] = []
    for term in expr.terms:
        values = [item for item in engine.evaluate(term, frame) if calling.truth(item.value) is not False]
        literal = text_of(values[0].value).literal if len(values) == 1 else None
        if unsure and literal:
            return bounded([Alternative(_defaulted(item.value, literal), item.choices) for item in unsure])
        sure = [item for item in values if calling.truth(item.value) is True]
        unsure += [item for item in values if calling.truth(item.value) is None]
        found += sure
        if values and len(sure) == len(values):
            break
    return bounded(unsure + found) or engine.evaluate(expr.terms[-1], frame)


def _defaulted(value: Value, default: str) -> Value:
    return with_default(text_of(value), default) if isinstance(value, (Text, Unknown, Ref)) else value


def _not(engine: Engine, expr: f.Not, frame: Frame) -> Alternatives:
    holds = conditions.truth(engine, expr.value, frame)
    return NO_VALUE if holds is None else one(Scalar(not holds))


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
        spread = iteration.elements(engine, engine.evaluate(item, frame)[0].value)
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
        spread = engine.evaluate(value, frame)[0].value
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
            items = iteration.elements(engine, engine.evaluate(loop.iterable, turn)[0].value)
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
    for value, choices in engine.evaluate(expr.func, frame):
        found.extend(within(calling.call(engine, value, expr, frame), choices))
    return bounded(found)


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
    f.Call: _call,
    f.Imported: modules.imported,
    f.Lambda: lambda _engine, expr, frame: one(Function(expr.scope, frame)),
    f.Defined: lambda _engine, expr, frame: one(
        Class(expr.scope) if expr.scope.kind == "class" else Function(expr.scope, frame)
    ),
}
