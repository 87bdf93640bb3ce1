"""Facts -> bytes that hold no text of their file, for caches and between processes.

A fact's strings and numbers are written as the place where they stand in the source, which whoever reads the facts has
at hand: so a key in a literal, in a name or in pieces stands in no cache. What is written besides are numbers, and words
of a fixed list. A module with something that cannot be found in its text has no bytes.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from allo_keyscan.calls import facts as f
from allo_keyscan.calls.literals import literal, unescape
from allo_keyscan.calls.source import Source

FORMAT = 1
"""Changes whenever the bytes of the same facts change, or facts of the same source."""

# The words a fact may hold that are not its file's own; their order is part of the format.
WORDS = (
    *("", "*", "**", "%", "/", "|", "-", "^", "or", "and", "r", "s", "a", ".", "..", "...", "....", "keyword"),
    *("list", "tuple", "set", "ListComp", "SetComp", "DictComp", "GeneratorExp"),
    *("module", "function", "class", "lambda", "comprehension", "<module>", "<lambda>", "<comprehension>"),
)
# How a constant is written: one of these itself, or by the place of its text.
PLAIN: tuple[object, ...] = (None, True, False, ..., "")
LITERAL, PART, RAW_PART, INTEGER, NEGATIVE, NUMBER, FLOAT = range(len(PLAIN), len(PLAIN) + 7)
# The order of expressions: leaves first, so that whoever reads them makes them in one go.
KINDS: tuple[type[f.Expr], ...] = (
    *(f.Name, f.Constant, f.Attribute, f.Call, f.Sum, f.Subscript, f.Opaque, f.Sequence, f.Table, f.Binary, f.Either),
    *(f.Conditional, f.Comprehension, f.Lambda, f.Each, f.Slice, f.Field, f.Imported, f.Defined),
)
_NUMBER_OF = {kind: number for number, kind in enumerate(KINDS)}

_NEWLINE = re.compile(r"\r\n?|\n")
_WORD = re.compile(r"\w+")
_DOTTED = re.compile(r"[\w.]*\.[\w.]*")
_FLOAT = re.compile(r"(?<![\w.])(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?")


class _Nowhere(Exception):
    """A text of the facts does not stand in the source."""


def encode(module: f.ModuleFacts, source: Source) -> bytes | None:
    """The facts of a module read from `source`; None where something in them does not stand there."""
    try:
        return _Encoder(module, source.text).data()
    except (_Nowhere, OverflowError):
        return None


class _Text:
    """Where strings and numbers stand in a source."""

    def __init__(self, text: str, spans: Any) -> None:
        self._text = text
        self._spans = spans

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(match.end() for match in _NEWLINE.finditer(self._text))]

    @cached_property
    def _words(self) -> dict[str, int]:
        return {match[0]: match.start() for match in _WORD.finditer(self._text)}

    @cached_property
    def _dotted(self) -> dict[str, int]:
        return {match[0]: match.start() for match in _DOTTED.finditer(self._text)}

    @cached_property
    def _integers(self) -> dict[int, tuple[int, int]]:
        found = {}
        for word, start in self._words.items():
            if word[0].isdigit():
                try:
                    found[int(word, 0)] = (start, len(word))
                except ValueError:
                    continue
        return found

    @cached_property
    def _floats(self) -> dict[float, tuple[int, int]]:
        return {float(match[0]): (match.start(), len(match[0])) for match in _FLOAT.finditer(self._text)}

    def span(self, number: int) -> tuple[int, int]:
        """Offset and length of a numbered stretch."""
        line, column, end_line, end_column = self._spans[4 * number : 4 * number + 4]
        start = self._lines[line - 1] + column - 1
        return start, self._lines[end_line - 1] + end_column - 1 - start

    def name(self, name: str) -> tuple[int, int]:
        """Where a plain or dotted name stands."""
        start = (self._dotted if "." in name else self._words).get(name)
        if start is None:
            raise _Nowhere
        return start, len(name)

    def constant(self, constant: f.Constant) -> tuple[int, int, int]:
        """How a constant is written, and its two numbers."""
        value = constant.value
        if value is None or value is ... or type(value) is bool or value == "":
            return PLAIN.index(value), 0, 0
        if type(value) is int:
            found = self._integers.get(abs(value))
            if found is None:
                return NUMBER, value, 0  # the place in an unpacking
            return (INTEGER if value >= 0 else NEGATIVE), *found
        if type(value) is float and value in self._floats:
            return FLOAT, *self._floats[value]
        if type(value) in (str, bytes) and max(constant.span, constant.part) >= 0:
            start, length = self.span(constant.part if constant.part >= 0 else constant.span)
            source = self._text[start : start + length]
            kinds = (PART, RAW_PART) if constant.part >= 0 else (LITERAL,)
            for kind in kinds:
                if read_text(kind, source) == value:
                    return kind, start, length
        raise _Nowhere


def read_text(kind: int, source: str) -> str | bytes:
    """The value of a literal, or of the text between the fields of an f-string."""
    if kind == LITERAL:
        return literal(source)
    return unescape(source.replace("{{", "{").replace("}}", "}"), raw=kind == RAW_PART)


class _Numbered:
    """Objects by identity, in the order they were met; whoever keeps the facts keeps them alive."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self._numbers: dict[int, int] = {}

    def __contains__(self, item: object) -> bool:
        return id(item) in self._numbers

    def __getitem__(self, item: object) -> int:
        return self._numbers[id(item)]

    def add(self, item: object) -> None:
        if id(item) not in self._numbers:
            self._numbers[id(item)] = len(self.items)
            self.items.append(item)


