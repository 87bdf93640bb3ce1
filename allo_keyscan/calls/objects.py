"""Functions, classes and objects of a module as values: binding arguments, reading attributes, following writes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from allo_keyscan.calls import addresses, enums, modules, options, readers, stdlib
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import (
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
    Label,
    Late,
    Made,
    Mapping,
    Member,
    Method,
    Module,
    Partial,
    Ref,
    Scalar,
    Super,
    Text,
    Unknown,
    Value,
    bounded,
    plain,
    table,
    text_of,
    under,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_NUMBERS = ("int", "float", "uuid.UUID", "datetime.date", "datetime.datetime")
_TRANSPARENT = ("Optional", "Annotated", "Final", "ClassVar")


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
    for argument in call.arguments:
        late = Late(argument.value, frame)
        if argument.star == "":
            if argument.keyword is None:
                found.positional.append(late)
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
            found.complete = False
    return found


def partial_given(engine: Engine, value: Partial, more: Given) -> Given:
    """The arguments of a partial's call: those laid down, then the new ones."""
    first = given(engine, value.call, value.frame)
    return Given(
        first.positional[1:] + more.positional, {**first.named, **more.named}, first.complete and more.complete
    )


def may_enter(engine: Engine, scope: f.Scope, frame: Frame) -> bool:
    """Whether a call is followed from here: not too deep, and not into a function we are in already."""
    return len(frame.entered) < engine.call_depth and scope not in frame.entered


def enter(engine: Engine, function: Function, call: f.Call, frame: Frame) -> Frame | None:
    """The frame of one call of a function, the same object for the same call; None where it is not followed."""
    if not may_enter(engine, function.scope, frame):
        return None
    key = (function.scope, call, frame, function.receiver)
    known = engine.frames.get(key)
    if known is None:
        known = bind(engine, function, given(engine, call, frame), frame)
        engine.frames[key] = known
    return known


def bind(engine: Engine, function: Function, args: Given, frame: Frame) -> Frame:
    """A frame with the parameters bound; what is not given falls back on its default."""
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
                bound[parameter.name] = (Alternative(text_of(Unknown(_origin(scope, parameter.name)))),)
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
        return (Alternative(Class(owner) if decorated(scope, "classmethod") else Instance(owner)),)
    if place.joined:
        found = _from_callers(engine, scope, parameter, place)
        if found:
            return found
    declared = annotated(engine, parameter.annotation, scope)
    if declared is not None and not isinstance(declared, Hole):
        return (Alternative(declared),)
    described = options.parameter(engine, scope, parameter, place)
    if described is not None:
        return described
    choices = literal_choices(parameter.annotation)
    if choices:
        return any_of(engine, parameter, choices)
    hole = Hole(_origin(scope, parameter.name), slash=declared is None)
    if parameter.default is not None:
        default = engine.evaluate(parameter.default, engine.base(place))[0].value
        number = isinstance(default, Scalar) and type(default.value) is int
        literal = text_of(default).literal if number or isinstance(default, Text) else None
        if literal:
            return (Alternative(Text((hole._replace(default=literal),))),)
        if not isinstance(default, Scalar) and not (isinstance(default, Text) and literal == ""):
            return (Alternative(default),)
    return (Alternative(Text((hole,))),)


def literal_choices(annotation: f.Expr | None) -> tuple[Late | Value, ...]:
    """The texts of a `Literal[…]` annotation."""
    if not isinstance(annotation, f.Subscript) or _named(annotation.value) != "Literal":
        return ()
    index = annotation.index
    items = index.items if isinstance(index, f.Sequence) else (index,)
    texts = [item.value for item in items if isinstance(item, f.Constant) and isinstance(item.value, str)]
    return tuple(Text((text,)) for text in texts if text) if len(texts) == len(items) else ()


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
        found.extend(under(alternatives, Choice(scope, number, False)) if len(calls) > 1 else alternatives)
    return bounded(found)


