"""A syntax tree -> the facts of its module: one walk over the statements, in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import libcst as cst

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import names
from allo_keyscan.calls.deferred import deferred, exhausted, last_name, mapped
from allo_keyscan.calls.interpreter import deep_stack
from allo_keyscan.calls.lower import Lowering
from allo_keyscan.calls.parse import parse_text
from allo_keyscan.calls.patterns import captured, tests
from allo_keyscan.calls.source import ParseFailure, python_of
from allo_keyscan.calls.spans import Spans

_AUGMENTED: dict[type[cst.CSTNode], str] = {cst.MultiplyAssign: "*", cst.ModuloAssign: "%", cst.BitOrAssign: "|"}
_NEVER = ("TYPE_CHECKING", "False", "0")
_ABSTRACT = ("abstractmethod", "overload")
# How a statement ends: control goes on behind it, leaves the turn of a loop, or leaves the function.
_ON, _TURN, _OUT = 0, 1, 2


def read_module(path: str, source: bytes) -> f.ModuleFacts | ParseFailure:
    """The facts of one file, or why there are none; never raises for what a file holds."""
    found = python_of(path, source)
    if isinstance(found, ParseFailure):
        return found
    tree = parse_text(found.text)
    if isinstance(tree, ParseFailure):
        return tree if tree.line is None else ParseFailure(tree.reason, found.line(tree.line))
    spans = Spans(tree, found)
    scope = f.Scope("module", "<module>", None)
    with deep_stack():
        walker = _Walker(spans, scope)
        walker.suite(tree.body)
        walker.settle()
    module = walker.module
    module.path, module.calls, module.changes = path, walker.live, walker.changes
    return module


class _Walker(Lowering):
    """Moves the site statement by statement and writes down what each one does."""

    def __init__(self, spans: Spans, scope: f.Scope) -> None:
        super().__init__(spans, f.Site(scope, 0, f.Block()))
        self.module = f.ModuleFacts("", spans, scope)
        self._broken: set[f.Block] = set()  # loops with a `break`
        self._loops: list[f.Block] = []  # the `for` loops

    @property
    def live(self) -> list[f.Call]:
        """The calls that can run, those made for us by executors among them."""
        found = [call for call in self.calls if not any(block.dead for block in call.site.block.chain())]
        loops = [block.each.iterable for block in self._loops if block.each is not None and not block.broken]
        taken = (expr for exprs in (loops, self.taken, *map(exhausted, found)) for expr in exprs)
        roots = (root.parts for _, root in self.module.roots if isinstance(root, f.Opaque))
        whole, dropped = set(map(id, taken)), {id(parts[0]) for parts in roots if len(parts) == 1}
        return [*found, *(one for call in found for one in (*deferred(call), *mapped(call, whole, dropped)))]

    def _root(self, node: cst.CSTNode | None) -> f.Expr:
        expr = self.expr(node)
        self.module.roots.append((self.site, expr))
        return expr

    def suite(self, body: Sequence[cst.CSTNode]) -> int:
        """Walks statements in the current block; says how control always leaves it early, if it does."""
        outer, left = self.site.block, _ON
        for statement in body:
            if left and not self.site.block.dead:
                self._enter(f.Block(outer, self.fork(), dead=True))
            ended = self._statement(statement)
            left = left or ended
        self._enter(outer)
        outer.leaves = outer.leaves or left == _OUT
        if outer.leaves:
            outer.gone.add(outer.arm)
        return left

    def settle(self) -> None:
        """A change is a new value of its name, where the statements of the name's own scope make it."""
        touched: set[tuple[f.Scope, str]] = set()
        for site, target, value in self.changes:
            home = names.home(target.id, target.site) if isinstance(target, f.Name) else None
            if home is not None and isinstance(target, f.Name) and names.executing(site.scope) is names.executing(home):
                home.bindings.setdefault(target.id, []).append(f.Binding(site, value, True))
                touched.add((home, target.id))
        for home, name in touched:
            home.bindings[name].sort(key=lambda binding: binding.site.order)

    def _enter(self, block: f.Block) -> None:
        self.site = f.Site(self.site.scope, self.order, block)

    def _arm(self, body: cst.CSTNode, block: f.Block) -> int:
        outer = self.site.block
        self._enter(block)
        left = self._body(body)
        self._enter(outer)
        return left

    def _body(self, node: Any) -> int:
        """An indented block or the statements behind a colon."""
        return self.suite(node.body if isinstance(node, cst.IndentedBlock) else [node])

    def _statement(self, node: Any) -> int:
        self.step()
        match node:
            case cst.SimpleStatementLine() | cst.SimpleStatementSuite():
                left = _ON
                for small in node.body:
                    ended = self._small(small)
                    left = left or ended
                    self.step()
                return left
            case cst.FunctionDef():
                self._function(node)
            case cst.ClassDef():
                self._class(node)
            case cst.If():
                return self._if(node)
            case cst.For() | cst.While():
                return self._loop(node)
            case cst.With():
                for item in node.items:
                    value = self._root(item.item)
                    if item.asname is not None:
                        self.step()
                        self._assign(item.asname.name, f.Entered(-1, value))
                return self._body(node.body)
            case cst.Try() | cst.TryStar():
                return self._try(node)
            case cst.Match():
                self._match(node)
            case _:
                self._root(node)
        return _ON

    def _small(self, node: Any) -> int:
        match node:
            case cst.Return() | cst.Raise():
                return self._left_function(node)
            case cst.Break() | cst.Continue():
                return self._left_turn(node)
            case cst.Assert():
                self.site.block.guards.append((self.site.order, (self._root(node.test), True)))
            case cst.Assign() | cst.AnnAssign() | cst.AugAssign():
                self._assignment(node)
            case cst.Import() | cst.ImportFrom():
                self._import(node)
            case cst.Global() | cst.Nonlocal():
                self.site.scope.elsewhere |= frozenset(item.name.value for item in node.names)
            case cst.Del():
                self._deleted(node.target)
            case cst.TypeAlias():
                self.bind(node.name.value, f.Opaque(-1))
            case _:
                self._root(node)
        return _ON

    def _deleted(self, target: Any) -> None:
        for one in [part.value for part in target.elements] if isinstance(target, cst.Tuple) else [target]:
            place = self.expr(one) if isinstance(one, cst.Subscript) else None
            if isinstance(place, f.Subscript):
                self.changed(place.value, "del", (f.Argument(None, "", place.index),))

    def _left_function(self, node: cst.Return | cst.Raise) -> int:
        if isinstance(node, cst.Raise):
            self._root(node)
            return _OUT
        value = self._root(node.value) if node.value is not None else f.Constant(-1, None)
        self.site.scope.returns.append((self.site, value))
        for block in self.site.block.chain():
            block.broken = True
        return _OUT

    def _left_turn(self, node: cst.Break | cst.Continue) -> int:
        loop = next((block for block in self.site.block.chain() if block.loop), None)
        if isinstance(node, cst.Break) and loop is not None:
            loop.broken = True
            self._broken.add(loop)
        elif loop is not None:
            loop.skips = True
        return _TURN

    def _assignment(self, node: Any) -> None:
        """The step between value and targets numbers a name read in the value before the same name bound."""
        if isinstance(node, cst.AugAssign):
            self._augmented(node)
        elif isinstance(node, cst.Assign):
            value = self._root(node.value)
            _keep(value)
            self.step()
            for target in node.targets:
                self._assign(target.target, value)
        else:
            self._annotated(node)

    def _annotated(self, node: cst.AnnAssign) -> None:
        declares = isinstance(node.target, cst.Name) and self.site.scope.kind == "class"
        annotation = self.expr(node.annotation.annotation) if declares else f.Opaque(-1)
        if isinstance(node.target, cst.Name) and declares:
            self.site.scope.declared[node.target.value] = annotation
        if node.value is not None:
            value = self._root(node.value)
            _keep(value)
            self.step()
            self._assign(node.target, value)
        elif isinstance(node.target, cst.Name) and declares:
            self.bind(node.target.value, f.Opaque(-1, (annotation,)))

    def _import(self, node: cst.Import | cst.ImportFrom) -> None:
        stem = ""
        if isinstance(node, cst.ImportFrom):
            stem = "." * len(node.relative) + _dotted(node.module)
        if isinstance(node.names, cst.ImportStar):
            self.site.scope.module.stars.append(stem)
            return
        for alias in node.names:
            dotted = _dotted(alias.name)
            name = _dotted(alias.asname.name) if alias.asname is not None else dotted
            if stem:
                self.bind(name, f.Imported(-1, stem, dotted, self.site))
            elif alias.asname is not None:
                self.bind(name, f.Imported(-1, dotted, None, self.site))
            else:  # `import a.b` binds a
                first = dotted.partition(".")[0]
                self.bind(first, f.Imported(-1, first, None, self.site))

    def _assign(self, target: Any, value: f.Expr) -> None:
        match target:
            case cst.Name():
                self.bind(target.value, value)
            case cst.Attribute():
                receiver = self.expr(target.value)
                self._remember(receiver, target.attr.value, value)
                self.module.writes.append(f.Write(self.site, receiver, None, target.attr.value, value))
            case cst.Subscript():
                place = self.expr(target)
                if isinstance(place, f.Subscript):
                    self.module.writes.append(f.Write(self.site, place.value, place.index, None, value))
                    given = (f.Argument(None, "", place.index), f.Argument(None, "", value))
                    self.changed(place.value, "", given)
            case cst.Tuple() | cst.List():
                for item, part in self.unpacked(target, value):
                    self._assign(item, part)

    def _remember(self, receiver: f.Expr, name: str, value: f.Expr) -> None:
        """`self.name = value` (or `cls.name`) inside a method is an attribute of the class."""
        method = self.site.scope.method()
        if method is None or method.owner is None or not method.parameters or not isinstance(receiver, f.Name):
            return
        if receiver.id == method.parameters[0].name:
            method.owner.attributes.setdefault(name, []).append((self.site, value))

    def _augmented(self, node: cst.AugAssign) -> None:
        before, value = self.expr(node.target), self.expr(node.value)
        span = self.spans.number(node)
        result: f.Expr
        if isinstance(node.operator, cst.AddAssign):
            result = f.Sum(span, (before, value), False)
        elif type(node.operator) in _AUGMENTED:
            result = f.Binary(span, _AUGMENTED[type(node.operator)], before, value)
        else:
            result = f.Opaque(-1, (before, value))
        self.module.roots.append((self.site, result))
        self.step()
        if isinstance(node.target, cst.Name):
            self.bind(node.target.value, result, again=True)
        else:
            self._assign(node.target, result)

    def _if(self, node: cst.If) -> int:
        arms: list[tuple[cst.CSTNode | None, cst.CSTNode]] = []
        current: cst.If | cst.Else | None = node
        while isinstance(current, cst.If):
            arms.append((current.test, current.body))
            current = current.orelse
        if current is not None:
            arms.append((None, current.body))
        fork, exits, decided, gone = self.fork(), [], False, set[int]()
        outer = self.site.block
        before: list[f.Condition] = []
        for number, (test, body) in enumerate(arms):
            holds = tuple(before)
            if test is not None:
                self.step()
                asked = self._root(test)
                holds, before = (*holds, (asked, True)), [*before, (asked, False)]
            dead = decided or (test is not None and _constant(test) is False)
            decided = decided or (test is not None and _constant(test) is True)
            block = f.Block(outer, fork, number, len(arms) if current is not None else 0, dead=dead, gone=gone)
            block.conditions = holds
            left = self._arm(body, block)
            exits.append(_OUT if dead else left)
            if dead:
                gone.add(number)
        self._guard(before, exits)
        return min(exits) if current is not None or decided else _ON

    def _guard(self, failed: list[f.Condition], exits: list[int]) -> None:
        """What must have failed, or held, for control to come out behind an `if`."""
        if len(exits) == 2 and len(failed) == 1 and exits[1] and not exits[0]:
            self.site.block.guards.append((self.order, (failed[0][0], True)))
        for condition, left in zip(failed, exits, strict=False):
            if not left:
                break
            self.site.block.guards.append((self.order, condition))

    def _loop(self, node: cst.For | cst.While) -> int:
        """A `while True` that nothing breaks is left by leaving the function, if at all."""
        outer = self.site.block
        block = f.Block(outer, self.fork(), loop=True, first=self.order)
        if isinstance(node, cst.For):
            iterable = self._root(node.iter)
            self._enter(block)
            block.each = f.Each(-1, iterable)
            self._assign(node.target, block.each)
            self._loops.append(block)
        else:
            self._root(node.test)
            block.dead = _constant(node.test) is False
        self._arm(node.body, block)
        block.leaves = False  # a loop may run no turn at all
        self.step()
        block.last = self.order
        self._enter(outer)
        if node.orelse is not None:
            self._arm(node.orelse.body, f.Block(outer, self.fork()))
        endless = isinstance(node, cst.While) and _constant(node.test) is True and block not in self._broken
        return _OUT if endless else _ON

    def _try(self, node: cst.Try | cst.TryStar) -> int:
        """Body and handlers are arms of a fork: a handler that goes on leaves what its body did to chance."""
        outer = self.site.block
        if not node.handlers:
            left = self._body(node.body)
        else:
            fork, gone, arms = self.fork(), set[int](), 1 + len(node.handlers)
            body = f.Block(outer, fork, 0, arms, gone=gone, tried=True)
            left = self._arm(node.body, body)
            if node.orelse is not None:
                left = self._arm(node.orelse.body, body) or left
            handlers: Sequence[Any] = node.handlers
            for number, handler in enumerate(handlers, 1):
                block = f.Block(outer, fork, number, arms, gone=gone)
                self._enter(block)
                if handler.name is not None and isinstance(handler.name.name, cst.Name):
                    self.bind(handler.name.name.value, f.Opaque(-1))
                self._enter(outer)
                left = min(left, self._arm(handler.body, block))
        if node.finalbody is not None:
            left = self._body(node.finalbody.body) or left
        return left

    def _match(self, node: cst.Match) -> None:
        subject = self._root(node.subject)
        fork, outer, gone = self.fork(), self.site.block, set[int]()
        last = node.cases[-1].pattern if node.cases else None
        sure = isinstance(last, cst.MatchAs) and last.pattern is None and node.cases[-1].guard is None
        for number, case in enumerate(node.cases):
            block = f.Block(outer, fork, number, len(node.cases) if sure else 0, gone=gone)
            block.conditions = tuple((one, True) for one in tests(case.pattern, subject, self.expr, self.site))
            self._enter(block)
            for name, value in captured(case.pattern, subject, self.expr, self.site):
                self.bind(name, value)
            if case.guard is not None:
                self._root(case.guard)
            self._enter(outer)
            self._arm(case.body, block)

    def _function(self, node: cst.FunctionDef) -> None:
        decorators = tuple(self._root(decorator.decorator) for decorator in node.decorators)
        scope = f.Scope("function", node.name.value, self.site.scope, self.spans.number(node))
        scope.decorators, scope.parameters = decorators, self.parameters(node.params)
        scope.abstract = _says_nothing(node.body) or any(last_name(one) in _ABSTRACT for one in decorators)
        self.bind(scope.name, f.Defined(-1, scope))
        self.module.functions.append(scope)
        self._inside(scope, node.body)

    def _class(self, node: cst.ClassDef) -> None:
        decorators = tuple(self._root(decorator.decorator) for decorator in node.decorators)
        scope = f.Scope("class", node.name.value, self.site.scope, self.spans.number(node))
        scope.decorators = decorators
        scope.bases = tuple(self.expr(base.value) for base in node.bases)
        named = [(one.keyword.value, one.value) for one in node.keywords if one.keyword is not None]
        scope.keywords = tuple(f.Argument(name, "", self.expr(value)) for name, value in named)
        self.bind(scope.name, f.Defined(-1, scope))
        self.module.classes.append(scope)
        self._inside(scope, node.body)

    def _inside(self, scope: f.Scope, body: cst.BaseSuite) -> None:
        outer = self.site
        dead = any(block.dead for block in outer.block.chain())
        self.site = f.Site(scope, self.order, f.Block(dead=dead))
        self._body(body)
        self.site = f.Site(outer.scope, self.order, outer.block)


