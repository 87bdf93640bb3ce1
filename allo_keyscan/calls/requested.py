"""The requests a call may send: method, URL and base URL out of its arguments, its request object and its client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from allo_keyscan.calls import addresses, calling, commandline, folding, objects, receivers, written
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.clients import Request, Target, known
from allo_keyscan.calls.domain import (
    Alternative,
    Choice,
    Frame,
    Function,
    Hole,
    Instance,
    Items,
    Late,
    Made,
    Scalar,
    Text,
    Unknown,
    Value,
    both,
    joined,
    text_of,
)
from allo_keyscan.calls.values import Engine
from allo_keyscan.catalog.api import ApiRules
from allo_keyscan.catalog.clients import Form, Slot


def requests(engine: Engine, rules: ApiRules, target: Target, call: f.Call, frame: Frame) -> list[Request]:
    """The requests one call may send when it runs in a frame."""
    args = objects.given(engine, call, frame)
    if target.laid is not None:
        args = objects.partial_given(engine, target.laid, args)
    form = target.form
    if form.command is not None or form.words:
        return list(_of_command(engine, target, args, frame))
    found: list[Request] = []
    if form.request is not None:
        item = args.at(form.request.position, form.request.keyword)
        for value, choices in engine.force(item) if item is not None else ():
            made, builder = unwrapped(engine, rules, value)
            together = both(target.choices, choices)
            if made is not None and together is not None:
                now = tuple(written.moments(call.site, frame))
                found.extend(_of_object(engine, rules, target, made, builder, together, now))
        if found or form.url is None:
            return found or [Request(target, None, Text((Hole(),)), target.choices, args, frame)]
    now = tuple(written.moments(call.site, frame))
    return [
        Request(target, method, _merged(target, base, url), together, args, frame)
        for method, url, base, choices in _ways(engine, target, args, now, _methods(engine, target, args))
        if (together := both(target.choices, choices)) is not None
    ]


def _of_command(engine: Engine, target: Target, args: objects.Given, frame: Frame) -> Iterator[Request]:
    commands = target.client.commands if target.client is not None else ()
    for one in commandline.sent(engine, commands, target.form, args):
        together = both(target.choices, one.choices)
        if together is not None:
            headers = objects.Given(named={"headers": Items(one.headers)})
            yield Request(target, one.method, one.url, together, headers, frame, None, _COMMAND)


_COMMAND = Form((), headers=Slot(None, "headers"))
Methods = list[tuple["Text | None", frozenset[Choice]]]
Way = tuple[Text | None, Text, Text | None, frozenset[Choice]]


class Later(NamedTuple):
    """A request object, and where control stands when it is sent."""

    made: Made | Instance
    now: tuple[f.Site, ...]


def _ways(
    engine: Engine, target: Target, args: objects.Given, now: tuple[f.Site, ...], methods: Methods
) -> Iterator[Way]:
    slot = target.form.url
    item = args.at(slot.position, slot.keyword) if slot is not None else None
    urls = engine.texts(item) or [(Text((Hole(),)), frozenset())]
    bases = _bases(engine, target, args, now)
    servers = {_first_origin(base) for base, _ in bases if base is not None} - {None}
    for method, chosen in methods:
        for url, ways in urls:
            whole = _first_origin(url) in servers  # it begins with what is the base in another way
            for base, based in [(None, frozenset[Choice]())] if whole else bases:
                choices = both(chosen, ways)
                together = both(choices, based) if choices is not None else None
                if together is not None:
                    yield method, url, base, together


def _first_origin(text: Text) -> str | None:
    """Where the hole that a text begins with comes from."""
    first = text.parts[0] if text.parts else None
    return first.origin if isinstance(first, Hole) else None


def _bases(
    engine: Engine, target: Target, args: objects.Given, now: tuple[f.Site, ...]
) -> list[tuple[Text | None, frozenset[Choice]]]:
    """The base URLs of a request's client object: what its constructor took, or what was set since."""
    receiver, made = target.receiver, target.object
    elsewhere = target.form.connection or (made.connection if made is not None else None)
    if elsewhere is not None:
        kept = args if target.form.connection is not None else receivers.constructed(engine, receiver)
        name = engine.literal(kept.at(elsewhere.position, elsewhere.keyword)) if kept is not None else None
        return [(Text((Hole(f"connection:{name or ''}"),)), frozenset())]
    slot = made.host or made.base_url if made is not None else None
    if receiver is None or made is None or slot is None:
        return [(None, frozenset())]
    first = engine.texts(receivers.argument(engine, receiver, slot))
    if not first and receivers.constructed(engine, receiver) is None:
        first = [(Text((Hole(),)), frozenset())]  # declared by an annotation: made elsewhere
    if made.host is not None:
        told = [
            Late(call.arguments[0].value, frame) for call, frame in receivers.told(engine, receiver, made.sets_host)
        ]
        found = [pair for host in told for pair in engine.texts(host)] or first
        return [(joined([Text(("https://",)), text]), choices) for text, choices in found] or [(None, frozenset())]
    known = [Alternative(text, choices) for text, choices in first]
    found = [
        (text_of(value), choices)
        for value, choices in receivers.attribute(engine, receiver, slot.keyword or "", now, known)
        if not (isinstance(value, Scalar) and value.value is None)
    ]
    return [*found] or [(None, frozenset())]


