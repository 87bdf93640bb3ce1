"""Where nodes stand in the source: exact and cheap.

libcst's PositionProvider costs twice the parse. Its code generator walks the tree anyway, so noting how many tokens
were written before and after a node gives the same positions for a fifth of that (tests/calls/test_spans.py compares).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import libcst as cst
from libcst._nodes.internal import CodegenState

from allo_keyscan.calls.parse import deep_stack

_NEWLINE = re.compile(r"\r\n?|\n")


class Span(NamedTuple):
    """A stretch of source: lines and columns start at 1, columns count code points, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Spans:
    """Numbers for nodes while a module is read, positions for the numbers once somebody asks."""

    def __init__(self, module: cst.Module) -> None:
        self._module: cst.Module | None = module
        self._nodes: list[cst.CSTNode] = []
        self._found: list[Span] = []

    def number(self, node: cst.CSTNode) -> int:
        """A number to ask for this node's position with."""
        self._nodes.append(node)
        return len(self._nodes) - 1

    def __getitem__(self, number: int) -> Span:
        if self._module is not None:
            self._found = _positions(self._module, self._nodes)
            self._module, self._nodes = None, []
        return self._found[number]


class _Recorder(CodegenState):
    """Notes the token index at which each node starts and ends."""

    def __init__(self, module: cst.Module) -> None:
        super().__init__(default_indent=module.default_indent, default_newline=module.default_newline)
        self.starts: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        self.exact: set[int] = set()

    def before_codegen(self, node: cst.CSTNode) -> None:
        self.starts[id(node)] = len(self.tokens)

    def after_codegen(self, node: cst.CSTNode) -> None:
        if id(node) not in self.exact:
            self.ends[id(node)] = len(self.tokens)

    @contextmanager
    def record_syntactic_position(
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> Iterator[None]:
        """Called by libcst inside a node's own whitespace and parentheses: the narrower, wanted stretch."""
        start = len(self.tokens)
        yield
        self.starts[id(node)] = self.starts.get(id(start_node), start) if start_node is not None else start
        end = len(self.tokens)
        self.ends[id(node)] = self.ends.get(id(end_node), end) if end_node is not None else end
        self.exact.add(id(node))


def _positions(module: cst.Module, nodes: list[cst.CSTNode]) -> list[Span]:
    state: Any = _Recorder(module)
    with deep_stack():
        module._codegen(state)
    indexes = {index for node in nodes for index in (state.starts[id(node)], state.ends[id(node)])}
    places: dict[int, tuple[int, int]] = {}
    line = column = 1
    for index, token in enumerate(state.tokens):
        if index in indexes:
            places[index] = (line, column)
        if "\n" in token or "\r" in token:
            pieces = _NEWLINE.split(token)
            line += len(pieces) - 1
            column = len(pieces[-1]) + 1
        else:
            column += len(token)
    places[len(state.tokens)] = (line, column)
    return [Span(*places[state.starts[id(node)]], *places[state.ends[id(node)]]) for node in nodes]
