"""rules/endpoints.toml, scopes.toml, clients.toml, api.toml -> typed rules of the scopes analysis.

Every load function takes the rules folder and raises RulesError, naming file and entry, for what cannot be used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from allo_keyscan.catalog import RulesError, Table, entries, known, strings
from allo_keyscan.catalog.findings import FindingRule, finding_rules
from allo_keyscan.model import Basis

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
# Where an endpoint's scope was read, and what that makes of it for the reader.
BASES: dict[str, Basis] = {
    "guide": "documented",
    "page": "documented",
    "overview": "documented",
    "scheme": "documented",
    "inferred": "inferred",
    "unknown": "unknown",
}
BASE_URLS = ("none", "append", "join")
_MARGIN = 32
_SLOT = re.compile(r"(\d*):([A-Za-z_]\w*)?")
_SCOPE = re.compile(r"[A-Z][A-Z0-9_]*")
_PATH = re.compile(r"(?:/(?:[\w.#-]+|\{\w+\}))+")


@dataclass(frozen=True, slots=True)
class Examples:
    """What an entry must match and what it must not."""

    true: tuple[str, ...]
    false: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method and path template, the scopes it asks for, and who says so."""

    method: str
    path: str
    scopes: tuple[str, ...]
    basis: Basis
    source: str
    conflict: tuple[str, ...] | None
    conflict_source: str | None
    note: str | None
    examples: Examples

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's parts between slashes."""
        return tuple(self.path.strip("/").split("/"))


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope; holding it is holding what it implies."""

    name: str
    description: str
    source: str
    implies: tuple[str, ...]
    examples: Examples


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
class Host:
    """Servers of Allo's; only those with `api` take API calls."""

    id: str
    hosts: tuple[str, ...]
    api: bool
    source: str
    examples: Examples


@dataclass(frozen=True, slots=True)
class Aside:
    """Paths on the API's host that are no API operations."""

    id: str
    prefixes: tuple[str, ...]
    source: str
    examples: Examples


@dataclass(frozen=True, slots=True)
class Credential:
    """The header that carries the key, and the words that may stand before the key in it."""

    id: str
    header: str
    schemes: tuple[str, ...]
    source: str
    examples: Examples


@dataclass(frozen=True, slots=True)
class Pattern:
    """A form of text that speaks of Allo: names, or paths. One of `words` stands in every match."""

    id: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    source: str
    examples: Examples

    def search(self, text: str) -> bool:
        """Whether the pattern is in a text; looked for only around the words, which are found twenty times faster."""
        for word in self.words:
            start = text.find(word)
            while start >= 0:
                end = start + len(word) + _MARGIN
                match = self.pattern.search(text, max(0, start - _MARGIN), end)
                if match is not None and (match.end() < end or end >= len(text)):  # else it is cut off by the margin
                    return True
                start = text.find(word, start + 1)
        return False


@dataclass(frozen=True, slots=True)
class Double:
    """Names of parameters that stand for a fake server in tests."""

    id: str
    names: tuple[str, ...]
    source: str
    examples: Examples


@dataclass(frozen=True, slots=True)
class ApiRules:
    """Everything the scopes analysis knows of Allo and of HTTP libraries, with the look-ups it needs."""

    endpoints: tuple[Endpoint, ...]
    scopes: dict[str, Scope]
    clients: tuple[Client, ...]
    hosts: tuple[Host, ...]
    asides: tuple[Aside, ...]
    credentials: tuple[Credential, ...]
    names: tuple[Pattern, ...]
    paths: tuple[Pattern, ...]
    doubles: frozenset[str]
    functions: dict[str, tuple[Client, Form]] = field(default_factory=dict)
    objects: dict[str, tuple[Client, ClientObject]] = field(default_factory=dict)
    requests: dict[str, tuple[Client, Form]] = field(default_factory=dict)
    kinds: dict[str, FindingRule] = field(default_factory=dict)

    @property
    def api_hosts(self) -> frozenset[str]:
        """The hosts that take API calls."""
        return frozenset(name for host in self.hosts if host.api for name in host.hosts)

    def says_allo(self, text: str) -> bool:
        """Whether a name (of a variable, a setting, a parameter) speaks of Allo."""
        return any(rule.search(text) for rule in self.names)

    def covered(self, held: Iterable[str]) -> frozenset[str]:
        """The scopes held, with all they imply."""
        found: set[str] = set()
        queue = list(held)
        while queue:
            name = queue.pop()
            if name not in found:
                found.add(name)
                queue.extend(self.scopes[name].implies if name in self.scopes else ())
        return frozenset(found)


