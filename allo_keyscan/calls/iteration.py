"""Containers: what iterating over a value gives, and the calls that make containers from others."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from allo_keyscan.calls import addresses, enums, fields, folding, objects
from allo_keyscan.calls.domain import (
    MAX_ELEMENTS,
    UNKNOWN,
    Alternative,
    Alternatives,
    Choice,
    Class,
    Instance,
    Items,
    Late,
    Made,
    Mapping,
    Scalar,
    Text,
    Value,
    bounded,
    listed,
    table,
    text_of,
    under,
    within,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_MAX_LEVELS = 32
_DICTS = (
    "dict", "collections.OrderedDict", "types.MappingProxyType", "httpx.Headers", "multidict.CIMultiDict",
    "multidict.CIMultiDictProxy", "multidict.MultiDict", "requests.structures.CaseInsensitiveDict",
    "niquests.structures.CaseInsensitiveDict", "tornado.httputil.HTTPHeaders", "twisted.web.http_headers.Headers",
    "urllib3.HTTPHeaderDict", "urllib3._collections.HTTPHeaderDict",
)  # fmt: skip
Elements = tuple["Late | Value", ...]
Container = Callable[["Engine", "objects.Given"], "Value | None"]


def elements(engine: Engine, value: Value) -> Elements | None:
    """What iterating over a value gives, None where that is not known."""
    match value:
        case Items(items=items):
            return items
        case Text(kind="split" | "parse"):
            return addresses.fields(value)
        case Text() if value.literal is not None and len(value.literal) <= MAX_ELEMENTS:
            if value.binary:
                return tuple(Scalar(ord(byte)) for byte in value.literal)
            return tuple(Text((char,), False, value.pieces, True) for char in value.literal)
        case Mapping(entries=entries):
            keys = dict.fromkeys(key for key, _ in entries)
            return None if None in keys else tuple(Text((key,) if key else ()) for key in keys if key is not None)
        case Class(scope=scope) if enums.is_enum(engine, scope):
            return tuple(enums.members(engine, scope))
        case Instance():
            return fields.of_tuple(engine, value)
        case _:
            return None


CHOOSING = ("next", "random.choice", "secrets.choice")


def chosen(engine: Engine, args: objects.Given, fork: object) -> Alternatives | None:
    """Any one element of what is chosen from; None where its elements are not known."""
    found: list[Alternative] = []
    for value, choices in engine.force(args.positional[0]):
        if isinstance(value, Made) and value.path == "itertools.cycle" and value.call and value.frame:
            around = objects.given(engine, value.call, value.frame).at(0, None)
            value = engine.whole(around) if around is not None else UNKNOWN
        items = elements(engine, value) if not isinstance(value, Text) else None
        if not items:
            return None
        for number, item in enumerate(items):
            more = Choice((fork, "chosen"), number, False)
            found.extend(
                within(tuple(under(engine.force(item), more)) if len(items) > 1 else engine.force(item), choices)
            )
    return bounded(found)


def pairs(engine: Engine, value: Value) -> list[tuple[str | None, Late | Value]]:
    """What a dict, or a list of pairs, holds; a key of None may be any key."""
    if isinstance(value, Mapping):
        return list(value.entries)
    found: list[tuple[str | None, Late | Value]] = []
    for row in elements(engine, value) or (UNKNOWN,):
        pair = elements(engine, engine.whole(row))
        found.append((engine.literal(pair[0]), pair[1]) if pair and len(pair) == 2 else (None, UNKNOWN))
    return found


def of_python(raw: object, source: Text, level: int = 0) -> Value:
    """A value that Python itself made out of a text."""
    match raw:
        case str():
            return source.made(raw, binary=False)
        case bytes():
            return source.made(raw.decode("latin-1"), binary=True)
        case bool() | int() | float() | None:
            return Scalar(raw)
        case list() | tuple() if level < _MAX_LEVELS:
            return listed([of_python(item, source, level + 1) for item in raw])
        case dict() if level < _MAX_LEVELS:
            return table([(str(key), of_python(item, source, level + 1)) for key, item in raw.items()])
        case _:
            return UNKNOWN


def _iterated(engine: Engine, items: Iterable[Late | Value]) -> list[Elements] | None:
    found = [elements(engine, engine.whole(item)) for item in items]
    known = [row for row in found if row is not None]
    return known if len(known) == len(found) else None


def _items(engine: Engine, args: objects.Given) -> Value | None:
    rows = _iterated(engine, args.positional[:1])
    return None if rows is None else listed([item for row in rows for item in row])


def _sorted(engine: Engine, args: objects.Given) -> Value | None:
    """In order where that is known; else in any, which is all the same to a loop."""
    rows = _iterated(engine, args.positional[:1])
    if not rows:
        return None
    reverse = args.named.get("reverse")
    backwards = reverse is not None and engine.whole(reverse) == Scalar(True)
    if "key" in args.named or len(rows[0]) > MAX_ELEMENTS:
        return listed(rows[0])
    keys = [_constant(engine, item) for item in rows[0]]
    try:
        order = sorted(range(len(keys)), key=lambda number: keys[number], reverse=backwards)
    except TypeError:
        return listed(rows[0])
    return listed([rows[0][number] for number in order])


def _constant(engine: Engine, item: Late | Value, level: int = 0) -> Any:
    """A constant, or a tuple of constants, as Python orders them; what is not known cannot be ordered."""
    value = engine.whole(item)
    match value:
        case Scalar():
            return value.value
        case Text() if value.literal is not None:
            return value.literal
        case Items(items=items) if level < _MAX_LEVELS:
            return tuple(_constant(engine, inner, level + 1) for inner in items)
        case _:
            return object()


def _extreme(choose: Callable[..., Any]) -> Container:
    """`max` or `min` of constants."""

    def found(engine: Engine, args: objects.Given) -> Value | None:
        items = args.positional
        if len(items) == 1:
            items = [*(elements(engine, engine.whole(items[0])) or ())]
        keys = [_constant(engine, item) for item in items]
        if not items or args.named or not args.complete:
            return None
        try:
            return engine.whole(items[keys.index(choose(keys))])
        except TypeError:
            return None

    return found


def _reversed(engine: Engine, args: objects.Given) -> Value | None:
    found = _items(engine, args)
    return Items(found.items[::-1]) if isinstance(found, Items) else None


def _zip(engine: Engine, args: objects.Given) -> Value | None:
    rows = _iterated(engine, args.positional)
    return None if rows is None else listed([Items(row) for row in zip(*rows, strict=False)])


def _enumerate(engine: Engine, args: objects.Given) -> Value | None:
    rows = _iterated(engine, args.positional[:1])
    start = args.at(1, "start")
    first = engine.whole(start) if start is not None else Scalar(0)
    if not rows or not isinstance(first, Scalar) or not isinstance(first.value, int):
        return None
    return listed([Items((Scalar(number), item)) for number, item in enumerate(rows[0], first.value)])


def _chain(engine: Engine, args: objects.Given) -> Value | None:
    rows = _iterated(engine, args.positional)
    return None if rows is None else listed([item for row in rows for item in row])


def _chained(engine: Engine, args: objects.Given) -> Value | None:
    rows = _iterated(engine, args.positional[:1])
    return _chain(engine, objects.Given(list(rows[0]))) if rows else None


def _product(engine: Engine, args: objects.Given) -> Value | None:
    rows = _iterated(engine, args.positional)
    if rows is None:
        return None
    return listed([Items(row) for row in itertools.islice(itertools.product(*rows), MAX_ELEMENTS + 1)])


def _range(engine: Engine, args: objects.Given) -> Value | None:
    bounds = [engine.whole(item) for item in args.positional]
    numbers = [bound.value for bound in bounds if isinstance(bound, Scalar) and isinstance(bound.value, int)]
    if len(numbers) != len(bounds) or not 1 <= len(numbers) <= 3 or numbers[2:] == [0]:
        return None
    made = range(*numbers)
    return Items(tuple(Scalar(number) for number in made)) if len(made[: MAX_ELEMENTS + 1]) <= MAX_ELEMENTS else None


def _bytes(engine: Engine, args: objects.Given) -> Value | None:
    if not args.positional:
        return Text((), True)
    value = engine.whole(args.positional[0])
    if isinstance(value, Text):
        encoding = args.at(1, "encoding")
        if value.binary or encoding is None:
            return value
        return folding.recode(value, engine.literal(encoding) or "utf-8", decode=False)
    if not isinstance(value, Items) or len(value.items) > MAX_ELEMENTS:
        return None
    numbers = [engine.whole(item) for item in value.items]
    raw = [number.value for number in numbers if isinstance(number, Scalar) and isinstance(number.value, int)]
    if len(raw) != len(numbers) or not all(0 <= number < 256 for number in raw):
        return None
    return Text(("".join(map(chr, raw)),) if raw else (), True, changed=True)


def _dict(engine: Engine, args: objects.Given) -> Value | None:
    entries: list[tuple[str | None, Late | Value]] = []
    if args.positional:
        entries.extend(pairs(engine, engine.whole(args.positional[0])))
    entries.extend(args.named.items())
    if not args.complete:
        entries.append((None, UNKNOWN))
    return table(entries)


def _layered(engine: Engine, args: objects.Given) -> Value | None:
    """A ChainMap: what stands first wins."""
    entries = [entry for item in reversed(args.positional) for entry in pairs(engine, engine.whole(item))]
    return table(entries) if args.complete else None


def _fromkeys(engine: Engine, args: objects.Given) -> Value | None:
    rows = _iterated(engine, args.positional[:1])
    value = args.positional[1] if len(args.positional) > 1 else Scalar(None)
    return table([(engine.literal(key), value) for key in rows[0]]) if rows else None


def _maketrans(engine: Engine, args: objects.Given) -> Value | None:
    """A table as `translate` takes it: characters, each to a text or None."""
    first = engine.whole(args.positional[0]) if args.positional else UNKNOWN
    if isinstance(first, Mapping):
        return first if len(args.positional) == 1 else None
    texts = [engine.literal(item) for item in args.positional]
    known = [text for text in texts if text is not None]
    if len(known) != len(texts) or len(known) < 2 or len(known[0]) != len(known[1]):
        return None
    entries: list[tuple[str | None, Late | Value]] = [
        (old, Text((new,), pieces=text_of(engine.whole(args.positional[1])).pieces))
        for old, new in zip(*known[:2], strict=True)
    ]
    return table([*entries, *((char, Scalar(None)) for char in "".join(known[2:]))])


def _unsplit(engine: Engine, args: objects.Given) -> Value | None:
    rows = _iterated(engine, args.positional[:1])
    parts = [text_of(engine.whole(item)) for item in rows[0]] if rows else []
    return addresses.unsplit(parts) if len(parts) in (5, 6) else None


def _json(engine: Engine, args: objects.Given) -> Value | None:
    if engine.rough:  # what JSON holds is nothing that is called
        return None
    source = engine.whole(args.positional[0]) if args.positional else UNKNOWN
    literal = text_of(source).literal
    if not isinstance(source, Text) or literal is None or literal.count("[") + literal.count("{") > MAX_ELEMENTS // 4:
        return None
    try:
        return of_python(json.loads(literal), source)
    except (ValueError, RecursionError):
        return None


# The builtins and functions of the standard library that make containers, or bytes out of numbers.
CONTAINERS: dict[str, Container] = {
    "bytearray": _bytes,
    "bytearray.maketrans": _maketrans,
    "bytes": _bytes,
    "bytes.maketrans": _maketrans,
    "collections.ChainMap": _layered,
    "dict.fromkeys": _fromkeys,
    "enumerate": _enumerate,
    "itertools.chain": _chain,
    "itertools.chain.from_iterable": _chained,
    "itertools.product": _product,
    "json.loads": _json,
    "max": _extreme(max),
    "min": _extreme(min),
    "range": _range,
    "reversed": _reversed,
    "sorted": _sorted,
    "str.maketrans": _maketrans,
    "urllib.parse.urlunparse": _unsplit,
    "urllib.parse.urlunsplit": _unsplit,
    "zip": _zip,
    **dict.fromkeys(_DICTS, _dict),
    **dict.fromkeys(("list", "tuple", "set", "frozenset", "iter", "collections.deque"), _items),
}
