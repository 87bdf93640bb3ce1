"""Functions, classes and objects of a program as values: arguments bound to parameters, and the classes of objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from allo_keyscan.calls import attributes, decorating, fixtures, options, types
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import (
    UNKNOWN,
    Alternative,
    Alternatives,
    Callers,
    Choice,
    Class,
    Default,
    Frame,
    Function,
    Hole,
    Instance,
    Items,
    Late,
    Made,
    Mapping,
    Partial,
    Ref,
    Scalar,
    Text,
    Unknown,
    Value,
    bounded,
    table,
    text_of,
    under,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_OF_CLASS = ("__new__", "__init_subclass__", "__class_getitem__")  # class methods without a decorator


@dataclass(slots=True)
class Given:
    """The arguments of a call; not `complete` where a `*` or `**` argument could not be read."""

    positional: list[Late | Value] = field(default_factory=list)
    named: dict[str, Late | Value] = field(default_factory=dict)
    complete: bool = True

    def at(self, position: int | None, keyword: str | None) -> Late | Value | None:
        """The argument at a position or of a name, None where it is not given."""
        if keyword is not None and keyword in self.named:
            return self.named[keyword]
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return None


def given(engine: Engine, call: f.Call, frame: Frame) -> Given:
    """The arguments of a call, `*` and `**` spread where they are known."""
    found = Given()
    placed = True  # behind a `*` that is not known no argument has a place
    for argument in call.arguments:
        late = Late(argument.value, frame)
        if argument.star == "":
            if argument.keyword is None:
                found.positional += [late] if placed else []
            else:
                found.named[argument.keyword] = late
            continue
        value = engine.whole(late)
        if argument.star == "*" and isinstance(value, Items):
            found.positional.extend(value.items)
        elif argument.star == "**" and isinstance(value, Mapping):
            for name, item in value.entries:
                if name is None:
                    found.complete = False
                else:
                    found.named[name] = item
        else:
            placed = placed and argument.star != "*"
            found.complete = False
    return found


def partial_given(engine: Engine, value: Partial, more: Given) -> Given:
    """The arguments of a partial's call: those laid down, then the new ones."""
    first, later = given(engine, value.call, value.frame), more.positional[value.of_first :]
    complete = first.complete and more.complete
    together = Given(first.positional[1:] + later, {**first.named, **more.named}, complete)
    return partial_given(engine, value.target, together) if isinstance(value.target, Partial) else together


def made_by(engine: Engine, value: Partial, scope: f.Scope, call: f.Call, frame: Frame) -> Instance:
    """The object that a partial of a class makes."""
    args = partial_given(engine, value, given(engine, call, frame))
    return as_made(engine, scope, ("merged", value.call, call, frame), args, call, frame)


def as_made(engine: Engine, scope: f.Scope, key: object, args: Given, call: f.Call, frame: Frame) -> Instance:
    """An object of a class as if one call, at the place of `call`, had all of these arguments."""

    def make() -> Frame:
        own = Frame(frame.scope, frame.bound, frame.parent, frame.joined, frame.entered, call=frame.call)
        own.caller, own.turn = frame.caller, frame.turn
        items: list[tuple[str | None, Late | Value]] = [
            *((None, item) for item in args.positional),
            *args.named.items(),
        ]
        arguments = [f.Argument(name, "", f.Opaque(-1)) for name, _ in items]
        own.memo = {one.value: engine.force(item) for one, (_, item) in zip(arguments, items, strict=True)}
        arguments += [] if args.complete else [f.Argument(None, "**", f.Opaque(-1))]
        engine.merged[own] = f.Call(call.span, call.func, tuple(arguments), call.site)
        return own

    inner = engine.frame(key, make)
    return Instance(scope, engine.merged[inner], inner)


def may_enter(engine: Engine, scope: f.Scope, frame: Frame) -> bool:
    """Whether a call is followed from here: not too deep, and not into a function we are in already."""
    return len(frame.entered) < engine.call_depth and scope not in frame.entered


def enter(engine: Engine, function: Function, call: f.Call, frame: Frame) -> Frame | None:
    """The frame of one call of a function, the same object for the same call; None where it is not followed."""
    if not may_enter(engine, function.scope, frame):
        return None
    key = (function.scope, call, frame, function.receiver)
    return engine.frame(key, lambda: _entry(engine, function, call, frame))


