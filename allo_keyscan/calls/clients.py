"""Which calls reach an HTTP library, and with what method and URL: rules/clients.toml applied to values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import fixtures, names, objects, operators, receivers
from allo_keyscan.calls.domain import (
    ANY,
    Choice,
    Class,
    Frame,
    Hole,
    Instance,
    Late,
    Made,
    Method,
    Partial,
    Ref,
    Text,
    Unknown,
    Value,
)
from allo_keyscan.calls.values import Engine
from allo_keyscan.catalog.api import ApiRules
from allo_keyscan.catalog.clients import Client, ClientObject, Form

_MAX_NAMES = 4


@dataclass(frozen=True, slots=True)
class Target:
    """What a call's callee is to an HTTP library; `client` None: something unknown with a sending method's name.

    `verb` is the callee's own name where that is the HTTP method, `choices` those under which it is the callee,
    `laid` a functools.partial around it. Something unknown is `likely` a client where the names say so.
    """

    client: Client | None
    form: Form
    receiver: Value | None
    object: ClientObject | None
    verb: str | None = None
    choices: frozenset[Choice] = frozenset()
    laid: Partial | None = None
    likely: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One way a call may send a request. `given` are the arguments that say so, in `frame`; `made` a request object."""

    target: Target
    method: Text | None
    url: Text
    choices: frozenset[Choice]
    given: objects.Given
    frame: Frame
    made: Made | Instance | None = None
    made_form: Form | None = None


def targets(engine: Engine, rules: ApiRules, call: f.Call, frame: Frame) -> list[Target]:
    """What a call's callee may be, HTTP libraries only."""
    found: list[Target] = []
    for value, choices in operators.callees(engine, call, frame):
        target = _target(engine, rules, value)
        for one in _declared(engine, rules, target, call) if target is not None else ():
            if (made := replace(one, choices=choices)) not in found:
                found.append(made)
    return found


def _declared(engine: Engine, rules: ApiRules, target: Target, call: f.Call) -> Iterator[Target]:
    """The target itself; of a decorator that declares a request, one for each object that has it."""
    if not target.form.of:
        yield target
        return
    owner = call.site.scope
    bases = objects.foreign_bases(engine, owner) if owner.kind == "class" else []
    made = next((rules.objects[base][1] for base in bases if base in target.form.of and base in rules.objects), None)
    if made is None:
        return
    calls = [one for scope in (owner, *engine.subclasses(owner)) for one in engine.callers(scope)]
    receivers_known = [Instance(callee.scope, one, engine.joined) for one, callee in calls if isinstance(callee, Class)]
    for receiver in dict.fromkeys(receivers_known) or (Instance(owner),):
        yield replace(target, receiver=receiver, object=made)


def _target(engine: Engine, rules: ApiRules, value: Value) -> Target | None:
    if isinstance(value, Ref) and value.path in rules.functions:
        client, form = rules.functions[value.path]
        return Target(client, form, None, None, _verb(form, value.path.rpartition(".")[2]))
    if isinstance(value, Ref) and value.path.endswith(f".{ANY}"):
        module = value.path.removesuffix(ANY)
        said = [entry for path, entry in rules.functions.items() if path.startswith(module) and entry[1].verb]
        return Target(*said[0], None, None) if said else None
    if isinstance(value, Partial):
        inner = _target(engine, rules, value.innermost)
        return replace(inner, laid=value) if inner is not None and inner.laid is None else None
    if not isinstance(value, Method):
        return None
    for path in receivers.paths(engine, value.receiver):
        if path in rules.objects:
            client, made = rules.objects[path]
            method = made.methods.get(value.name) if value.name != ANY else made.any_verb
            if method is None or receivers.inside(engine, value.receiver, client, made):
                return None
            verb = _verb(method, value.name) if value.name != ANY else None
            target = Target(client, method, value.receiver, made, verb)
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


