"""Where things stand in the source: numbers while a module is read, positions once somebody asks."""

from __future__ import annotations

from collections.abc import MutableSequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import libcst as cst

    from allo_keyscan.calls.source import Source


class Span(NamedTuple):
    """A stretch of source: lines and columns start at 1, columns count code points, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Spans:
    """Numbers for nodes while a module is read, positions for the numbers once somebody asks."""

    def __init__(self, module: cst.Module, source: Source | None = None) -> None:
        """`source` says which lines of the file the lines of the tree are, where these are not the same."""
        self._module: cst.Module | None = module
        self._source = source
        self._nodes: list[cst.CSTNode] = []
        self._flat: MutableSequence[int] = []

    @classmethod
    def of(cls, flat: MutableSequence[int], source: Source) -> Spans:
        """Positions in the text that are known already, four numbers each."""
        spans = cls.__new__(cls)
        spans._module, spans._source, spans._nodes, spans._flat = None, source, [], flat
        return spans

    def number(self, node: cst.CSTNode) -> int:
        """A number to ask for this node's position with."""
        self._nodes.append(node)
        return len(self._nodes) - 1

    @property
    def flat(self) -> MutableSequence[int]:
        """All positions in the text, four numbers each: the fields of Span."""
        if self._module is not None:
            from allo_keyscan.calls.positions import positions

            self._flat = positions(self._module, self._nodes)
            self._module, self._nodes = None, []
        return self._flat

    def __getitem__(self, number: int) -> Span:
        start = 4 * number
        span = Span(*self.flat[start : start + 4])
        source = self._source
        if source is None or source.lines is None:
            return span
        return span._replace(line=source.line(span.line), end_line=source.line(span.end_line))
