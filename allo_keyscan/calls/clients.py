"""Which calls reach an HTTP library, and with what method and URL: rules/clients.toml applied to values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from allo_keyscan.calls import addresses, commandline, folding, names, objects, receivers, written
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import (
    Alternative,
    Choice,
    Frame,
    Hole,
    Instance,
    Items,
    Late,
    Made,
    Method,
    Partial,
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
    """What a call's callee is to an HTTP library; `client` None: something unknown with a sending method's name.

    `verb` is the callee's own name where that is the HTTP method, `choices` those under which it is the callee,
    `laid` a functools.partial around it.
    """

    client: Client | None
    form: Form
    receiver: Value | None
    object: ClientObject | None
    verb: str | None = None
    choices: frozenset[Choice] = frozenset()
    laid: Partial | None = None


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
    for value, choices in engine.evaluate(call.func, frame):
        target = _target(engine, rules, value)
        if target is not None and (made := replace(target, choices=choices)) not in found:
            found.append(made)
    return found


def _target(engine: Engine, rules: ApiRules, value: Value) -> Target | None:
    if isinstance(value, Ref) and value.path in rules.functions:
        client, form = rules.functions[value.path]
        return Target(client, form, None, None, _verb(form, value.path.rpartition(".")[2]))
    if isinstance(value, Partial):
        inner = _target(engine, rules, value.target)
        return replace(inner, laid=value) if inner is not None and inner.laid is None else None
    if not isinstance(value, Method):
        return None
    for path in receivers.paths(engine, value.receiver):
        if path in rules.objects:
            client, made = rules.objects[path]
            method = made.methods.get(value.name)
            if method is None or receivers.inside(engine, value.receiver, client, made):
                return None
            target = Target(client, method, value.receiver, made, _verb(method, value.name))
            return _sent_by(engine, rules, target, receivers.argument(engine, value.receiver, made.inner))
    return None


def _sent_by(engine: Engine, rules: ApiRules, target: Target, inner: Late | Value | None) -> Target:
    """The target with the object that sends for it, where it was made with one: base URL and headers are that one's."""
    for value, _ in engine.force(inner) if inner is not None else ():
        for path in receivers.paths(engine, value):
            if path in rules.objects and target.client is not None:
                client, made = rules.objects[path]
                return replace(target, client=replace(client, id=target.client.id), receiver=value, object=made)
    return target


def _verb(form: Form, name: str) -> str | None:
    return name.removeprefix(form.prefix).upper() if form.verb else None


def nameless(engine: Engine, rules: ApiRules, call: f.Call, frame: Frame) -> Target | None:
    """A sending method's name on a receiver nobody knows (`http.get(url)`): perhaps a call, of an unknown library."""
    func = call.func
    if not isinstance(func, f.Attribute) or _stands_in(rules, func.value):
        return None
    objects_known = (made for client in rules.clients for made in client.objects)
    forms = [made.methods[func.name] for made in objects_known if func.name in made.methods]
    if not forms:
        return None
    for value, _ in engine.evaluate(func.value, frame):
        unknown = isinstance(value, Unknown) or (
            isinstance(value, Text) and len(value.parts) == 1 and isinstance(value.parts[0], Hole)
        )
        if isinstance(value, Method) and isinstance(value.receiver, Instance):
            of = receivers.paths(engine, value.receiver)
            if any(f"{path}.{value.name}" in rules.doubles for path in of):
                return None
            unknown = True
        if unknown:
            return Target(None, forms[0], None, None, _verb(forms[0], func.name))
    return None


def _stands_in(rules: ApiRules, expr: f.Expr, depth: int = 0) -> bool:
    """Whether an expression is a test's stand-in for a server or its client, or what calling one gives."""
    match expr:
        case f.Name(id=name, site=site):
            home = names.home(name, site)
            if home is None:
                return _double(rules, name, site.scope)
            reached = names.reaching(name, home, site)
            if reached.initial:
                return _double(rules, name, home)
            made = [binding.value for binding, _ in reached.bindings]
            return depth < _MAX_NAMES and any(_stands_in(rules, value, depth + 1) for value in made)
        case f.Call(func=f.Name() as func):
            return _stands_in(rules, func, depth)
        case f.Call(func=f.Attribute(name=name), site=site):
            return _double(rules, name, site.scope)
        case f.Entered():
            return _stands_in(rules, expr.value, depth)
        case f.Attribute(value=f.Name(id=name), site=site):
            method = site.scope.method()
            owner = method.owner if method is not None and method.parameters else None
            if method is None or owner is None or method.parameters[0].name != name or depth >= _MAX_NAMES:
                return False
            return any(_stands_in(rules, value, depth + 1) for _, value in owner.attributes.get(expr.name, ()))
        case _:
            return False


def _double(rules: ApiRules, name: str, scope: f.Scope) -> bool:
    known = rules.doubles.get(name)
    if known is None or not known.tests_only:
        return known is not None
    around: f.Scope | None = scope
    while around is not None and not (around.name.startswith("test") or _is_fixture(around)):
        around = around.parent
    return around is not None and around.kind == "function"