def _keep(value: f.Expr) -> None:
    if isinstance(value, f.Name):
        value.kept = True


def _says_nothing(body: cst.BaseSuite) -> bool:
    """Whether a body leaves everything to others: a docstring, `...`, `pass`, `raise NotImplementedError`."""
    return all(
        all(_empty(small) for small in line.body) if isinstance(line, cst.SimpleStatementLine) else _empty(line)
        for line in body.body
    )


def _empty(small: cst.CSTNode) -> bool:
    match small:
        case cst.Pass():
            return True
        case cst.Expr(value=cst.Ellipsis() | cst.SimpleString() | cst.ConcatenatedString()):
            return True
        case cst.Raise(exc=cst.Call(func=raised)) | cst.Raise(exc=raised):
            return isinstance(raised, (cst.Name, cst.Attribute)) and _dotted(raised).endswith("NotImplementedError")
        case _:
            return False


def _dotted(node: cst.CSTNode | None) -> str:
    names: list[str] = []
    while isinstance(node, cst.Attribute):
        names.append(node.attr.value)
        node = node.value
    if isinstance(node, cst.Name):
        names.append(node.value)
    return ".".join(reversed(names))


def _constant(test: cst.CSTNode) -> bool | None:
    """What a condition is for every run, or None."""
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        inner = _constant(test.expression)
        return None if inner is None else not inner
    name = _dotted(test) if isinstance(test, (cst.Name, cst.Attribute)) else getattr(test, "value", None)
    if isinstance(name, str) and name.rpartition(".")[2] in _NEVER:
        return False
    return True if name in ("True", "1") else None