def _entry(engine: Engine, function: Function, call: f.Call, frame: Frame) -> Frame:
    args = given(engine, call, frame)
    if function.scope.decorators:
        args = decorating.handed(engine, function, args, frame)
    made = bind(engine, function, args, frame, call)
    made.call, made.caller = call, frame
    return made


def bind(engine: Engine, function: Function, args: Given, frame: Frame, call: f.Call | None = None) -> Frame:
    """A frame with the parameters bound; what is not given falls back on its default.

    What a `*` or `**` of the call may give, and nobody knows, comes from the function that makes the call.
    """
    scope = function.scope
    bound: dict[str, Late | Value | Alternatives] = {}
    ordered = [parameter for parameter in scope.parameters if parameter.kind == ""]
    first = [function.receiver] if function.receiver is not None else []
    positional = [*first, *([UNKNOWN] if _bound_task(scope) else []), *args.positional]
    for parameter, value in zip(ordered, positional, strict=False):
        bound[parameter.name] = value
    extra: list[tuple[str | None, Late | Value]] = []
    for name, value in args.named.items():
        target = scope.parameter(name)
        if target is not None and target.kind in ("", "keyword"):
            bound[name] = value
        else:
            extra.append((name, value))
    if not args.complete:
        extra.append((None, UNKNOWN))
    for parameter in scope.parameters:
        if parameter.kind == "*":
            known = Items(tuple(positional[len(ordered) :]))
            bound[parameter.name] = known if args.complete else UNKNOWN
        elif parameter.kind == "**":
            bound[parameter.name] = table(extra)
        elif parameter.name not in bound:
            if not args.complete:
                caller = call.site.scope if call is not None and call.site.scope.kind == "function" else scope
                bound[parameter.name] = (Alternative(text_of(Unknown(_origin(caller, parameter.name)))),)
            elif parameter.default is not None:
                bound[parameter.name] = Late(parameter.default, engine.base(frame))
    return Frame(scope, bound, function.frame, frame.joined, (*frame.entered, scope))


def _bound_task(scope: f.Scope) -> bool:
    """Whether a task queue hands the function its own task first (Celery's `bind=True`)."""
    return any(
        argument.keyword == "bind" and isinstance(argument.value, f.Constant) and argument.value.value is True
        for decorator in scope.decorators
        if isinstance(decorator, f.Call)
        for argument in decorator.arguments
    )


def _origin(scope: f.Scope, name: str) -> str:
    return f"parameter:{scope.qualname}.{name}"


def unbound(engine: Engine, scope: f.Scope, parameter: f.Parameter, place: Frame) -> Alternatives:
    """What a parameter may be when no call is at hand: self, what all callers give, its annotation, its default."""
    owner = scope.owner
    if owner is not None and scope.parameters[0] is parameter and not decorated(scope, "staticmethod"):
        of_class = scope.name in _OF_CLASS or decorated(scope, "classmethod")
        return (Alternative(Class(owner) if of_class else Instance(owner)),)
    engine.lean(scope)
    if place.joined:
        found = _from_callers(engine, scope, parameter, place)
        if found:
            return found
    others = _from_others(engine, scope, parameter, place)
    if others is not None:
        return others
    declared = types.annotated(engine, parameter.annotation, scope)
    if parameter.default is not None and isinstance(declared, (Instance, Made)):
        default = engine.evaluate(parameter.default, engine.base(place))[0].value
        if isinstance(default, (Instance, Made)) and default.call is not None:
            return (Alternative(default),)
    if declared is not None and not isinstance(declared, Hole):
        return (Alternative(declared),)
    described = options.parameter(engine, scope, parameter, place)
    if described is not None:
        return described
    return _by_signature(engine, scope, parameter, place, slash=declared is None)