def _is_fixture(scope: f.Scope) -> bool:
    plain = [one.func if isinstance(one, f.Call) else one for one in scope.decorators]
    return any(
        (isinstance(one, f.Attribute) and one.name == "fixture") or (isinstance(one, f.Name) and one.id == "fixture")
        for one in plain
    )


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
        for method, url, base, choices in _ways(engine, target, form, args, now)
        if (together := both(target.choices, choices)) is not None
    ]


def _of_command(engine: Engine, target: Target, args: objects.Given, frame: Frame) -> Iterator[Request]:
    commands = target.client.commands if target.client is not None else ()
    for one in commandline.sent(engine, commands, target.form, args):
        together = both(target.choices, one.choices)
        if together is not None:
            headers = objects.Given(named={"headers": Items(one.headers)})
            yield Request(target, one.method, one.url, together, headers, frame, None, _COMMAND)


_MAX_NAMES = 4
_COMMAND = Form((), headers=Slot(None, "headers"))
Way = tuple[Text | None, Text, Text | None, frozenset[Choice]]


def _ways(engine: Engine, target: Target, form: Form, args: objects.Given, now: tuple[f.Site, ...]) -> Iterator[Way]:
    verb = target.verb if form.verb else None
    methods: list[tuple[Text | None, frozenset[Choice]]] = [(Text((verb,)) if verb else None, frozenset())]
    if form.method is not None:
        item = args.at(form.method.position, form.method.keyword)
        named = [(folding.mapped(text, str.upper), choices) for text, choices in engine.texts(item)]
        methods = [*named] or [(None, frozenset())]
    settled = args.complete or (form.method is None and not form.body)
    if methods[0][0] is None and form.default is not None and settled:
        body = [args.at(slot.position, slot.keyword) for slot in form.body]
        sends = any(item is not None and engine.force(item)[0].value != Scalar(None) for item in body)
        methods = [(Text((form.with_body if sends and form.with_body else form.default,)), frozenset())]
    slot = form.url
    item = args.at(slot.position, slot.keyword) if slot is not None else None
    urls = engine.texts(item) or [(Text((Hole(),)), frozenset())]
    for method, chosen in methods:
        for url, ways in urls:
            for base, based in _bases(engine, target, now):
                choices = both(chosen, ways)
                together = both(choices, based) if choices is not None else None
                if together is not None:
                    yield method, url, base, together


def _bases(engine: Engine, target: Target, now: tuple[f.Site, ...]) -> list[tuple[Text | None, frozenset[Choice]]]:
    """The base URLs of a request's client object: what its constructor took, or what was set since."""
    receiver, made = target.receiver, target.object
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


def unwrapped(engine: Engine, rules: ApiRules, value: Value) -> tuple[Made | None, Value | None]:
    """The request object inside a prepared one, and the client object that prepared it."""
    builder: Value | None = None
    for _ in range(4):
        if not isinstance(value, Made) or value.path not in rules.requests:
            return None, None
        _, form = rules.requests[value.path]
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


def _of_object(
    engine: Engine,
    rules: ApiRules,
    target: Target,
    made: Made,
    preparing: Value | None,
    choices: frozenset[Choice],
    now: tuple[f.Site, ...],
) -> Iterator[Request]:
    _, form = rules.requests[made.path]
    if made.call is None or made.frame is None:
        return
    args = objects.given(engine, made.call, made.frame)
    call, frame = made.call, made.frame
    if isinstance(call.func, f.Attribute):  # client.build_request(…): the client's base URL counts
        preparing = next(
            (value for value, _ in engine.evaluate(call.func.value, frame) if _known(engine, rules, value)), preparing
        )
    builder = Target(target.client, form, None, None)
    for path in receivers.paths(engine, preparing) if preparing is not None else ():
        if path in rules.objects:
            builder = Target(rules.objects[path][0], form, preparing, rules.objects[path][1])
    methods = [text_of(value) for value, _ in receivers.attribute_writes(engine, made, "method", now)]
    for method, url, base, ways in _ways(engine, builder, form, args, now):
        together = both(choices, ways)
        if together is not None:
            one = methods[0] if methods else method
            url = _merged(builder, base, url)
            yield Request(target, one, url, together, args, frame, made, form)


def _known(engine: Engine, rules: ApiRules, value: Value) -> bool:
    return any(path in rules.objects for path in receivers.paths(engine, value))


def delegates(rules: ApiRules) -> dict[str, dict[str, tuple[str, f.Call]]]:
    """For each class of a library, its methods that send through another one of the same object.

    A class of the program that defines that one gets the request: `session.get(url)` is `session.request("GET", url)`.
    The call holds what is laid down before the method's own arguments, as functools.partial has it.
    """
    site = f.Site(f.Scope("module", "", None), 0, f.Block())
    found: dict[str, dict[str, tuple[str, f.Call]]] = {}
    for path, (_, made) in rules.objects.items():
        for name, form in made.methods.items():
            if form.through is not None:
                given = [f.Argument(None, "", f.Constant(-1, value)) for value in (None, _verb(form, name))]
                call = f.Call(-1, f.Constant(-1, None), tuple(given), site)
                found.setdefault(path, {})[name] = (form.through, call)
    return found
