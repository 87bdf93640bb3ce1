"""What a program writes into dicts and objects after they were made, and what that makes of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from allo_keyscan.calls import aliases, containers, names, objects
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import (
    UNKNOWN,
    Alternative,
    Alternatives,
    Choice,
    Class,
    Frame,
    Instance,
    Items,
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
        self.names: dict[tuple[f.Scope, str], list[tuple[f.Site, f.Changed]]] = {}  # changed from another scope
        self.touched: set[str] = set()  # attributes whose lists change
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
        for site, changed, value in module.changes:
            if isinstance(changed, f.Attribute):
                self.touched.add(changed.name)
            scope = names.home(changed.id, changed.site) if isinstance(changed, f.Name) else None
            own = scope is not None and names.executing(scope) is names.executing(site.scope)
            if scope is not None and isinstance(changed, f.Name) and not own:
                self.names.setdefault((scope, changed.id), []).append((site, value))
        for target, change in changes(module):
            if isinstance(target, f.Attribute):
                self.inside.setdefault(target.name, []).append((target, change))
            if isinstance(target, f.Attribute) and isinstance(target.value, f.Name):
                method = target.site.scope.method()
                if method is not None and method.owner is not None and _by_itself(target):
                    self.attributes.setdefault((method.owner, target.name), []).append(change)

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
        """A name's alternatives with what other scopes, other names and functions may have changed before the read."""
        if not any(isinstance(item.value, (Items, Mapping)) for item in found):
            return found
        local = names.executing(expr.site.scope)
        for site, change in self.names.get((scope, expr.id), ()):
            here = names.executing(site.scope)
            if here is not local or site.order < expr.site.order:
                frame = place if here is place.scope else engine.base(place)
                found = _changed_elsewhere(engine, found, change, frame, sure=here is local)
        if aliases.disturbed(engine, scope, expr):
            found = perhaps_unknown(found, expr)
        return found

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
        if name in self.touched and any(isinstance(item.value, Items) for item in found):
            return perhaps_unknown(found, scope)
        if not any(isinstance(item.value, Mapping) for item in found):
            return found
        entries = [
            entry
            for change in self.attributes.get((scope, name), ())
            for entry in spread(engine, change, objects.method_frame(engine, value, change[0].scope, frame))
        ]
        for target, change in self.inside.get(name, ()):
            if not _by_itself(target):
                place = engine.base(frame)
                receivers = [item.value for item in engine.evaluate(target.value, place)]
                if any(isinstance(one, Instance) and objects.same_instance(engine, one, value) for one in receivers):
                    entries += spread(engine, change, place)
        return _extended(found, entries, scope)


def _by_itself(target: f.Attribute) -> bool:
    """Whether a method reads an attribute of its own object."""
    method = target.site.scope.method()
    first = method.parameters[0].name if method is not None and method.owner and method.parameters else None
    return isinstance(target.value, f.Name) and target.value.id == first


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
    updated = engine.whole(Late(value, frame))
    return list(updated.entries) if isinstance(updated, Mapping) else [(None, UNKNOWN)]


def _extended(found: Alternatives, entries: list[tuple[str | None, Late | Value]], fork: object) -> Alternatives:
    """Dicts with entries written at some time: what was there under the same key may still be."""
    if not entries:
        return found
    made: list[Alternative] = []
    for value, choices in found:
        if not isinstance(value, Mapping):
            made.append(Alternative(value, choices))
            continue
        grown = Alternative(table([*value.entries, *entries]), choices)
        written = {name for name, _ in entries}
        if written.isdisjoint(name for name, _ in value.entries if name is not None):
            made.append(grown)
        else:
            made += under((Alternative(value, choices),), Choice((fork, "written"), 0, False))
            made += under((grown,), Choice((fork, "written"), 1, False))
    return bounded(made)


def _changed_elsewhere(
    engine: Engine, found: Alternatives, change: f.Changed, frame: Frame, *, sure: bool
) -> Alternatives:
    """Containers that a statement of another scope than their name's changes, which surely ran or may have run."""
    made: list[Alternative] = []
    for value, choices in found:
        after = containers.after(engine, value, change.op, change.arguments, frame)
        added = isinstance(value, Mapping) and isinstance(after, Mapping) and _only_adds(value, after)
        if after is value or sure or added:
            made.append(Alternative(after, choices))
        elif isinstance(value, Items):
            made.append(Alternative(UNKNOWN, choices))
        else:
            made += under((Alternative(value, choices),), Choice(change, 0, False))
            made += under(
                (Alternative(after if isinstance(after, Mapping) else UNKNOWN, choices),), Choice(change, 1, False)
            )
    return bounded(made)


def _only_adds(before: Mapping, after: Mapping) -> bool:
    """Whether entries were added under keys that were not there."""
    size = len(before.entries)
    known = {name for name, _ in before.entries}
    if after.entries[:size] != before.entries:
        return False
    return known.isdisjoint(name for name, _ in after.entries[size:] if name is not None)


def perhaps_unknown(found: Alternatives, fork: object) -> Alternatives:
    """Alternatives of which the containers may hold something else by now."""
    made: list[Alternative] = []
    for item in found:
        if isinstance(item.value, Items):
            made.append(Alternative(UNKNOWN, item.choices))
        elif isinstance(item.value, Mapping):
            made += under((item,), Choice((fork, "changed"), 0, False))
            made += under((Alternative(UNKNOWN, item.choices),), Choice((fork, "changed"), 1, False))
        else:
            made.append(item)
    return bounded(made)
