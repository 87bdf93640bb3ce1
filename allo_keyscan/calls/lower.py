"""libcst expressions -> the small expressions of facts.py.

The descent is by hand over the fields that hold expressions: several times faster than libcst's visitors, and long
spines (sums, implicit concatenation, call chains) are walked in loops, so hostile nesting costs no stack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import libcst as cst

from allo_keyscan.calls import facts as f
from allo_keyscan.calls.literals import literal, unescape
from allo_keyscan.calls.spans import Spans

_BINARY: dict[type[cst.CSTNode], str] = {
    cst.Multiply: "*",
    cst.Modulo: "%",
    cst.Divide: "/",
    cst.BitOr: "|",
    cst.Subtract: "-",
    cst.BitXor: "^",
}
_COMPARED: dict[type[cst.CSTNode], str] = {
    cst.Equal: "==",
    cst.NotEqual: "!=",
    cst.In: "in",
    cst.NotIn: "not in",
    cst.Is: "is",
    cst.IsNot: "is not",
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
}
# Methods that change the list, set or dict they are called on (containers.py).
OPERATIONS = frozenset({
    "add", "append", "appendleft", "clear", "difference_update", "discard", "extend", "extendleft", "insert",
    "intersection_update", "move_to_end", "pop", "popitem", "popleft", "remove", "reverse", "rotate", "setdefault",
    "sort", "subtract", "symmetric_difference_update", "update",
})  # fmt: skip
_KEYWORDS: dict[str, object] = {"None": None, "True": True, "False": False}


class Lowering:
    """Lowers expressions at a moving site; subclassed by the statement walker, which moves it."""

    def __init__(self, spans: Spans, site: f.Site) -> None:
        self.spans = spans
        self.site = site
        self.calls: list[f.Call] = []
        self.changes: list[tuple[f.Site, f.Expr, f.Changed]] = []
        self.taken: list[f.Expr] = []  # what comprehensions take every element of
        self.order = site.order
        self.forks = 0
        self._perhaps = 0  # inside of what an expression may leave out
        self._repeated = 0  # inside of what runs any number of times

    def step(self) -> None:
        """What is read and bound from here on comes later."""
        self.order += 1
        self.site = f.Site(self.site.scope, self.order, self.site.block)

    def fork(self) -> int:
        """A new number for a fork."""
        self.forks += 1
        return self.forks

    def _changing(self) -> f.Site:
        """The site of a change inside of an expression: what is read before it in the statement does not see it."""
        self.step()
        if not self._perhaps:
            return self.site
        return f.Site(self.site.scope, self.order, f.Block(self.site.block, self.fork()))

    def changed(self, target: f.Expr, op: str, arguments: tuple[f.Argument, ...]) -> None:
        """Notes that an operation changes what `target` stands for, as a new value of the name at its root."""
        value = f.Changed(-1, target, "*" if self._repeated else op, arguments)
        while isinstance(target, f.Subscript):  # an item changes: so does what holds it
            place = (f.Argument(None, "", target.index), f.Argument(None, "", value))
            target = target.value
            value = f.Changed(-1, target, "*" if self._repeated else "", place)
        if isinstance(target, (f.Name, f.Attribute)):
            self.changes.append((self._changing(), target, value))

    def _maybe(self, node: cst.CSTNode) -> f.Expr:
        self._perhaps += 1
        try:
            return self.expr(node)
        finally:
            self._perhaps -= 1

    def kept(self, node: cst.CSTNode) -> f.Expr:
        """An expression whose value gets another name or place."""
        value = self.expr(node)
        if isinstance(value, f.Name):
            value.kept = True
        return value

    def bind(self, name: str, value: f.Expr, *, again: bool = False, site: f.Site | None = None) -> None:
        """Gives a name a value at a site, the current one unless it is given."""
        site = site or self.site
        scope: f.Scope = site.scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent  # a walrus inside binds outside
        while name in scope.elsewhere and scope.parent is not None:
            scope = scope.parent
        scope.bindings.setdefault(name, []).append(f.Binding(site, value, again))

    def expr(self, node: cst.CSTNode | None) -> f.Expr:
        """The lowered expression; what has no counterpart becomes Opaque around its parts."""
        lower = _LOWER.get(type(node))
        if lower is not None:
            return lower(self, node)
        return self._opaque(node)

    def _opaque(self, node: Any) -> f.Expr:
        """Any node without a rule of its own: its expressions, found field by field."""
        parts: list[f.Expr] = []
        stack = [node]
        while stack:
            current = stack.pop()
            if isinstance(current, (list, tuple)):
                stack.extend(reversed(current))
            elif current is not node and isinstance(current, cst.BaseExpression):
                parts.append(self.expr(current))
            elif isinstance(current, cst.CSTNode):
                stack.extend(reversed([getattr(current, name) for name in fields(type(current))]))
        return f.Opaque(-1, tuple(parts))

    def _name(self, node: cst.Name) -> f.Expr:
        if node.value in _KEYWORDS:
            return f.Constant(-1, _KEYWORDS[node.value])
        return f.Name(-1, node.value, self.site)

    def _string(self, node: cst.SimpleString) -> f.Expr:
        return f.Constant(self.spans.number(node), literal(node.value), node.value if "\\" in node.value else None)

    def _number(self, node: cst.Integer | cst.Float) -> f.Expr:
        try:
            value: object = int(node.value, 0) if isinstance(node, cst.Integer) else float(node.value)
        except ValueError:
            return f.Opaque(-1)
        return f.Constant(-1, value)

    def _spine(self, node: Any) -> f.Expr:
        """Attributes, calls and subscripts hang on their values in long chains: down in a loop, up building."""
        chain: list[Any] = []
        while isinstance(node, (cst.Attribute, cst.Call, cst.Subscript)):
            chain.append(node)
            node = node.func if isinstance(node, cst.Call) else node.value
        result = self.expr(node)
        for link in reversed(chain):
            if isinstance(link, cst.Attribute):
                result = f.Attribute(self.spans.number(link), result, link.attr.value, self.site)
            elif isinstance(link, cst.Subscript):
                result = self._subscript(link, result)
            else:
                arguments = tuple(
                    f.Argument(arg.keyword.value if arg.keyword else None, arg.star, self.expr(arg.value))
                    for arg in link.args
                )
                result = f.Call(self.spans.number(link), result, arguments, self.site)
                self.calls.append(result)
                if isinstance(result.func, f.Attribute) and result.func.name in OPERATIONS:
                    self.changed(result.func.value, result.func.name, arguments)
        return result

    def _subscript(self, node: cst.Subscript, value: f.Expr) -> f.Expr:
        if len(node.slice) != 1:
            indexes = [part.slice.value for part in node.slice if isinstance(part.slice, cst.Index)]
            if len(indexes) != len(node.slice):
                return f.Opaque(-1, (value, *(self._opaque(element) for element in node.slice)))
            several = f.Sequence(-1, "tuple", tuple(self.expr(index) for index in indexes), frozenset())
            return f.Subscript(self.spans.number(node), value, several, self.site)
        element = node.slice[0].slice
        index: f.Expr
        if isinstance(element, cst.Slice):
            bounds = (element.lower, element.upper, element.step)
            index = f.Slice(-1, *(self.expr(bound) if bound is not None else None for bound in bounds))
        else:
            index = self.expr(element.value if isinstance(element, cst.Index) else element)
        return f.Subscript(self.spans.number(node), value, index, self.site)

    def _binary(self, node: cst.BinaryOperation) -> f.Expr:
        if not isinstance(node.operator, cst.Add):
            op = _BINARY.get(type(node.operator))
            left, right = self.expr(node.left), self.expr(node.right)
            if op is None:
                return f.Opaque(-1, (left, right))
            return f.Binary(self.spans.number(node), op, left, right)
        terms: list[cst.BaseExpression] = []
        current: cst.BaseExpression = node
        while isinstance(current, cst.BinaryOperation) and isinstance(current.operator, cst.Add):
            terms.append(current.right)
            current = current.left
        terms.append(current)
        return f.Sum(self.spans.number(node), tuple(self.expr(term) for term in reversed(terms)), False)

    def _concatenated(self, node: cst.ConcatenatedString) -> f.Expr:
        parts: list[f.Expr] = []
        current: Any = node
        while isinstance(current, cst.ConcatenatedString):
            parts.append(self.expr(current.left))
            current = current.right
        parts.append(self.expr(current))
        return f.Sum(self.spans.number(node), tuple(parts), True)

    def _fstring(self, node: cst.FormattedString) -> f.Expr:
        span = self.spans.number(node)
        return f.Sum(span, self._fields(node.parts, span, raw="r" in node.start.lower()), True)

    def _fields(self, parts: Iterable[Any], span: int, *, raw: bool) -> tuple[f.Expr, ...]:
        lowered: list[f.Expr] = []
        for part in parts:
            if isinstance(part, cst.FormattedStringText):
                text = part.value.replace("{{", "{").replace("}}", "}")
                written = text if "\\" in text else None
                lowered.append(f.Constant(span, unescape(text, raw=raw), written, self.spans.number(part)))
            elif part.equal is not None:
                lowered.append(f.Opaque(-1, (self.expr(part.expression),)))
            else:
                spec = part.format_spec
                inner = f.Sum(-1, self._fields(spec, span, raw=raw), True) if spec else None
                lowered.append(f.Field(-1, self.expr(part.expression), part.conversion, inner))
        return tuple(lowered)

    def _boolean(self, node: cst.BooleanOperation) -> f.Expr:
        kind = type(node.operator)
        terms: list[cst.BaseExpression] = []
        current: cst.BaseExpression = node
        while isinstance(current, cst.BooleanOperation) and isinstance(current.operator, kind):
            terms.append(current.right)
            current = current.left
        terms.append(current)
        first, *others = reversed(terms)
        found = (self.expr(first), *(self._maybe(term) for term in others))
        return f.Either(self.spans.number(node), "or" if kind is cst.Or else "and", found)

    def _conditional(self, node: cst.IfExp) -> f.Expr:
        test, body, orelse = self.expr(node.test), self._maybe(node.body), self._maybe(node.orelse)
        return f.Conditional(self.spans.number(node), test, body, orelse)

    def _unary(self, node: cst.UnaryOperation) -> f.Expr:
        value = self.expr(node.expression)
        if isinstance(node.operator, cst.Minus) and isinstance(value, f.Constant) and type(value.value) is int:
            return f.Constant(-1, -value.value)
        return f.Not(-1, value) if isinstance(node.operator, cst.Not) else f.Opaque(-1, (value,))

    def _yield(self, node: cst.Yield) -> f.Expr:
        if node.value is None:
            return self._opaque(node)
        each = isinstance(node.value, cst.From)
        value = self.expr(node.value.item if isinstance(node.value, cst.From) else node.value)
        self.site.scope.yields.append((self.site, f.Each(-1, value) if each else value))
        return f.Opaque(-1, (value,))

    def _comparison(self, node: cst.Comparison) -> f.Expr:
        parts = [self.expr(node.left), *(self.expr(target.comparator) for target in node.comparisons)]
        op = _COMPARED.get(type(node.comparisons[0].operator))
        return f.Compare(-1, op, *parts) if op is not None and len(parts) == 2 else f.Opaque(-1, tuple(parts))

    def _sequence(self, node: cst.List | cst.Tuple | cst.Set) -> f.Expr:
        starred = frozenset(number for number, item in enumerate(node.elements) if isinstance(item, cst.StarredElement))
        items = tuple(self.kept(item.value) for item in node.elements)
        return f.Sequence(self.spans.number(node), type(node).__name__.lower(), items, starred)

    def _table(self, node: cst.Dict) -> f.Expr:
        entries = tuple(
            (self.expr(item.key) if isinstance(item, cst.DictElement) else None, self.kept(item.value))
            for item in node.elements
        )
        return f.Table(self.spans.number(node), entries)

    def _walrus(self, node: cst.NamedExpr) -> f.Expr:
        value = self.expr(node.value)
        if isinstance(node.target, cst.Name):
            self.bind(node.target.value, value, site=self._changing())
        return value

    def _lambda(self, node: cst.Lambda) -> f.Expr:
        outer = self.site
        scope = f.Scope("lambda", "<lambda>", outer.scope, self.spans.number(node))
        scope.parameters = self.parameters(node.params)
        self.site = f.Site(scope, outer.order, outer.block)
        scope.returns.append((self.site, self._maybe(node.body)))
        self.site = f.Site(outer.scope, self.site.order, outer.block)
        return f.Lambda(scope.span, scope)

    def _comprehension(self, node: Any) -> f.Expr:
        outer = self.site
        scope = f.Scope("comprehension", "<comprehension>", outer.scope)
        sources: list[tuple[f.Each, tuple[f.Expr, ...]]] = []
        loop: cst.CompFor | None = node.for_in
        repeated = self._repeated
        while loop is not None:
            each = f.Each(-1, self.expr(loop.iter))
            self._repeated = repeated + 1
            self.site = f.Site(scope, self.site.order, outer.block)
            self.targets(loop.target, each, scope)
            sources.append((each, tuple(self.expr(condition.test) for condition in loop.ifs)))
            loop = loop.inner_for_in
        key = self.expr(node.key) if isinstance(node, cst.DictComp) else None
        element = self.expr(node.value if isinstance(node, cst.DictComp) else node.elt)
        self._repeated = repeated
        self.taken += [each.iterable for each, _ in sources if not isinstance(node, cst.GeneratorExp)]
        self.site = f.Site(outer.scope, self.site.order, outer.block)
        return f.Comprehension(self.spans.number(node), type(node).__name__, element, key, scope, tuple(sources))

    def targets(self, target: Any, value: f.Expr, scope: f.Scope) -> None:
        """Binds a loop or comprehension target, unpacking as far as its shape is plain."""
        if isinstance(target, cst.Name):
            scope.bindings.setdefault(target.value, []).append(f.Binding(self.site, value))
        elif isinstance(target, (cst.Tuple, cst.List)):
            for item, part in self.unpacked(target, value):
                self.targets(item, part, scope)

    def unpacked(self, target: cst.Tuple | cst.List, value: f.Expr) -> Iterator[tuple[cst.BaseExpression, f.Expr]]:
        """The targets of an unpacking, each with its part of the value."""
        size = len(target.elements)
        star = next((n for n, item in enumerate(target.elements) if isinstance(item, cst.StarredElement)), size)
        for number, item in enumerate(target.elements):
            index: f.Expr = f.Constant(-1, number if number < star else number - size)
            if number == star:
                stop = f.Constant(-1, number + 1 - size) if number + 1 < size else None
                index = f.Slice(-1, f.Constant(-1, number), stop, None)
            yield item.value, f.Subscript(-1, value, index, self.site)

    def parameters(self, node: cst.Parameters) -> tuple[f.Parameter, ...]:
        """A signature's parameters; defaults and annotations are read at the current site."""
        found: list[f.Parameter] = []

        def add(param: cst.Param, kind: str) -> None:
            annotation = self.expr(param.annotation.annotation) if param.annotation else None
            default = self.expr(param.default) if param.default is not None else None
            found.append(f.Parameter(param.name.value, kind, default, annotation))

        for param in (*node.posonly_params, *node.params):
            add(param, "")
        if isinstance(node.star_arg, cst.Param):
            add(node.star_arg, "*")
        for param in node.kwonly_params:
            add(param, "keyword")
        if node.star_kwarg is not None:
            add(node.star_kwarg, "**")
        return tuple(found)