def entered(engine: Engine, callee: Value, scope: f.Scope, call: f.Call, frame: Frame) -> Frame | None:
    """The frame of `scope` when `callee` (as `Engine.callers` gave it) is called there."""
    match callee:
        case Function():
            return enter(engine, callee, call, frame)
        case Class():
            instance = Instance(callee.scope, call, frame)
            return enter(engine, Function(scope, engine.base(frame), instance), call, frame)
        case Partial(target=Function() as function):
            args = partial_given(engine, callee, given(engine, call, frame))
            return bind(engine, function, args, frame) if may_enter(engine, function.scope, frame) else None
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
        case Partial(target=Function() as function):
            yield function.scope, value
        case Instance():
            method = defined(engine, value, "__call__", engine.base(value.frame or engine.open))
            if method is not None:
                yield method.scope, method


def annotated(engine: Engine, annotation: f.Expr | None, scope: f.Scope) -> Value | Hole | None:
    """What an annotation in a scope declares: an object, or a Hole for a number; None where it says nothing of use."""
    match annotation:
        case f.Binary(op="|"):
            return annotated(engine, annotation.left, scope) or annotated(engine, annotation.right, scope)
        case f.Subscript(index=f.Sequence(items=(kind, *notes))) if _named(annotation.value) in _TRANSPARENT:
            injected = [
                (item, engine.evaluate(item, engine.open)[0].value) for item in notes if isinstance(item, f.Call)
            ]
            known = next(
                (
                    value
                    for item, value in injected
                    if isinstance(value, (Instance, Made)) and value.call not in (None, item)
                ),
                None,
            )
            return known or annotated(engine, kind, scope)
        case f.Subscript() if _named(annotation.value) in _TRANSPARENT:
            return annotated(engine, annotation.index, scope)
        case f.Constant(value=str(text)) if all(part.isidentifier() for part in text.split(".")):
            first, *rest = text.split(".")
            named: f.Expr = engine.program.name(engine.program.holder(scope), first)
            for part in rest:
                named = f.Attribute(-1, named, part, f.Site(scope.module, sys.maxsize, f.Block()))
            return annotated(engine, named, scope)
        case f.Name() | f.Attribute():
            value = engine.evaluate(annotation, engine.open)[0].value
            if isinstance(value, Ref) and value.path in _NUMBERS:
                return Hole()
            if isinstance(value, Ref) and "." in value.path:
                return Made(value.path, None, None)
            return Instance(value.scope) if isinstance(value, Class) else None
        case _:
            return None


def _named(expr: f.Expr) -> str | None:
    return expr.id if isinstance(expr, f.Name) else (expr.name if isinstance(expr, f.Attribute) else None)


def decorated(scope: f.Scope, *wanted: str) -> bool:
    """Whether a function has one of these decorators, by their last names."""
    return any(_named(decorator) in wanted for decorator in scope.decorators)


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
            queue.extend(value.scope for value, _ in engine.evaluate(base, engine.open) if isinstance(value, Class))
    return found


def foreign_bases(engine: Engine, scope: f.Scope) -> list[str]:
    """The dotted names of a class's bases that are not of this module."""
    return [
        value.path
        for current in mro(engine, scope)
        for base in current.bases
        for value, _ in engine.evaluate(base, engine.open)
        if isinstance(value, Ref)
    ]


def attribute(engine: Engine, value: Value, name: str, frame: Frame) -> Alternatives:
    """`value.name`."""
    match value:
        case Ref(path=path):
            return (Alternative(stdlib.outside(f"{path}.{name}")),)
        case Text(kind=None) if name == "value" or (name == "name" and value.literal in stdlib.METHODS):
            return (Alternative(value),)
        case Module():
            return modules.attribute(engine, value, name, frame)
        case Instance():
            return _of_instance(engine, value, name, frame, mro(engine, value.scope))
        case Super(instance=instance, after=after):
            classes = mro(engine, instance.scope)
            behind = classes[classes.index(after) + 1 :] if after in classes else mro(engine, after)[1:]
            return _of_instance(engine, instance, name, frame, behind)
        case Class(scope=scope):
            return _of_class(engine, value, scope, name, frame)
        case Text(kind=Label() as label) | Member(label=label):
            found = enums.attribute(engine, value, label, name, frame)
            own = value.value if isinstance(value, Member) else value
            return (
                found
                if found is not None
                else attribute(engine, plain(own) if isinstance(own, Text) else own, name, frame)
            )
        case Text(kind=str()):
            part = addresses.attribute(value, name)
            return (Alternative(part if part is not None else Method(value, name)),)
        case Made(path=path) if path.endswith(options.PARSED):
            return options.parsed(engine, value, name, frame) or (Alternative(Method(value, name)),)
        case Unknown(origin=origin):
            return (Alternative(Unknown(f"{origin}.{name}") if origin else UNKNOWN),)
        case Function():
            return (Alternative(UNKNOWN),)
        case _:
            return (Alternative(Method(value, name)),)


