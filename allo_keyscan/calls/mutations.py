"""What a program writes into dicts and objects after they were made, and what that makes of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import names, objects
from allo_keyscan.calls.domain import (
    UNKNOWN,
    Alternative,
    Alternatives,
    Choice,
    Class,
    Frame,
    Instance,
    Late,
    Mapping,
    Scalar,
    Value,
    bounded,
    table,
    under,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

Change = tuple[f.Site, f.Expr | None, f.Expr]


class Mutations:
    """Dict entries written after the dict was made: `x[key] = value`, `x.update(…)`, `x.setdefault(key, value)`; and
    attributes of objects set from anywhere."""

    def __init__(self) -> None:
        self.names: dict[tuple[f.Scope, str], list[Change]] = {}
        self.attributes: dict[tuple[f.Scope, str], list[Change]] = {}
        self.inside: dict[str, list[tuple[f.Attribute, Change]]] = {}  # entries of `object.name`
        self.set: dict[str, list[f.Write]] = {}  # `object.name = value`
        self.entries: list[f.Write] = []
        self.methods: dict[str, list[f.Call]] = {}
        self._known: set[str] = set()

    def add(self, modules: Collection[f.ModuleFacts]) -> None:
        """Takes in the modules that are not known yet."""
        if len(modules) == len(self._known):
            return
        for module in modules:
            if module.path not in self._known:
                self._known.add(module.path)
                self._add(module)

    def _add(self, module: f.ModuleFacts) -> None:
        for write in module.writes:
            if write.key is not None:
                self.entries.append(write)
            elif write.attribute is not None:
                self.set.setdefault(write.attribute, []).append(write)
        for call in module.calls:
            self._add_call(call)
        for target, change in changes(module):
            if isinstance(target, f.Attribute):
                self.inside.setdefault(target.name, []).append((target, change))
            if isinstance(target, f.Name):
                scope = names.home(target.id, target.site)
                if scope is not None:
                    self.names.setdefault((scope, target.id), []).append(change)
            elif isinstance(target, f.Attribute) and isinstance(target.value, f.Name):
                method = target.site.scope.method()
                owner = method.owner if method is not None and method.parameters else None
                if owner is not None and method is not None and method.parameters[0].name == target.value.id:
                    self.attributes.setdefault((owner, target.name), []).append(change)

    def _add_call(self, call: f.Call) -> None:
        """`setattr(object, "name", value)` is `object.name = value`."""
        if isinstance(call.func, f.Attribute):
            self.methods.setdefault(call.func.name, []).append(call)
        if not isinstance(call.func, f.Name) or call.func.id != "setattr" or len(call.arguments) != 3:
            return
        target, named, value = (argument.value for argument in call.arguments)
        if isinstance(named, f.Constant) and isinstance(named.value, str):
            write = f.Write(call.site, target, None, named.value, value)
            self.set.setdefault(named.value, []).append(write)

    def applied(self, engine: Engine, scope: f.Scope, expr: f.Name, found: Alternatives, place: Frame) -> Alternatives:
        """A name's alternatives with the entries written into its dict before the read."""
        changed = self.names.get((scope, expr.id))
        if not changed or not any(isinstance(item.value, Mapping) for item in found):
            return found
        local = names.executing(expr.site.scope)
        entries: list[tuple[str | None, Late | Value]] = []
        for change in changed:
            here = names.executing(change[0].scope)
            if here is local and change[0].order >= expr.site.order:
                continue
            entries.extend(spread(engine, change, place if here is place.scope else engine.base(place)))
        return _extended(found, entries)

    def from_outside(
        self, engine: Engine, owner: f.Scope, name: str, found: Alternatives | None, frame: Frame
    ) -> Alternatives | None:
        """What a class's attribute is worth with what statements outside of its methods set it to, on the class or on
        its objects; `found` is what the class says, None where it does not know the name."""
        if name not in self.set:
            return found
        more = self._set_outside(engine, owner, name, frame)
        own = [item for item in found or () if not (isinstance(item.value, Scalar) and item.value.value is None)]
        if len(more) == 1 and not own:
            return (Alternative(more[0].value),)
        return bounded([*own, *more]) if more else found

    def _set_outside(self, engine: Engine, owner: f.Scope, name: str, frame: Frame) -> list[Alternative]:
        found: list[Alternative] = []
        for write in self.set.get(name, ()):
            method = write.site.scope.method()
            if method is not None and any(site is write.site for site, _ in _own(method, name)):
                continue  # `self.name = value`
            for value, _ in engine.evaluate(write.target, engine.base(frame)):
                if isinstance(value, (Class, Instance)) and owner in objects.mro(engine, value.scope):
                    choice = Choice(write, 0, False)
                    found.extend(under(engine.evaluate(write.value, engine.base(frame)), choice))
        return found

    def applied_attribute(
        self, engine: Engine, value: Instance, scope: f.Scope, name: str, found: Alternatives, frame: Frame
    ) -> Alternatives:
        """An attribute's alternatives with the entries any method writes into its dict."""
        changed = self.attributes.get((scope, name))
        if not changed or not any(isinstance(item.value, Mapping) for item in found):
            return found
        entries = [
            entry
            for change in changed
            for entry in spread(engine, change, objects.method_frame(engine, value, change[0].scope, frame))
        ]
        return _extended(found, entries)


def _own(method: f.Scope, name: str) -> list[tuple[f.Site, f.Expr]]:
    return method.owner.attributes.get(name, []) if method.owner is not None else []


def changes(module: f.ModuleFacts) -> Iterator[tuple[f.Expr, Change]]:
    """Every write of dict entries in the module, with what is written into."""
    for write in module.writes:
        if write.key is not None:
            yield write.target, (write.site, write.key, write.value)
    for call in module.calls:
        if not isinstance(call.func, f.Attribute) or not call.arguments:
            continue
        plain = [argument for argument in call.arguments if argument.keyword is None and not argument.star]
        if call.func.name == "update":
            for argument in call.arguments:
                key = f.Constant(-1, argument.keyword) if argument.keyword is not None else None
                yield call.func.value, (call.site, key, argument.value)
        elif call.func.name == "setdefault" and len(plain) == 2:
            yield call.func.value, (call.site, plain[0].value, plain[1].value)


def spread(engine: Engine, change: Change, frame: Frame) -> list[tuple[str | None, Late | Value]]:
    """The entries one write adds; a change without a key is an `update`."""
    _, key, value = change
    if key is not None:
        return [(engine.literal(Late(key, frame)), Late(value, frame))]
    updated = engine.evaluate(value, frame)[0].value
    return list(updated.entries) if isinstance(updated, Mapping) else [(None, UNKNOWN)]


def _extended(found: Alternatives, entries: list[tuple[str | None, Late | Value]]) -> Alternatives:
    if not entries:
        return found
    return tuple(
        Alternative(table([*item.value.entries, *entries]), item.choices) if isinstance(item.value, Mapping) else item
        for item in found
    )
