"""What calls are worth: functions of the module, methods of texts and containers, the builtins that make texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from allo_keyscan.calls import (
    attributes,
    conditions,
    decorating,
    enums,
    fields,
    folding,
    foreign,
    functions,
    iteration,
    kinds,
    methods,
    modules,
    objects,
    operators,
    readers,
)
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import (
    ANY,
    MAX_ELEMENTS,
    UNKNOWN,
    Alternative,
    Alternatives,
    Choice,
    Class,
    Frame,
    Function,
    Instance,
    Items,
    Late,
    Made,
    Mapping,
    Method,
    Partial,
    Ref,
    Scalar,
    Super,
    Text,
    Value,
    both,
    bounded,
    listed,
    plain,
    product,
    text_of,
    under,
    within,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_SAME = (
    "str", "copy.copy", "copy.deepcopy", "typing.cast",
    "memoryview", "pydantic.SecretStr", "textwrap.dedent", "sys.intern", "asgiref.sync.sync_to_async",
    "asgiref.sync.async_to_sync", "functools.lru_cache", "functools.cache", "staticmethod",
)  # fmt: skip
_PARTIALS = {"functools.partial": False, "functools.partialmethod": True}  # whether the result is a method
_INJECTED = ("fastapi.Depends", "fastapi.Security", "fastapi.params.Depends", "litestar.di.Provide")
_STACKS, _ENTERING = ("contextlib.ExitStack", "contextlib.AsyncExitStack"), ("enter_context", "enter_async_context")
UNCLEAR: Alternatives = (Alternative(UNKNOWN),)


def truth(value: Value) -> bool | None:
    """Whether a value is true, None where it depends."""
    match value:
        case Text(parts=parts):
            sure = any(isinstance(part, str) or part.present for part in parts)
            return True if sure else (None if parts else False)
        case Scalar(value=raw):
            return bool(raw)
        case Items(items=items):
            return bool(items)
        case Mapping(entries=entries):
            return bool(entries) if not entries or any(key is not None for key, _ in entries) else None
        case Made(path=path):  # an object of a class is true; what a function gives may be false
            return True if path.rpartition(".")[2][:1].isupper() else None
        case Function() | Class() | Instance() | Partial():
            return True
        case _:
            return None


def call(engine: Engine, callee: Value, expr: f.Call, frame: Frame) -> Alternatives:
    """What calling a value gives."""
    match callee:
        case Made():
            return _of_made(engine, callee, expr, frame)
        case Function():
            return _result(engine, callee, objects.enter(engine, callee, expr, frame), frame)
        case Class(scope=scope):
            if enums.is_enum(engine, scope):
                wanted = objects.given(engine, expr, frame).positional
                return enums.called(engine, scope, engine.whole(wanted[0])) if wanted else UNCLEAR
            return (Alternative(Instance(scope, expr, frame)),)
        case Ref(path=path):
            return _foreign(engine, path.removeprefix("builtins."), objects.given(engine, expr, frame), expr, frame)
        case Method():
            return _of_method(engine, callee, expr, frame)
        case Instance() if (method := attributes.defined(engine, callee, "__call__", frame)) is not None:
            return _result(engine, method, objects.enter(engine, method, expr, frame), frame)
        case Partial(innermost=Ref(path=path)):
            everything = objects.partial_given(engine, callee, objects.given(engine, expr, frame))
            return _foreign(engine, path.removeprefix("builtins."), everything, expr, frame)
        case Partial(innermost=Class(scope=scope)):
            return (Alternative(objects.made_by(engine, callee, scope, expr, frame)),)
        case Partial(innermost=Function() as function):
            if not objects.may_enter(engine, function.scope, frame):
                return (Alternative(UNKNOWN),)
            everything = objects.partial_given(engine, callee, objects.given(engine, expr, frame))
            return _result(engine, function, objects.bind(engine, function, everything, frame), frame)
        case _:
            return (Alternative(UNKNOWN),)


def _of_made(engine: Engine, callee: Made, expr: f.Call, frame: Frame) -> Alternatives:
    if callee.path in _TUPLES and callee.call is not None:
        return (Alternative(Instance(_tuple_class(engine, callee.call, callee.frame or frame), expr, frame)),)
    args = objects.given(engine, expr, frame)
    if callee.path == operators.GETTER:
        return operators.got(engine, callee, args, frame)
    return readers.read(engine, f"{callee.path}()", args, callee) or UNCLEAR


def _of_method(engine: Engine, callee: Method, expr: f.Call, frame: Frame) -> Alternatives:
    args = objects.given(engine, expr, frame)
    match callee:
        case Method(receiver=Instance(scope=scope), name="__new__"):
            return (Alternative(Instance(scope)),)
        case Method(receiver=Made(path=path), name=name) if path in _STACKS and name in _ENTERING and args.positional:
            return tuple(
                Alternative(inner, both(choices, more) or choices)
                for value, choices in engine.force(args.positional[0])
                for inner, more in foreign.within(engine, value, frame)
            )
        case _:
            return methods.method(engine, callee, args, expr, frame)


def call_of(engine: Engine, function: Late) -> Alternatives:
    """What a callable gives when a framework calls it without arguments of ours; of a generator, what it yields."""
    expr = function.expr
    site = expr.site if isinstance(expr, (f.Name, f.Attribute, f.Call)) else None
    if site is None:
        return (Alternative(UNKNOWN),)
    found = engine.evaluate(engine.program.call(expr, site), function.frame)
    made = engine.force(function)[0].value
    if not isinstance(made, Function) or not made.scope.yields or made.scope.decorators:
        return found
    return tuple(
        alternative
        for item in found
        for alternative in (engine.force(item.value.items[0]) if isinstance(item.value, Items) else (item,))
    )


_TUPLES = ("collections.namedtuple", "typing.NamedTuple")


def _tuple_class(engine: Engine, made: f.Call, frame: Frame) -> f.Scope:
    """The class that `namedtuple("Name", "a b")` makes: one with these fields."""
    known = engine.made_classes.get(made)
    if known is not None:
        return known
    scope = f.Scope("class", "<namedtuple>", made.site.scope)
    scope.bases = (f.Imported(-1, "typing", "NamedTuple", made.site),)
    named = objects.given(engine, made, frame).at(1, "field_names")
    value = engine.whole(named) if named is not None else UNKNOWN
    if isinstance(value, Text) and value.literal is not None:
        names: list[str | None] = [*value.literal.replace(",", " ").split()]
    else:
        names = []
        for item in iteration.elements(engine, value) or ():
            inner = engine.whole(item)  # NamedTuple("Name", [("a", str)])
            first = inner.items[0] if isinstance(inner, Items) and inner.items else inner
            names.append(engine.literal(first))
    for field in names:
        scope.bindings[str(field)] = [f.Binding(made.site, f.Opaque(-1))]
    engine.made_classes[made] = scope
    return scope


def returned(engine: Engine, function: Function, inner: Frame | None) -> Alternatives:
    """What a function gives in a frame of it."""
    if inner is None:
        return (Alternative(UNKNOWN),)
    results = function.scope.yields or function.scope.returns  # a generator is worth any of what it yields
    live = [
        value
        for site, value in results
        if not any(block.dead for block in site.block.chain())
        and not _is_none(value)
        and conditions.feasible(engine, site, inner)
    ]
    found: list[Alternative] = []
    for number, value in enumerate(live):
        alternatives = engine.evaluate(value, inner)
        found.extend(under(alternatives, Choice(function.scope, number, False)) if len(live) > 1 else alternatives)
    return bounded(found) or (Alternative(UNKNOWN),)


def _result(engine: Engine, function: Function, inner: Frame | None, frame: Frame) -> Alternatives:
    """What a call gives: of a generator an iterable of any of what it yields, unless a decorator takes that out."""
    if function.scope.decorators and decorating.alters(engine, function, frame):
        return UNCLEAR
    found = returned(engine, function, inner)
    if not function.scope.yields or function.scope.decorators:
        return found
    return tuple(item if item.value is UNKNOWN else Alternative(Items((item.value,)), item.choices) for item in found)


def _is_none(expr: f.Expr) -> bool:
    return isinstance(expr, f.Constant) and expr.value is None


# -- functions of other modules ----------------------------------------------------------------------------------


def _foreign(engine: Engine, path: str, args: objects.Given, expr: f.Call | None, frame: Frame) -> Alternatives:
    if path == "super" and expr is not None:
        return _super(engine, expr, frame)
    if path in _INJECTED and args.positional and isinstance(args.positional[0], Late):
        return call_of(engine, args.positional[0])
    if path == "object.__new__" and args.positional:
        made_of = engine.force(args.positional[0])[0].value
        return (Alternative(Instance(made_of.scope) if isinstance(made_of, Class) else UNKNOWN),)
    if path == "getattr" and len(args.positional) > 1:
        return _getattr(engine, args, frame)
    told = _of_value(engine, path, args, expr, frame)
    if told is not None:
        return told
    read = _kept_elsewhere(engine, path, args, expr, frame) or readers.read(engine, path, args)
    if read is not None:
        return read
    owner, _, name = path.rpartition(".")
    known = path in functions.FOLDS or path in iteration.CONTAINERS
    if owner in ("str", "bytes", "int") and args.positional and not known:
        return _unbound(engine, name, args, frame)
    made: Value | None = None
    if path in iteration.CONTAINERS:
        made = iteration.CONTAINERS[path](engine, args)
    elif path in _CALLERS:
        made = _CALLERS[path](engine, args, frame)
    elif path in _PARTIALS and args.positional and expr is not None:
        target = engine.whole(args.positional[0])
        own = attributes.defined(engine, target, "__call__", frame) if isinstance(target, Instance) else None
        made = Partial(own or target, expr, frame, _PARTIALS[path])
    elif path not in functions.FOLDS and path not in _SAME:
        return (Alternative(Made(path, expr, frame)),) if expr is not None else UNCLEAR
    else:
        return _folded(engine, path, args)
    return (Alternative(made if made is not None else UNKNOWN),)


def _of_value(engine: Engine, path: str, args: objects.Given, expr: f.Call | None, frame: Frame) -> Alternatives | None:
    """What Python's own functions say of a value, take out of it, or make of it with changes; None where this is
    another function, or it is not known."""
    if path in fields.REPLACING and args.positional and expr is not None:
        return (Alternative(fields.replaced(engine, args, expr, frame)),)
    if path == "isinstance" and len(args.positional) == 2:
        return kinds.tested(engine, *args.positional)
    if path == "type" and len(args.positional) == 1:
        found = engine.force(args.positional[0])
        classes = [Alternative(Class(value.scope), more) for value, more in found if isinstance(value, Instance)]
        return bounded(classes) if len(classes) == len(found) else None
    if path in iteration.CHOOSING and args.positional:
        return iteration.chosen(engine, args, expr if expr is not None else args)
    return None


def _kept_elsewhere(
    engine: Engine, path: str, args: objects.Given, expr: f.Call | None, frame: Frame
) -> Alternatives | None:
    """A module imported by its name, and a setting with a default."""
    if path == "importlib.import_module" and expr is not None and len(args.positional) == 1:
        dotted = engine.literal(args.positional[0])
        return modules.imported(engine, f.Imported(-1, dotted, None, expr.site), frame) if dotted else UNCLEAR
    if path.endswith(".config.get") and len(args.positional) == 2:  # Flask's and others'
        return methods.setting(engine, path.removesuffix(".get"), args.positional[1])
    return None


def _unbound(engine: Engine, name: str, args: objects.Given, frame: Frame) -> Alternatives:
    """`str.join("", parts)`: a method with its text as the first argument."""
    more = objects.Given(args.positional[1:], args.named, args.complete)
    found: list[Alternative] = []
    for value, choices in engine.force(args.positional[0]):
        if isinstance(value, (Text, Scalar)):
            found.extend(within(methods.method(engine, Method(value, name), more, None, frame), choices))
        else:
            found.append(Alternative(UNKNOWN, choices))
    return bounded(found)


def _folded(engine: Engine, path: str, args: objects.Given) -> Alternatives:
    if path in _SAME and args.positional:
        last = args.positional[-1 if path == "typing.cast" else 0]
        return tuple(Alternative(_same(path, value, args), choices) for value, choices in engine.force(last))
    fold = functions.FOLDS.get(path)
    bare = not args.positional and path != "urllib.parse.urljoin"
    if fold is None or bare or (len(args.positional) + len(args.named) > 6 and path != "os.path.join"):
        return (Alternative(UNKNOWN),)
    found = []
    size = len(args.positional)
    for values, choices in product([engine.force(item) for item in (*args.positional, *args.named.values())]):
        result = fold(values[:size], dict(zip(args.named, values[size:], strict=True)))
        found.append(Alternative(result if result is not None else UNKNOWN, choices))
    return bounded(found)


def _super(engine: Engine, expr: f.Call, frame: Frame) -> Alternatives:
    method = expr.site.scope.method()
    if method is None or method.owner is None or not method.parameters:
        return (Alternative(UNKNOWN),)
    itself = engine.evaluate(f.Name(-1, method.parameters[0].name, expr.site), frame)[0].value
    instance = itself if isinstance(itself, Instance) else Instance(method.owner)
    return (Alternative(Super(instance, method.owner)),)


def _getattr(engine: Engine, args: objects.Given, frame: Frame) -> Alternatives:
    found: list[Alternative] = []
    for (value, name), choices in product([engine.force(item) for item in args.positional[:2]]):
        literal = text_of(name).literal
        if literal is None:
            found.append(Alternative(_any_of(value), choices))
            continue
        for inner in attributes.attribute(engine, value, literal, frame):
            together = both(choices, inner.choices)
            if together is not None:
                found.append(Alternative(inner.value, together))
    return bounded(found)


def _any_of(value: Value) -> Value:
    """An attribute of unknown name: `getattr(requests, method)` may send all the same (calls/clients)."""
    match value:
        case Ref(path=path):
            return Ref(f"{path}.{ANY}")
        case Made() | Instance():
            return Method(value, ANY)
        case _:
            return UNKNOWN


def _same(path: str, value: Value, args: objects.Given) -> Value:
    if path == "str":
        if isinstance(value, Text) and value.binary and len(args.positional) == 1:
            return folding.spec_of(value, "")
        if isinstance(value, Text) and value.binary:
            return folding.recode(value, "utf-8", decode=True) or UNKNOWN
        return plain(text_of(value))
    return value


# -- calls that call something themselves ------------------------------------------------------------------------


def applied(engine: Engine, target: Value, items: list[Late | Value], frame: Frame) -> Value:
    """What calling a value with these arguments gives, where that is one value."""
    args = objects.Given(items)
    match target:
        case Function() if objects.may_enter(engine, target.scope, frame):
            found = returned(engine, target, objects.bind(engine, target, args, frame))
        case Ref(path=path):
            found = _foreign(engine, path.removeprefix("builtins."), args, None, frame)
        case Method():
            found = methods.method(engine, target, args, None, frame)
        case _:
            return UNKNOWN
    return found[0].value if len(found) == 1 else UNKNOWN


def _map(engine: Engine, args: objects.Given, frame: Frame) -> Value | None:
    target = engine.whole(args.positional[0]) if args.positional else UNKNOWN
    rows = [iteration.elements(engine, engine.whole(item)) for item in args.positional[1:]]
    known = [row for row in rows if row is not None]
    if not rows or len(known) != len(rows) or any(len(row) > MAX_ELEMENTS for row in known):
        return None
    return listed([applied(engine, target, list(items), frame) for items in zip(*known, strict=False)])


def _filter(engine: Engine, args: objects.Given, frame: Frame) -> Value | None:
    if len(args.positional) != 2:
        return None
    target = engine.whole(args.positional[0])
    found = iteration.elements(engine, engine.whole(args.positional[1]))
    kept: list[Late | Value] = []
    for item in found or ():
        value = engine.whole(item)
        sure = truth(value if target == Scalar(None) else applied(engine, target, [item], frame))
        if sure is None:
            return None
        kept += [item] if sure else []
    return listed(kept) if found is not None else None


def _reduce(engine: Engine, args: objects.Given, frame: Frame) -> Value | None:
    if len(args.positional) < 2:
        return None
    target = engine.whole(args.positional[0])
    found = iteration.elements(engine, engine.whole(args.positional[1]))
    if found is None or len(found) > MAX_ELEMENTS:
        return None
    items = [*args.positional[2:], *found]
    if not items:
        return None
    whole = engine.whole(items[0])
    for item in items[1:]:
        whole = applied(engine, target, [whole, item], frame)
    return whole


_CALLERS: dict[str, Callable[[Engine, objects.Given, Frame], Value | None]] = {
    "map": _map,
    "filter": _filter,
    "functools.reduce": _reduce,
}