def _of_class(engine: Engine, value: Class, scope: f.Scope, name: str, frame: Frame) -> Alternatives:
    found = engine.mutations.from_outside(engine, scope, name, _in_class(engine, value, scope, name, frame), frame)
    return found or (Alternative(Text((Hole(f"setting:{scope.qualname}.{name}"),))),)


def _in_class(engine: Engine, value: Class, scope: f.Scope, name: str, frame: Frame) -> Alternatives | None:
    if enums.is_member(engine, scope, name):
        return (Alternative(enums.member(engine, scope, name)),)
    for current in mro(engine, scope):
        for binding in reversed(current.bindings.get(name, [])):
            if isinstance(binding.value, f.Defined) and binding.value.scope.kind == "function":
                receiver = value if decorated(binding.value.scope, "classmethod") else None
                return (Alternative(Function(binding.value.scope, engine.base(frame), receiver)),)
            return engine.evaluate(binding.value, engine.base(frame))
        for _, written in current.attributes.get(name, ()):
            return engine.evaluate(written, engine.base(frame))
    return None


def _of_instance(engine: Engine, value: Instance, name: str, frame: Frame, classes: list[f.Scope]) -> Alternatives:
    own = _in_classes(engine, value, name, frame, classes)
    if value.call is None and name != "__init__":
        own = _with_overrides(engine, value, name, frame, classes, own)
    own = own or engine.mutations.from_outside(engine, value.scope, name, None, frame) or ()
    return own or _by_getattr(engine, value, name, frame, classes)


def _with_overrides(
    engine: Engine, value: Instance, name: str, frame: Frame, classes: list[f.Scope], own: Alternatives
) -> Alternatives:
    """Some object of a class may be one of a subclass: what those say otherwise counts beside the class's own word.

    A method that only says what subclasses do, or an attribute of None, is no word of its own. A choice of subclass
    holds for all attributes at once, and every subclass is somebody's.
    """
    found: list[Alternative] = []
    for number, sub in enumerate(engine.subclasses(value.scope)):
        known = mro(engine, sub)
        above = [one for one in known if one not in classes]
        if not any(name in one.bindings or name in one.attributes for one in above):
            continue
        for item in _in_classes(engine, Instance(sub), name, frame, known):
            found.extend(under((item,), Choice((value.scope, "object"), number, True)))
    if not found:
        return own
    real = [item for item in own if not (item.value == Scalar(None) or _abstract(item.value))]
    return bounded([*real, *found])


def _abstract(value: Value) -> bool:
    return isinstance(value, Function) and value.scope.abstract


def _by_getattr(engine: Engine, value: Instance, name: str, frame: Frame, classes: list[f.Scope]) -> Alternatives:
    foreign = foreign_bases(engine, value.scope)
    for scope in classes:
        for binding in scope.bindings.get("__getattr__", ()):
            if isinstance(binding.value, f.Defined) and not foreign and not name.startswith("__"):
                function = Function(binding.value.scope, engine.base(frame), value)
                return returned_for(engine, function, name, frame)
    for path in foreign:
        through, call = engine.delegates.get(path, {}).get(name, (None, None))
        sends = defined(engine, value, through, frame) if through is not None else None
        if sends is not None and call is not None:
            return (Alternative(Partial(sends, call, engine.open)),)
    return (Alternative(Method(value, name)),)


def returned_for(engine: Engine, function: Function, name: str, frame: Frame) -> Alternatives:
    """What a function gives for one literal argument."""
    if not may_enter(engine, function.scope, frame):
        return (Alternative(UNKNOWN),)
    key = (function.scope, name, function.receiver, frame.joined)
    inner = engine.frames.get(key)
    if inner is None:
        inner = bind(engine, function, Given([Text((name,))]), frame)
        engine.frames[key] = inner
    return bounded([found for _, result in function.scope.returns for found in engine.evaluate(result, inner)])