class _Encoder:
    """One module's facts, taken apart into numbers."""

    def __init__(self, module: f.ModuleFacts, text: str) -> None:
        self._module = module
        self._flat = module.spans.flat
        self._text = _Text(text, self._flat)
        self._names: dict[str, int] = {word: number for number, word in enumerate(WORDS)}
        self._blocks = _Numbered()
        self._sites = _Numbered()
        self._scopes = _Numbered()
        self._met: set[int] = set()
        self._names_read: list[f.Expr] = []
        self._constants: list[f.Expr] = []
        self._others: list[f.Expr] = []
        self._numbers: dict[int, int] = {}

    def data(self) -> bytes:
        """All of it: sizes first, then spans, names, blocks, sites, scopes, expressions, and what scopes hold."""
        self._meet_all()
        order = [*self._names_read, *self._constants, *self._others]
        self._numbers = {id(expr): number for number, expr in enumerate(order)}
        leaves = [len(self._names_read), len(self._constants)]
        exprs: list[int] = []
        for expr in order:
            exprs += self._expr(expr)
        scopes = [
            number
            for one in self._scopes.items
            for number in (self._name(one.kind), self._name(one.name), self._outer(self._scopes, one.parent), one.span)
        ]
        gone: dict[int, set[int]] = {id(block.gone): block.gone for block in self._blocks.items}
        gone_numbers = {identity: number for number, identity in enumerate(gone)}
        blocks = [number for block in self._blocks.items for number in self._block(block, gone_numbers)]
        sites = [
            number
            for site in self._sites.items
            for number in (self._scopes[site.scope], site.order, self._blocks[site.block])
        ]
        rest = [number for scope in self._scopes.items for number in self._inside(scope)]
        rest += self._whole()
        places = [number for name in [*self._names][len(WORDS) :] for number in self._text.name(name)]
        sections = (self._flat, places, [n for arms in gone.values() for n in (len(arms), *sorted(arms))], blocks)
        data = array("i")
        for section in (*sections, sites, scopes, leaves, exprs, rest):
            data.append(len(section))
            data.extend(section)
        return data.tobytes()

    # -- meeting everything --------------------------------------------------------------------------------------------

    def _meet_all(self) -> None:
        module = self._module
        self._scope(module.scope)
        for scope in (*module.classes, *module.functions):
            self._scope(scope)
        for site, expr in module.roots:
            self._site(site)
            self._meet(expr)
        for call in module.calls:
            self._meet(call)
        for write in module.writes:
            self._site(write.site)
            for part in (write.target, write.key, write.value):
                self._meet(part)
        for scope in self._scopes.items:  # grows on the way
            for parameter in scope.parameters:
                self._meet(parameter.default)
                self._meet(parameter.annotation)
            for expr in (*scope.decorators, *scope.bases):
                self._meet(expr)
            for binding in (one for found in scope.bindings.values() for one in found):
                self._site(binding.site)
                self._meet(binding.value)
            for site, expr in (*scope.returns, *(one for found in scope.attributes.values() for one in found)):
                self._site(site)
                self._meet(expr)

    def _meet(self, root: f.Expr | None) -> None:
        """Numbers an expression behind all its parts."""
        met = self._met
        stack: list[f.Expr] = [root] if root is not None else []
        opened: list[f.Expr] = []  # what waits for its parts, in the order of the stack
        while stack:
            expr = stack[-1]
            if opened and opened[-1] is expr:
                opened.pop()
                stack.pop()
                self._others.append(expr)
                continue
            if id(expr) in met:
                stack.pop()
                continue
            met.add(id(expr))
            kind = type(expr)
            if kind is f.Constant:
                stack.pop()
                self._constants.append(expr)
                continue
            site, scope = getattr(expr, "site", None), getattr(expr, "scope", None)
            if site is not None:
                self._site(site)
            if scope is not None:
                self._scope(scope)
            if kind is f.Name:
                stack.pop()
                self._names_read.append(expr)
                continue
            opened.append(expr)
            stack.extend(reversed(f.children(expr)))

    def _site(self, site: f.Site) -> None:
        if site not in self._sites:
            self._sites.add(site)
            self._scope(site.scope)
            for block in reversed([*site.block.chain()]):
                self._blocks.add(block)

    def _scope(self, scope: f.Scope) -> None:
        missing = []
        current: f.Scope | None = scope
        while current is not None and current not in self._scopes:
            missing.append(current)
            current = current.parent
        for one in reversed(missing):
            self._scopes.add(one)

    # -- writing -------------------------------------------------------------------------------------------------------

    def _name(self, name: str) -> int:
        return self._names.setdefault(name, len(self._names))

    def _maybe_name(self, name: str | None) -> int:
        return 0 if name is None else self._name(name) + 1

    def _ref(self, expr: f.Expr | None) -> int:
        return 0 if expr is None else self._numbers[id(expr)] + 1

    def _refs(self, exprs: Iterable[f.Expr]) -> list[int]:
        found = [self._numbers[id(expr)] + 1 for expr in exprs]
        return [len(found), *found]

    @staticmethod
    def _outer(numbers: _Numbered, parent: object) -> int:
        return 0 if parent is None else numbers[parent] + 1

    def _block(self, block: f.Block, gone: dict[int, int]) -> tuple[int, ...]:
        flags = block.loop | block.dead << 1 | block.leaves << 2
        outer = self._outer(self._blocks, block.parent)
        return outer, block.fork, block.arm, block.arms, flags, gone[id(block.gone)]

    def _expr(self, expr: f.Expr) -> Iterable[int]:
        kind = type(expr)
        if kind is f.Name:
            return _WRITE[kind](self, expr)
        if kind is f.Constant:
            return (expr.span, *self._text.constant(expr))  # type: ignore[arg-type]
        return (_NUMBER_OF[kind], expr.span, *_WRITE[kind](self, expr))

    def _call(self, call: f.Call) -> Iterable[int]:
        yield self._ref(call.func)
        yield self._sites[call.site]
        yield len(call.arguments)
        for argument in call.arguments:
            yield self._maybe_name(argument.keyword)
            yield self._name(argument.star)
            yield self._ref(argument.value)

    def _comprehension(self, expr: f.Comprehension) -> Iterable[int]:
        yield from (self._name(expr.kind), self._ref(expr.element), self._ref(expr.key), self._scopes[expr.scope])
        yield len(expr.sources)
        for name, value in expr.sources:
            yield self._maybe_name(name)
            yield self._ref(value)

    def _pairs(self, pairs: Iterable[tuple[f.Site, f.Expr]]) -> list[int]:
        found = [number for site, expr in pairs for number in (self._sites[site], self._ref(expr))]
        return [len(found) // 2, *found]

    def _inside(self, scope: f.Scope) -> Iterable[int]:
        yield len(scope.parameters)
        for one in scope.parameters:
            yield from (self._name(one.name), self._name(one.kind), self._ref(one.default), self._ref(one.annotation))
        yield len(scope.bindings)
        for name, bindings in scope.bindings.items():
            yield from (self._name(name), len(bindings))
            for binding in bindings:
                yield from (self._sites[binding.site], self._ref(binding.value), int(binding.again))
        yield from self._pairs(scope.returns)
        yield from self._refs(scope.decorators)
        yield from self._refs(scope.bases)
        yield len(scope.attributes)
        for name, values in scope.attributes.items():
            yield self._name(name)
            yield from self._pairs(values)
        for names in (sorted(scope.elsewhere), scope.stars):
            yield from (len(names), *map(self._name, names))
        yield int(scope.abstract)

    def _whole(self) -> Iterable[int]:
        module = self._module
        yield from self._refs(module.calls)
        yield from self._pairs(module.roots)
        yield len(module.writes)
        for write in module.writes:
            yield from (self._sites[write.site], self._ref(write.target), self._ref(write.key))
            yield from (self._maybe_name(write.attribute), self._ref(write.value))
        for scopes in (module.classes, module.functions):
            yield from (len(scopes), *(self._scopes[scope] for scope in scopes))


_WRITE: dict[type[f.Expr], Callable[[_Encoder, Any], Iterable[int]]] = {
    f.Name: lambda to, expr: (expr.span, to._name(expr.id), to._sites[expr.site]),
    f.Attribute: lambda to, expr: (to._ref(expr.value), to._name(expr.name), to._sites[expr.site]),
    f.Call: _Encoder._call,
    f.Sum: lambda to, expr: (int(expr.text), *to._refs(expr.terms)),
    f.Subscript: lambda to, expr: (to._ref(expr.value), to._ref(expr.index), to._sites[expr.site]),
    f.Opaque: lambda to, expr: to._refs(expr.parts),
    f.Sequence: lambda to, expr: (to._name(expr.kind), *to._refs(expr.items), len(expr.starred), *sorted(expr.starred)),
    f.Table: lambda to, expr: (len(expr.entries), *(to._ref(part) for entry in expr.entries for part in entry)),
    f.Binary: lambda to, expr: (to._name(expr.op), to._ref(expr.left), to._ref(expr.right)),
    f.Either: lambda to, expr: (to._name(expr.op), *to._refs(expr.terms)),
    f.Conditional: lambda to, expr: (to._ref(expr.test), to._ref(expr.body), to._ref(expr.orelse)),
    f.Comprehension: _Encoder._comprehension,
    f.Lambda: lambda to, expr: (to._scopes[expr.scope],),
    f.Each: lambda to, expr: (to._ref(expr.iterable),),
    f.Slice: lambda to, expr: (to._ref(expr.start), to._ref(expr.stop), to._ref(expr.step)),
    f.Field: lambda to, expr: (to._ref(expr.value), to._maybe_name(expr.conversion), to._ref(expr.spec)),
    f.Imported: lambda to, expr: (to._name(expr.path), to._maybe_name(expr.name), to._sites[expr.site]),
    f.Defined: lambda to, expr: (to._scopes[expr.scope],),
}
