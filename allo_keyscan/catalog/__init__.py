"""rules/*.toml -> typed rules. The only reader of rules/.

The folder stands beside the package in a checkout and an editable install, and inside it in a wheel (hatchling's
force-include); `--rules DIR` names another one. Each file's entries bring their own true and false examples, and an
entry without them does not load.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple, TypeVar

from allo_keyscan.errors import KeyscanError, hint

Table = dict[str, Any]
Entry = TypeVar("Entry")

EXAMPLES = frozenset({"true", "false"})
"""The fields that every entry has."""

_TABLES = {
    "api.toml": ("host", "aside", "credential", "name", "path"),
    "ci.toml": ("pipeline", "event"),
    "clients.toml": ("client", "double", "guess"),
    "endpoints.toml": ("endpoint",),
    "findings.toml": ("finding",),
    "fixes.toml": ("variable", "reader", "option", "refusal", "format"),
    "keys.toml": ("key", "context", "shared", "setting", "header", "client-side", "prose"),
    "placeholders.toml": ("placeholder", "follower"),
    "scopes.toml": ("scope",),
}
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Examples(NamedTuple):
    """What an entry must match and what it must not; `{key}`, `{secret}`, `{body}` are filled by the tests."""

    true: tuple[str, ...]
    false: tuple[str, ...]


class RulesError(KeyscanError):
    """A rules file that cannot be used: the message names the file, the entry and what it lacks."""


def rules_dir(override: str | None = None) -> str:
    """The folder of rules files in force.

    Raises RulesError where `override` is not a folder.
    """
    if override is not None:
        if not os.path.isdir(override):
            raise RulesError(f"{override}: not a folder of rules files (see rules/README.md)")
        return override
    packaged = os.path.join(_PACKAGE, "rules")
    return packaged if os.path.isdir(packaged) else os.path.join(os.path.dirname(_PACKAGE), "rules")


@cache
def read(folder: str, name: str) -> Table:
    """The parsed TOML of one rules file.

    Raises RulesError where it is missing, not UTF-8 or not TOML, or has a table that nothing reads.
    """
    path = os.path.join(folder, name)
    try:
        with open(path, "rb") as file:
            found = tomllib.load(file)
    except OSError as error:
        raise RulesError(f"{path}: {error.strerror or 'cannot be read'}; a rules folder needs this file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesError(f"{path}: not valid TOML: {error}") from None
    for table in found:
        if table not in _TABLES[name]:
            raise RulesError(f"{path}: unknown table [[{table}]]{hint(table, _TABLES[name])}")
    return found


def entries(
    folder: str,
    name: str,
    table: str,
    build: Callable[[Table], Entry],
    label: str = "id",
    *,
    optional: bool = False,
) -> tuple[Entry, ...]:
    """The `[[table]]` entries of one file, each through `build`; an `optional` table may be missing.

    `build` raises KeyError for a missing field, and ValueError, TypeError or re.error for a wrong one: each becomes a
    RulesError that names file and entry.
    """
    found = read(folder, name).get(table, [] if optional else None)
    path = os.path.join(folder, name)
    if not isinstance(found, list) or not (found or optional) or not all(isinstance(entry, dict) for entry in found):
        raise RulesError(f"{path}: no [[{table}]] entries")
    built = []
    for number, entry in enumerate(found, 1):
        where = f"{path}: {table} {entry.get(label, f'number {number}')!r}"
        try:
            built.append(build(entry))
        except KeyError as error:
            raise RulesError(f"{where}: lacks {error.args[0]!r}") from None
        except (ValueError, TypeError, re.error) as error:
            raise RulesError(f"{where}: {error}") from None
    return tuple(built)


def strings(value: object, what: str) -> tuple[str, ...]:
    """A TOML array of strings, as a tuple.

    Raises ValueError, naming `what`, where it is anything else or empty.
    """
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{what} must be a list of strings, with at least one")
    return tuple(value)


def known(entry: Table, fields: Iterable[str]) -> None:
    """Raises ValueError, naming the field, where the entry has one that nothing reads."""
    for field in entry:
        if field not in fields:
            raise ValueError(f"unknown field {field!r}{hint(field, fields)}")


def examples(entry: Table) -> Examples:
    """An entry's examples; KeyError or ValueError where it has none."""
    return Examples(strings(entry["true"], "true"), strings(entry["false"], "false"))


def source_url(entry: Table, name: str = "source") -> str:
    """An entry's source; ValueError where it is no https:// URL."""
    source = entry[name]
    if not isinstance(source, str) or not source.startswith("https://"):
        raise ValueError(f"{name} must be an https:// URL")
    return source


def text(entry: Table, name: str) -> str:
    """A string field; ValueError where it is empty or no string."""
    value = entry[name]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be a string that is not empty")
    return value


def optional_strings(entry: Table, name: str) -> tuple[str, ...]:
    """An array of strings that may be missing or empty."""
    return strings(entry[name], name) if entry.get(name) not in (None, []) else ()
