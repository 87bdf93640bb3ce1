"""rules/fixes.toml -> what `fix` puts in a key's place: the variable's name, and how each kind of file names it.

`fix_rules` raises RulesError, naming file and entry, for what cannot be used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

from allo_keyscan.catalog import (
    EXAMPLES,
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

Syntax = Literal["env", "json", "yaml"]
"""The syntaxes in which a value can be changed with proof that nothing else is."""

_FILE = "fixes.toml"
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*\Z")


class Variable(NamedTuple):
    """The environment variable that programs read the vendor's key from."""

    id: str
    name: str
    examples: Examples

    def numbered(self, number: int) -> str:
        """Its name for the first key, the second, …; from 1."""
        return self.name if number == 1 else f"{self.name}_{number}"


class Names(NamedTuple):
    """Callables, by the ends of their dotted names."""

    id: str
    names: tuple[str, ...]
    examples: Examples

    def fits(self, dotted: str) -> bool:
        """Whether a callable, as it is written, is one of them."""
        return any(f".{dotted}".endswith(f".{name}") for name in self.names)


class Refusal(NamedTuple):
    """Text around a key that no replacement can be proved right in, and why."""

    id: str
    pattern: re.Pattern[str]
    reason: str
    examples: Examples


class Format(NamedTuple):
    """Files that name a variable in their own way; `syntax` is None where nothing is edited, only said.

    `whole`: the value must be the key alone, else the key may be a part of it. `changes` are texts before and after.
    """

    id: str
    paths: re.Pattern[str]
    syntax: Syntax | None
    replacement: str
    whole: bool
    note: str
    examples: Examples
    changes: tuple[tuple[str, str], ...]
    left: tuple[str, ...]

    def named(self, name: str) -> str:
        """How a variable is named in such a file."""
        return self.replacement.replace("{name}", name)

    def advice(self, name: str, path: str) -> str:
        """What else there is to do, for a variable and a file."""
        return self.note.replace("{name}", name).replace("{file}", path)


class FixRules(NamedTuple):
    """Everything of fixes.toml."""

    variable: Variable
    readers: tuple[Names, ...]
    options: tuple[Names, ...]
    refusals: tuple[Refusal, ...]
    formats: tuple[Format, ...]

    def reads(self, dotted: str) -> bool:
        """Whether a callable, by its whole name, reads an environment variable: its name first, then a default."""
        return any(one.fits(dotted) for one in self.readers)

    def declares(self, dotted: str) -> bool:
        """Whether a callable, or a class by its base, declares what may be given in another way than by its default."""
        return any(one.fits(dotted) for one in self.options)

    def refused(self, around: str) -> str | None:
        """Why a key in such a text stays where it is; None where nothing speaks against it."""
        return next((one.reason for one in self.refusals if one.pattern.search(around)), None)

    def format_of(self, path: str) -> Format | None:
        """The first format whose files a path (with `/`) is one of."""
        return next((one for one in self.formats if one.paths.search(path)), None)


def fix_rules(folder: str) -> FixRules:
    """What a rules folder knows of fixes; only its variable must be there."""
    variables = entries(folder, _FILE, "variable", _variable)
    if len(variables) > 1:
        raise RulesError(f"{folder}/{_FILE}: variable {variables[1].id!r}: there is another one already")
    return FixRules(
        variables[0],
        entries(folder, _FILE, "reader", _names, optional=True),
        entries(folder, _FILE, "option", _names, optional=True),
        entries(folder, _FILE, "refusal", _refusal, optional=True),
        entries(folder, _FILE, "format", _format, optional=True),
    )


def _variable(entry: Table) -> Variable:
    known(entry, EXAMPLES | {"id", "name", "source"})
    source_url(entry)
    if not _VARIABLE.match(text(entry, "name")):
        raise ValueError("name must be capital letters, digits and _, a letter first")
    return Variable(text(entry, "id"), entry["name"], examples(entry))


def _names(entry: Table) -> Names:
    known(entry, EXAMPLES | {"id", "names", "source"})
    source_url(entry)
    return Names(text(entry, "id"), strings(entry["names"], "names"), examples(entry))


def _refusal(entry: Table) -> Refusal:
    known(entry, EXAMPLES | {"id", "pattern", "reason"})
    return Refusal(text(entry, "id"), re.compile(text(entry, "pattern")), text(entry, "reason"), examples(entry))


def _format(entry: Table) -> Format:
    known(
        entry,
        EXAMPLES | {"id", "paths", "syntax", "replacement", "whole", "note", "source", "changes", "left"},
    )
    source_url(entry)
    syntax = entry.get("syntax")
    if syntax is not None and syntax not in get_args(Syntax):
        raise ValueError(f"syntax must be one of {', '.join(get_args(Syntax))}, or left out")
    if not isinstance(entry["replacement"], str) or not isinstance(entry.get("whole", False), bool):
        raise ValueError("replacement must be a string, and whole true or false")
    if syntax is not None and not (entry.get("changes") and entry.get("left")):
        raise ValueError("a syntax that is edited needs examples of it: changes, and left")
    return Format(
        text(entry, "id"),
        _any(strings(entry["paths"], "paths")),
        syntax,
        entry["replacement"],
        entry.get("whole", False),
        text(entry, "note"),
        examples(entry),
        tuple(_pair(one) for one in _list(entry, "changes")),
        optional_strings(entry, "left"),
    )


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def _list(entry: Table, name: str) -> list[object]:
    value = entry.get(name, [])
    if not isinstance(value, list):
        raise ValueError(f"{name} must be a list")
    return value


def _pair(value: object) -> tuple[str, str]:
    before, after = strings(value, "each of changes")
    return before, after
