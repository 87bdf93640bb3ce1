"""Bytes of encode.py and the text they were made of -> facts. Nothing that the bytes hold is run, or trusted."""

from __future__ import annotations

import gc
from array import array
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from allo_keyscan.calls import facts as f
from allo_keyscan.calls.encode import FLOAT, INTEGER, KINDS, NEGATIVE, NUMBER, PLAIN, WORDS, read_text
from allo_keyscan.calls.source import Source
from allo_keyscan.calls.spans import Spans


def decode(path: str, data: bytes, source: Source) -> f.ModuleFacts | None:
    """The facts of the module at `path`; None for bytes that encode.py did not make of this text."""
    collecting = gc.isenabled()
    gc.disable()  # many small objects and no garbage
    try:
        return _Decoder(data, source).module(path)
    except (ValueError, IndexError, TypeError, AttributeError, StopIteration, RuntimeError, OverflowError):
        return None
    finally:
        if collecting:
            gc.enable()


class _Decoder:
    """Reads the sections one by one; each needs only those before it."""

    def __init__(self, data: bytes, source: Source) -> None:
        numbers = array("i")
        numbers.frombytes(data)
        self._sections: list[array[int]] = []
        at = 0
        while at < len(numbers):
            end = at + 1 + numbers[at]
            if numbers[at] < 0 or end > len(numbers):
                raise ValueError("cut off")
            self._sections.append(numbers[at + 1 : end])
            at = end
        self._source = source
        self._text = source.text
        self.names: list[str] = []
        self.sites: list[f.Site] = []
        self.scopes: list[f.Scope] = []
        self.exprs: list[Any] = [None]  # number 0 is "no expression"

    def module(self, path: str) -> f.ModuleFacts:
        flat, places, gone, blocks, sites, scopes, leaves, exprs, rest = self._sections
        text = self._text
        self.names = [*WORDS, *(text[start : start + size] for start, size in _by(2, places))]
        names = self.names
        for kind, name, parent, span in _by(4, scopes):
            outer = self.scopes[parent - 1] if parent else None
            self.scopes.append(f.Scope(names[kind], names[name], outer, span))  # type: ignore[arg-type]
        made = self._blocks(gone, blocks)
        self.sites = [f.Site(self.scopes[scope], order, made[block]) for scope, order, block in _by(3, sites)]
        self._exprs(leaves, exprs)
        self._take = iter(rest).__next__
        for scope in self.scopes:
            self._inside(scope)
        return self._whole(path, Spans.of(flat, self._source))

    @staticmethod
    def _blocks(gone: array[int], blocks: array[int]) -> list[f.Block]:
        arms: list[set[int]] = []
        numbers = iter(gone)
        for size in numbers:
            arms.append(set(islice(numbers, size)))
        made: list[f.Block] = []
        for parent, fork, arm, count, flags, left in _by(6, blocks):
            outer = made[parent - 1] if parent else None
            loop, dead, leaves = bool(flags & 1), bool(flags & 2), bool(flags & 4)
            made.append(f.Block(outer, fork, arm, count, loop, dead, leaves, arms[left]))
        return made

    # -- expressions ---------------------------------------------------------------------------------------------------

    def _exprs(self, leaves: array[int], numbers: array[int]) -> None:
        names, sites = self.names, self.sites
        names_end = 3 * leaves[0]
        constants_end = names_end + 4 * leaves[1]
        if constants_end > len(numbers):
            raise ValueError("cut off")
        self.exprs += [f.Name(span, names[id_], sites[site]) for span, id_, site in _by(3, numbers[:names_end])]
        known: dict[tuple[int, ...], object] = {}
        for span, *how in _by(4, numbers[names_end:constants_end]):
            key = (*how,)
            if key not in known:
                known[key] = self._value(*how)
            self.exprs.append(f.Constant(span, known[key]))
        rest = iter(numbers[constants_end:])
        self._take = rest.__next__
        for kind in rest:
            self.exprs.append(_READ[kind](self, self._take()))

    def _value(self, kind: int, first: int, second: int) -> object:
        if kind < len(PLAIN):
            return PLAIN[kind]
        if kind == NUMBER:
            return first
        source = self._text[first : first + second]
        if kind in (INTEGER, NEGATIVE):
            return int(source, 0) if kind == INTEGER else -int(source, 0)
        return float(source) if kind == FLOAT else read_text(kind, source)

    def _ref(self) -> Any:
        return self.exprs[self._take()]

    def _refs(self) -> tuple[Any, ...]:
        exprs, take = self.exprs, self._take
        return tuple([exprs[take()] for _ in range(take())])

    def _name(self) -> str:
        return self.names[self._take()]

    def _maybe_name(self) -> str | None:
        number = self._take()
        return self.names[number - 1] if number else None

    def _site(self) -> f.Site:
        return self.sites[self._take()]

    def _attribute(self, span: int) -> f.Expr:
        take = self._take
        return f.Attribute(span, self.exprs[take()], self.names[take()], self.sites[take()])

    def _call(self, span: int) -> f.Expr:
        take, exprs, names = self._take, self.exprs, self.names
        func, site, arguments = exprs[take()], self.sites[take()], []
        for _ in range(take()):
            keyword = take()
            star = names[take()]
            arguments.append(f.Argument(names[keyword - 1] if keyword else None, star, exprs[take()]))
        return f.Call(span, func, tuple(arguments), site)

    def _sequence(self, span: int) -> f.Expr:
        kind, items = self._name(), self._refs()
        return f.Sequence(span, kind, items, frozenset([self._take() for _ in range(self._take())]))

    def _table(self, span: int) -> f.Expr:
        return f.Table(span, tuple([(self._ref(), self._ref()) for _ in range(self._take())]))

    def _comprehension(self, span: int) -> f.Expr:
        kind, element, key, scope = self._name(), self._ref(), self._ref(), self.scopes[self._take()]
        sources = tuple([(self._maybe_name(), self._ref()) for _ in range(self._take())])
        return f.Comprehension(span, kind, element, key, scope, sources)

    # -- scopes --------------------------------------------------------------------------------------------------------

    def _pairs(self) -> list[tuple[f.Site, Any]]:
        take, sites, exprs = self._take, self.sites, self.exprs
        return [(sites[take()], exprs[take()]) for _ in range(take())]

    def _inside(self, scope: f.Scope) -> None:
        take = self._take
        scope.parameters = tuple(
            [f.Parameter(self._name(), self._name(), self._ref(), self._ref()) for _ in range(take())]
        )
        for _ in range(take()):
            name = self._name()
            scope.bindings[name] = [f.Binding(self._site(), self._ref(), bool(take())) for _ in range(take())]
        scope.returns = self._pairs()
        scope.decorators, scope.bases = self._refs(), self._refs()
        for _ in range(take()):
            name = self._name()
            scope.attributes[name] = self._pairs()
        scope.elsewhere = frozenset([self._name() for _ in range(take())])
        scope.stars = [self._name() for _ in range(take())]
        scope.abstract = bool(take())

    def _whole(self, path: str, spans: Spans) -> f.ModuleFacts:
        module = f.ModuleFacts(path, spans, self.scopes[0], [*self._refs()], self._pairs())
        for _ in range(self._take()):
            site, target, key = self._site(), self._ref(), self._ref()
            module.writes.append(f.Write(site, target, key, self._maybe_name(), self._ref()))
        module.classes = [self.scopes[self._take()] for _ in range(self._take())]
        module.functions = [self.scopes[self._take()] for _ in range(self._take())]
        return module