def defined(engine: Engine, value: Instance, name: str, frame: Frame) -> Function | None:
    """The method of that name that an object's class defines in this program."""
    for item in _in_classes(engine, value, name, frame, mro(engine, value.scope)):
        if isinstance(item.value, Function):
            return item.value
    return None


def within(engine: Engine, value: Value, frame: Frame) -> Alternatives:
    """What a context manager binds: what its `__enter__` gives, where this program defines it; else itself."""
    if isinstance(value, Instance):
        method = defined(engine, value, "__enter__", frame) or defined(engine, value, "__aenter__", frame)
        if method is not None and may_enter(engine, method.scope, frame):
            inner = method_frame(engine, value, method.scope, frame)
            found = [item for _, result in method.scope.returns for item in engine.evaluate(result, inner)]
            known = [item for item in found if not isinstance(item.value, Unknown)]
            if known:
                return bounded(known)
    return (Alternative(value),)


def _in_classes(engine: Engine, value: Instance, name: str, frame: Frame, classes: list[f.Scope]) -> Alternatives:
    """What the classes themselves say of an attribute, nearest first; nothing where they have none."""
    for scope in classes:
        writes = [
            (site, written)
            for site, written in scope.attributes.get(name, ())
            if not any(block.dead for block in site.block.chain())
        ]
        if writes:
            return _written(engine, value, scope, name, writes, frame)
        for binding in reversed(scope.bindings.get(name, [])):
            made = _class_level(engine, value, scope, name, binding.value, frame)
            return engine.mutations.from_outside(engine, scope, name, made, frame) or made
    if enums.is_enum(engine, value.scope) and name in ("value", "name"):  # `self` in a method of an Enum
        return any_of(engine, value.scope, tuple(enums.valued(engine, value.scope, name)))
    return ()


def _written(
    engine: Engine, value: Instance, scope: f.Scope, name: str, writes: list[tuple[f.Site, f.Expr]], frame: Frame
) -> Alternatives:
    found: list[Alternative] = []
    for number, (site, written) in enumerate(writes):
        inner = method_frame(engine, value, site.scope, frame)
        alternatives = engine.evaluate(written, inner)
        found.extend(under(alternatives, Choice((scope, name), number, False)) if len(writes) > 1 else alternatives)
    real = [item for item in found if not (isinstance(item.value, Scalar) and item.value.value is None)]
    if real and len(real) < len(found) and len({item.value for item in real}) == 1:
        real = [Alternative(real[0].value)]  # `self.x = None` first and the object later: nothing to choose between
    return engine.mutations.applied_attribute(engine, value, scope, name, bounded(real or found), frame)


def method_frame(engine: Engine, value: Instance, inside: f.Scope, frame: Frame) -> Frame:
    """The frame in which a method of this very object runs; for `__init__` with the arguments that made the object."""
    method = inside.method()
    if method is None or not method.parameters:
        return engine.base(frame)
    if method.name in ("__init__", "__new__") and value.call is not None and value.frame is not None:
        made = enter(engine, Function(method, engine.base(frame), value), value.call, value.frame)
        if made is not None:
            return made
    key = (method, value, frame.joined)
    known = engine.frames.get(key)
    if known is None:
        known = Frame(method, {method.parameters[0].name: value}, engine.base(frame), frame.joined)
        engine.frames[key] = known
    return known


def _class_level(
    engine: Engine, value: Instance, scope: f.Scope, name: str, expr: f.Expr, frame: Frame
) -> Alternatives:
    if isinstance(expr, f.Defined):
        return _definition(engine, value, expr.scope, frame)
    if "__init__" not in scope.bindings:
        set_by = _field_arguments(engine, value, scope, name, frame)
        if set_by:
            return bounded([found for argument in set_by for found in engine.force(argument)])
    setting = readers.field(engine, scope, name, expr, frame)
    if setting is not None:
        return setting
    if isinstance(expr, f.Opaque):
        return (Alternative(Text((Hole(f"parameter:{scope.qualname}.{name}"),))),)
    if isinstance(expr, f.Call) and readers.is_field(expr):
        args = given(engine, expr, engine.base(frame))
        default, factory = args.at(0, "default"), args.named.get("default_factory", args.named.get("factory"))
        if isinstance(factory, Late):
            return engine.evaluate(f.Call(-1, factory.expr, (), expr.site), factory.frame)
        return engine.force(default) if default is not None else (Alternative(UNKNOWN),)
    return tuple(
        Alternative(_received(item.value, value), item.choices) for item in engine.evaluate(expr, engine.base(frame))
    )


