"""rules/endpoints.toml, scopes.toml, api.toml, with clients.toml (catalog/clients) -> the rules of the scopes analysis.

Every load function takes the rules folder and raises RulesError, naming file and entry, for what cannot be used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import get_args

from allo_keyscan.catalog import (
    Examples,
    RulesError,
    Table,
    entries,
    examples,
    known,
    optional_strings,
    source_url,
    strings,
    text,
)
from allo_keyscan.catalog.clients import Client, ClientObject, Double, Form, load_clients, load_doubles, method
from allo_keyscan.catalog.findings import FindingRule, finding_rules
from allo_keyscan.catalog.guesses import Guess, load_guesses
from allo_keyscan.errors import hint
from allo_keyscan.model import Basis

BASES: tuple[Basis, ...] = get_args(Basis)
_MARGIN = 32
_PARAMETER = re.compile(r"\{\w+\}")
SCOPE_NAME = re.compile(r"[A-Za-z][\w.:/*-]*")
_PATH = re.compile(r"(?:/(?:[\w.~:@-]+|\{\w+\}))+")


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
    segments: tuple[str, ...]
    """The path's parts between slashes."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope; holding it is holding what it implies."""

    name: str
    description: str
    source: str
    implies: tuple[str, ...]
    note: str | None
    examples: Examples
    abuse: str | None = None
    """What somebody who should not have it can do with it, as the rest of a sentence that begins with "can"."""


@dataclass(frozen=True, slots=True)
class Host:
    """Servers of the vendor's; only those with `api` take API calls."""

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
class Accepted:
    """The forms of a credential that paths with a prefix take: schemes, and whether the key alone (`bare`)."""

    prefix: str
    schemes: tuple[str, ...]
    bare: bool


@dataclass(frozen=True, slots=True)
class Credential:
    """The header that carries the key, the words that may stand before the key in it, and which of them are right."""

    id: str
    header: str
    schemes: tuple[str, ...]
    accepts: tuple[Accepted, ...]
    source: str
    examples: Examples


@dataclass(frozen=True, slots=True)
class Pattern:
    """A form of text that speaks of the API: names, or paths. One of `words` stands in every match."""

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
class ApiRules:
    """Everything the scopes analysis knows of the API and of HTTP libraries, with the look-ups it needs."""

    endpoints: tuple[Endpoint, ...]
    scopes: dict[str, Scope]
    clients: tuple[Client, ...]
    hosts: tuple[Host, ...]
    asides: tuple[Aside, ...]
    credentials: tuple[Credential, ...]
    names: tuple[Pattern, ...]
    paths: tuple[Pattern, ...]
    doubles: dict[str, Double]
    guesses: dict[str, Guess]
    folder: str
    functions: dict[str, tuple[Client, Form]] = field(default_factory=dict)
    objects: dict[str, tuple[Client, ClientObject]] = field(default_factory=dict)
    requests: dict[str, tuple[Client, Form]] = field(default_factory=dict)
    methods: dict[str, Form] = field(default_factory=dict)
    """By its name the first method of any library's object."""
    kinds: dict[str, FindingRule] = field(default_factory=dict)

    @property
    def api_hosts(self) -> frozenset[str]:
        """The hosts that take API calls."""
        return frozenset(name for host in self.hosts if host.api for name in host.hosts)

    @property
    def imports(self) -> frozenset[str]:
        """The top-level names that HTTP libraries are imported by."""
        return frozenset(name.partition(".")[0] for client in self.clients for name in client.imports)

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
                raise RulesError(f"{where}: scope {name!r} is not in scopes.toml{hint(name, scopes)}")
    clients = load_clients(folder)
    doubles = load_doubles(folder)
    rules = ApiRules(
        endpoints,
        scopes,
        clients,
        entries(folder, "api.toml", "host", _host),
        entries(folder, "api.toml", "aside", _aside, optional=True),
        load_credentials(folder),
        entries(folder, "api.toml", "name", _pattern, optional=True),
        entries(folder, "api.toml", "path", _pattern, optional=True),
        {name: double for double in doubles for name in double.names},
        load_guesses(folder),
        folder,
    )
    rules.kinds.update(finding_rules(folder))
    for client in clients:
        rules.functions.update({name: (client, form) for form in client.functions for name in form.names})
        rules.objects.update({name: (client, made) for made in client.objects for name in made.names})
        for made in client.objects:
            rules.methods.update({name: form for name, form in made.methods.items() if name not in rules.methods})
        rules.requests.update({name: (client, form) for form in client.requests for name in form.names})
    return rules


def load_endpoints(folder: str) -> tuple[Endpoint, ...]:
    """endpoints.toml; one entry a method and path."""
    found = entries(folder, "endpoints.toml", "endpoint", _endpoint, label="path")
    seen: dict[tuple[str, str], str] = {}
    for endpoint in found:
        shape = (endpoint.method, _PARAMETER.sub("{}", endpoint.path))
        if shape in seen:
            other = f" (as {seen[shape]})" if seen[shape] != endpoint.path else ""
            where = f"{folder}/endpoints.toml: endpoint {endpoint.method} {endpoint.path}"
            raise RulesError(f"{where} stands there twice{other}")
        seen[shape] = endpoint.path
    return found