_SKIPPED = (
    "whitespace",
    "lpar",
    "rpar",
    "comma",
    "equal",
    "colon",
    "semicolon",
    "lbracket",
    "rbracket",
    "lbrace",
    "rbrace",
)
_FIELDS: dict[type, tuple[str, ...]] = {}


def fields(kind: type) -> tuple[str, ...]:
    """The fields of a node type that can hold expressions."""
    found = _FIELDS.get(kind)
    if found is None:
        names: Iterable[str] = getattr(kind, "__dataclass_fields__", ())
        found = tuple(name for name in names if not name.startswith(_SKIPPED) and name not in ("header", "footer"))
        _FIELDS[kind] = found
    return found


_LOWER: dict[type, Callable[[Any, Any], f.Expr]] = {
    cst.Name: Lowering._name,
    cst.SimpleString: Lowering._string,
    cst.Integer: Lowering._number,
    cst.Float: Lowering._number,
    cst.Attribute: Lowering._spine,
    cst.Call: Lowering._spine,
    cst.Subscript: Lowering._spine,
    cst.BinaryOperation: Lowering._binary,
    cst.ConcatenatedString: Lowering._concatenated,
    cst.FormattedString: Lowering._fstring,
    cst.BooleanOperation: Lowering._boolean,
    cst.IfExp: Lowering._conditional,
    cst.UnaryOperation: Lowering._unary,
    cst.Comparison: Lowering._comparison,
    cst.Yield: Lowering._yield,
    cst.List: Lowering._sequence,
    cst.Tuple: Lowering._sequence,
    cst.Set: Lowering._sequence,
    cst.Dict: Lowering._table,
    cst.NamedExpr: Lowering._walrus,
    cst.Lambda: Lowering._lambda,
    cst.ListComp: Lowering._comprehension,
    cst.SetComp: Lowering._comprehension,
    cst.DictComp: Lowering._comprehension,
    cst.GeneratorExp: Lowering._comprehension,
    cst.Await: lambda self, node: self.expr(node.expression),
}