_HANDING_ON = ("anext", "copy.copy", "copy.deepcopy", "functools.reduce", "next", "random.choice", "weakref.proxy")
_HOLDERS = ("asyncio", "contextvars", "multiprocessing", "queue")


def nameless(engine: Engine, rules: ApiRules, call: f.Call, frame: Frame) -> Target | None:
    """A sending method's name on a receiver nobody knows (`http.get(url)`): perhaps a call, of an unknown library."""
    func = call.func
    form = rules.methods.get(func.name) if isinstance(func, f.Attribute) else None
    if not isinstance(func, f.Attribute) or form is None:
        return None
    if (form.verb and _is_word(call.arguments)) or _stands_in(rules, func.value):
        return None
    likely = _likely(rules, func.value, call.arguments)
    for value, _ in engine.evaluate(func.value, frame):
        unknown = (
            isinstance(value, Unknown)
            or _is_hole(value)
            or (likely and isinstance(value, Method) and _given(value.receiver))
        )
        if isinstance(value, Method) and isinstance(value.receiver, Instance):
            of = receivers.paths(engine, value.receiver)
            if any(f"{path}.{value.name}" in rules.doubles for path in of):
                return None
            unknown = True
        if unknown or (isinstance(value, Made) and _hands_on(value.path)):
            return Target(None, form, None, None, _verb(form, func.name), likely=likely)
    return None


def _is_word(arguments: Sequence[f.Argument]) -> bool:
    """Whether the first argument is a literal that can be no path: `row.get("name")`."""
    given = arguments[0].value if arguments and not arguments[0].keyword and not arguments[0].star else None
    return isinstance(given, f.Constant) and not (isinstance(given.value, str) and "/" in given.value)


def _is_hole(value: Value) -> bool:
    return isinstance(value, Text) and len(value.parts) == 1 and isinstance(value.parts[0], Hole)


def _given(value: Value) -> bool:
    """Whether a value came in as an argument: what its attributes are, nobody knows."""
    first = value.parts[0] if isinstance(value, Text) and len(value.parts) == 1 else None
    return isinstance(first, Hole) and (first.origin or "").startswith("parameter:")


def _likely(rules: ApiRules, receiver: f.Expr, arguments: Sequence[f.Argument]) -> bool:
    """Whether names let expect a client: that of the object, or that of what it is given, unless it holds things."""
    called = _named(receiver)
    if not called or rules.guesses["container"].fits(called):
        return False
    if rules.guesses["client"].fits(called) or rules.says_allo(called):
        return True
    given = arguments[0] if arguments else None
    return given is not None and rules.guesses["address"].fits(given.keyword or _named(given.value))


def _named(expr: f.Expr) -> str:
    """The names and literal keys an expression is reached by: `self._clients["allo"]`."""
    match expr:
        case f.Name(id=name):
            return name
        case f.Attribute(value=value, name=name):
            return f"{_named(value)}.{name}"
        case f.Subscript(value=value, index=f.Constant(value=str(key))):
            return f"{_named(value)}.{key}"
        case f.Call(func=func):
            return _named(func)
        case _:
            return ""


def _hands_on(path: str) -> bool:
    """Whether what the standard library gives here is something it was given before, a client perhaps."""
    holder, _, name = path.partition("().")
    return path in _HANDING_ON or (holder.partition(".")[0] in _HOLDERS and name in ("get", "get_nowait"))


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
    while around is not None and not (around.name.startswith("test") or fixtures.is_fixture(around)):
        around = around.parent
    return around is not None and around.kind == "function"


def known(engine: Engine, rules: ApiRules, value: Value) -> bool:
    """Whether a value is a client object of an HTTP library."""
    return any(path in rules.objects for path in receivers.paths(engine, value))


def sending(rules: ApiRules) -> set[str]:
    """The names of all functions and methods that send."""
    of_objects = (name for _, made in rules.objects.values() for name in made.methods)
    return {*(path.rpartition(".")[2] for path in rules.functions), *of_objects, *rules.methods}


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