def api_rules(folder: str) -> ApiRules:
    """All four files of a rules folder, checked against each other."""
    scopes = load_scopes(folder)
    endpoints = load_endpoints(folder)
    for endpoint in endpoints:
        for name in (*endpoint.scopes, *(endpoint.conflict or ())):
            if name not in scopes:
                where = f"{folder}/endpoints.toml: endpoint {endpoint.method} {endpoint.path}"
                raise RulesError(f"{where}: scope {name!r} is not in scopes.toml")
    clients = load_clients(folder)
    doubles = entries(folder, "clients.toml", "double", _double)
    rules = ApiRules(
        endpoints,
        scopes,
        clients,
        entries(folder, "api.toml", "host", _host),
        entries(folder, "api.toml", "aside", _aside),
        entries(folder, "api.toml", "credential", _credential),
        entries(folder, "api.toml", "name", _pattern),
        entries(folder, "api.toml", "path", _pattern),
        frozenset(name for double in doubles for name in double.names),
    )
    rules.kinds.update(finding_rules(folder))
    for client in clients:
        rules.functions.update({name: (client, form) for form in client.functions for name in form.names})
        rules.objects.update({name: (client, made) for made in client.objects for name in made.names})
        rules.requests.update({name: (client, form) for form in client.requests for name in form.names})
    return rules


def load_endpoints(folder: str) -> tuple[Endpoint, ...]:
    """endpoints.toml; one entry a method and path."""
    found = entries(folder, "endpoints.toml", "endpoint", _endpoint, label="path")
    seen: set[tuple[str, str]] = set()
    for endpoint in found:
        if (endpoint.method, endpoint.path) in seen:
            raise RulesError(f"{folder}/endpoints.toml: endpoint {endpoint.method} {endpoint.path} stands there twice")
        seen.add((endpoint.method, endpoint.path))
    return found


def load_scopes(folder: str) -> dict[str, Scope]:
    """scopes.toml, by name."""
    found = {scope.name: scope for scope in entries(folder, "scopes.toml", "scope", _scope, label="name")}
    for scope in found.values():
        for name in scope.implies:
            if name not in found:
                raise RulesError(f"{folder}/scopes.toml: scope {scope.name!r}: implies unknown scope {name!r}")
    return found


def load_clients(folder: str) -> tuple[Client, ...]:
    """clients.toml's HTTP libraries."""
    return entries(folder, "clients.toml", "client", _client)


def load_doubles(folder: str) -> tuple[Double, ...]:
    """clients.toml's stand-ins for a server."""
    return entries(folder, "clients.toml", "double", _double)


def _examples(entry: Table) -> Examples:
    return Examples(strings(entry["true"], "true"), strings(entry["false"], "false"))


def _url(entry: Table) -> str:
    source = entry["source"]
    if not isinstance(source, str) or not source.startswith("https://"):
        raise ValueError("source must be an https:// URL")
    return source


def _text(entry: Table, name: str) -> str:
    value = entry[name]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be a string that is not empty")
    return value


def _optional_strings(entry: Table, name: str) -> tuple[str, ...]:
    return strings(entry[name], name) if entry.get(name) not in (None, []) else ()


def _method(value: object, name: str) -> str:
    if value not in METHODS:
        raise ValueError(f"{name} must be one of {', '.join(METHODS)}")
    return str(value)