def load_credentials(folder: str) -> tuple[Credential, ...]:
    """The headers that carry a key, of api.toml."""
    return entries(folder, "api.toml", "credential", _credential)


def load_scopes(folder: str) -> dict[str, Scope]:
    """scopes.toml, by name."""
    found = {scope.name: scope for scope in entries(folder, "scopes.toml", "scope", _scope, label="name")}
    for scope in found.values():
        for name in scope.implies:
            if name not in found:
                raise RulesError(
                    f"{folder}/scopes.toml: scope {scope.name!r}: implies unknown scope {name!r}{hint(name, found)}"
                )
    return found


def _endpoint(entry: Table) -> Endpoint:
    known(
        entry,
        {"method", "path", "scopes", "basis", "source", "conflict", "conflict_source", "note", "true", "false"},
    )
    path = text(entry, "path")
    if not _PATH.fullmatch(path):
        raise ValueError("path must be /-separated parts, each a word or a {parameter}")
    if entry["basis"] not in BASES:
        raise ValueError(f"basis must be one of {', '.join(BASES)}")
    if entry["basis"] == "unknown" and entry["scopes"]:
        raise ValueError("scopes must be empty where the basis is unknown")
    if not isinstance(entry["scopes"], list):
        raise ValueError("scopes must be a list (empty: any key will do)")
    conflict = optional_strings(entry, "conflict")
    if conflict and "conflict_source" not in entry:
        raise KeyError("conflict_source")
    return Endpoint(
        method(entry["method"], "method"),
        path,
        optional_strings(entry, "scopes"),
        entry["basis"],
        source_url(entry),
        conflict or None,
        source_url(entry, "conflict_source") if conflict else None,
        text(entry, "note") if "note" in entry else None,
        examples(entry),
        tuple(path.strip("/").split("/")),
    )


def _scope(entry: Table) -> Scope:
    known(entry, {"name", "description", "abuse", "source", "implies", "note", "true", "false"})
    name = text(entry, "name")
    if not SCOPE_NAME.fullmatch(name):
        raise ValueError("name must be letters, digits and _ . : / * -, with a letter first")
    return Scope(
        name,
        text(entry, "description"),
        source_url(entry),
        optional_strings(entry, "implies"),
        text(entry, "note") if "note" in entry else None,
        examples(entry),
        text(entry, "abuse") if "abuse" in entry else None,
    )


def _host(entry: Table) -> Host:
    known(entry, {"id", "hosts", "api", "source", "true", "false"})
    hosts = strings(entry["hosts"], "hosts")
    if any(host != host.lower() or "/" in host for host in hosts):
        raise ValueError("hosts must be lower-case names without scheme or path")
    if not isinstance(entry["api"], bool):
        raise ValueError("api must be true or false")
    return Host(text(entry, "id"), hosts, entry["api"], source_url(entry), examples(entry))


def _aside(entry: Table) -> Aside:
    known(entry, {"id", "prefixes", "source", "true", "false"})
    prefixes = strings(entry["prefixes"], "prefixes")
    if not all(prefix.startswith("/") and prefix.endswith("/") for prefix in prefixes):
        raise ValueError("prefixes must begin and end with /")
    return Aside(text(entry, "id"), prefixes, source_url(entry), examples(entry))


def _credential(entry: Table) -> Credential:
    known(entry, {"id", "header", "schemes", "accepts", "source", "true", "false"})
    accepts = entry.get("accepts", [])
    if not isinstance(accepts, list):
        raise ValueError("accepts must be [[credential.accepts]] tables")
    return Credential(
        text(entry, "id"),
        text(entry, "header"),
        strings(entry["schemes"], "schemes"),
        tuple(_accepted(item) for item in accepts),
        source_url(entry),
        examples(entry),
    )


def _accepted(entry: object) -> Accepted:
    if not isinstance(entry, dict):
        raise ValueError("accepts must be [[credential.accepts]] tables")
    known(entry, {"prefix", "schemes", "bare"})
    if not isinstance(entry["bare"], bool):
        raise ValueError("bare must be true or false")
    return Accepted(text(entry, "prefix"), optional_strings(entry, "schemes"), entry["bare"])


def _pattern(entry: Table) -> Pattern:
    known(entry, {"id", "words", "pattern", "source", "true", "false"})
    try:
        pattern = re.compile(text(entry, "pattern"))
    except re.error as error:
        raise ValueError(f"pattern is not a regular expression: {error}") from None
    return Pattern(text(entry, "id"), strings(entry["words"], "words"), pattern, source_url(entry), examples(entry))
