"""What one module says, in small values without the syntax tree: expressions, scopes, bindings, calls.

Nothing here is evaluated and nothing refers to another module, so the facts of a file depend on its bytes alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from typing import Literal as OneOf

from allo_keyscan.calls.spans import Spans

ScopeKind = OneOf["module", "function", "class", "lambda", "comprehension"]


@dataclass(slots=True, eq=False)
class Block:
    """A suite of statements. `fork` numbers the statement whose alternatives the arms are; loops have one arm."""

    parent: Block | None = None
    fork: int = 0
    arm: int = 0
    arms: int = 0  # how many arms the fork has when one of them is surely taken, else 0
    loop: bool = False
    each: Each | None = None  # what a `for` takes its turns from
    first: int = 0  # the orders of a loop's first and last statement
    last: int = 0
    broken: bool = False  # a loop that may end before its last turn
    skips: bool = False  # a loop with a `continue`: a turn may leave out what follows
    tried: bool = False  # the body of a `try` with handlers, who see what it did so far
    dead: bool = False  # never runs: `if False`, after `return`
    leaves: bool = False  # ends by leaving the function
    gone: set[int] = field(default_factory=set)  # the arms of the fork that leave; the arms share it
    conditions: tuple[Condition, ...] = ()  # what holds when the block is entered
    guards: list[tuple[int, Condition]] = field(default_factory=list)  # what holds behind a statement of this order

    def chain(self) -> Iterator[Block]:
        """This block and all around it, innermost first."""
        block: Block | None = self
        while block is not None:
            yield block
            block = block.parent


Condition = tuple["Expr", bool]


@dataclass(slots=True, eq=False)
class Site:
    """Where a statement stands: its scope, its number in reading order, its block."""

    scope: Scope
    order: int
    block: Block


@dataclass(slots=True, eq=False)
class Expr:
    """An expression; `span` numbers its position."""

    span: int


@dataclass(slots=True, eq=False)
class Constant(Expr):
    """A literal string, bytes, number, True, False, None or `...`; `part` numbers its own place in an f-string."""

    value: object
    written: str | None = None  # its source, where that holds escapes
    part: int = -1


@dataclass(slots=True, eq=False)
class Name(Expr):
    """A plain name, and where it is read."""

    id: str
    site: Site
    kept: bool = False  # what it stands for gets another name, or a place in a container or object


@dataclass(slots=True, eq=False)
class Attribute(Expr):
    """`value.name`."""

    value: Expr
    name: str
    site: Site


@dataclass(slots=True, eq=False)
class Subscript(Expr):
    """`value[index]`."""

    value: Expr
    index: Expr
    site: Site


@dataclass(slots=True, eq=False)
class Slice(Expr):
    """`start:stop:step` inside a subscript."""

    start: Expr | None
    stop: Expr | None
    step: Expr | None


@dataclass(slots=True, eq=False)
class Field(Expr):
    """`{value!conversion:spec}` of an f-string."""

    value: Expr
    conversion: str | None
    spec: Expr | None


@dataclass(slots=True, eq=False)
class Sum(Expr):
    """Terms joined end to end: `+` (flattened), implicit concatenation, or the parts of an f-string."""

    terms: tuple[Expr, ...]
    text: bool  # the result is text whatever the terms are (f-string, implicit concatenation)


@dataclass(slots=True, eq=False)
class Binary(Expr):
    """`left op right` for `*`, `%`, `/`, `|` and `-`."""

    op: str
    left: Expr
    right: Expr


@dataclass(slots=True, eq=False)
class Compare(Expr):
    """`left op right`, one comparison."""

    op: str
    left: Expr
    right: Expr


@dataclass(slots=True, eq=False)
class Either(Expr):
    """`a or b or c`, or the same with `and`."""

    op: str
    terms: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Conditional(Expr):
    """`body if test else orelse`."""

    test: Expr
    body: Expr
    orelse: Expr


@dataclass(slots=True, eq=False)
class Not(Expr):
    """`not value`."""

    value: Expr


@dataclass(slots=True, eq=False)
class Entered(Expr):
    """What `with value as name` binds."""

    value: Expr


@dataclass(slots=True, eq=False)
class Argument:
    """One argument; `star` is "", "*" or "**"."""

    keyword: str | None
    star: str
    value: Expr


@dataclass(slots=True, eq=False)
class Call(Expr):
    """`func(arguments)`."""

    func: Expr
    arguments: tuple[Argument, ...]
    site: Site


@dataclass(slots=True, eq=False)
class Changed(Expr):
    """A list or dict behind an operation: a method of that name, `x[key] = value` (""), `del x[key]` ("del")."""

    value: Expr
    op: str
    arguments: tuple[Argument, ...]


@dataclass(slots=True, eq=False)
class Sequence(Expr):
    """A list, tuple or set display; `starred` are the numbers of items with a `*`."""

    kind: str
    items: tuple[Expr, ...]
    starred: frozenset[int]


@dataclass(slots=True, eq=False)
class Table(Expr):
    """A dict display; a key of None is a `**` entry."""

    entries: tuple[tuple[Expr | None, Expr], ...]


@dataclass(slots=True, eq=False)
class Comprehension(Expr):
    """A list, set or generator comprehension (with `key`, a dict's) and its scope, which binds the loop names."""

    kind: str
    element: Expr
    key: Expr | None
    scope: Scope
    sources: tuple[tuple[Each, tuple[Expr, ...]], ...]  # its loops, each with the conditions under it


@dataclass(slots=True, eq=False)
class Lambda(Expr):
    """A lambda; its body is its scope's only return value."""

    scope: Scope


@dataclass(slots=True, eq=False)
class Each(Expr):
    """Any one element of what is iterated over."""

    iterable: Expr


@dataclass(slots=True, eq=False)
class Opaque(Expr):
    """Anything else; the parts may still hold calls."""

    parts: tuple[Expr, ...] = ()


@dataclass(slots=True, eq=False)
class Imported(Expr):
    """What an import binds: an absolute dotted name, or a relative one with leading dots.

    `name` is what `from path import name` takes out of the module, None for `import path`.
    """

    path: str
    name: str | None
    site: Site


@dataclass(slots=True, eq=False)
class Defined(Expr):
    """A function or class of this module; `bare` where decorators make nothing else of it."""

    scope: Scope
    bare: bool = False


@dataclass(slots=True, eq=False)
class Parameter:
    """One parameter; `kind` is "", "*", "**" or "keyword" (keyword-only)."""

    name: str
    kind: str
    default: Expr | None
    annotation: Expr | None


@dataclass(slots=True, eq=False)
class Binding:
    """A name given a value at a site; `again` marks `name += value`, whose value reads the name itself."""

    site: Site
    value: Expr
    again: bool = False


@dataclass(slots=True, eq=False)
class Scope:
    """A module, function, class, lambda or comprehension, with what it binds."""

    kind: ScopeKind
    name: str
    parent: Scope | None
    span: int = -1
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()
    returns: list[tuple[Site, Expr]] = field(default_factory=list)
    yields: list[tuple[Site, Expr]] = field(default_factory=list)
    decorators: tuple[Expr, ...] = ()
    bases: tuple[Expr, ...] = ()
    keywords: tuple[Argument, ...] = ()  # of a class statement
    declared: dict[str, Expr] = field(default_factory=dict)  # the annotations of a class's names
    attributes: dict[str, list[tuple[Site, Expr]]] = field(default_factory=dict)  # a class's `self.name = value`
    elsewhere: frozenset[str] = frozenset()  # names declared global or nonlocal
    abstract: bool = False  # the body says nothing: `...`, `pass`, `raise NotImplementedError`
    stars: list[str] = field(default_factory=list)  # a module's `from path import *`, in reading order
    copied: Scope | None = None  # a class that a decorator makes anew for each class that it is given: as it is written

    @property
    def qualname(self) -> str:
        """The dotted name inside the module."""
        outer = self.parent
        prefix = f"{outer.qualname}." if outer is not None and outer.kind != "module" else ""
        return prefix + self.name

    @property
    def module(self) -> Scope:
        """The module this stands in."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    @property
    def owner(self) -> Scope | None:
        """The class whose method this is."""
        return self.parent if self.kind == "function" and self.parent and self.parent.kind == "class" else None

    def method(self) -> Scope | None:
        """The innermost method around (or at) this scope."""
        scope: Scope | None = self
        while scope is not None and scope.owner is None:
            scope = scope.parent
        return scope

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


@dataclass(slots=True, eq=False)
class Write:
    """`target[key] = value` or `target.attribute = value`."""

    site: Site
    target: Expr
    key: Expr | None
    attribute: str | None
    value: Expr


@dataclass(slots=True)
class ModuleFacts:
    """Everything the later steps know about one file."""

    path: str
    spans: Spans
    scope: Scope
    calls: list[Call] = field(default_factory=list)  # in reading order, dead code left out
    roots: list[tuple[Site, Expr]] = field(default_factory=list)  # every statement's expressions
    writes: list[Write] = field(default_factory=list)
    changes: list[tuple[Site, Expr, Changed]] = field(default_factory=list)  # what is changed (a name or an attribute)
    classes: list[Scope] = field(default_factory=list)
    functions: list[Scope] = field(default_factory=list)


def children(expr: Expr) -> tuple[Expr, ...]:
    """The expressions directly inside one, in reading order."""
    inside = _CHILDREN.get(type(expr))
    return inside(expr) if inside is not None else ()


def _known(*parts: Expr | None) -> tuple[Expr, ...]:
    return tuple(part for part in parts if part is not None)


_CHILDREN: dict[type[Expr], Callable[[Any], tuple[Expr, ...]]] = {
    Attribute: lambda expr: (expr.value,),
    Subscript: lambda expr: (expr.value, expr.index),
    Slice: lambda expr: _known(expr.start, expr.stop, expr.step),
    Field: lambda expr: _known(expr.value, expr.spec),
    Sum: lambda expr: expr.terms,
    Binary: lambda expr: (expr.left, expr.right),
    Compare: lambda expr: (expr.left, expr.right),
    Either: lambda expr: expr.terms,
    Conditional: lambda expr: (expr.test, expr.body, expr.orelse),
    Not: lambda expr: (expr.value,),
    Entered: lambda expr: (expr.value,),
    Changed: lambda expr: (expr.value, *(argument.value for argument in expr.arguments)),
    Call: lambda expr: (expr.func, *(argument.value for argument in expr.arguments)),
    Sequence: lambda expr: expr.items,
    Table: lambda expr: _known(*(part for entry in expr.entries for part in entry)),
    Comprehension: lambda expr: _known(
        *(part for loop, tests in expr.sources for part in (loop.iterable, *tests)), expr.key, expr.element
    ),
    Lambda: lambda expr: tuple(value for _, value in expr.scope.returns),
    Each: lambda expr: (expr.iterable,),
    Opaque: lambda expr: expr.parts,
}
