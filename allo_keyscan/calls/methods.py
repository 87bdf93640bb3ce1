"""Methods of texts and containers, and what iterating over a value gives."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from allo_keyscan.calls import addresses, attributes, containers, folding, objects, readers
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import (
    MAX_ELEMENTS,
    MAX_LENGTH,
    UNKNOWN,
    Alternative,
    Alternatives,
    Choice,
    Frame,
    Hole,
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
    one,
    product,
    text_of,
    under,
    with_default,
)
from allo_keyscan.calls.iteration import elements, of_python

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_TEMPLATE = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})")
_KEEPS = ("get_secret_value", "geturl", "strip_whitespace", "unicode_string", "copy", "human_repr")
_STRIPS = ("strip", "lstrip", "rstrip", "removeprefix", "removesuffix")
# Methods that Python itself runs on a text without holes; what they give is no longer than the text, or a width.
_PURE = frozenset({
    "capitalize", "casefold", "count", "endswith", "find", "hex", "index", "isalpha", "isdigit", "islower", "isupper",
    "partition", "rfind", "rindex", "rpartition", "rsplit", "split", "splitlines", "startswith", "swapcase", "title",
})  # fmt: skip
_PADS = frozenset({"center", "ljust", "rjust", "zfill"})


def method(engine: Engine, callee: Method, args: objects.Given, expr: f.Call | None, frame: Frame) -> Alternatives:
    """What calling a method of a text, a container or an object of another module gives."""
    receiver, name = callee.receiver, callee.name
    match receiver:
        case Text():
            return _text_method(engine, receiver, name, args)
        case Mapping():
            return _mapping_method(engine, receiver, name, args, expr)
        case Items():
            taken = containers.taken(engine, receiver, name, args.positional)
            return taken or (Alternative(receiver if name == "copy" else UNKNOWN),)
        case Scalar(value=int(number)) if name == "to_bytes":
            return (Alternative(_to_bytes(engine, number, args)),)
        case Made(path="string.Template") if name in ("substitute", "safe_substitute"):
            return (Alternative(_substitute(engine, receiver, args)),)
        case Made(path="configparser.ConfigParser" | "configparser.RawConfigParser" as path) if (
            "fallback" in args.named
        ):
            return setting(engine, f"{path}.{name}", args.named["fallback"])
        case Made(path=path) if (read := readers.read(engine, f"{path}().{name}", args, receiver)) is not None:
            return read
        case Made(path=path) if expr is not None:
            return (Alternative(Made(f"{path}().{name}", expr, frame)),)
        case _:
            return (Alternative(UNKNOWN),)


def setting(engine: Engine, path: str, default: Late | Value) -> Alternatives:
    """Something kept elsewhere, with what the program falls back on."""
    hole = Text((Hole(f"setting:{path.lstrip('.')}"),))
    return tuple(
        Alternative(with_default(hole, text_of(value).literal), choices) for value, choices in engine.force(default)
    )


def _to_bytes(engine: Engine, number: int, args: objects.Given) -> Value:
    length, order = (args.at(place, name) for place, name in ((0, "length"), (1, "byteorder")))
    size = engine.whole(length) if length is not None else Scalar(1)
    way = engine.literal(order) if order is not None else "big"
    if not isinstance(size, Scalar) or not isinstance(size.value, int) or not 0 < size.value < MAX_LENGTH:
        return UNKNOWN
    if way not in ("big", "little") or number < 0 or number.bit_length() > size.value * 8:
        return UNKNOWN
    raw = number.to_bytes(size.value, "big" if way == "big" else "little")
    return Text((raw.decode("latin-1"),), True, changed=True)


def _text_method(engine: Engine, text: Text, name: str, args: objects.Given) -> Alternatives:
    if name in _KEEPS and not args.positional and not isinstance(text.kind, str):
        return (Alternative(text),)
    if name in ("format", "format_map"):
        return _formatted(engine, text, name, args)
    address = isinstance(text.kind, str)
    if name == "join" and not address and not (text.literal or "").startswith("http"):
        return _joined(engine, text, args)
    if name == "translate" and args.positional:
        return (Alternative(_translated(engine, text, args.positional[0])),)
    found = []
    size = len(args.positional)
    for values, choices in product([engine.force(item) for item in (*args.positional, *args.named.values())]):
        named = dict(zip(args.named, values[size:], strict=True))
        if address:
            result = addresses.method(text, name, values[:size], named)
        else:
            result = _plain_method(text, name, values[:size], named)
        found.append(Alternative(result if result is not None else UNKNOWN, choices))
    return bounded(found)


def _plain_method(text: Text, name: str, values: list[Value], named: dict[str, Value]) -> Value | None:
    first = text_of(values[0]).literal if values and isinstance(values[0], Text) else None
    if name in _STRIPS:
        return folding.strip(text, name, first) if not values or first is not None else None
    if name in ("lower", "upper", "casefold"):
        return folding.mapped(text, str.lower if name != "upper" else str.upper)
    if name in ("decode", "encode"):
        encoding = values[0] if values else named.get("encoding")
        codec = "utf-8" if encoding is None else text_of(encoding).literal
        return None if codec is None else folding.recode(text, codec, decode=name == "decode")
    if name == "replace" and len(values) == 2 and first is not None:
        return folding.substituted(text, first, text_of(values[1]))
    if name == "replace" and len(values) == 2 and isinstance(values[0], Text):
        return folding.placeholder(text, values[0], text_of(values[1]))
    if name == "join" and values:
        return addresses.joined_url(text, text_of(values[0]))
    if name == "__add__" and values and isinstance(values[0], Text):
        return joined([text, values[0]])
    if name in _PURE or name in _PADS or name == "replace":
        return _pure(text, name, values, named)
    return None


def _pure(text: Text, name: str, values: list[Value], named: dict[str, Value]) -> Value | None:
    """What Python says, where text and arguments are known."""
    literal = text.literal
    if literal is None:
        return None
    owner: str | bytes = literal.encode("latin-1", "replace") if text.binary else literal
    raw = {key: _raw(value) for key, value in [*enumerate(values), *named.items()]}
    if any(isinstance(value, (Text, _Unclear)) for value in raw.values()) or not hasattr(owner, name):
        return None
    if name in _PADS and not (values and isinstance(raw[0], int) and raw[0] < MAX_LENGTH):
        return None
    if name == "replace" and len(literal) * max(1, len(str(raw.get(1)))) > MAX_LENGTH:
        return None
    plain = [raw[number] for number in range(len(values))]
    try:
        result = getattr(owner, name)(*plain, **{key: raw[key] for key in named})
    except (ValueError, TypeError, IndexError):
        return None
    made = of_python(result, text)
    pieces = frozenset().union(*(value.pieces for value in values if isinstance(value, Text)))
    return replace(made, pieces=made.pieces | pieces) if isinstance(made, Text) else made


class _Unclear:
    """An argument that is no plain constant."""


def _raw(value: Value) -> object:
    if isinstance(value, Text):
        literal = value.literal
        if literal is None:
            return _Unclear()
        return literal.encode("latin-1", "replace") if value.binary else literal
    return value.value if isinstance(value, Scalar) else _Unclear()


def _translated(engine: Engine, text: Text, table: Late | Value) -> Value:
    mapping = engine.whole(table)
    literal = text.literal
    if not isinstance(mapping, Mapping) or literal is None:
        return UNKNOWN
    changes: dict[str, Text] = {}
    for key, item in mapping.entries:
        if key is None:
            return UNKNOWN
        value = engine.whole(item)
        new = Text() if value == Scalar(None) else text_of(value)
        if isinstance(value, Scalar) and isinstance(value.value, int) and 0 <= value.value < 0x110000:
            new = Text((chr(value.value),))
        char = chr(int(key)) if len(key) > 1 and key.isdigit() and int(key) < 0x110000 else key
        changes[char] = new
    pieces = [changes.get(char, Text((char,), text.binary)) for char in literal]
    if sum(len(piece.literal or "") for piece in pieces) > MAX_LENGTH:
        return UNKNOWN
    made = joined(pieces)
    return replace(made, pieces=made.pieces | text.pieces, changed=True, binary=text.binary)


def _formatted(engine: Engine, text: Text, name: str, args: objects.Given) -> Alternatives:
    named = dict(args.named)
    positional = args.positional
    if name == "format_map" and positional:
        mapping = engine.whole(positional[0])
        entries = mapping.entries if isinstance(mapping, Mapping) else ()
        named, positional = {key: item for key, item in entries if key is not None}, []
    found = []
    size = len(positional)
    fields = folding.fields(text)
    wanted = {key: item for key, item in named.items() if fields is None or key in fields}
    for values, choices in product([engine.force(item) for item in (*positional, *wanted.values())]):
        result = folding.formatted(text, values[:size], dict(zip(wanted, values[size:], strict=True)))
        found.append(Alternative(result if result is not None else UNKNOWN, choices))
    return bounded(found)


def _joined(engine: Engine, separator: Text, args: objects.Given) -> Alternatives:
    if not args.positional:
        return (Alternative(UNKNOWN),)
    found: list[Alternative] = []
    for value, choices in engine.force(args.positional[0]):
        items = elements(engine, value)
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
    template = engine.whole(objects.given(engine, made.call, made.frame).at(0, "template") or UNKNOWN)
    if not isinstance(template, Text) or template.literal is None:
        return UNKNOWN
    named = dict(args.named)
    if args.positional:
        mapping = engine.whole(args.positional[0])
        if isinstance(mapping, Mapping):
            named = {**{key: item for key, item in mapping.entries if key is not None}, **named}
    pieces: list[Text] = []
    position = 0
    for match in _TEMPLATE.finditer(template.literal):
        pieces.append(Text((template.literal[position : match.start()],), pieces=template.pieces))
        position = match.end()
        name = match[2] or match[3]
        value: Late | Value = Text(("$",)) if match[1] else named.get(name, Unknown())
        pieces.append(text_of(engine.whole(value)))
    pieces.append(Text((template.literal[position:],), pieces=template.pieces, changed=bool(position)))
    return joined(pieces)


def _mapping_method(engine: Engine, mapping: Mapping, name: str, args: objects.Given, fork: object) -> Alternatives:
    if name in ("get", "pop") and args.positional:
        key = engine.literal(args.positional[0])
        default = engine.force(args.positional[1]) if len(args.positional) > 1 else one(Scalar(None))
        if key is not None and key not in (names := dict(mapping.entries)) and None not in names:
            return default
        found = attributes.lookup(engine, mapping, key, fork if fork is not None else mapping)
        if key is not None and key in names:
            return found
        missing = (fork, "missing")  # a key that nobody knows, or that may be there
        return bounded([*under(found, Choice(missing, 0, False)), *under(default, Choice(missing, 1, False))])
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
