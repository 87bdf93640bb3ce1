"""Lists of variables as text: what `.env.example` should say, and what a `.env` file is to be given. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from allo_keyscan.errors import KeyscanError

EXAMPLES = (".env.example", ".env.sample", ".env.template", ".env.dist")
"""Where a project shows which variables it reads; the first is made where there is none."""

_ENTRY = re.compile(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(.*?)[ \t\r]*$", re.MULTILINE)


def entries(text: str) -> dict[str, str]:
    """The variables of a .env file with their values, quotes around them taken off; the last of a name counts."""
    return {name: _unquoted(value) for name, value in _ENTRY.findall(text)}


def _unquoted(value: str) -> str:
    if value[:1] in ("'", '"') and value.find(value[0], 1) > 0:
        return value[1 : value.find(value[0], 1)]
    return re.split(r"\s#", value)[0].strip() if not value.startswith("#") else ""


def example(text: str, names: Iterable[str]) -> str:
    """A list of variables that has some more, each with an empty value."""
    known = entries(text)
    return _appended(text, [f"{name}=" for name in names if name not in known])


def additions(text: str, values: Mapping[str, str], file: str) -> str:
    """What to put behind the text of a .env file, so that it has some values.

    Raises KeyscanError, naming `file`, where it has another value for one of them.
    """
    known = entries(text)
    for name, value in values.items():
        if known.get(name) not in (None, "", value):
            raise KeyscanError(f"{file}: has another value for {name}: choose another name (--name), or another file")
    lines = [f"{name}={value}" for name, value in values.items() if known.get(name) != value]
    return _appended(text, lines)[len(text) :]


def _appended(text: str, lines: list[str]) -> str:
    if not lines:
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    gap = newline if text and not text.endswith(("\n", "\r")) else ""
    return text + gap + "".join(f"{line}{newline}" for line in lines)
