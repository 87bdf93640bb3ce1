"""How a file reaches the environment at some places, and the import that has to be added for that. Pure.

An import that is there is used where it surely holds: it stands at the top, before the first place, and nothing else
binds its name where the places are. Else one is added behind docstring and `from __future__`, among the first imports.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from allo_keyscan.fix import Unprovable
from allo_keyscan.fix.style import Access, Style

_HEAD = re.compile(r"#!|[ \t\f]*#.*?coding[:=]")
_LINE = re.compile(r".*?(?:\r\n?|\n)|.+", re.DOTALL)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Place = tuple[int, int]


class Reached(NamedTuple):
    """How the environment is reached, and what must be added for it: a statement before a line (from 1)."""

    access: Access
    statement: str = ""
    line: int = 0
    text: str = ""


class _Binding(NamedTuple):
    """A name that is bound: in which scope, by an import of which module, and whether in that scope's own body."""

    name: str
    scope: ast.AST
    module: str | None
    line: int
    direct: bool


def reach(tree: ast.Module, text: str, places: Sequence[Place], style: Style, newline: str) -> Reached:
    """How to read variables at some places (line, column) of a module.

    Raises Unprovable where no name for it is free, or no line to add the import before.
    """
    found = _Imports(tree, text, places, newline)
    if style.kind == "settings":
        return found.settings(style)
    return found.environment(getenv=style.kind == "getenv")


def meaning(tree: ast.Module, dotted: str) -> str:
    """What a dotted name means by the imports of a module: `env.get` after `from os import environ as env` is
    `os.environ.get`. A name that nothing binds means itself; "" where something else binds it too."""
    root, dot, rest = dotted.partition(".")
    modules = {binding.module for binding in _bindings(tree) if binding.name == root}
    if not modules:
        return dotted
    module = modules.pop()
    return f"{module}{dot}{rest}" if module is not None and not modules else ""


class _Imports:
    def __init__(self, tree: ast.Module, text: str, places: Sequence[Place], newline: str) -> None:
        self._tree = tree
        self._places = places
        self._first = min(places)[0]
        self._newline = newline
        self._lines = _LINE.findall(text)
        self._bindings = list(_bindings(tree))
        self._fixed = {
            name for node in ast.walk(tree) if isinstance(node, (ast.Global, ast.Nonlocal)) for name in node.names
        }

    def environment(self, *, getenv: bool) -> Reached:
        """`import os`, or what is there of it."""
        for binding in self._bindings:
            if binding.module == "os" and self._holds(binding):
                return Reached(Access(f"{binding.name}.environ", f"{binding.name}.getenv"))
        wanted = "os.getenv" if getenv else "os.environ"
        for binding in self._bindings:
            if binding.module == wanted and self._holds(binding):
                return Reached(Access(environ=binding.name, getenv=binding.name))
        before, _ = self._line_for("os")
        for name, statement in (("os", "import os"), ("_os", "import os as _os")):
            if not self._taken(name, "os", before):
                return self._added(Access(f"{name}.environ", f"{name}.getenv"), statement, "os")
        raise Unprovable("os and _os stand for something else where it is: import os under another name first")

    def settings(self, style: Style) -> Reached:
        """The import of a settings object."""
        if not style.statement:
            return Reached(Access())
        wanted = ast.dump(ast.parse(style.statement).body[0])
        for node in self._tree.body:
            if (
                ast.dump(node) == wanted
                and (node.end_lineno or 0) < self._first
                and not self._taken(style.root, None, 0, node)
            ):
                return Reached(Access())
        if self._taken(style.root, None, 0):
            raise Unprovable(
                f"{style.root} stands for something else in this file: import it under another name (--import)"
            )
        return self._added(Access(), style.statement, style.root)

    def _holds(self, binding: _Binding) -> bool:
        """Whether an import at the top is what its name means wherever it is needed."""
        if binding.scope is not self._tree or not binding.direct or binding.line >= self._first:
            return False
        return not self._taken(binding.name, binding.module, binding.line)

    def _taken(self, name: str, module: str | None, line: int, but: ast.AST | None = None) -> bool:
        """Whether a name may mean something else than a module imported before a line, at one of the places."""
        if name in self._fixed:
            return True
        star = any(binding.name == "*" and binding.line >= line for binding in self._bindings)
        if star and not name.startswith("_"):
            return True
        for binding in self._bindings:
            if binding.name != name or not any(_holds(binding.scope, place) for place in self._places):
                continue
            if but is not None and binding.line == getattr(but, "lineno", 0):
                continue
            harmless = module is not None and binding.module == module
            if harmless and (binding.scope is self._tree or self._early(binding)):
                continue
            return True
        return False

    def _early(self, binding: _Binding) -> bool:
        """Whether a function's own import is done before each place in it."""
        inside = [place for place in self._places if _holds(binding.scope, place)]
        return (
            binding.direct and isinstance(binding.scope, _FUNCTIONS) and all(binding.line < line for line, _ in inside)
        )

    def _line_for(self, module: str) -> tuple[int, str]:
        """The line before which the import of a module is added, and how it stands to what is around."""
        body = self._tree.body
        start = 1 if body and _is_text(body[0]) else 0
        while start < len(body) and _is_future(body[start]):
            start += 1
        head = (body[start - 1].end_lineno or 0) if start else 0
        early = [node for node in body[start:] if head < node.lineno and (node.end_lineno or 0) < self._first]
        imports = [node for node in early if isinstance(node, (ast.Import, ast.ImportFrom))]
        stars = [node for node in imports if node.names[0].name == "*"]
        if stars:
            return (stars[-1].end_lineno or 0) + 1, "among"
        if imports:
            return self._among(imports, module)
        if start:
            return head + 1, "behind"
        return self._top(), "top"

    def _among(self, imports: list[ast.Import | ast.ImportFrom], module: str) -> tuple[int, str]:
        """The line among the first imports that stand together: in order among those of the standard library."""
        block = imports[:1]
        for node in imports[1:]:
            if node.lineno != (block[-1].end_lineno or 0) + 1:
                break
            block.append(node)
        if module not in sys.stdlib_module_names:
            return (block[-1].end_lineno or 0) + 1, "among"
        standard = [node for node in block if _module(node) in sys.stdlib_module_names]
        if not standard:
            return block[0].lineno, "before"
        before = [node for node in standard if isinstance(node, ast.Import) and node.names[0].name <= module]
        return ((before[-1].end_lineno or 0) + 1 if before else standard[0].lineno), "among"

    def _top(self) -> int:
        """The first line behind a shebang, a coding comment, and comments that stand apart from the code."""
        line = 0
        while line < len(self._lines) and self._lines[line].startswith("#"):
            line += 1
        if line < len(self._lines) and not self._lines[line].strip():
            return line + 1
        return 1 + max((number + 1 for number, head in enumerate(self._lines[:2]) if _HEAD.match(head)), default=0)

    def _added(self, access: Access, statement: str, module: str) -> Reached:
        line, how = self._line_for(module)
        before = self._lines[line - 2] if line > 1 else "\n"
        inside = any(node.lineno < line <= (node.end_lineno or 0) for node in self._tree.body)
        if inside or line > self._first or not before.endswith(("\n", "\r")) or before.rstrip("\r\n").endswith("\\"):
            raise Unprovable(f"no line is free for the import that it needs: add {statement} yourself first")
        open_before, open_behind = not before.strip(), not self._lines[line - 1].strip()
        above = how == "behind" or (how == "top" and line > 1 and open_behind and not open_before)
        below = how != "among" and not open_behind
        text = f"{self._newline * above}{statement}{self._newline}{self._newline * below}"
        return Reached(access, statement, line, text)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _module(node: ast.Import | ast.ImportFrom) -> str:
    if isinstance(node, ast.ImportFrom):
        return "" if node.level else (node.module or "").partition(".")[0]
    return node.names[0].name.partition(".")[0]


