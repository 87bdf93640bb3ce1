"""A Python file's text and syntax tree: which node stands at a place, and what it stands in."""

from __future__ import annotations

import codecs
import re
import warnings
from collections.abc import Callable, Iterator

import libcst as cst

from allo_keyscan.calls.assembled import Assembled, assembled
from allo_keyscan.calls.interpreter import deep_stack
from allo_keyscan.calls.parse import ParseFailure, parse_text
from allo_keyscan.calls.positions import positions
from allo_keyscan.calls.source import declared, decode
from allo_keyscan.calls.spans import Span
from allo_keyscan.fix import Unprovable
from allo_keyscan.fix.imports import meaning
from allo_keyscan.fix.proof import parsed

_NEWLINE = re.compile(r"\r\n?|\n")
Leaf = cst.SimpleString | cst.FormattedStringText
LEAVES = (cst.SimpleString, cst.FormattedStringText)
_WANTED = (cst.BaseExpression, cst.FormattedStringText, cst.TemplatedStringText)


class Program:
    """One file's text, tree and places; everything in code points of the text, a byte-order mark left out.

    Raises Unprovable for a file that is no Python, or whose bytes do not come back from its text.
    """

    def __init__(self, data: bytes) -> None:
        text = decode(data)
        if isinstance(text, ParseFailure):
            raise Unprovable(f"{text.reason}: take it out by hand")
        self.text: str = text
        self._bom = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        self._encoding = declared(data[len(self._bom) :])
        self._data = data
        if self.encoded(text) != data:
            raise Unprovable("its bytes do not come back from its text: take it out by hand")
        module = parse_text(text)
        if isinstance(module, ParseFailure):
            raise Unprovable(f"{module.reason}: take it out by hand")
        self._starts = [0, *(match.end() for match in _NEWLINE.finditer(text))]
        walker = _Walker()
        with deep_stack():
            module.visit(walker)
        self._parents = walker.parents
        self.nodes: list[cst.CSTNode] = walker.nodes
        flat = positions(module, self.nodes)
        self._spans = {
            id(node): (
                self.offset(flat[4 * number], flat[4 * number + 1] - 1),
                self.offset(flat[4 * number + 2], flat[4 * number + 3] - 1),
            )
            for number, node in enumerate(self.nodes)
        }
        self._module = module

    def encoded(self, text: str) -> bytes:
        """A text in the file's own encoding.

        Raises Unprovable for one that cannot be written in it.
        """
        try:
            return self._bom + text.encode(self._encoding)
        except (UnicodeError, LookupError):
            raise Unprovable("its encoding cannot be written: take it out by hand") from None

    def offset(self, line: int, column: int) -> int:
        """Where a line (from 1) and a column (from 0) are."""
        return self._starts[line - 1] + column

    def line(self, number: int) -> tuple[int, int]:
        """Where a line begins, and where the next one does."""
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self._starts[number - 1], end

    def position(self, offset: int) -> tuple[int, int]:
        """Line (from 1) and column in UTF-8 bytes (from 0), as `ast` counts them."""
        from bisect import bisect_right

        line = bisect_right(self._starts, offset)
        return line, len(self.text[self._starts[line - 1] : offset].encode("utf-8", "surrogatepass"))

    def place(self, start: int, end: int) -> tuple[int, int]:
        """A byte range of the file, in code points of the text."""
        low, high = len(self._bom), len(self._data)
        try:
            return tuple(len(self._data[low : min(at, high)].decode(self._encoding)) for at in (start, end))  # type: ignore[return-value]
        except (UnicodeError, LookupError):
            raise Unprovable("its place in this encoding is not known: take it out by hand") from None

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Where a node stands, its parentheses left out."""
        return self._spans[id(node)]

    def source(self, node: cst.CSTNode) -> str:
        """A node as it is written."""
        start, end = self.span(node)
        return self.text[start:end]

    def around(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """What a node stands in, from the inside out."""
        found = self._parents.get(id(node))
        while found is not None:
            yield found
            found = self._parents.get(id(found))

    def leaf(self, start: int, end: int) -> Leaf | None:
        """The literal, or text of an f-string, that holds a stretch."""
        return next(
            (
                node
                for node in self.nodes
                if isinstance(node, LEAVES) and self.span(node)[0] <= start and end <= self.span(node)[1]
            ),
            None,
        )

    def expression(self, start: int, end: int) -> cst.BaseExpression | None:
        """The outermost expression that is exactly a stretch."""
        return next(
            (node for node in self.nodes if isinstance(node, cst.BaseExpression) and self.span(node) == (start, end)),
            None,
        )

    def stretch(self, span: Span) -> tuple[int, int]:
        """A span of the values engine, in code points of the text."""
        return self.offset(span.line, span.column - 1), self.offset(span.end_line, span.end_column - 1)

    def assembled(self, interesting: Callable[[bytes], bool], plain: bytes = b"") -> list[Assembled]:
        """The values that the file puts together, were there another text wherever `plain` stands as it is."""
        data = self._data.replace(plain, b"x" * len(plain)) if plain else self._data
        found = assembled(data, interesting)
        return [] if isinstance(found, ParseFailure) else found

    def names(self, name: str) -> list[tuple[int, int]]:
        """Where a name is used or bound."""
        return [self.span(node) for node in self.nodes if isinstance(node, cst.Name) and node.value == name]

    def meaning(self, dotted: str) -> str:
        """What a dotted name means by the imports of the file; "" where that is not sure."""
        return meaning(parsed(self.text), dotted) if dotted else ""

    @property
    def newline(self) -> str:
        """How its lines end."""
        match = _NEWLINE.search(self.text)
        return match[0] if match else "\n"


def value(node: cst.CSTNode) -> str | bytes | None:
    """The value of literals; None where it is not known, and of anything else."""
    if not isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return node.evaluated_value
        except (SyntaxError, ValueError):
            return None


def dotted(node: cst.CSTNode) -> str:
    """A name with its attributes, as `a.b.c`; "" for anything else."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr.value}" if before else ""
    return ""


class _Walker(cst.CSTVisitor):
    """Notes the nodes that are asked for, outermost first, and what each stands in."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes: list[cst.CSTNode] = []
        self.parents: dict[int, cst.CSTNode] = {}
        self._stack: list[cst.CSTNode] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if self._stack:
            self.parents[id(node)] = self._stack[-1]
        self._stack.append(node)
        if isinstance(node, _WANTED):
            self.nodes.append(node)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:  # noqa: ARG002 (libcst's signature)
        self._stack.pop()
