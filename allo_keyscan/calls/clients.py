"""Which calls reach an HTTP library, and with what method and URL: rules/clients.toml applied to values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from allo_keyscan.calls import addresses, folding, objects
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import (
    Alternative,
    Choice,
    Frame,
    Hole,
    Instance,
    Late,
    Made,
    Method,
    Ref,
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
from allo_keyscan.catalog.clients import Client, ClientObject, Form, Slot


@dataclass(frozen=True, slots=True)
class Target:
    """What a call's callee is to an HTTP library; `client` None: something unknown with a sending method's name."""

    client: Client | None
    form: Form
    receiver: Value | None
    object: ClientObject | None


@dataclass(frozen=True, slots=True)
class Request:
    """One way a call may send a request. `given` are the arguments that say so, in `frame`; `made` a request object."""

    target: Target
    method: Text | None
    url: Text
    choices: frozenset[Choice]
    given: objects.Given
    frame: Frame
    made: Made | None = None
    made_form: Form | None = None


def targets(engine: Engine, rules: ApiRules, call: f.Call, frame: Frame) -> list[Target]:
    """What a call's callee may be, HTTP libraries only."""
    found: list[Target] = []
    for value, _ in engine.evaluate(call.func, frame):
        target = _target(engine, rules, value)
        if target is not None and target not in found:
            found.append(target)
    return found


def _target(engine: Engine, rules: ApiRules, value: Value) -> Target | None:
    if isinstance(value, Ref) and value.path in rules.functions:
        return Target(*rules.functions[value.path], None, None)
    if not isinstance(value, Method):
        return None
    for path in _paths(engine, value.receiver):
        if path in rules.objects:
            client, made = rules.objects[path]
            form = made.methods.get(value.name)
            if form is None or _inside(engine, value.receiver, made):
                return None
            return Target(client, form, value.receiver, made)
    return None


def _paths(engine: Engine, receiver: Value) -> list[str]:
    if isinstance(receiver, Made):
        return [receiver.path]
    return objects.foreign_bases(engine, receiver.scope) if isinstance(receiver, Instance) else []


def _inside(engine: Engine, receiver: Value, made: ClientObject) -> bool:
    args = _constructed(engine, receiver)
    if args is None:
        return False
    for slot in made.inside:
        item = args.at(slot.position, slot.keyword)
        if item is not None and engine.force(item)[0].value != Scalar(None):
            return True
    return False


def _constructed(engine: Engine, receiver: Value | None) -> objects.Given | None:
    """The arguments a client object was made with."""
    if isinstance(receiver, (Made, Instance)) and receiver.call is not None and receiver.frame is not None:
        return objects.given(engine, receiver.call, receiver.frame)
    return None


def constructor_argument(engine: Engine, target: Target, slot: Slot | None) -> Late | Value | None:
    """What a request's client object was made with, for one slot of its rule."""
    args = _constructed(engine, target.receiver)
    return args.at(slot.position, slot.keyword) if args is not None and slot is not None else None


def nameless(engine: Engine, rules: ApiRules, call: f.Call, frame: Frame) -> Target | None:
    """A sending method's name on a receiver nobody knows (`http.get(url)`): perhaps a call, of an unknown library."""
    func = call.func
    if not isinstance(func, f.Attribute) or (isinstance(func.value, f.Name) and func.value.id in rules.doubles):
        return None
    forms = [made.methods[func.name] for made, _ in _objects(rules) if func.name in made.methods]
    if not forms:
        return None
    for value, _ in engine.evaluate(func.value, frame):
        unknown = isinstance(value, Unknown) or (
            isinstance(value, Text) and len(value.parts) == 1 and isinstance(value.parts[0], Hole)
        )
        own = isinstance(value, Method) and isinstance(value.receiver, Instance)
        if unknown or own:
            return Target(None, forms[0], None, None)
    return None


def _objects(rules: ApiRules) -> Iterator[tuple[ClientObject, Client]]:
    for client in rules.clients:
        for made in client.objects:
            yield made, client


def requests(engine: Engine, rules: ApiRules, target: Target, call: f.Call, frame: Frame) -> list[Request]:
    """The requests one call may send when it runs in a frame."""
    args = objects.given(engine, call, frame)
    form = target.form
    found: list[Request] = []
    if form.request is not None:
        item = args.at(form.request.position, form.request.keyword)
        for value, choices in engine.force(item) if item is not None else ():
            made = unwrapped(engine, rules, value)
            if made is not None:
                found.extend(_of_object(engine, rules, target, made, choices))
        if found or form.url is None:
            return found or [Request(target, None, Text((Hole(),)), frozenset(), args, frame)]
    name = call.func.name if isinstance(call.func, f.Attribute) else None
    verb = _verb(engine, call, frame, name) if form.verb else None
    return [
        Request(target, method, _merged(target, base, url), choices, args, frame)
        for method, url, base, choices in _ways(engine, target, form, args, verb)
    ]


def _verb(engine: Engine, call: f.Call, frame: Frame, name: str | None) -> str:
    for value, _ in engine.evaluate(call.func, frame):
        if isinstance(value, Ref):
            return value.path.rpartition(".")[2].upper()
        if isinstance(value, Method):
            return value.name.upper()
    return (name or "").upper()


Way = tuple[Text | None, Text, Text | None, frozenset[Choice]]