def _merged(target: Target, base: Text | None, url: Text) -> Text:
    rule = target.client.base_url if target.client is not None else "none"
    first = url.filled().parts[0] if url.filled().parts else ""
    if base is None or (isinstance(first, str) and "://" in first[:12]):
        return url
    if target.object is not None and target.object.host is not None:
        apart = isinstance(first, Hole) or first.startswith("/")
        return joined([base, url] if apart else [base, Text(("/",)), url])
    if isinstance(first, Hole) and (_open(base) or (len(url.parts) == 1 and first.slash and first.origin is None)):
        return url  # it may be a URL of its own
    if rule == "join":
        return addresses.joined_url(base, url)
    front = folding.strip(base.filled(), "rstrip", "/")
    return joined([front, Text(("/",)), folding.strip(url.filled(), "lstrip", "/")])


def _open(base: Text) -> bool:
    parts = base.filled().parts
    return len(parts) == 1 and isinstance(parts[0], Hole)


def unwrapped(engine: Engine, rules: ApiRules, value: Value) -> tuple[Made | Instance | None, Value | None]:
    """The request object inside a prepared one, and the client object that prepared it."""
    builder: Value | None = None
    for _ in range(4):
        form = _form_of(engine, rules, value)
        if form is None or not isinstance(value, (Made, Instance)):
            return None, None
        if form.wraps is None and not form.wraps_receiver:
            return value, builder
        if value.call is None or value.frame is None:
            return None, None
        call, frame = value.call, value.frame
        if form.wraps_receiver and isinstance(call.func, f.Attribute):
            value = engine.evaluate(call.func.value, frame)[0].value
        elif form.wraps is not None:
            if isinstance(call.func, f.Attribute):
                builder = engine.evaluate(call.func.value, frame)[0].value
            item = objects.given(engine, call, frame).at(form.wraps.position, form.wraps.keyword)
            value = engine.force(item)[0].value if item is not None else Unknown()
    return None, None


def _form_of(engine: Engine, rules: ApiRules, value: Value) -> Form | None:
    """How a request object was made: by a library, or by a class of this program that derives from a library's."""
    found = (rules.requests[path][1] for path in receivers.paths(engine, value) if path in rules.requests)
    return next(found, None)


def _of_object(
    engine: Engine,
    rules: ApiRules,
    target: Target,
    made: Made | Instance,
    preparing: Value | None,
    choices: frozenset[Choice],
    now: tuple[f.Site, ...],
) -> Iterator[Request]:
    form, args = _form_of(engine, rules, made), receivers.constructed(engine, made)
    if form is None or args is None:
        return
    call, frame = made.call, made.frame or engine.joined
    if isinstance(made, Made) and call is not None and isinstance(call.func, f.Attribute):
        preparing = next(  # client.build_request(…): the client's base URL counts
            (value for value, _ in engine.evaluate(call.func.value, frame) if known(engine, rules, value)), preparing
        )
    builder = Target(target.client, form, None, None)
    for path in receivers.paths(engine, preparing) if preparing is not None else ():
        if path in rules.objects:
            builder = Target(rules.objects[path][0], form, preparing, rules.objects[path][1])
    methods = _methods(engine, builder, args, Later(made, now))
    for method, url, base, ways in _ways(engine, builder, args, now, methods):
        together = both(choices, ways)
        if together is not None:
            yield Request(target, method, _merged(builder, base, url), together, args, frame, made, form)


def _methods(engine: Engine, target: Target, args: objects.Given, later: Later | None = None) -> Methods:
    """The HTTP methods a request may have; `later` is its request object, into which more may have been written."""
    form = target.form
    if form.verb:
        return [(Text((target.verb,)) if target.verb else None, frozenset())]
    slot = form.method
    texts = engine.texts(args.at(slot.position, slot.keyword)) if slot is not None else []
    if target.object is not None and target.object.verb is not None:
        texts = texts or engine.texts(receivers.argument(engine, target.receiver, target.object.verb))
    found: Methods = [(folding.mapped(text, str.upper), choices) for text, choices in texts]
    found = found or _by_body(engine, form, args, later)
    if later is None:
        return found
    told = [one for name in form.says_method for one in _told(engine, name, later)]
    since = receivers.since(engine, later.made, slot.keyword or "", later.now) if slot is not None else None
    if told or since is None or not since.found:
        return told or found
    first = [Alternative(text if text is not None else Text((Hole(),)), choices) for text, choices in found]
    return [(folding.mapped(text_of(value), str.upper), choices) for value, choices in since.beside(first)]


def _told(engine: Engine, name: str, later: Later) -> Methods:
    """What a method of a request object that the program wrote itself says: `request.get_method = lambda: "PUT"`."""
    found: Methods = []
    for value, choices in receivers.attribute(engine, later.made, name, later.now):
        if isinstance(value, Function):
            said = text_of(calling.applied(engine, value, [], later.made.frame or engine.joined))
            found.append((folding.mapped(said, str.upper), choices))
    return found


def _by_body(engine: Engine, form: Form, args: objects.Given, later: Later | None) -> Methods:
    """The method of a request that names none: it depends on whether there is a body."""
    if form.default is None or not (args.complete or (form.method is None and not form.body)):
        return [(None, frozenset())]
    filled: list[Alternative] = []
    for slot in form.body:
        item = args.at(slot.position, slot.keyword)
        values = list(engine.force(item)) if item is not None else []
        since = receivers.since(engine, later.made, slot.keyword or "", later.now) if later is not None else None
        filled += since.beside(values or [Alternative(Scalar(None))]) if since is not None else values
    if not filled:
        filled = [Alternative(Scalar(None))]
    bodies = {value != Scalar(None): choices for value, choices in reversed(filled)}
    return [
        (
            Text((form.with_body if sends and form.with_body else form.default,)),
            choices if len(bodies) > 1 else frozenset(),
        )
        for sends, choices in bodies.items()
    ]