def _by(size: int, numbers: array[int]) -> Iterator[tuple[int, ...]]:
    one = iter(numbers)
    return zip(*[one] * size, strict=True)


_READERS: dict[type[f.Expr], Callable[[_Decoder, int], f.Expr]] = {
    f.Attribute: _Decoder._attribute,
    f.Call: _Decoder._call,
    f.Sum: lambda of, span: f.Sum(span, text=bool(of._take()), terms=of._refs()),
    f.Subscript: lambda of, span: f.Subscript(span, of._ref(), of._ref(), of._site()),
    f.Opaque: lambda of, span: f.Opaque(span, of._refs()),
    f.Sequence: _Decoder._sequence,
    f.Table: _Decoder._table,
    f.Binary: lambda of, span: f.Binary(span, of._name(), of._ref(), of._ref()),
    f.Either: lambda of, span: f.Either(span, of._name(), of._refs()),
    f.Conditional: lambda of, span: f.Conditional(span, of._ref(), of._ref(), of._ref()),
    f.Comprehension: _Decoder._comprehension,
    f.Lambda: lambda of, span: f.Lambda(span, of.scopes[of._take()]),
    f.Each: lambda of, span: f.Each(span, of._ref()),
    f.Slice: lambda of, span: f.Slice(span, of._ref(), of._ref(), of._ref()),
    f.Field: lambda of, span: f.Field(span, of._ref(), of._maybe_name(), of._ref()),
    f.Imported: lambda of, span: f.Imported(span, of._name(), of._maybe_name(), of._site()),
    f.Defined: lambda of, span: f.Defined(span, of.scopes[of._take()]),
}
_READ = [_READERS.get(kind, lambda _of, _span: f.Opaque(-1)) for kind in KINDS]