def _by_signature(engine: Engine, scope: f.Scope, parameter: f.Parameter, place: Frame, *, slash: bool) -> Alternatives:
    """What a parameter's `Literal[…]` or its default says of it."""
    choices = types.literal_choices(parameter.annotation)
    if choices:
        return attributes.any_of(engine, parameter, choices)
    hole = Hole(_origin(scope, parameter.name), slash=slash)
    if parameter.default is not None:
        default = engine.evaluate(parameter.default, engine.base(place))[0].value
        number = isinstance(default, Scalar) and type(default.value) is int
        literal = text_of(default).literal if number or isinstance(default, Text) else None
        if literal:
            return (Alternative(Text((hole._replace(default=literal),))),)
        if isinstance(default, (Items, Mapping)):
            return _replaceable(engine, parameter, parameter.default, default, place)
        if not isinstance(default, Scalar) and not (isinstance(default, Text) and literal == ""):
            return (Alternative(default),)
    return (Alternative(Text((hole,))),)


def _replaceable(
    engine: Engine, parameter: f.Parameter, expr: f.Expr, default: Items | Mapping, place: Frame
) -> Alternatives:
    """A container that is a parameter's default: what is taken out of it says that a caller may give another."""
    choice = Choice(Default(parameter), 0, True)

    def taken(item: Late | Value) -> Late:
        return Late(expr, Frame(None, {}, None, memo={expr: tuple(under(engine.force(item), choice))}))

    def make() -> Frame:
        if isinstance(default, Items):
            made: Value = Items(tuple(taken(item) for item in default.items))
        else:
            made = Mapping(tuple((key, taken(item)) for key, item in default.entries))
        return Frame(None, {}, None, memo={expr: (Alternative(made, frozenset({choice})),)})

    return engine.frame((parameter, place.joined), make).memo[expr]


def _from_others(engine: Engine, scope: f.Scope, parameter: f.Parameter, place: Frame) -> Alternatives | None:
    """What a decorator of the program, or pytest, gives for a parameter; None where neither does."""
    found = decorating.injected(engine, scope, parameter, place)
    return engine.force(found) if found is not None else fixtures.handed(engine, scope, parameter.name, place)


def _from_callers(engine: Engine, scope: f.Scope, parameter: f.Parameter, place: Frame) -> Alternatives:
    """What the module's calls give a parameter; for an object of a class, only those that make one of that class."""
    found: list[Alternative] = []
    calls = engine.callers(scope)
    itself = place.bound.get(scope.parameters[0].name) if place.scope is scope else None
    if isinstance(itself, Instance):
        own = [
            (call, callee)
            for call, callee in calls
            if not isinstance(callee, Class) or itself.scope in mro(engine, callee.scope)
        ]
        calls = own or calls
    for number, (call, callee) in enumerate(calls):
        frame = entered(engine, callee, scope, call, engine.joined)
        value = frame.bound.get(parameter.name) if frame is not None else None
        if value is None:
            continue
        alternatives = value if isinstance(value, tuple) else engine.force(value)
        found.extend(under(alternatives, Choice(Callers(scope), number, False)) if len(calls) > 1 else alternatives)
    return bounded(found)


def entered(engine: Engine, callee: Value, scope: f.Scope, call: f.Call, frame: Frame) -> Frame | None:
    """The frame of `scope` when `callee` (as `Engine.callers` gave it) is called there."""
    match callee:
        case Function():
            return enter(engine, callee, call, frame)
        case Class():
            instance = Instance(callee.scope, call, frame)
            return enter(engine, Function(scope, engine.base(frame), instance), call, frame)
        case Partial(innermost=Class(scope=made)):
            instance = made_by(engine, callee, made, call, frame)
            function = Function(scope, engine.base(frame), instance)
            return enter(engine, function, instance.call or call, instance.frame or frame)
        case Partial(innermost=Function() as function):
            args = partial_given(engine, callee, given(engine, call, frame))
            if not may_enter(engine, function.scope, frame):
                return None
            inner = bind(engine, function, args, frame)
            inner.call, inner.caller = call, frame
            return inner
        case _:
            return None


def targets(engine: Engine, value: Value) -> Iterator[tuple[f.Scope, Value]]:
    """The scopes a call of this value enters: a function's own, a class's `__init__` and the class itself."""
    match value:
        case Function():
            yield value.scope, value
        case Class():
            yield value.scope, value
            for scope in mro(engine, value.scope):
                for binding in scope.bindings.get("__init__", ()):
                    if isinstance(binding.value, f.Defined):
                        yield binding.value.scope, value
                        return
        case Partial(innermost=Function() as function):
            yield function.scope, value
        case Partial(innermost=Class() as made):
            yield from ((scope, value) for scope, _ in targets(engine, made))
        case Instance():
            method = attributes.defined(engine, value, "__call__", engine.base(value.frame or engine.open))
            if method is not None:
                yield method.scope, method


