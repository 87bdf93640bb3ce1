"""Which key signs a request: the Authorization value traced back to where it comes from.

The answer is a name (`env:ALLO_API_KEY`, `setting:…`, `parameter:…`, `literal:<fingerprint>`), never a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from allo_keyscan.calls import attributes, clients, iteration, mutations, objects, receivers
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import (
    Function,
    Hole,
    Instance,
    Items,
    Late,
    Mapping,
    Text,
    Value,
)
from allo_keyscan.calls.values import Engine
from allo_keyscan.catalog.api import ApiRules
from allo_keyscan.fingerprint import fingerprint, literal_name

_PUBLIC = ("env:", "setting:", "parameter:", "literal:")


def keys(engine: Engine, rules: ApiRules, request: clients.Request) -> list[str]:
    """The names of the keys a request may be signed with; none where that is not known."""
    found = {name for text in values(engine, rules, request) for name in [key_name(text, rules)] if name is not None}
    concrete = {name for name in found if not name.startswith("parameter:")}
    return sorted(concrete or found)


def values(engine: Engine, rules: ApiRules, request: clients.Request) -> list[Text]:
    """The Authorization values a request may carry, scheme and all; none where nothing is known of them."""
    return next((texts for texts in _sources(engine, rules, request) if texts), [])


def literal_key(text: Text, rules: ApiRules) -> str | None:
    """The key that an Authorization value holds in the open; None where part of it comes from elsewhere."""
    whole = text.literal
    return None if whole is None else _without_scheme(whole, rules).strip() or None


def key_name(text: Text, rules: ApiRules) -> str | None:
    """Where one Authorization value's key comes from."""
    parts = list(text.parts)
    if parts and isinstance(parts[0], str):
        parts[0] = _without_scheme(parts[0], rules)
    parts = [part for part in parts if part != ""]
    for part in parts:
        if isinstance(part, Hole):
            return part.origin if part.origin is not None and part.origin.startswith(_PUBLIC) else None
    literal = "".join(part for part in parts if isinstance(part, str)).strip()
    if not literal:
        return None
    return literal_name(fingerprint(literal.encode("utf-8", "surrogatepass")))


def _without_scheme(text: str, rules: ApiRules) -> str:
    for rule in rules.credentials:
        for scheme in rule.schemes:
            match = re.match(rf"\s*{re.escape(scheme)}\s+", text, re.IGNORECASE)
            if match is not None:
                return text[match.end() :]
    return text


def _sources(engine: Engine, rules: ApiRules, request: clients.Request) -> Iterator[list[Text]]:
    """The Authorization values, most specific first: the request's own, its request object's, its client's."""
    target = request.target
    form = request.made_form or target.form
    if target.object is not None and target.object.hooks is not None:
        yield _from_hooks(engine, rules, receivers.argument(engine, target.receiver, target.object.hooks))
    slot = form.headers
    if slot is not None:
        yield _from_headers(engine, rules, request.given.at(slot.position, slot.keyword))
    if request.made is not None:
        yield _added(engine, rules, request.made, form.adds_header)
        yield _written(engine, rules, request.made)
    if form.auth is not None:
        yield _from_auth(engine, rules, request.given.at(form.auth.position, form.auth.keyword))
    receiver = target.receiver
    if receiver is None or target.object is None:
        return
    made = target.object
    yield _added(engine, rules, receiver, made.adds_header)
    yield _written(engine, rules, receiver, made.header_attributes)
    yield _from_headers(engine, rules, receivers.argument(engine, receiver, made.headers))
    yield _from_auth(engine, rules, receivers.argument(engine, receiver, made.auth))
    yield [
        text
        for alternative in receivers.attribute(engine, receiver, "auth")
        for text in _from_auth(engine, rules, alternative.value)
    ]


def _is_header(rules: ApiRules, name: str | None) -> bool:
    return name is not None and any(name.lower() == rule.header.lower() for rule in rules.credentials)


def _from_headers(engine: Engine, rules: ApiRules, item: Late | Value | None) -> list[Text]:
    """The Authorization values of a headers argument."""
    found: list[Text] = []
    for value, _ in engine.force(item) if item is not None else ():
        for name, entry in reversed(_entries(engine, value)):
            if _is_header(rules, name):
                found.extend(_texts(engine, entry))
                break
    return found


