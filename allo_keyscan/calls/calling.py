"""What calls are worth: functions of the module, methods of texts and containers, the builtins that make texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import folding, methods, objects
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
    Method,
    Partial,
    Ref,
    Scalar,
    Super,
    Text,
    Value,
    both,
    bounded,
    joined,
    listed,
    product,
    table,
    text_of,
    under,
    with_default,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_ENVIRONMENT = ("os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault", "decouple.config", "getenv")
_SAME = (
    "str", "httpx.URL", "yarl.URL", "furl.furl", "pathlib.PurePosixPath", "copy.copy", "copy.deepcopy", "typing.cast",
    "bytearray", "memoryview", "pydantic.SecretStr", "textwrap.dedent", "sys.intern",
)  # fmt: skip
_INJECTED = ("fastapi.Depends", "fastapi.Security", "fastapi.params.Depends", "litestar.di.Provide")
_DICTS = (
    "dict", "collections.OrderedDict", "types.MappingProxyType", "httpx.Headers", "multidict.CIMultiDict",
    "multidict.CIMultiDictProxy", "multidict.MultiDict", "requests.structures.CaseInsensitiveDict",
    "niquests.structures.CaseInsensitiveDict", "tornado.httputil.HTTPHeaders", "twisted.web.http_headers.Headers",
    "urllib3.HTTPHeaderDict", "urllib3._collections.HTTPHeaderDict",
)  # fmt: skip
_ITEMS = ("list", "tuple", "set", "frozenset", "sorted", "iter")


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
        case Function() | Class() | Instance() | Made() | Partial():
            return True
        case _:
            return None


def call(engine: Engine, callee: Value, expr: f.Call, frame: Frame) -> Alternatives:
    """What calling a value gives."""
    match callee:
        case Function():
            return _returned(engine, callee, objects.enter(engine, callee, expr, frame))
        case Class(scope=scope):
            if any(base.endswith("Enum") for base in objects.foreign_bases(engine, scope)):
                members = objects.given(engine, expr, frame).positional
                return engine.force(members[0]) if members else (Alternative(UNKNOWN),)
            return (Alternative(Instance(scope, expr, frame)),)
        case Ref(path=path):
            return _foreign(engine, path.removeprefix("builtins."), expr, frame)
        case Method():
            return methods.method(engine, callee, expr, frame)
        case Instance(scope=scope) if (method := objects.defined(engine, callee, "__call__", frame)) is not None:
            return _returned(engine, method, objects.enter(engine, method, expr, frame))
        case Partial(target=Function() as function):
            if not objects.may_enter(engine, function.scope, frame):
                return (Alternative(UNKNOWN),)
            everything = objects.partial_given(engine, callee, objects.given(engine, expr, frame))
            return _returned(engine, function, objects.bind(engine, function, everything, frame))
        case _:
            return (Alternative(UNKNOWN),)


def call_of(engine: Engine, function: Late) -> Alternatives:
    """What a callable gives when a framework calls it without arguments of ours."""
    expr = function.expr
    site = expr.site if isinstance(expr, (f.Name, f.Attribute, f.Call)) else None
    if site is None:
        return (Alternative(UNKNOWN),)
    return engine.evaluate(engine.program.call(expr, site), function.frame)


def _returned(engine: Engine, function: Function, inner: Frame | None) -> Alternatives:
    if inner is None:
        return (Alternative(UNKNOWN),)
    results = function.scope.yields or function.scope.returns  # a generator is worth any of what it yields
    live = [
        value for site, value in results if not any(block.dead for block in site.block.chain()) and not _is_none(value)
    ]
    found: list[Alternative] = []
    for number, value in enumerate(live):
        alternatives = engine.evaluate(value, inner)
        found.extend(under(alternatives, Choice(function.scope, number, False)) if len(live) > 1 else alternatives)
    return bounded(found) or (Alternative(UNKNOWN),)


def _is_none(expr: f.Expr) -> bool:
    return isinstance(expr, f.Constant) and expr.value is None


# -- functions of other modules ----------------------------------------------------------------------------------


def _foreign(engine: Engine, path: str, expr: f.Call, frame: Frame) -> Alternatives:
    if path == "super":
        return _super(engine, expr, frame)
    args = objects.given(engine, expr, frame)
    if path in _INJECTED and args.positional and isinstance(args.positional[0], Late):
        return call_of(engine, args.positional[0])
    if path == "getattr" and len(args.positional) > 1:
        return _getattr(engine, args, frame)
    container = _CONTAINERS.get(path)
    if container is not None:
        made = container(engine, args, expr, frame)
        return (Alternative(made if made is not None else UNKNOWN),)
    if path in _SAME and args.positional:
        last = args.positional[-1 if path == "typing.cast" else 0]
        return tuple(Alternative(_same(path, value, args), choices) for value, choices in engine.force(last))
    fold = _FOLDS.get(path)
    if fold is None and path in _ENVIRONMENT:
        fold = _environment
    if fold is None:
        return (Alternative(Made(path, expr, frame)),)
    if not args.positional or (len(args.positional) + len(args.named) > 6 and path != "os.path.join"):
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
            found.append(Alternative(UNKNOWN, choices))
            continue
        for inner in objects.attribute(engine, value, literal, frame):
            together = both(choices, inner.choices)
            if together is not None:
                found.append(Alternative(inner.value, together))
    return bounded(found)


def _same(path: str, value: Value, args: objects.Given) -> Value:
    if path == "str":
        if isinstance(value, Text) and value.binary and len(args.positional) == 1:
            return folding.spec_of(value, "")
        if isinstance(value, Text) and value.binary:
            return folding.recode(value, "utf-8", decode=True) or UNKNOWN
        return text_of(value)
    if path == "bytearray" and isinstance(value, Items):
        return UNKNOWN
    return value


def _environment(values: list[Value], named: dict[str, Value]) -> Value | None:
    name = text_of(values[0]).literal if values else None
    if name is None:
        return None
    default = values[1] if len(values) > 1 else named.get("default")
    fallback = text_of(default).filled().literal if isinstance(default, Text) else None
    return with_default(Text((Hole(f"env:{name}"),)), fallback)


def _decode(values: list[Value], _named: dict[str, Value]) -> Value | None:
    codec = text_of(values[1]).literal if len(values) > 1 else "utf-8"
    return folding.decoded(text_of(values[0]), codec) if codec is not None else None


def _chr(values: list[Value], _named: dict[str, Value]) -> Value | None:
    value = values[0]
    if isinstance(value, Scalar) and isinstance(value.value, int) and 0 <= value.value < 0x110000:
        return Text((chr(value.value),), changed=True)
    return None


def _ord(values: list[Value], _named: dict[str, Value]) -> Value | None:
    literal = text_of(values[0]).literal
    return Scalar(ord(literal)) if literal is not None and len(literal) == 1 else None


def _int(values: list[Value], _named: dict[str, Value]) -> Value | None:
    base = values[1].value if len(values) > 1 and isinstance(values[1], Scalar) else 10
    literal = text_of(values[0]).literal
    try:
        return (
            Scalar(int(literal, base if isinstance(base, int) else 10))
            if literal and len(literal) < 40
            else _digits(values)
        )
    except ValueError:
        return None


def _digits(values: list[Value]) -> Value:
    part = text_of(values[0]).parts
    origin = part[0].origin if part and isinstance(part[0], Hole) else None
    return Text((Hole(origin, slash=False),))


def _quote(values: list[Value], named: dict[str, Value]) -> Value | None:
    safe = values[1] if len(values) > 1 else named.get("safe")
    text = text_of(values[0])
    if text.literal is not None and re.fullmatch(r"[\w.~/-]*", text.literal, re.ASCII):
        return text
    return Text((Hole(slash=not (safe is not None and text_of(safe).literal == "")),))


def _join_path(values: list[Value], _named: dict[str, Value]) -> Value:
    pieces = [text_of(values[0])]
    for value in values[1:]:
        pieces = [folding.strip(joined(pieces), "rstrip", "/"), Text(("/",)), text_of(value)]
    return joined(pieces)


def _url(values: list[Value], _named: dict[str, Value]) -> Value | None:
    return folding.joined_url(text_of(values[0]), text_of(values[1])) if len(values) > 1 else None


def _folder(decode: Callable[[Text], Text | None]) -> Callable[[list[Value], dict[str, Value]], Value | None]:
    return lambda values, _named: decode(text_of(values[0]))


Fold = Callable[[list[Value], dict[str, Value]], "Value | None"]
_FOLDS: dict[str, Fold] = {
    **{path: _folder(decode) for path, decode in folding.DECODERS.items()},
    "codecs.decode": _decode,
    "codecs.encode": lambda values, _named: (
        folding.decoded(text_of(values[0]), "rot13")
        if len(values) > 1 and text_of(values[1]).literal in ("rot13", "rot_13", "rot-13")
        else None
    ),
    "chr": _chr,
    "ord": _ord,
    "int": _int,
    "float": lambda values, _named: _digits(values),
    "uuid.UUID": lambda values, _named: _digits(values),
    "urllib.parse.quote": _quote,
    "urllib.parse.quote_plus": lambda values, _named: _quote(values[:1], {"safe": Text()}),
    "urllib.parse.urlencode": lambda _values, _named: Text((Hole(slash=False),)),
    "urllib.parse.urljoin": _url,
    "os.path.join": _join_path,
    "posixpath.join": _join_path,
    "len": lambda values, _named: (
        Scalar(len(literal))
        if (literal := text_of(values[0]).literal) is not None and isinstance(values[0], Text)
        else None
    ),
    "format": lambda values, _named: folding.spec_of(
        values[0], (text_of(values[1]).literal or "") if len(values) > 1 else ""
    ),
}


# -- containers: their elements stay unevaluated -----------------------------------------------------------------


def _bytes(engine: Engine, args: objects.Given, _expr: f.Call, _frame: Frame) -> Value | None:
    if not args.positional:
        return Text((), True)
    value = engine.force(args.positional[0])[0].value
    if isinstance(value, Text):
        if value.binary or len(args.positional) == 1:
            return value
        return folding.recode(value, engine.literal(args.positional[1]) or "utf-8", decode=False)
    if not isinstance(value, Items) or len(value.items) > MAX_ELEMENTS:
        return None
    numbers = [engine.force(item)[0].value for item in value.items]
    raw = [number.value for number in numbers if isinstance(number, Scalar) and isinstance(number.value, int)]
    if len(raw) != len(numbers) or not all(0 <= number < 256 for number in raw):
        return None
    return Text(("".join(map(chr, raw)),) if raw else (), True, changed=True)


def _dict(engine: Engine, args: objects.Given, _expr: f.Call, _frame: Frame) -> Value | None:
    entries: list[tuple[str | None, Late | Value]] = []
    if args.positional:
        entries.extend(methods.entries(engine, engine.force(args.positional[0])[0].value))
    entries.extend(args.named.items())
    if not args.complete:
        entries.append((None, UNKNOWN))
    return table(entries)


def _items(engine: Engine, args: objects.Given, _expr: f.Call, _frame: Frame) -> Value | None:
    if not args.positional:
        return Items(())
    found = methods.elements(engine.force(args.positional[0])[0].value)
    return listed(found) if found is not None else None


def _reversed(engine: Engine, args: objects.Given, expr: f.Call, frame: Frame) -> Value | None:
    found = _items(engine, args, expr, frame)
    return Items(found.items[::-1]) if isinstance(found, Items) else None


def _map(engine: Engine, args: objects.Given, _expr: f.Call, frame: Frame) -> Value | None:
    if len(args.positional) != 2:
        return None
    target = engine.force(args.positional[0])[0].value
    found = methods.elements(engine.force(args.positional[1])[0].value)
    if found is None or len(found) > MAX_ELEMENTS:
        return None
    results: list[Late | Value] = []
    for item in found:
        if isinstance(target, Function) and objects.may_enter(engine, target.scope, frame):
            inner = objects.bind(engine, target, objects.Given([item]), frame)
            results.append(_returned(engine, target, inner)[0].value)
        elif isinstance(target, Ref) and target.path in _FOLDS:
            results.append(_FOLDS[target.path]([engine.force(item)[0].value], {}) or UNKNOWN)
        elif isinstance(target, Ref) and target.path == "str":
            results.append(text_of(engine.force(item)[0].value))
        else:
            return None
    return listed(results)


def _range(engine: Engine, args: objects.Given, _expr: f.Call, _frame: Frame) -> Value | None:
    bounds = [engine.force(item)[0].value for item in args.positional]
    numbers = [bound.value for bound in bounds if isinstance(bound, Scalar) and isinstance(bound.value, int)]
    if len(numbers) != len(bounds) or not 1 <= len(numbers) <= 3 or numbers[2:] == [0]:
        return None
    made = range(*numbers)
    return Items(tuple(Scalar(number) for number in made)) if len(made) <= MAX_ELEMENTS else None


def _partial(engine: Engine, args: objects.Given, expr: f.Call, frame: Frame) -> Value | None:
    return Partial(engine.force(args.positional[0])[0].value, expr, frame) if args.positional else None


def _partial_method(engine: Engine, args: objects.Given, expr: f.Call, frame: Frame) -> Value | None:
    return Partial(engine.force(args.positional[0])[0].value, expr, frame, True) if args.positional else None


Container = Callable[["Engine", objects.Given, f.Call, Frame], "Value | None"]
_CONTAINERS: dict[str, Container] = {
    "bytes": _bytes,
    "bytearray": _bytes,
    **dict.fromkeys(_DICTS, _dict),
    **dict.fromkeys(_ITEMS, _items),
    "reversed": _reversed,
    "map": _map,
    "range": _range,
    "functools.partial": _partial,
    "functools.partialmethod": _partial_method,
}
