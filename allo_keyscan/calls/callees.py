"""Which callees may send a request, or be the program's own, told from their names alone, before anybody asks.

What `text.strip` is takes long to find out where `text` came in as an argument, for then every caller is asked; and
whatever `text` is, that sends nothing as long as no object, class or module of the program has an HTTP library's
callable under the name `strip`. A file that is read only because a value led there leads to no such library itself
(selection.py), so the modules at hand are enough. Values are followed from name to name without their order and
without their objects, so that a name is taken in rather than left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import names
from allo_keyscan.calls.deferred import last_name

_ANYTHING = frozenset({"value", "func", "__call__", "__func__", "__wrapped__"})  # an Enum's, a partial's, a function's
_INERT = (f.Constant, f.Sum, f.Field, f.Compare, f.Not)
DYNAMIC = frozenset({"__getattr__", "__getattribute__"})
"""Methods that give an object attributes of any name."""
_NAMING = ("namedtuple", "NamedTuple", "make_dataclass", "setattr", "SimpleNamespace", "Namespace")
Bound = tuple[str, f.Expr]


class Callees:
    """The names under which the modules of a program may have one of some callables."""

    def __init__(self, modules: Iterable[f.ModuleFacts], sending: Collection[str], *, own: bool = False) -> None:
        """`sending` are the names of an HTTP library's functions and methods; or, if `own`, of the program's."""
        self._sending = {*sending, *_ANYTHING}
        self._own = own
        modules = [*modules]
        self._sending |= {word for module in modules for call in module.calls for word in _fields(call)}
        bound = [pair for module in modules for pair in _bound(module)]
        while True:  # a name for what has another one that sends
            bound = [(name, value) for name, value in bound if name not in self._sending]
            more = {name for name, value in bound if self._may_be(value)}
            if not more:
                break
            self._sending |= more
        dynamic = (scope for module in modules for scope in module.functions if scope.name in DYNAMIC)
        self._any = any(self._given(value) for scope in dynamic for _, value in scope.returns)

    def may_send(self, func: f.Expr) -> bool:
        """Whether a callee may be one of them, as far as its name tells."""
        return self._any or not isinstance(func, f.Attribute) or func.name in self._sending

    def _given(self, value: f.Expr) -> bool:
        """Whether what an object gives for any attribute may send: `getattr(inner, name)` has the attribute's name, and
        an object of a class sends by a method of its own."""
        if isinstance(value, f.Call):
            name = last_name(value.func) or ""
            if name == "getattr" or (not self._own and name.lstrip("_")[:1].isupper()):
                return False
        return self._may_be(value)

    def _may_be(self, value: f.Expr) -> bool:
        """Whether what is bound to a name may send."""
        seen: set[tuple[f.Scope, str]] = set()
        stack = [value]
        while stack:
            expr = stack.pop()
            if isinstance(expr, (f.Conditional, f.Either)):
                stack += f.children(expr)
            elif not isinstance(expr, f.Name):
                if self._sends(expr):
                    return True
            elif (home := names.home(expr.id, expr.site)) is None:
                if expr.id in self._sending:  # what a star import brings keeps its name
                    return True
            elif home.parameter(expr.id) is not None:
                return True
            elif (home, expr.id) not in seen:
                seen.add((home, expr.id))
                stack += [binding.value for binding in home.bindings.get(expr.id, ())]
        return False

    def _sends(self, expr: f.Expr) -> bool:
        if isinstance(expr, f.Defined):  # a property, or whatever a decorator makes of it
            return self._own or (expr.scope.kind == "function" and bool(expr.scope.decorators))
        if isinstance(expr, f.Lambda):
            return self._own
        if isinstance(expr, (f.Imported, f.Attribute)):
            return expr.name in self._sending
        return not isinstance(expr, _INERT)


def _bound(module: f.ModuleFacts) -> Iterator[Bound]:
    """What a module makes an attribute of something, with the attribute's name."""
    for scope in (module.scope, *module.classes):
        for name, bindings in scope.bindings.items():
            yield from ((name, binding.value) for binding in bindings)
        for name, values in scope.attributes.items():
            yield from ((name, value) for _, value in values)
    yield from ((write.attribute, write.value) for write in module.writes if write.attribute is not None)
    for call in module.calls:
        yield from ((one.keyword, one.value) for one in call.arguments if one.keyword is not None)


def _fields(call: f.Call) -> Iterator[str]:
    """Names that a call's texts give attributes: `namedtuple("Client", "send close")`, `setattr(x, "send", y)`."""
    if last_name(call.func) in _NAMING:
        seen: set[f.Expr] = set()
        stack = [argument.value for argument in call.arguments]
        while stack:
            expr = stack.pop()
            if isinstance(expr, f.Constant) and isinstance(expr.value, str):
                yield from expr.value.replace(",", " ").split()
            elif isinstance(expr, f.Name) and expr not in seen:
                seen.add(expr)
                home = names.home(expr.id, expr.site)
                stack.extend(binding.value for binding in (home.bindings.get(expr.id, ()) if home is not None else ()))
            stack.extend(f.children(expr))
