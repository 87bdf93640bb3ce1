"""rules/keys.toml and rules/placeholders.toml -> typed rules of the key search.

keys.toml is read at every start, so it stays small; the other one is read only once a candidate was met.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from allo_keyscan.catalog import (
    EXAMPLES,
    Examples,
    Table,
    entries,
    examples,
    known,
    optional_strings,
    source_url,
    strings,
    text,
)
from allo_keyscan.model import Confidence


class Words(NamedTuple):
    """Words to look for. The pattern decides, but it is slow: 0.7 ms for 4,000 bytes without any of the literals."""

    literals: tuple[bytes, ...]
    pattern: re.Pattern[bytes]

    def search(self, text: bytes) -> bool:
        """Whether one of them stands in a text."""
        lowered = text.lower()
        return any(literal in lowered for literal in self.literals) and self.pattern.search(text) is not None


class KeyForm(NamedTuple):
    """How a vendor's keys are written: a prefix, the alphabet of what follows, and what may not stand before."""

    id: str
    vendor: str
    prefix: bytes
    body: str
    boundary: str
    documented: frozenset[str]
    scheme: str
    revoke: str
    examples: Examples


class Context(NamedTuple):
    """Words whose nearness moves the confidence of a match."""

    id: str
    confidence: Confidence
    words: tuple[str, ...]
    pattern: Words
    examples: Examples


class Shared(NamedTuple):
    """Bodies that another vendor writes behind the same prefix; `note` is said of them."""

    id: str
    body: re.Pattern[bytes]
    note: str
    examples: Examples


class Setting(NamedTuple):
    """Names whose value is a credential, whatever its form.

    Every `name` begins with one of `words`; `before` are words that may lead the same name.
    """

    id: str
    words: tuple[bytes, ...]
    before: tuple[bytes, ...]
    name: re.Pattern[bytes]
    examples: Examples


class Header(NamedTuple):
    """Servers for which certain headers, when written beside them, hold a credential."""

    id: str
    hosts: tuple[bytes, ...]
    headers: tuple[str, ...]
    examples: Examples


class PathRule(NamedTuple):
    """Paths, or names on the line, that say who receives a file: browsers and apps, or readers of prose."""

    id: str
    paths: re.Pattern[str] | None
    names: Words | None
    examples: Examples


class KeyRules(NamedTuple):
    """Everything of keys.toml."""

    forms: tuple[KeyForm, ...]
    contexts: tuple[Context, ...]
    shared: tuple[Shared, ...]
    settings: tuple[Setting, ...]
    headers: tuple[Header, ...]
    client_side: tuple[PathRule, ...]
    prose: tuple[PathRule, ...]


class Placeholder(NamedTuple):
    """One way a body stands for a key; `kind` names the mechanism in keys/placeholders."""

    id: str
    kind: str
    minimum: int
    words: frozenset[str]
    characters: str
    rows: tuple[str, ...]
    examples: Examples


class Follower(NamedTuple):
    """Text right behind a body of at most `visible` characters that makes it a mask or a template."""

    id: str
    pattern: re.Pattern[bytes]
    visible: int
    examples: Examples


class PlaceholderRules(NamedTuple):
    """Everything of placeholders.toml."""

    placeholders: tuple[Placeholder, ...]
    followers: tuple[Follower, ...]


def _words(entry: Table, field: str) -> Words:
    # A word in capitals counts as it is written and from its own start: AN_ does not stand in MAN_.
    words, parts = strings(entry[field], field), []
    for word in words:
        guarded = rf"(?<![A-Za-z]){re.escape(word)}" if word.isupper() else rf"(?i:{re.escape(word)})"
        parts.append(guarded)
    return Words(tuple(word.lower().encode() for word in words), re.compile("|".join(parts).encode()))


def _form(entry: Table) -> KeyForm:
    known(entry, EXAMPLES | {"id", "vendor", "prefix", "body", "boundary", "documented", "scheme", "revoke", "source"})
    source_url(entry)
    prefix = text(entry, "prefix").encode()
    if len(prefix) < 6 or not prefix.isascii():
        raise ValueError("prefix must be at least 6 ASCII characters, or the search drowns in hits")
    return KeyForm(
        id=text(entry, "id"),
        vendor=text(entry, "vendor"),
        prefix=prefix,
        body=_character_class(entry, "body"),
        boundary=_character_class(entry, "boundary"),
        documented=frozenset(optional_strings(entry, "documented")),
        scheme=text(entry, "scheme"),
        revoke=text(entry, "revoke"),
        examples=examples(entry),
    )


