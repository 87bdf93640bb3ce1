"""How code reads the variable that takes a key's place, as source text."""

from __future__ import annotations

import ast
from typing import Literal, NamedTuple

from allo_keyscan.errors import KeyscanError
from allo_keyscan.fix import Unprovable

Kind = Literal["environ", "getenv", "settings"]


class Style(NamedTuple):
    """One way for a whole run.

    Of `settings`: `expression` is a Python expression, in which `{name}` and `{lower}` stand for the variable's name,
    and `statement` imports what it begins with ("" where nothing needs to be imported).
    """

    kind: Kind = "environ"
    expression: str = ""
    statement: str = ""

    @property
    def root(self) -> str:
        """The name that the expression begins with."""
        return self.expression.partition(".")[0].partition("[")[0].partition("(")[0]

    def made_by(self, path: str) -> bool:
        """Whether a file is the module that the settings object is imported from."""
        module = self.statement.split()[1] if self.statement else ""
        steps = module.strip(".").replace(".", "/")
        return bool(steps) and f"/{path}".endswith((f"/{steps}.py", f"/{steps}/__init__.py"))

    def many(self) -> bool:
        """Whether it can read more than one variable."""
        return self.kind != "settings" or "{name}" in self.expression or "{lower}" in self.expression


class Access(NamedTuple):
    """How a file reaches the environment: what stands there for `os.environ` and `os.getenv`."""

    environ: str = "os.environ"
    getenv: str = "os.getenv"


def settings(expression: str, statement: str) -> Style:
    """The style of a settings object.

    Raises KeyscanError for text that is no such expression, or no such statement.
    """
    shown = expression.replace("{name}", "NAME").replace("{lower}", "name")
    try:
        made = ast.parse(shown, mode="eval").body
    except (SyntaxError, ValueError):
        made = None
    if not isinstance(made, (ast.Attribute, ast.Subscript, ast.Call)) or "\n" in expression or "\\" in expression:
        raise KeyscanError(f"{expression!r} is no expression that reads a setting, such as settings.{{lower}}")
    style = Style("settings", expression, statement)
    if statement and style.root not in _bound(statement):
        raise KeyscanError(f"{statement!r} is no import of {style.root}, such as: from app.config import {style.root}")
    return style


def _bound(statement: str) -> set[str]:
    try:
        body = ast.parse(statement).body
    except (SyntaxError, ValueError):
        return set()
    if len(body) != 1 or not isinstance(body[0], (ast.Import, ast.ImportFrom)) or "\n" in statement:
        return set()
    return {alias.asname or alias.name.partition(".")[0] for alias in body[0].names}


def reading(style: Style, access: Access, name: str, quote: str, *, optional: bool = False) -> str:
    """The expression that reads a variable, its string quoted with `quote`; None where `optional` and it is not set.

    Raises Unprovable where the expression of a settings object cannot be written with this quote.
    """
    if style.kind == "settings":
        made = style.expression.replace("{name}", name).replace("{lower}", name.lower())
        other = "'" if quote == '"' else '"'
        if quote in made and other in made:
            raise Unprovable("--expression has both quotes, and cannot stand inside this string: write one without")
        return made.replace(other, quote)
    if style.kind == "getenv":
        return f"{access.getenv}({quote}{name}{quote})"
    if optional:
        return f"{access.environ}.get({quote}{name}{quote})"
    return f"{access.environ}[{quote}{name}{quote}]"


def encoded(style: Style, access: Access, name: str, quote: str) -> str:
    """The same as bytes."""
    if style.kind == "getenv":
        return f"{access.getenv}({quote}{name}{quote}, {quote}{quote}).encode()"
    return f"{reading(style, access, name, quote)}.encode()"
