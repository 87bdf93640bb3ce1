"""rules/clients.toml -> HTTP libraries: their callables, where the arguments of a request stand, and their stand-ins.

Both load functions take the rules folder and raise RulesError, naming file and entry, for what cannot be used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from allo_keyscan.catalog import Examples, Table, entries, examples, known, optional_strings, source_url, strings, text

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
BASE_URLS = ("none", "append", "join")
_SLOT = re.compile(r"(\d*):([A-Za-z_]\w*)?")


@dataclass(frozen=True, slots=True)
class Slot:
    """Where an argument stands: by position, by keyword, or either."""

    position: int | None
    keyword: str | None


@dataclass(frozen=True, slots=True)
class Form:
    """How one callable of an HTTP library takes its request.

    With `verb` its own name, less `prefix`, is the method. Without, the `method` slot, else `with_body` where a `body`
    slot is filled, else `default`. `request` may hold a request object instead of a URL; `wraps` (`receiver` or a slot)
    says the result is that request object again; `adds_header` are the object's methods that add one header,
    `says_method` those that say the HTTP method where a program writes them itself. `connection` names a base URL that
    is kept elsewhere. With `of` it is a decorator of methods in classes that derive from one of these. `command`
    holds a command line instead; with `words` each positional argument is a word of one. `through` is the method of the
    same object that it sends through.
    """

    names: tuple[str, ...]
    verb: bool = False
    prefix: str = ""
    through: str | None = None
    method: Slot | None = None
    default: str | None = None
    with_body: str | None = None
    body: tuple[Slot, ...] = ()
    url: Slot | None = None
    headers: Slot | None = None
    auth: Slot | None = None
    request: Slot | None = None
    wraps: Slot | None = None
    wraps_receiver: bool = False
    adds_header: tuple[str, ...] = ()
    says_method: tuple[str, ...] = ()
    command: Slot | None = None
    words: bool = False
    connection: Slot | None = None
    of: tuple[str, ...] = ()

    @property
    def is_command(self) -> bool:
        """Whether another program sends the request, if it is there."""
        return self.command is not None or self.words


@dataclass(frozen=True, slots=True)
class ClientObject:
    """A session or client: its constructors, where they take what all its requests share, and its sending methods.

    `host` takes the place of a base URL, `connection` names one that is kept elsewhere; `verb` takes the HTTP method of
    all requests; `inner` may hold another object that sends instead; `hooks` a dict whose
    `request` functions change each request. `header_attributes` are what its headers may be written into, `adds_header`
    its methods that add one, `sets_host` those that turn it to another host. Its requests stay in the process where an
    `inside` slot is filled, or a `transport` slot or a method of `mounts` was given one of the client's `in_process`.
    """

    names: tuple[str, ...]
    methods: dict[str, Form]
    base_url: Slot | None = None
    host: Slot | None = None
    headers: Slot | None = None
    auth: Slot | None = None
    inner: Slot | None = None
    verb: Slot | None = None
    connection: Slot | None = None
    hooks: Slot | None = None
    inside: tuple[Slot, ...] = ()
    transport: tuple[Slot, ...] = ()
    mounts: tuple[str, ...] = ()
    header_attributes: tuple[str, ...] = ("headers",)
    adds_header: tuple[str, ...] = ()
    sets_host: tuple[str, ...] = ()

    @property
    def any_verb(self) -> Form | None:
        """The form of a method whose own name is the HTTP method, whichever that is."""
        return next((form for form in self.methods.values() if form.verb), None)


@dataclass(frozen=True, slots=True)
class Command:
    """A program whose command line is a request: what its options say.

    `implies` are methods with the options that stand for them, the first that is met wins; `takes` all options that a
    value follows. `bearer` options take a token. The words behind `behind` programs, and the text that a `shells`
    program is given, are command lines of their own.
    """

    names: tuple[str, ...]
    default: str
    method: tuple[str, ...]
    url: tuple[str, ...]
    headers: tuple[str, ...]
    bearer: tuple[str, ...]
    following: tuple[str, ...]
    takes: frozenset[str]
    implies: tuple[tuple[str, frozenset[str]], ...]
    behind: tuple[str, ...]
    shells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Client:
    """One HTTP library. `base_url` names the rule that merges an object's base URL with a request's; `in_process` are
    its transports that answer without a server."""

    id: str
    imports: tuple[str, ...]
    base_url: str
    functions: tuple[Form, ...]
    objects: tuple[ClientObject, ...]
    requests: tuple[Form, ...]
    in_process: tuple[str, ...]
    commands: tuple[Command, ...]
    source: str
    examples: Examples


@dataclass(frozen=True, slots=True)
class Double:
    """Names of parameters and functions that stand for a fake server or its client; `tests_only` in tests and fixtures.

    A dotted name is an attribute that a class of a library has (`django.test.TestCase.client`).
    """

    id: str
    names: tuple[str, ...]
    tests_only: bool
    source: str
    examples: Examples


def load_clients(folder: str) -> tuple[Client, ...]:
    """clients.toml's HTTP libraries."""
    return entries(folder, "clients.toml", "client", _client)


def _switch(entry: Table, name: str) -> bool:
    value = entry.get(name, False)
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false")
    return value


def load_doubles(folder: str) -> tuple[Double, ...]:
    """clients.toml's stand-ins for a server."""
    return entries(folder, "clients.toml", "double", _double, optional=True)