def _holds(scope: ast.AST, place: Place) -> bool:
    """Whether a place is inside of a scope; decorators and defaults of a function count as inside."""
    if isinstance(scope, ast.Module):
        return True
    decorators: list[ast.expr] = getattr(scope, "decorator_list", [])
    first: int = min([getattr(scope, "lineno", 0), *(one.lineno for one in decorators)])
    last: int = getattr(scope, "end_lineno", 0)
    return first <= place[0] <= last


def _bindings(tree: ast.Module) -> Iterator[_Binding]:
    """Every name that is bound anywhere, with the scope it is bound in."""
    stack: list[tuple[ast.AST, ast.AST, bool]] = [(node, tree, True) for node in tree.body]
    while stack:
        node, scope, direct = stack.pop()
        line = getattr(node, "lineno", 0)
        yield from (_Binding(name, scope, module, line, direct) for name, module in _bound(node))
        inner = node if isinstance(node, (*_SCOPES, *_COMPREHENSIONS)) else scope
        body = set(map(id, node.body)) if isinstance(node, (*_FUNCTIONS, ast.ClassDef)) else set()
        stack += [(child, inner, id(child) in body) for child in ast.iter_child_nodes(node)]


def _bound(node: ast.AST) -> Iterator[tuple[str, str | None]]:
    """The names that a node itself binds, each with what it imports."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id, None
    elif isinstance(node, ast.arg):
        yield node.arg, None
    elif isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        yield node.name, None
    elif isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0], alias.name if alias.asname else _whole(alias.name)
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name, f"{node.module}.{alias.name}" if not node.level else None
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        yield node.name, None
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest, None
    elif type(node).__name__ in ("TypeVar", "ParamSpec", "TypeVarTuple"):
        yield str(getattr(node, "name", "")), None


def _whole(name: str) -> str:
    """What `import a.b` binds: the module a."""
    return name.partition(".")[0]