def _received(found: Value, value: Instance) -> Value:
    """A function or partialmethod that a class holds as a plain value is a method of the object all the same."""
    match found:
        case Function(receiver=None) if not decorated(found.scope, "staticmethod"):
            return Function(found.scope, found.frame, value)
        case Partial(target=Function(receiver=None) as function, method=True):
            return Partial(Function(function.scope, function.frame, value), found.call, found.frame)
        case _:
            return found


def _definition(engine: Engine, value: Instance, scope: f.Scope, frame: Frame) -> Alternatives:
    """A method, property or class defined in the class of an object."""
    if scope.kind == "class":
        return (Alternative(Class(scope)),)
    if decorated(scope, "property", "cached_property"):
        inner = method_frame(engine, value, scope, frame)
        return bounded([found for _, result in scope.returns for found in engine.evaluate(result, inner)])
    receiver: Value | None = Class(value.scope) if decorated(scope, "classmethod") else value
    if decorated(scope, "staticmethod"):
        receiver = None
    return (Alternative(Function(scope, engine.base(frame), receiver)),)


def _field_arguments(engine: Engine, value: Instance, scope: f.Scope, name: str, frame: Frame) -> list[Late | Value]:
    """What set a field: the call that made the object, or where that is not known any call that makes one."""
    made = [value]
    if frame.joined and value.call is None:
        made = [Instance(scope, call, engine.joined) for call, _ in engine.callers(scope)]
    arguments = [_field_argument(engine, one, scope, name) for one in made]
    return [argument for argument in arguments if argument is not None]


def _field_argument(engine: Engine, value: Instance, scope: f.Scope, name: str) -> Late | Value | None:
    """The argument that set a field of a class whose `__init__` is written for it (dataclass, pydantic, NamedTuple)."""
    if value.call is None or value.frame is None:
        return None
    args = given(engine, value.call, value.frame)
    order = [field for field, made in scope.bindings.items() if not isinstance(made[-1].value, f.Defined)]
    return args.at(order.index(name) if name in order else None, name)


def tuple_fields(engine: Engine, value: Instance) -> tuple[Late | Value, ...] | None:
    """The fields of a NamedTuple in order, None where one of them is not known."""
    if not any(base.endswith("NamedTuple") for base in foreign_bases(engine, value.scope)):
        return None
    names = [name for name, made in value.scope.bindings.items() if not isinstance(made[-1].value, f.Defined)]
    fields = [_field_argument(engine, value, value.scope, name) for name in names]
    known = tuple(field for field in fields if field is not None)
    return known if len(known) == len(fields) else None


def any_of(engine: Engine, fork: object, items: tuple[Late | Value, ...], *, loop: bool = False) -> Alternatives:
    """Any one of several values, each under its own choice at a fork."""
    found: list[Alternative] = []
    for number, item in enumerate(items):
        found.extend(under(engine.force(item), Choice(fork, number, loop)))
    return bounded(found)


def lookup(engine: Engine, mapping: Mapping, key: str | None, fork: object) -> Alternatives:
    """The value of a key, the last one written; a key nobody knows may be any of them."""
    if key is None:
        return any_of(engine, fork, tuple(item for _, item in mapping.entries))
    maybe: list[Alternative] = []
    for name, item in reversed(mapping.entries):
        if name == key:
            known = engine.force(item)
            if not maybe:
                return known
            literal = text_of(known[0].value).literal if len(known) == 1 else None
            if literal:  # as a default is: what comes later may say otherwise
                return (Alternative(Text((Hole(default=literal),))),)
            return bounded([*under(bounded(maybe), Choice(fork, 0, False)), *under(known, Choice(fork, 1, False))])
        if name is None:
            maybe.append(Alternative(UNKNOWN))
    return bounded(maybe)