def _entries(engine: Engine, value: Value) -> list[tuple[str | None, Late | Value]]:
    """Headers as names and values: of a dict, of a list of pairs, of a list of lines `Name: value`."""
    found = iteration.pairs(engine, value)
    for item in value.items if isinstance(value, Items) else ():
        for text, _ in engine.texts(item):
            start = text.parts[0] if text.parts else ""
            name, colon, rest = start.partition(":") if isinstance(start, str) else ("", "", "")
            if colon:
                found.append((name.strip(), replace(text, parts=(rest.lstrip(), *text.parts[1:]))))
    return found


def _texts(engine: Engine, entry: Late | Value) -> list[Text]:
    """The texts a header's value may be; a header may have a list of values."""
    found: list[Text] = []
    for value, _ in engine.force(entry):
        items = value.items if isinstance(value, Items) else (value,)
        found.extend(text for item in items for text, _ in engine.texts(item))
    return found


def _written(
    engine: Engine, rules: ApiRules, receiver: Value, attributes: tuple[str, ...] = ("headers",)
) -> list[Text]:
    """Headers set on an object after it was made: `.headers.update(…)`, `.headers[…] = …`, `.headers = …`."""
    found: list[Text] = []
    for attribute in attributes:
        for target, change in engine.mutations.inside.get(attribute, ()):
            frame = receivers.same_object(engine, target.value, receiver, change[0])
            if frame is not None:
                for name, entry in mutations.spread(engine, change, frame):
                    if _is_header(rules, name):
                        found.extend(_texts(engine, entry))
        for call in engine.mutations.methods.get("append", ()):  # a list of pairs
            func = call.func.value if isinstance(call.func, f.Attribute) else None
            if isinstance(func, f.Attribute) and func.name == attribute and call.arguments:
                frame = receivers.same_object(engine, func.value, receiver, call.site)
                pair = Late(call.arguments[0].value, frame) if frame is not None else None
                found.extend(_from_headers(engine, rules, Items((pair,)) if pair is not None else None))
        for alternative in receivers.since(engine, receiver, attribute, ()).found:
            found.extend(_from_headers(engine, rules, alternative.value))
    return found


def _added(engine: Engine, rules: ApiRules, receiver: Value, methods: tuple[str, ...]) -> list[Text]:
    """`request.add_header(name, value)` and its like."""
    found: list[Text] = []
    for call, frame in receivers.told(engine, receiver, methods):
        args = objects.given(engine, call, frame).positional
        if len(args) == 2 and _is_header(rules, engine.literal(args[0])):
            found.extend(_texts(engine, args[1]))
    return found


def _from_hooks(engine: Engine, rules: ApiRules, item: Late | Value | None) -> list[Text]:
    """What functions that change each request write into its headers, last of all."""
    found: list[Text] = []
    for value, _ in engine.force(item) if item is not None else ():
        for functions, _ in attributes.lookup(engine, value, "request", value) if isinstance(value, Mapping) else ():
            for function in functions.items if isinstance(functions, Items) else ():
                found.extend(_from_auth(engine, rules, function))
    return found


def _from_auth(engine: Engine, rules: ApiRules, item: Late | Value | None) -> list[Text]:
    """An auth object or function of this program: what it writes into the Authorization header."""
    found: list[Text] = []
    for value, _ in engine.force(item) if item is not None else ():
        if not isinstance(value, (Instance, Function)):
            continue
        classes = objects.mro(engine, value.scope) if isinstance(value, Instance) else []
        for write in engine.mutations.entries:
            method = write.site.scope.method()
            inside = method is not None and method.owner in classes
            if isinstance(value, Instance) and inside:
                frame = objects.method_frame(engine, value, write.site.scope, value.frame or engine.joined)
            elif isinstance(value, Function) and write.site.scope is value.scope:
                frame = value.frame
            else:
                continue
            if write.key is not None and _is_header(rules, engine.literal(Late(write.key, frame))):
                found.extend(text for text, _ in engine.texts(Late(write.value, frame)))
    return found
