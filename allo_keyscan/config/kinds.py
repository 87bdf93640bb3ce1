"""The kinds of value that a setting can have: what JSON Schema says of each, and what it becomes in the program.

A value is judged by the schema itself (`misfit`), so what an editor accepts with the published schema is what the
loader accepts. `misfit` knows the words of draft-07 that stand here and no others.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

Schema = dict[str, Any]

_LONGEST = 10.0**7  # seconds: four months, what every system's timer takes
_SIZE = r"^\s*[0-9]{1,15}(\.[0-9]{1,15})?\s*([KkMmGgTt]([Ii]?[Bb])?|[Bb])?\s*$"
_KEY_NAME: Schema = {"type": "string", "pattern": r"^(declared|(env|setting|parameter|literal):\S+)$"}
LEVELS = ("error", "warning", "note", "never")
FORMATS = (
    *("text", "json", "jsonl", "sarif", "github", "gitlab", "gitlab-secret-detection", "azure", "junit", "csv"),
    *("markdown", "html"),
)
"""The names of report.FORMATS, which stands above this module; a test compares them."""


class Kind(NamedTuple):
    """A kind of value: its schema, what is said of a value that does not fit, and how one that fits is kept."""

    schema: Schema
    says: str
    keep: Callable[[Any], Any] = lambda value: value

    def read(self, value: object) -> Any:
        """A value of TOML, as the program keeps it. Raises ValueError, saying what was expected, for another kind."""
        where = misfit(self.schema, value)
        if where is not None:
            raise ValueError("".join(f"{name!r}: " for name in where) + self.says)
        return self.keep(value)


def misfit(schema: Schema, value: object) -> tuple[str, ...] | None:
    """None where a value fits a schema; else the keys that lead to what does not."""
    choices = schema.get("anyOf")
    if choices is not None:
        found = [misfit(choice, value) for choice in choices]
        return None if None in found else max((one for one in found if one is not None), key=len)
    if "enum" in schema:
        return None if isinstance(value, str) and value in schema["enum"] else ()
    return _TYPES[schema["type"]](schema, value)


def _boolean(_: Schema, value: object) -> tuple[str, ...] | None:
    return None if isinstance(value, bool) else ()


def _number(schema: Schema, value: object) -> tuple[str, ...] | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ()
    if schema["type"] == "integer" and not (math.isfinite(value) and value == int(value)):
        return ()  # 1.0 is an integer since draft-06
    return None if schema["minimum"] <= value <= schema.get("maximum", math.inf) else ()


def _string(schema: Schema, value: object) -> tuple[str, ...] | None:
    fits = isinstance(value, str) and len(value) >= schema.get("minLength", 0)
    return None if fits and re.search(schema.get("pattern", ""), str(value)) else ()


def _array(schema: Schema, value: object) -> tuple[str, ...] | None:
    fits = isinstance(value, list) and all(misfit(schema["items"], item) is None for item in value)
    return None if fits else ()


def _object(schema: Schema, value: object) -> tuple[str, ...] | None:
    if not isinstance(value, dict):
        return ()
    names, inner = schema["propertyNames"], schema["additionalProperties"]
    for name, one in value.items():
        if misfit(names, name) is not None or misfit(inner, one) is not None:
            return (name,)
    return None


_TYPES = {
    "boolean": _boolean,
    "integer": _number,
    "number": _number,
    "string": _string,
    "array": _array,
    "object": _object,
}


def size(text: str) -> int:
    """A number of bytes from `500`, `20 kB`, `1.5MiB`, `2G`; K, M, G are powers of 1,024 as in git and ripgrep.

    Raises ValueError for anything else.
    """
    if not re.search(_SIZE, text):
        raise ValueError(f"{text!r} is not a size: write 500, 20K, 1.5M or 2G")
    cleaned = text.strip().lower().removesuffix("b").removesuffix("i")
    scale = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}.get(cleaned[-1:], 1)
    return int(float(cleaned.rstrip("kmgt")) * scale)


def seconds(value: object) -> float:
    """A number of seconds, also as text; 0 is no limit. Raises ValueError for anything else."""
    try:
        found: object = float(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    kept: float = SECONDS.read(found)
    return kept


def _lists(value: dict[str, list[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((name, tuple(items)) for name, items in value.items())


_WORD: Schema = {"type": "string", "minLength": 1}
_WORDS: Schema = {"type": "array", "items": _WORD}

FLAG = Kind({"type": "boolean"}, "must be true or false")
TEXT = Kind(_WORD, "must be a string that is not empty")
TEXTS = Kind(_WORDS, "must be a list of strings that are not empty", tuple)
LEVEL = Kind({"enum": [*LEVELS]}, f"must be one of {', '.join(LEVELS)}")
FORMAT = Kind({"enum": [*FORMATS]}, f"must be one of {', '.join(FORMATS)}")
COUNT = Kind({"type": "integer", "minimum": 1}, "must be a whole number, at least 1", int)
SECONDS = Kind(
    # JSON has no NaN, but validators are handed TOML's: the last word refuses it, since it compares as neither.
    {"type": "number", "minimum": 0, "maximum": _LONGEST, "not": {"exclusiveMaximum": 0}},
    f"must be a number of seconds, from 0 to {_LONGEST:,.0f}",
    float,
)
SIZE = Kind(
    {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": _SIZE}]},
    "is not a size: write 500, or a text such as 20K, 1.5M or 2G",
    lambda value: size(value) if isinstance(value, str) else int(value),
)
LISTS = Kind(
    {"type": "object", "propertyNames": _WORD, "additionalProperties": _WORDS},
    "must be a table of lists of strings that are not empty",
    _lists,
)
SCOPES = Kind(
    {
        "anyOf": [
            _WORDS,
            {
                "type": "object",
                "propertyNames": _KEY_NAME,
                "additionalProperties": _WORDS,
            },
        ]
    },
    "must be a list of scopes, or a table of such lists by where a key comes from (env:NAME, setting:name, "
    "parameter:function.name, literal:fingerprint, or declared for all others)",
    lambda value: _lists({"declared": value} if isinstance(value, list) else value),
)