def _making(engine: Engine, value: Instance, method: f.Scope, call: f.Call, frame: Frame) -> Frame | None:
    """The frame of an `__init__` when an object is made: the first of its classes' gets the call's arguments, each that
    stands behind it what the one before hands on. None where that one does not call it."""
    inside: Frame | None = None
    for scope in mro(engine, value.scope):
        for made in scope.bindings.get(method.name, ())[-1:]:
            if not isinstance(made.value, f.Defined):
                return None
            if inside is None:
                inside = enter(engine, Function(made.value.scope, engine.base(frame), value), call, frame)
            else:
                inside = _handed_on(engine, made.value.scope, inside)
            if inside is None or made.value.scope is method:
                return inside
    return None


def _handed_on(engine: Engine, method: f.Scope, frame: Frame) -> Frame | None:
    """The frame of a method that the one running in a frame calls, on the same object."""
    for call in engine.mutations.methods.get(method.name, ()):
        if call.site.scope is frame.scope:
            for callee, _ in engine.evaluate(call.func, frame):
                if isinstance(callee, Function) and callee.scope is method:
                    return enter(engine, callee, call, frame)
    return None


def last_name(expr: f.Expr) -> str | None:
    """The name an expression ends with, where it is a name or an attribute."""
    return expr.id if isinstance(expr, f.Name) else (expr.name if isinstance(expr, f.Attribute) else None)


def decorated(scope: f.Scope, *wanted: str) -> bool:
    """Whether a function has one of these decorators, by their last names."""
    return any(last_name(decorator) in wanted for decorator in scope.decorators)


def mro(engine: Engine, scope: f.Scope) -> list[f.Scope]:
    """A class and its bases in this module, nearest first."""
    found: list[f.Scope] = []
    queue = [scope]
    while queue:
        current = queue.pop(0)
        if current in found:
            continue
        found.append(current)
        for base in current.bases:
            queue.extend(value.scope for value in _base(engine, base) if isinstance(value, Class))
        queue.extend(engine.decorated.get(current, ()))
    return found


def _base(engine: Engine, base: f.Expr) -> list[Value]:
    """What a base of a class is; `Base[T]` is Base."""
    plain = base.value if isinstance(base, f.Subscript) else base
    return [value for value, _ in engine.evaluate(plain, engine.open)]


def foreign_bases(engine: Engine, scope: f.Scope) -> list[str]:
    """The dotted names of a class's bases that are not of this module."""
    return [
        value.path
        for current in mro(engine, scope)
        for base in current.bases
        for value in _base(engine, base)
        if isinstance(value, Ref)
    ]


def same_instance(engine: Engine, one: Instance, two: Instance) -> bool:
    """Whether two values may be one object: as far as classes, and the calls that made them, tell."""
    if one.scope is not two.scope and not (one.call is None and one.scope in mro(engine, two.scope)):
        return two.call is None and two.scope in mro(engine, one.scope)
    return one.call is None or two.call is None or (one.call is two.call and led_alike(one.frame, two.frame))


def same_made(one: Made, two: Made) -> bool:
    """The same of two objects that other modules made."""
    return one.path == two.path and one.call is two.call and led_alike(one.frame, two.frame)


def led_alike(one: Frame | None, two: Frame | None) -> bool:
    """Whether the same call may have led to two frames of a function: two calls of a factory make two objects."""
    calls = [frame.call if frame is not None else None for frame in (one, two)]
    return None in calls or calls[0] is calls[1]


def method_frame(engine: Engine, value: Instance, inside: f.Scope, frame: Frame) -> Frame:
    """The frame in which a method of this very object runs; for `__init__` with the arguments that made the object."""
    method = inside.method()
    if method is None or not method.parameters:
        return engine.base(frame)
    if method.name in ("__init__", "__new__") and value.call is not None and value.frame is not None:
        made = _making(engine, value, method, value.call, value.frame)
        if made is not None:
            return made
    key = (method, value, frame.joined)
    itself = method.parameters[0].name
    return engine.frame(key, lambda: Frame(method, {itself: value}, engine.base(frame), frame.joined))