def _character_class(entry: Table, field: str) -> str:
    characters = text(entry, field)
    try:
        re.compile(f"[{characters}]")
    except re.error as error:
        raise ValueError(f"{field} must be what stands between the brackets of a character class: {error}") from None
    return characters


def _shared(entry: Table) -> Shared:
    known(entry, EXAMPLES | {"id", "body", "note", "source"})
    source_url(entry)
    return Shared(text(entry, "id"), re.compile(text(entry, "body").encode()), text(entry, "note"), examples(entry))


def _context(entry: Table) -> Context:
    known(entry, EXAMPLES | {"id", "confidence", "words"})
    if entry["confidence"] not in ("high", "medium", "low"):
        raise ValueError("confidence must be high, medium or low")
    words = strings(entry["words"], "words")
    return Context(text(entry, "id"), entry["confidence"], words, _words(entry, "words"), examples(entry))


def _setting(entry: Table) -> Setting:
    known(entry, EXAMPLES | {"id", "words", "names", "before", "source"})
    source_url(entry)
    words = tuple(word.encode() for word in strings(entry["words"], "words"))
    before = tuple(word.encode() for word in optional_strings(entry, "before"))
    name = re.compile("|".join(strings(entry["names"], "names")).encode())
    return Setting(text(entry, "id"), words, before, name, examples(entry))


def _header(entry: Table) -> Header:
    known(entry, EXAMPLES | {"id", "hosts", "headers", "source"})
    source_url(entry)
    hosts = tuple(host.encode() for host in strings(entry["hosts"], "hosts"))
    return Header(text(entry, "id"), hosts, strings(entry["headers"], "headers"), examples(entry))


def _path_rule(entry: Table) -> PathRule:
    known(entry, EXAMPLES | {"id", "paths", "names"})
    paths = re.compile("|".join(strings(entry["paths"], "paths"))) if "paths" in entry else None
    names = _words(entry, "names") if "names" in entry else None
    if (paths is None) == (names is None):
        raise ValueError("needs either paths or names")
    return PathRule(text(entry, "id"), paths, names, examples(entry))


def _number(entry: Table, field: str) -> int:
    value = entry[field]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{field} must be a whole number")
    return value


def _placeholder(entry: Table) -> Placeholder:
    known(entry, EXAMPLES | {"id", "kind", "minimum", "words", "characters", "rows"})
    words = strings(entry["words"], "words") if entry["kind"] == "words" else ()
    characters = text(entry, "characters") if entry["kind"] == "mask" else ""
    minimum = 1 if entry["kind"] == "words" else _number(entry, "minimum")
    rows = strings(entry["rows"], "rows") if entry["kind"] == "walk" else ()
    kind = entry["kind"]
    return Placeholder(text(entry, "id"), kind, minimum, frozenset(words), characters, rows, examples(entry))


def _follower(entry: Table) -> Follower:
    known(entry, EXAMPLES | {"id", "patterns", "visible"})
    pattern = re.compile("|".join(strings(entry["patterns"], "patterns")).encode())
    return Follower(text(entry, "id"), pattern, _number(entry, "visible"), examples(entry))


def key_rules(folder: str) -> KeyRules:
    """What a key looks like.

    Raises RulesError for a file or an entry that cannot be used.
    """
    name = "keys.toml"
    return KeyRules(
        forms=entries(folder, name, "key", _form),
        contexts=entries(folder, name, "context", _context, optional=True),
        shared=entries(folder, name, "shared", _shared, optional=True),
        settings=entries(folder, name, "setting", _setting, optional=True),
        headers=entries(folder, name, "header", _header, optional=True),
        client_side=entries(folder, name, "client-side", _path_rule, optional=True),
        prose=entries(folder, name, "prose", _path_rule, optional=True),
    )


def placeholder_rules(folder: str) -> PlaceholderRules:
    """What only looks like a key.

    Raises RulesError for a file or an entry that cannot be used.
    """
    name = "placeholders.toml"
    return PlaceholderRules(
        placeholders=entries(folder, name, "placeholder", _placeholder),
        followers=entries(folder, name, "follower", _follower, optional=True),
    )
