"""Keys put together from pieces: string expressions whose folded value nobody could read in the bytes.

A plain literal is the byte scanner's affair. Reported is the widest expression that builds an interesting value from
more than one literal, or by a transformation, at the place where the pieces are joined, and only there: a constant used
in forty places is one report.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import names
from allo_keyscan.calls.domain import Function, Hole, Text
from allo_keyscan.calls.interpreter import deep_stack
from allo_keyscan.calls.link import Program
from allo_keyscan.calls.parse import ParseFailure
from allo_keyscan.calls.read import read_module
from allo_keyscan.calls.spans import Span, Spans
from allo_keyscan.calls.values import Engine

HOLE = b"\0"
_CALL_DEPTH = 2
_WORD = re.compile(r"[A-Za-z0-9_-]")
_STRINGS = (f.Sum, f.Binary, f.Call, f.Subscript)


@dataclass(frozen=True, slots=True)
class Assembled:
    """A value put together in source.

    `value` is UTF-8, each unknown stretch one NUL byte; `pieces` are where the literals in it stand, `span` the whole
    expression. `binary`: it is a bytes object. `sole`: the expression has no other value, whatever runs before it. The
    repr shows no value: it may be a key.
    """

    value: bytes
    pieces: tuple[Span, ...]
    span: Span
    binary: bool = False
    sole: bool = False

    @property
    def whole(self) -> bool:
        """Whether every part of the value is known."""
        return HOLE not in self.value

    def __repr__(self) -> str:
        return f"Assembled(<{len(self.value)} bytes>, {len(self.pieces)} pieces, {self.span})"


def assembled(source: bytes, interesting: Callable[[bytes], bool]) -> list[Assembled] | ParseFailure:
    """The interesting values a Python file puts together, in reading order, or why the file could not be read.

    `interesting` is asked with UTF-8 bytes in which HOLE stands for what is not known, so one that wants factories
    (`f"prefix{x}"`) as well says yes to a prefix followed by HOLE. A literal it says yes to on its own is not reported
    again for standing beside others, unless it grows by it.
    """
    module = read_module("", source)
    if isinstance(module, ParseFailure):
        return module
    engine = Engine(Program.of(module), call_depth=_CALL_DEPTH)
    with deep_stack():
        search = _Search(engine, interesting)
        for _, root in module.roots:
            search.walk(root)
        for scope in (*module.functions, *_lambdas(module)):
            for parameter in scope.parameters:
                if parameter.default is not None:
                    search.walk(parameter.default)
    return search.results(module.spans)


def encoded(text: Text) -> bytes:
    """A text as bytes, a NUL for each hole; bytes that are no text stay what they are."""
    parts = []
    for part in text.parts:
        if isinstance(part, Hole):
            parts.append(HOLE)
        elif text.binary:
            parts.append(part.encode("latin-1", "replace"))
        else:
            parts.append(part.encode("utf-8", "surrogatepass"))
    return b"".join(parts)


class _Search:
    """Walks expressions from the outside in and keeps the widest interesting ones."""

    def __init__(self, engine: Engine, interesting: Callable[[bytes], bool]) -> None:
        self._engine = engine
        self._interesting = interesting
        self._found: dict[f.Expr, list[Text]] = {}
        self._sole: set[f.Expr] = set()
        self._replaced: set[f.Expr] = set()

    def walk(self, root: f.Expr) -> None:
        self._engine.begin()
        stack = [root]
        while stack:
            expr = stack.pop()
            if isinstance(expr, _STRINGS) and expr not in self._found and self._take(expr):
                continue
            if isinstance(expr, f.Constant) and expr.written is not None and expr not in self._found:
                self._escaped(expr, expr.written)
            stack.extend(reversed(f.children(expr)))

    def _take(self, expr: f.Expr) -> bool:
        """Keeps an expression if its value is interesting and was put together here; True ends the descent."""
        texts = self._texts(expr)
        if not texts:
            return False
        if isinstance(expr, f.Call) and self._by_itself(expr):
            return False
        parts = list(_operands(expr))
        for part in parts:
            if isinstance(part, (f.Name, f.Attribute)) and self._texts(part, single=True):
                return self._again(expr, part, texts)
        for part in parts:
            if isinstance(part, f.Constant) and part.written is None:
                texts = [text for text in texts if not self._readable(part, text)]
        if texts:
            self._found[expr] = texts
        return bool(texts)

    def _escaped(self, expr: f.Constant, written: str) -> None:
        """Keeps a literal whose value only shows once its escapes and joined lines are resolved."""
        if not self._interesting(written.encode("utf-8", "surrogatepass")):
            texts = [replace(text, changed=True) for text in self._texts(expr, single=True)]
            if texts:
                self._found[expr] = texts

    def _by_itself(self, expr: f.Call) -> bool:
        """Whether the called function makes such a value whatever it is given: then it is reported there."""
        return any(
            self._texts(returned, single=True)
            for value, _ in self._engine.evaluate(expr.func, self._engine.open)
            if isinstance(value, Function)
            for _, returned in value.scope.returns
        )

    def _readable(self, part: f.Constant, text: Text) -> bool:
        """Whether a literal holds the value already, so that joining it to its neighbours adds nothing to it."""
        for alone in self._texts(part, single=True):
            literal = alone.literal or ""
            for known in text.parts:
                start = known.find(literal) if isinstance(known, str) else -1
                if isinstance(known, str) and start >= 0:
                    before, after = known[:start], known[start + len(literal) :]
                    grown = _WORD.match(before[-1:]) and _WORD.match(literal[:1])
                    return not (grown or (_WORD.match(after[:1]) and _WORD.match(literal[-1:])))
            return True
        return False

    def _again(self, expr: f.Expr, part: f.Expr, texts: list[Text]) -> bool:
        """`key += piece`: the longer value takes the place of the one it grew from. Any other use is only a use."""
        if not isinstance(part, f.Name):
            return False
        scope = names.home(part.id, part.site)
        bindings = scope.bindings.get(part.id, []) if scope is not None else []
        if not any(binding.again and binding.value is expr for binding in bindings):
            return False
        self._found[expr] = texts
        self._replaced.update(binding.value for binding in bindings if binding.site.order < _order(bindings, expr))
        return True

    def _texts(self, expr: f.Expr, *, single: bool = False) -> list[Text]:
        found = []
        values = list(self._engine.evaluate(expr, self._engine.open))
        if len(values) == 1 and isinstance(values[0][0], Text) and values[0][0].literal is not None:
            self._sole.add(expr)
        for value, _ in values:
            if not isinstance(value, Text):
                continue
            places = {piece.span for piece in value.pieces}
            if not single and not value.changed and len(places) < 2 and len(value.parts) < 2:
                continue
            value = value.filled()
            if any(isinstance(part, str) for part in value.parts) and self._interesting(encoded(value)):
                found.append(value)
        return found

    def results(self, spans: Spans) -> list[Assembled]:
        """What was found, once for each set of pieces: where they are joined rather than where that is called."""
        made: dict[tuple[object, ...], tuple[bool, Assembled]] = {}
        for expr, texts in self._found.items():
            if expr in self._replaced or expr.span < 0:
                continue
            for text in texts:
                pieces = tuple(sorted({spans[piece.span] for piece in text.pieces if piece.span >= 0}))
                found = Assembled(encoded(text), pieces, spans[expr.span], text.binary, expr in self._sole)
                key = (found.value, pieces or found.span)
                rank = isinstance(expr, f.Call)
                if key not in made or (rank, found.span) < (made[key][0], made[key][1].span):
                    made[key] = (rank, found)
        return sorted((found for _, found in made.values()), key=lambda item: (item.span, item.value))


def _operands(expr: f.Expr) -> Iterator[f.Expr]:
    """The names and literals an expression is put together from, however deep."""
    stack = list(f.children(expr))
    while stack:
        current = stack.pop()
        if isinstance(current, (f.Name, f.Attribute, f.Constant)):
            yield current
        else:
            stack.extend(f.children(current))


def _order(bindings: list[f.Binding], expr: f.Expr) -> int:
    return next(binding.site.order for binding in bindings if binding.value is expr)


def _lambdas(module: f.ModuleFacts) -> Iterator[f.Scope]:
    stack = [root for _, root in module.roots]
    stack += [one.default for scope in module.functions for one in scope.parameters if one.default is not None]
    while stack:
        expr = stack.pop()
        if isinstance(expr, f.Lambda):
            yield expr.scope
            stack += [one.default for one in expr.scope.parameters if one.default is not None]
        stack.extend(f.children(expr))