def _endpoint(entry: Table) -> Endpoint:
    known(
        entry,
        {"method", "path", "scopes", "basis", "source", "conflict", "conflict_source", "note", "true", "false"},
    )
    path = _text(entry, "path")
    if not _PATH.fullmatch(path):
        raise ValueError("path must be /-separated parts, each a word or a {parameter}")
    if entry["basis"] not in BASES:
        raise ValueError(f"basis must be one of {', '.join(BASES)}")
    if not isinstance(entry["scopes"], list):
        raise ValueError("scopes must be a list (empty: any key will do)")
    conflict = _optional_strings(entry, "conflict")
    if conflict and "conflict_source" not in entry:
        raise KeyError("conflict_source")
    return Endpoint(
        _method(entry["method"], "method"),
        path,
        _optional_strings(entry, "scopes"),
        BASES[entry["basis"]],
        _url(entry),
        conflict or None,
        entry.get("conflict_source"),
        entry.get("note"),
        _examples(entry),
    )


def _scope(entry: Table) -> Scope:
    known(entry, {"name", "description", "source", "implies", "true", "false"})
    name = _text(entry, "name")
    if not _SCOPE.fullmatch(name):
        raise ValueError("name must be upper-case letters, digits and _")
    return Scope(name, _text(entry, "description"), _url(entry), _optional_strings(entry, "implies"), _examples(entry))


def _host(entry: Table) -> Host:
    known(entry, {"id", "hosts", "api", "source", "true", "false"})
    hosts = strings(entry["hosts"], "hosts")
    if any(host != host.lower() or "/" in host for host in hosts):
        raise ValueError("hosts must be lower-case names without scheme or path")
    if not isinstance(entry["api"], bool):
        raise ValueError("api must be true or false")
    return Host(_text(entry, "id"), hosts, entry["api"], _url(entry), _examples(entry))


def _aside(entry: Table) -> Aside:
    known(entry, {"id", "prefixes", "source", "true", "false"})
    prefixes = strings(entry["prefixes"], "prefixes")
    if not all(prefix.startswith("/") and prefix.endswith("/") for prefix in prefixes):
        raise ValueError("prefixes must begin and end with /")
    return Aside(_text(entry, "id"), prefixes, _url(entry), _examples(entry))


def _credential(entry: Table) -> Credential:
    known(entry, {"id", "header", "schemes", "source", "true", "false"})
    schemes = strings(entry["schemes"], "schemes")
    return Credential(_text(entry, "id"), _text(entry, "header"), schemes, _url(entry), _examples(entry))


def _pattern(entry: Table) -> Pattern:
    known(entry, {"id", "words", "pattern", "source", "true", "false"})
    try:
        pattern = re.compile(_text(entry, "pattern"))
    except re.error as error:
        raise ValueError(f"pattern is not a regular expression: {error}") from None
    return Pattern(_text(entry, "id"), strings(entry["words"], "words"), pattern, _url(entry), _examples(entry))


def _double(entry: Table) -> Double:
    known(entry, {"id", "names", "source", "true", "false"})
    return Double(_text(entry, "id"), strings(entry["names"], "names"), _url(entry), _examples(entry))


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
        default=_method(entry["default"], "default") if "default" in entry else None,
        with_body=_method(entry["with_body"], "with_body") if "with_body" in entry else None,
        body=_slots(entry.get("body"), "body"),
        wraps=_slot(wraps, "wraps") if wraps not in (None, "receiver") else None,
        wraps_receiver=wraps == "receiver",
        adds_header=_optional_strings(entry, "adds_header"),
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
        _text(entry, "id"),
        strings(entry["imports"], "imports"),
        entry["base_url"],
        _forms(entry, "function"),
        tuple(_object(item) for item in entry.get("object", [])),
        _forms(entry, "request"),
        _url(entry),
        _examples(entry),
    )