def _ways(engine: Engine, target: Target, form: Form, args: objects.Given, verb: str | None) -> Iterator[Way]:
    methods: list[tuple[Text | None, frozenset[Choice]]] = [(Text((verb,)) if verb else None, frozenset())]
    if form.method is not None:
        item = args.at(form.method.position, form.method.keyword)
        named = [(folding.mapped(text, str.upper), choices) for text, choices in engine.texts(item)]
        methods = [*named] or [(None, frozenset())]
    if methods[0][0] is None and form.default is not None and args.complete:
        body = [args.at(slot.position, slot.keyword) for slot in form.body]
        sends = any(item is not None and engine.force(item)[0].value != Scalar(None) for item in body)
        methods = [(Text((form.with_body if sends and form.with_body else form.default,)), frozenset())]
    slot = form.url
    item = args.at(slot.position, slot.keyword) if slot is not None else None
    urls = engine.texts(item) or [(Text((Hole(),)), frozenset())]
    for method, chosen in methods:
        for url, ways in urls:
            for base, based in _bases(engine, target):
                choices = both(chosen, ways)
                together = both(choices, based) if choices is not None else None
                if together is not None:
                    yield method, url, base, together


def _bases(engine: Engine, target: Target) -> list[tuple[Text | None, frozenset[Choice]]]:
    """The base URLs of a request's client object: where its constructor took one, or `client.base_url = …` set it."""
    rule = target.client.base_url if target.client is not None else "none"
    if rule == "none" or target.object is None or target.receiver is None:
        return [(None, frozenset())]
    item = constructor_argument(engine, target, target.object.base_url)
    written = [(text_of(value), choices) for value, choices in attribute_writes(engine, target.receiver, "base_url")]
    found = written or engine.texts(item)
    if not found and _constructed(engine, target.receiver) is None:
        found = [(Text((Hole(),)), frozenset())]  # declared by an annotation: made elsewhere
    return [*found] or [(None, frozenset())]


def _merged(target: Target, base: Text | None, url: Text) -> Text:
    rule = target.client.base_url if target.client is not None else "none"
    first = url.filled().parts[0] if url.filled().parts else ""
    if base is None or rule == "none" or (isinstance(first, str) and "://" in first[:12]):
        return url
    if rule == "join":
        return addresses.joined_url(base, url)
    if len(url.parts) == 1 and isinstance(first, Hole) and first.slash and first.origin is None:
        return url  # it may be a URL of its own
    front = folding.strip(base.filled(), "rstrip", "/")
    return joined([front, Text(("/",)), folding.strip(url.filled(), "lstrip", "/")])


def unwrapped(engine: Engine, rules: ApiRules, value: Value) -> Made | None:
    """The request object inside a prepared one."""
    for _ in range(4):
        if not isinstance(value, Made) or value.path not in rules.requests:
            return None
        _, form = rules.requests[value.path]
        if form.wraps is None and not form.wraps_receiver:
            return value
        if value.call is None or value.frame is None:
            return None
        call, frame = value.call, value.frame
        if form.wraps_receiver and isinstance(call.func, f.Attribute):
            value = engine.evaluate(call.func.value, frame)[0].value
        elif form.wraps is not None:
            item = objects.given(engine, call, frame).at(form.wraps.position, form.wraps.keyword)
            value = engine.force(item)[0].value if item is not None else Unknown()
    return None


def _of_object(
    engine: Engine, rules: ApiRules, target: Target, made: Made, choices: frozenset[Choice]
) -> Iterator[Request]:
    _, form = rules.requests[made.path]
    if made.call is None or made.frame is None:
        return
    args = objects.given(engine, made.call, made.frame)
    builder = target
    call, frame = made.call, made.frame
    if isinstance(call.func, f.Attribute):  # client.build_request(…): the client's base URL counts
        for value, _ in engine.evaluate(call.func.value, frame):
            for path in _paths(engine, value):
                if path in rules.objects:
                    builder = Target(rules.objects[path][0], form, value, rules.objects[path][1])
    elif target.client is not None and target.client.base_url != "none":
        builder = Target(target.client, form, None, None)
    methods = [text_of(value) for value, _ in attribute_writes(engine, made, "method")]
    for method, url, base, ways in _ways(engine, builder, form, args, None):
        together = both(choices, ways)
        if together is not None:
            one = methods[0] if methods else method
            url = _merged(builder, base, url)
            yield Request(target, one, url, together, args, frame, made, form)


def attribute_writes(engine: Engine, receiver: Value, name: str) -> list[Alternative]:
    """What the program assigns to an attribute of this very object: `session.auth = …`."""
    found: list[Alternative] = []
    for write in engine.mutations.set.get(name, ()):
        frame = same_object(engine, write.target, receiver, write.site)
        if frame is not None:
            found.extend(engine.evaluate(write.value, frame))
    return found


def same_object(engine: Engine, expr: f.Expr, receiver: Value, site: f.Site) -> Frame | None:
    """The frame in which an expression stands for an object, None where it stands for another one."""
    if not isinstance(receiver, (Made, Instance)):
        return None
    frame = _frame_at(engine, receiver, site)
    for value, _ in engine.evaluate(expr, frame):
        if isinstance(value, Made) and isinstance(receiver, Made):
            same = value.path == receiver.path and value.call is receiver.call
        else:
            same = isinstance(value, Instance) and isinstance(receiver, Instance) and value.scope is receiver.scope
        if same:
            return frame
    return None


def _frame_at(engine: Engine, receiver: Made | Instance, site: f.Site) -> Frame:
    """The frame of the code at `site` that knows as much of the object as where it was made."""
    if isinstance(receiver, Instance):
        return objects.method_frame(engine, receiver, site.scope, receiver.frame or engine.joined)
    made = receiver.frame
    while made is not None and made.scope is not None:
        if made.scope is site.scope:
            return made
        method = made.scope.method()
        here = site.scope.method()
        if method is not None and here is not None and method.owner is here.owner and method.parameters:
            bound = made.bound.get(method.parameters[0].name)
            if isinstance(bound, Instance):
                return objects.method_frame(engine, bound, site.scope, made)
        made = made.parent
    return engine.joined