def method(value: object, name: str) -> str:
    """An HTTP method; ValueError, naming the field, for anything else."""
    if value not in METHODS:
        raise ValueError(f"{name} must be one of {', '.join(METHODS)}")
    return str(value)


def _double(entry: Table) -> Double:
    known(entry, {"id", "names", "tests_only", "source", "true", "false"})
    names = strings(entry["names"], "names")
    return Double(text(entry, "id"), names, _switch(entry, "tests_only"), source_url(entry), examples(entry))


def _slot(value: object, name: str) -> Slot:
    match = _SLOT.fullmatch(value) if isinstance(value, str) else None
    if match is None or value == ":":
        raise ValueError(f'{name} must be a slot like "0:url", ":url" or "0:"')
    return Slot(int(match[1]) if match[1] else None, match[2])


def _slots(value: object, name: str) -> tuple[Slot, ...]:
    return tuple(_slot(item, name) for item in strings(value, name)) if value is not None else ()


def _form(entry: Any, *, spoken: bool = False) -> Form:
    """One callable; `spoken` says that its object knows the HTTP method."""
    if not isinstance(entry, dict):
        raise ValueError("a form must be a table")
    places = ("method", "url", "headers", "auth", "request", "command", "connection")
    known(
        entry,
        {
            "names",
            "verb",
            "prefix",
            "through",
            "default",
            "with_body",
            "body",
            "wraps",
            "adds_header",
            "says_method",
            "words",
            "of",
            *places,
        },
    )
    slots = {name: _slot(entry[name], name) for name in places if name in entry}
    wraps = entry.get("wraps")
    form = Form(
        strings(entry["names"], "names"),
        verb=_switch(entry, "verb"),
        prefix=text(entry, "prefix") if "prefix" in entry else "",
        through=text(entry, "through") if "through" in entry else None,
        default=method(entry["default"], "default") if "default" in entry else None,
        with_body=method(entry["with_body"], "with_body") if "with_body" in entry else None,
        body=_slots(entry.get("body"), "body"),
        wraps=_slot(wraps, "wraps") if wraps not in (None, "receiver") else None,
        wraps_receiver=wraps == "receiver",
        adds_header=optional_strings(entry, "adds_header"),
        says_method=optional_strings(entry, "says_method"),
        words=_switch(entry, "words"),
        of=optional_strings(entry, "of"),
        **slots,
    )
    sends = form.url is not None and (form.verb or form.method is not None or form.default is not None or spoken)
    commands = form.command is not None or form.words
    if not sends and form.request is None and wraps is None and not commands:
        raise ValueError(f"{form.names[0]}: needs url with verb, method or default, a request object, or a command")
    return form


def _forms(entry: Table, name: str, *, spoken: bool = False) -> tuple[Form, ...]:
    found = entry.get(name, [])
    if not isinstance(found, list):
        raise ValueError(f"{name} must be [[…{name}]] tables")
    return tuple(_form(item, spoken=spoken) for item in found)


def _object(entry: Any) -> ClientObject:
    if not isinstance(entry, dict):
        raise ValueError("object must be [[client.object]] tables")
    places = ("base_url", "host", "headers", "auth", "inner", "hooks", "verb", "connection")
    lists = ("mounts", "header_attributes", "adds_header", "sets_host")
    known(entry, {"names", "method", "inside", "transport", *places, *lists})
    given: dict[str, Any] = {name: _slot(entry[name], name) for name in places if name in entry}
    given |= {name: strings(entry[name], name) for name in lists if name in entry}
    given |= {name: _slots(entry.get(name), name) for name in ("inside", "transport")}
    methods = {name: form for form in _forms(entry, "method", spoken="verb" in entry) for name in form.names}
    return ClientObject(strings(entry["names"], "names"), methods, **given)


def _command(entry: Any) -> Command:
    if not isinstance(entry, dict):
        raise ValueError("command must be [[client.command]] tables")
    lists = ("method", "url", "headers", "bearer", "following", "takes", "behind", "shells")
    known(entry, {"names", "default", "implies", *lists})
    implies = entry["implies"]
    if not isinstance(implies, dict):
        raise ValueError("implies must be a table of HTTP methods, each with its options")
    options = {name: optional_strings(entry, name) for name in lists}
    named = tuple((method(name, "implies"), frozenset(strings(value, name))) for name, value in implies.items())
    return Command(
        strings(entry["names"], "names"),
        method(entry["default"], "default"),
        takes=frozenset(options.pop("takes")),
        implies=named,
        **options,
    )


def _client(entry: Table) -> Client:
    tables = {"function", "object", "request", "command"}
    known(entry, {"id", "imports", "base_url", "in_process", "source", "true", "false", *tables})
    if entry["base_url"] not in BASE_URLS:
        raise ValueError(f"base_url must be one of {', '.join(BASE_URLS)}")
    return Client(
        text(entry, "id"),
        strings(entry["imports"], "imports"),
        entry["base_url"],
        _forms(entry, "function"),
        tuple(_object(item) for item in entry.get("object", [])),
        _forms(entry, "request"),
        optional_strings(entry, "in_process"),
        tuple(_command(item) for item in entry.get("command", [])),
        source_url(entry),
        examples(entry),
    )
