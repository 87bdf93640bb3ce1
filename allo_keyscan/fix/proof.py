"""The proof that a Python text says what another one said, but for the expressions that read variables.

Two questions are asked of `ast`, which had no part in the change. Apart from the stretches that were replaced, the
import that was added and the assignments that were dropped, are both trees the same? And with each variable's value
put where it is read, is every replaced stretch what it was?
"""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from allo_keyscan.fix import Unprovable

Position = tuple[int, int]


class Stretch(NamedTuple):
    """An expression of the old text, from one position (line, column in UTF-8 bytes) to another, and its new text.

    `value` is what it was where that is no literal but put together, None where it is one. `reads` are the expressions
    in it that read a variable, each with its value. `as_is`: it is a call without its default, which has no one value.
    """

    start: Position
    end: Position
    text: str
    reads: tuple[tuple[str, str], ...]
    value: str | bytes | None = None
    as_is: bool = False


def parsed(text: str) -> ast.Module:
    """The syntax tree of Python text.

    Raises Unprovable where this Python cannot read it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise Unprovable("this Python cannot parse it, so nothing could be proved: use one that can") from None


def _compiles(text: str) -> bool:
    """Whether it is a program too: `ast.parse` lets a late `from __future__` pass, for one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "", "exec", dont_inherit=True, optimize=0)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def still_compiles(old: str, new: str) -> None:
    """Whether a text compiles where the one before did.

    Raises Unprovable where it does not.
    """
    if not _compiles(new) and _compiles(old):
        raise Unprovable("the changed file would be no program any more: take it out by hand")


def prove(old: ast.Module, new: str, stretches: Sequence[Stretch], statement: str, dropped: Collection[int]) -> None:
    """Whether `new` is `old` but for the stretches, the added statement, and the assignments on dropped lines.

    Raises Unprovable where it is not, or may not be. `old` is used up.
    """
    tree = parsed(new)
    try:
        expected = _Replacing(stretches, dropped)
        wanted: ast.AST = expected.visit(old) or old
        if expected.left or expected.lines:
            raise Unprovable("a part of it is no expression of its own: take it out by hand")
        dumps = _without(tree, statement) if statement else [ast.dump(tree)]
        if ast.dump(wanted) not in dumps:
            raise Unprovable("the changed file would not say the same: take it out by hand")
    except RecursionError:
        raise Unprovable("it is nested too deep to be proved: take it out by hand") from None


def comments(text: str) -> list[str]:
    """The comments of Python text, in order.

    Raises Unprovable where they cannot be told.
    """
    try:
        tokens = tokenize.generate_tokens(io.StringIO(text, newline="").readline)
        return [token.string.rstrip("\r") for token in tokens if token.type == tokenize.COMMENT]
    except (tokenize.TokenError, SyntaxError, ValueError):
        raise Unprovable("its comments cannot be told: take it out by hand") from None


def _without(tree: ast.Module, statement: str) -> Iterator[str]:
    """The tree without the added statement: without each one that reads so, since others may stand there as well."""
    added, body = ast.dump(ast.parse(statement).body[0]), tree.body
    for number, node in enumerate(body):
        if type(node).__name__ in added and ast.dump(node) == added:
            tree.body = body[:number] + body[number + 1 :]
            yield ast.dump(tree)


class _Replacing(ast.NodeTransformer):
    """The old tree with the new expressions in it, each proved on the way."""

    def __init__(self, stretches: Sequence[Stretch], dropped: Collection[int]) -> None:
        self.left = {(*one.start, *one.end): one for one in stretches}
        self.lines = set(dropped)

    def visit(self, node: ast.AST) -> ast.AST | None:
        if isinstance(node, ast.stmt) and node.lineno in self.lines and isinstance(node, (ast.Assign, ast.AnnAssign)):
            self.lines.remove(node.lineno)
            return None
        if isinstance(node, ast.expr):
            one = self.left.pop((node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0), None)
            if one is not None:
                return _replaced(node, one)
        made: ast.AST = self.generic_visit(node)
        return made


def _replaced(node: ast.expr, one: Stretch) -> ast.expr:
    """The new expression, where with the values of its variables it is the old one."""
    try:
        made = ast.parse(f"({one.text}\n)", mode="eval").body
        again = ast.parse(f"({one.text}\n)", mode="eval").body
    except (SyntaxError, ValueError):
        raise Unprovable("what would stand for it is no expression: take it out by hand") from None
    if not one.as_is:
        was = node if one.value is None else ast.Constant(one.value)
        if _folded(again, one.reads) != _folded(was, ()):
            raise Unprovable("with the key in the variable it would not be what it was: take it out by hand")
    return made


def _folded(node: ast.expr, reads: Sequence[tuple[str, str]]) -> str:
    values = {ast.dump(ast.parse(text, mode="eval").body): value for text, value in reads}
    return ast.dump(_Folding(values).visit(node))


class _Folding(ast.NodeTransformer):
    """Puts values where variables are read, and joins the constants that this makes."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr):
            value = self._values.get(ast.dump(node))
            if value is not None:
                return ast.Constant(value)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "encode":
                value = self._values.get(ast.dump(node.func.value)) or self._optional(node.func.value)
                if value is not None and not node.args and not node.keywords:
                    return ast.Constant(value.encode())
        made: ast.AST = super().visit(node)
        return made

    def _optional(self, node: ast.expr) -> str | None:
        """The value of a read with "" for its default."""
        if isinstance(node, ast.Call) and len(node.args) == 2 and ast.dump(node.args[1]) == ast.dump(ast.Constant("")):
            return self._values.get(ast.dump(ast.Call(node.func, node.args[:1], node.keywords)))
        return None

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """Without the mark of `u''`."""
        return ast.Constant(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        """Constants side by side become one; an f-string of one constant is that."""
        parts: list[ast.expr] = []
        for part in map(self.visit, node.values):
            if isinstance(part, ast.FormattedValue) and part.conversion == -1 and part.format_spec is None:
                inner = part.value
                part = inner if isinstance(inner, ast.Constant) and isinstance(inner.value, str) else part
            last = parts[-1] if parts else None
            if isinstance(part, ast.Constant) and isinstance(last, ast.Constant):
                parts[-1] = ast.Constant(f"{last.value!s}{part.value!s}")
            elif isinstance(part, ast.expr) and not (isinstance(part, ast.Constant) and part.value == ""):
                parts.append(part)
        if all(isinstance(part, ast.Constant) for part in parts):
            return parts[0] if parts else ast.Constant("")
        return ast.JoinedStr(parts)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Bytes that are added become one."""
        left, right = self.visit(node.left), self.visit(node.right)
        if (
            isinstance(node.op, ast.Add)
            and isinstance(left, ast.Constant)
            and isinstance(right, ast.Constant)
            and isinstance(left.value, bytes)
            and isinstance(right.value, bytes)
        ):
            return ast.Constant(left.value + right.value)
        node.left, node.right = left, right  # type: ignore[assignment]
        return node
