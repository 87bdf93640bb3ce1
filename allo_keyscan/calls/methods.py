"""Methods of texts and containers, and what iterating over a value gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import folding, objects
from allo_keyscan.calls.domain import (
    MAX_ELEMENTS,
    MAX_LENGTH,
    UNKNOWN,
    Alternative,
    Alternatives,
    Frame,
    Items,
    Late,
    Made,
    Mapping,
    Method,
    Scalar,
    Text,
    Unknown,
    Value,
    bounded,
    joined,
    product,
    text_of,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_TEMPLATE = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})")
_KEEPS = ("get_secret_value", "geturl", "strip_whitespace", "unicode_string", "copy", "human_repr")


def elements(value: Value) -> tuple[Late | Value, ...] | None:
    """What iterating over a value gives, None where that is not known."""
    match value:
        case Items(items=items):
            return items
        case Text() if value.literal is not None and len(value.literal) <= MAX_ELEMENTS:
            if value.binary:
                return tuple(Scalar(ord(byte)) for byte in value.literal)
            return tuple(Text((char,), False, value.pieces, True) for char in value.literal)
        case Mapping(entries=entries):
            keys = [key for key, _ in entries]
            return None if None in keys else tuple(Text((key,) if key else ()) for key in keys if key is not None)
        case _:
            return None


def entries(engine: Engine, value: Value) -> list[tuple[str | None, Late | Value]]:
    """What a dict, or a list of pairs, holds; a key of None may be any key."""
    if isinstance(value, Mapping):
        return list(value.entries)
    found: list[tuple[str | None, Late | Value]] = []
    for item in value.items if isinstance(value, Items) else (UNKNOWN,):
        pair = engine.force(item)[0].value
        if isinstance(pair, Items) and len(pair.items) == 2:
            found.append((engine.literal(pair.items[0]), pair.items[1]))
        else:
            found.append((None, UNKNOWN))
    return found


def method(engine: Engine, callee: Method, expr: f.Call, frame: Frame) -> Alternatives:
    """What calling a method of a text, a container or an object of another module gives."""
    args = objects.given(engine, expr, frame)
    receiver, name = callee.receiver, callee.name
    match receiver:
        case Text():
            return _text_method(engine, receiver, name, args)
        case Mapping():
            return _mapping_method(engine, receiver, name, args, expr)
        case Items():
            return (Alternative(receiver if name == "copy" else UNKNOWN),)
        case Made(path="string.Template") if name in ("substitute", "safe_substitute"):
            return (Alternative(_substitute(engine, receiver, args)),)
        case Made(path=path):
            return (Alternative(Made(f"{path}().{name}", expr, frame)),)
        case _:
            return (Alternative(UNKNOWN),)


def _text_method(engine: Engine, text: Text, name: str, args: objects.Given) -> Alternatives:
    if name in _KEEPS and not args.positional:
        return (Alternative(text),)
    if name in ("format", "format_map"):
        return _formatted(engine, text, name, args)
    if name == "join":
        return _joined(engine, text, args)
    found = []
    size = len(args.positional)
    for values, choices in product([engine.force(item) for item in (*args.positional, *args.named.values())]):
        named = dict(zip(args.named, values[size:], strict=True))
        result = _plain_method(text, name, values[:size], named)
        found.append(Alternative(result if result is not None else UNKNOWN, choices))
    return bounded(found)


def _plain_method(text: Text, name: str, values: list[Value], named: dict[str, Value]) -> Value | None:
    first = text_of(values[0]).literal if values and isinstance(values[0], Text) else None
    if name in ("strip", "lstrip", "rstrip", "removeprefix", "removesuffix"):
        return folding.strip(text, name, first) if not values or first is not None else None
    if name in ("lower", "upper", "casefold"):
        return folding.mapped(text, str.lower if name != "upper" else str.upper)
    if name in ("decode", "encode"):
        encoding = values[0] if values else named.get("encoding")
        codec = "utf-8" if encoding is None else text_of(encoding).literal
        return None if codec is None else folding.recode(text, codec, decode=name == "decode")
    if name == "replace" and len(values) >= 2 and first is not None:
        return folding.substituted(text, first, text_of(values[1]))
    literal = text.literal
    if literal is None:
        return None
    if name in ("split", "rsplit") and (not values or first):
        return Items(tuple(text.made(piece) for piece in (getattr(literal, name)(first) if first else literal.split())))
    if name in ("title", "capitalize", "swapcase") and not values:
        return text.made(getattr(literal, name)())
    if name in ("zfill", "ljust", "rjust", "center") and len(values) == 1:
        width = values[0].value if isinstance(values[0], Scalar) else None
        return text.made(getattr(literal, name)(width)) if isinstance(width, int) and width < MAX_LENGTH else None
    if name in ("hex",) and text.binary:
        return text.made(literal.encode("latin-1").hex(), binary=False)
    if name in ("startswith", "endswith") and first is not None:
        return Scalar(getattr(literal, name)(first))
    return None


def _formatted(engine: Engine, text: Text, name: str, args: objects.Given) -> Alternatives:
    named = dict(args.named)
    positional = args.positional
    if name == "format_map" and positional:
        mapping = engine.force(positional[0])[0].value
        entries = mapping.entries if isinstance(mapping, Mapping) else ()
        named, positional = {key: item for key, item in entries if key is not None}, []
    found = []
    size = len(positional)
    for values, choices in product([engine.force(item) for item in (*positional, *named.values())]):
        result = folding.formatted(text, values[:size], dict(zip(named, values[size:], strict=True)))
        found.append(Alternative(result if result is not None else UNKNOWN, choices))
    return bounded(found)


def _joined(engine: Engine, separator: Text, args: objects.Given) -> Alternatives:
    if not args.positional:
        return (Alternative(UNKNOWN),)
    found: list[Alternative] = []
    for value, choices in engine.force(args.positional[0]):
        literal = separator.literal
        if (
            isinstance(value, Text) and literal is not None and literal.startswith("http")
        ):  # yarl's and httpx's URL.join
            found.append(Alternative(folding.joined_url(separator, value), choices))
            continue
        items = elements(value)
        if items is None or len(items) > MAX_ELEMENTS:
            found.append(Alternative(UNKNOWN, choices))
            continue
        for values, inner in product([engine.force(item) for item in items]):
            pieces: list[Text] = []
            for number, item in enumerate(values):
                if number and separator.parts:
                    pieces.append(separator)
                pieces.append(text_of(item))
            found.append(Alternative(joined(pieces) if pieces else Text(), choices | inner))
    return bounded(found)


def _substitute(engine: Engine, made: Made, args: objects.Given) -> Value:
    if made.call is None or made.frame is None:
        return UNKNOWN
    template = engine.force(objects.given(engine, made.call, made.frame).at(0, "template") or UNKNOWN)[0].value
    if not isinstance(template, Text) or template.literal is None:
        return UNKNOWN
    named = dict(args.named)
    if args.positional:
        mapping = engine.force(args.positional[0])[0].value
        if isinstance(mapping, Mapping):
            named = {**{key: item for key, item in mapping.entries if key is not None}, **named}
    pieces: list[Text] = []
    position = 0
    for match in _TEMPLATE.finditer(template.literal):
        pieces.append(Text((template.literal[position : match.start()],), pieces=template.pieces))
        position = match.end()
        name = match[2] or match[3]
        value: Late | Value = Text(("$",)) if match[1] else named.get(name, Unknown())
        pieces.append(text_of(engine.force(value)[0].value))
    pieces.append(Text((template.literal[position:],), pieces=template.pieces, changed=bool(position)))
    return joined(pieces)


def _mapping_method(engine: Engine, mapping: Mapping, name: str, args: objects.Given, expr: f.Call) -> Alternatives:
    if name in ("get", "pop") and args.positional:
        key = engine.literal(args.positional[0])
        if key is not None and key not in dict(mapping.entries) and len(args.positional) > 1:
            return engine.force(args.positional[1])
        return objects.lookup(engine, mapping, key, expr)
    known = [(key, item) for key, item in mapping.entries if key is not None]
    complete = len(known) == len(mapping.entries)
    if name == "copy":
        return (Alternative(mapping),)
    if name == "items" and complete:
        return (Alternative(Items(tuple(Items((Text((key,) if key else ()), item)) for key, item in known))),)
    if name == "values" and complete:
        return (Alternative(Items(tuple(item for _, item in known))),)
    if name == "keys" and complete:
        return (Alternative(Items(tuple(Text((key,) if key else ()) for key, _ in known))),)
    return (Alternative(UNKNOWN),)
