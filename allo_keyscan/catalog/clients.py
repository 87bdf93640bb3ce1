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

    With `verb` its own name is the method. Without, the `method` slot, else `with_body` where a `body` slot is filled,
    else `default`. `request` may hold a request object instead of a URL; `wraps` (`receiver` or a slot) says the result
    is that request object again; `adds_header` are the object's methods that add one header.
    """

    names: tuple[str, ...]
    verb: bool = False
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


@dataclass(frozen=True, slots=True)
class ClientObject:
    """A session or client: its constructors, where they take what all its requests share, and its sending methods.

    A filled `inside` slot keeps its requests in the process (a test's transport).
    """

    names: tuple[str, ...]
    methods: dict[str, Form]
    base_url: Slot | None = None
    headers: Slot | None = None
    auth: Slot | None = None
    inside: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class Client:
    """One HTTP library. `base_url` names the rule that merges an object's base URL with a request's."""

    id: str
    imports: tuple[str, ...]
    base_url: str
    functions: tuple[Form, ...]
    objects: tuple[ClientObject, ...]
    requests: tuple[Form, ...]
    source: str
    examples: Examples


@dataclass(frozen=True, slots=True)
class Double:
    """Names of parameters that stand for a fake server in tests."""

    id: str
    names: tuple[str, ...]
    source: str
    examples: Examples


def load_clients(folder: str) -> tuple[Client, ...]:
    """clients.toml's HTTP libraries."""
    return entries(folder, "clients.toml", "client", _client)


def load_doubles(folder: str) -> tuple[Double, ...]:
    """clients.toml's stand-ins for a server."""
    return entries(folder, "clients.toml", "double", _double, optional=True)


def method(value: object, name: str) -> str:
    """An HTTP method; ValueError, naming the field, for anything else."""
    if value not in METHODS:
        raise ValueError(f"{name} must be one of {', '.join(METHODS)}")
    return str(value)


def _double(entry: Table) -> Double:
    known(entry, {"id", "names", "source", "true", "false"})
    return Double(text(entry, "id"), strings(entry["names"], "names"), source_url(entry), examples(entry))


def _slot(value: object, name: str) -> Slot:
    match = _SLOT.fullmatch(value) if isinstance(value, str) else None
    if match is None or value == ":":
        raise ValueError(f'{name} must be a slot like "0:url", ":url" or "0:"')
    return Slot(int(match[1]) if match[1] else None, match[2])


def _slots(value: object, name: str) -> tuple[Slot, ...]:
    return tuple(_slot(item, name) for item in strings(value, name)) if value is not None else ()


def _form(entry: Any) -> Form:
    if not isinstance(entry, dict):
        raise ValueError("a form must be a table")
    places = ("method", "url", "headers", "auth", "request")
    known(entry, {"names", "verb", "default", "with_body", "body", "wraps", "adds_header", *places})
    slots = {name: _slot(entry[name], name) for name in places if name in entry}
    wraps = entry.get("wraps")
    form = Form(
        strings(entry["names"], "names"),
        verb=entry.get("verb") is True,
        default=method(entry["default"], "default") if "default" in entry else None,
        with_body=method(entry["with_body"], "with_body") if "with_body" in entry else None,
        body=_slots(entry.get("body"), "body"),
        wraps=_slot(wraps, "wraps") if wraps not in (None, "receiver") else None,
        wraps_receiver=wraps == "receiver",
        adds_header=optional_strings(entry, "adds_header"),
        **slots,
    )
    sends = form.url is not None and (form.verb or form.method is not None or form.default is not None)
    if not sends and form.request is None and wraps is None:
        raise ValueError(f"{form.names[0]}: needs url with verb, method or default, or a request object")
    return form


def _forms(entry: Table, name: str) -> tuple[Form, ...]:
    found = entry.get(name, [])
    if not isinstance(found, list):
        raise ValueError(f"{name} must be [[…{name}]] tables")
    return tuple(_form(item) for item in found)


def _object(entry: Any) -> ClientObject:
    if not isinstance(entry, dict):
        raise ValueError("object must be [[client.object]] tables")
    known(entry, {"names", "method", "base_url", "headers", "auth", "inside"})
    slots = {name: _slot(entry[name], name) for name in ("base_url", "headers", "auth") if name in entry}
    methods = {name: form for form in _forms(entry, "method") for name in form.names}
    inside = _slots(entry.get("inside"), "inside")
    return ClientObject(strings(entry["names"], "names"), methods, inside=inside, **slots)


def _client(entry: Table) -> Client:
    known(entry, {"id", "imports", "base_url", "function", "object", "request", "source", "true", "false"})
    if entry["base_url"] not in BASE_URLS:
        raise ValueError(f"base_url must be one of {', '.join(BASE_URLS)}")
    return Client(
        text(entry, "id"),
        strings(entry["imports"], "imports"),
        entry["base_url"],
        _forms(entry, "function"),
        tuple(_object(item) for item in entry.get("object", [])),
        _forms(entry, "request"),
        source_url(entry),
        examples(entry),
    )
