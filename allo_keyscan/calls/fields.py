"""The fields of classes whose `__init__` is written for them: dataclasses, attrs, pydantic, NamedTuple.

Sources: the documentation of dataclasses (fields, `KW_ONLY`, `ClassVar`), of attrs (private names and aliases) and of
pydantic (aliases).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import objects, readers
from allo_keyscan.calls.domain import UNKNOWN, Class, Frame, Instance, Late, Partial, Value

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_NONE = ("abc.ABC", "typing.Protocol", "typing.Generic", "object", "builtins.object")


class Field(NamedTuple):
    """One field: the keywords it may be given by, and whether it has a place among the arguments."""

    name: str
    keywords: tuple[str, ...]
    placed: bool


def has_any(engine: Engine, scope: f.Scope) -> bool:
    """Whether the `__init__` of a class is written for it, with its attributes as parameters."""
    classes = objects.mro(engine, scope)
    if any("__init__" in current.bindings for current in classes):
        return False
    known = (*_NONE, *engine.delegates)
    foreign = [base for base in objects.foreign_bases(engine, scope) if base not in known]
    return bool(foreign) or any(current.decorators for current in classes)


def given(engine: Engine, value: Instance, scope: f.Scope, name: str, frame: Frame) -> list[Late | Value]:
    """What set a field: the call that made the object, or where that is not known any call that makes one."""
    made = [value]
    if value.call is None:
        engine.lean(scope)
    if frame.joined and value.call is None:
        classes = [one for one in (scope, *engine.subclasses(scope)) if has_any(engine, one)]
        made = [
            objects.made_by(engine, callee, one, call, engine.joined)
            if isinstance(callee, Partial)
            else Instance(one, call, engine.joined)
            for one in classes
            for call, callee in engine.callers(one)
            if Class(one) == (callee.innermost if isinstance(callee, Partial) else callee)
        ]
    arguments = [_argument(engine, one, name) for one in made]
    return [argument for argument in arguments if argument is not None]


REPLACING = ("attr.evolve", "attrs.evolve", "copy.replace", "dataclasses.replace")


def replaced(engine: Engine, args: objects.Given, call: f.Call, frame: Frame) -> Value:
    """What `replace(object, field=value)` gives: an object made with what made the first, and the changes."""
    old = engine.whole(args.positional[0])
    if not isinstance(old, Instance):
        return UNKNOWN
    if old.call is None or old.frame is None:
        return Instance(old.scope)
    before = objects.given(engine, old.call, old.frame)
    fields = {one.name: one for one in _fields(engine, old.scope)}
    placed = [one.name for one in fields.values() if one.placed]
    named = dict(zip(placed, before.positional, strict=False))
    named |= {
        next((one.name for one in fields.values() if key in one.keywords), key): item
        for key, item in [*before.named.items(), *args.named.items()]
    }
    together = objects.Given([], named, before.complete and args.complete)
    return objects.as_made(engine, old.scope, ("replaced", old, call, frame), together, call, frame)


def _argument(engine: Engine, value: Instance, name: str) -> Late | Value | None:
    """The argument that set a field."""
    if value.call is None or value.frame is None:
        return None
    args = objects.given(engine, value.call, value.frame)
    fields = {one.name: one for one in _fields(engine, value.scope)}
    if name not in fields:
        return None
    placed = [one.name for one in fields.values() if one.placed]
    found = args.at(placed.index(name) if name in placed else None, None)
    return found or next((args.named[key] for key in fields[name].keywords if key in args.named), None)


def _fields(engine: Engine, scope: f.Scope) -> Iterator[Field]:
    """The fields that are parameters, those of bases first; one that a subclass says anew keeps its place."""
    for current in reversed(objects.mro(engine, scope)):
        placed = not any(_says(decorator, "kw_only", True) for decorator in current.decorators)
        for name, made in current.bindings.items():
            expr, annotation = made[-1].value, current.declared.get(name)
            kind = _kind(annotation)
            if kind == "KW_ONLY":
                placed = False
            by_call = readers.is_field(expr)
            if isinstance(expr, f.Defined) or kind in ("KW_ONLY", "ClassVar") or _says(expr, "init", False):
                continue
            if annotation is None and current.declared and not by_call:
                continue
            alias = _keyword(expr, "alias") if by_call else None
            named = alias.value if isinstance(alias, f.Constant) and isinstance(alias.value, str) else None
            yield Field(
                name,
                (named, name) if named else tuple(dict.fromkeys((name, name.lstrip("_")))),
                placed and not (by_call and _says(expr, "kw_only", True)),
            )


def _kind(annotation: f.Expr | None) -> str | None:
    """The last name of an annotation, `ClassVar[str]` and its text included."""
    if isinstance(annotation, f.Constant) and isinstance(annotation.value, str):
        return annotation.value.partition("[")[0].rpartition(".")[2]
    return objects.last_name(annotation.value if isinstance(annotation, f.Subscript) else annotation or f.Opaque(-1))


def _keyword(expr: f.Expr, name: str) -> f.Expr | None:
    arguments = expr.arguments if isinstance(expr, f.Call) else ()
    return next((argument.value for argument in arguments if argument.keyword == name), None)


def _says(expr: f.Expr, name: str, value: object) -> bool:
    found = _keyword(expr, name)
    return isinstance(found, f.Constant) and found.value is value


def of_tuple(engine: Engine, value: Instance) -> tuple[Late | Value, ...] | None:
    """The fields of a NamedTuple in order, None where one of them is not known."""
    if not any(base.endswith("NamedTuple") for base in objects.foreign_bases(engine, value.scope)):
        return None
    names = [name for name, made in value.scope.bindings.items() if not isinstance(made[-1].value, f.Defined)]
    fields = [_argument(engine, value, name) for name in names]
    known = tuple(field for field in fields if field is not None)
    return known if len(known) == len(fields) else None
