"""Where the nodes of a libcst tree stand in the source: exact and cheap.

libcst's PositionProvider costs twice the parse. Its code generator walks the tree anyway, so noting how many tokens
were written before and after a node gives the same positions for a fifth of that (tests/calls/test_spans.py compares).
"""

from __future__ import annotations

import re
from array import array

import libcst as cst
from libcst._nodes.internal import CodegenState

from allo_keyscan.calls.interpreter import deep_stack

_NEWLINE = re.compile(r"\r\n?|\n")


class _Nothing:
    """A context that does nothing."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_error: object) -> None:
        pass


class _Recorder(CodegenState):
    """Notes the token index at which each node starts and ends.

    libcst asks for a context around the tokens of a node without its whitespace and parentheses: the wanted stretch.
    """

    _nothing = _Nothing()

    def __init__(self, module: cst.Module, wanted: set[int]) -> None:
        super().__init__(default_indent=module.default_indent, default_newline=module.default_newline)
        self.wanted = wanted
        self.starts: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        self.exact: dict[int, tuple[int, int]] = {}

    def before_codegen(self, node: cst.CSTNode) -> None:
        self.starts[id(node)] = len(self.tokens)

    def after_codegen(self, node: cst.CSTNode) -> None:
        self.ends[id(node)] = len(self.tokens)

    def stretch(self, node: cst.CSTNode) -> tuple[int, int]:
        """Token indexes of the start and the end of a node that has been written."""
        return self.exact.get(id(node)) or (self.starts[id(node)], self.ends[id(node)])

    def record_syntactic_position(  # type: ignore[override]
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> _Exact | _Nothing:
        if id(node) not in self.wanted:
            return self._nothing
        for other in (start_node, end_node):
            if other is not None:
                self.wanted.add(id(other))
        return _Exact(self, id(node), start_node, end_node)


class _Exact:
    """The stretch of one node, from entering to leaving, or as far as other nodes reach."""

    __slots__ = ("_end_node", "_node", "_start", "_start_node", "_state")

    def __init__(
        self, state: _Recorder, node: int, start_node: cst.CSTNode | None, end_node: cst.CSTNode | None
    ) -> None:
        self._state = state
        self._node = node
        self._start_node = start_node
        self._end_node = end_node

    def __enter__(self) -> None:
        self._start = len(self._state.tokens)

    def __exit__(self, *_error: object) -> None:
        state = self._state
        start, end = self._start, len(state.tokens)
        if self._start_node is not None:
            start = state.stretch(self._start_node)[0]
        if self._end_node is not None:
            end = state.stretch(self._end_node)[1]
        state.exact[self._node] = (start, end)


def positions(module: cst.Module, nodes: list[cst.CSTNode]) -> array[int]:
    """Line, column, end line and end column of each node, one after the other, as Span has them."""
    state = _Recorder(module, set(map(id, nodes)))
    with deep_stack():
        module._codegen(state)
    stretches = [state.stretch(node) for node in nodes]
    line = column = 1
    lines, columns = [], []
    for token in state.tokens:
        lines.append(line)
        columns.append(column)
        if "\n" in token or "\r" in token:
            pieces = _NEWLINE.split(token)
            line += len(pieces) - 1
            column = len(pieces[-1]) + 1
        else:
            column += len(token)
    lines.append(line)
    columns.append(column)
    return array("i", [n for a, b in stretches for n in (lines[a], columns[a], lines[b], columns[b])])
