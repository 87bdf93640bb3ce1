"""What annotations declare of parameters and fields: objects of a class, numbers, what a framework gives."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import names, objects
from allo_keyscan.calls.domain import Class, Hole, Instance, Late, Made, Ref, Text, Value

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_NUMBERS = ("int", "float", "uuid.UUID", "datetime.date", "datetime.datetime")
_TRANSPARENT = ("Optional", "Annotated", "Final", "ClassVar")


def annotated(engine: Engine, annotation: f.Expr | None, scope: f.Scope) -> Value | Hole | None:
    """What an annotation in a scope declares: an object, or a Hole for a number; None where it says nothing of use."""
    match annotation:
        case f.Binary(op="|"):
            return annotated(engine, annotation.left, scope) or annotated(engine, annotation.right, scope)
        case f.Subscript(index=f.Sequence(items=(kind, *notes))) if objects.last_name(annotation.value) in _TRANSPARENT:
            injected = [
                (item, engine.evaluate(item, engine.open)[0].value) for item in notes if isinstance(item, f.Call)
            ]
            known = next(
                (
                    value
                    for item, value in injected
                    if isinstance(value, (Instance, Made)) and value.call not in (None, item)
                ),
                None,
            )
            return known or annotated(engine, kind, scope)
        case f.Subscript() if objects.last_name(annotation.value) in _TRANSPARENT:
            return annotated(engine, annotation.index, scope)
        case f.Constant(value=str(text)) if all(part.isidentifier() for part in text.split(".")):
            first, *rest = text.split(".")
            named: f.Expr = engine.program.name(engine.program.holder(scope), first)
            for part in rest:
                named = f.Attribute(-1, named, part, f.Site(scope.module, sys.maxsize, f.Block()))
            return annotated(engine, named, scope)
        case f.Name() | f.Attribute():
            value = engine.evaluate(annotation, engine.open)[0].value
            if not isinstance(value, (Ref, Class)):
                return _aliased(engine, annotation)
            if isinstance(value, Ref) and value.path in _NUMBERS:
                return Hole()
            if isinstance(value, Ref) and "." in value.path:
                return Made(value.path, None, None)
            return Instance(value.scope) if isinstance(value, Class) else None
        case _:
            return None


def _aliased(engine: Engine, annotation: f.Name | f.Attribute) -> Value | Hole | None:
    """What a type's name declares that is an alias, of this module or another, or that only type checkers import."""
    home = names.home(annotation.id, annotation.site) if isinstance(annotation, f.Name) else None
    bound = home.bindings.get(annotation.id) if home is not None and isinstance(annotation, f.Name) else None
    question = ("alias", home, annotation.id if isinstance(annotation, f.Name) else "")
    if home is None or not bound or question in engine.asked:
        return None
    expr: f.Expr = bound[-1].value
    if isinstance(expr, f.Imported):
        path = engine.program.find(expr.site, expr.path) if expr.name is not None else None
        module = engine.program.module(path) if path is not None else None
        if module is None or expr.name is None:
            return None
        home, expr = module.scope, engine.program.name(module, expr.name)
    elif not isinstance(expr, (f.Subscript, f.Binary, f.Constant)):
        return None
    engine.asked.add(question)
    try:
        return annotated(engine, expr, home)
    finally:
        engine.asked.discard(question)


def literal_choices(annotation: f.Expr | None) -> tuple[Late | Value, ...]:
    """The texts of a `Literal[…]` annotation."""
    if not isinstance(annotation, f.Subscript) or objects.last_name(annotation.value) != "Literal":
        return ()
    index = annotation.index
    items = index.items if isinstance(index, f.Sequence) else (index,)
    texts = [item.value for item in items if isinstance(item, f.Constant) and isinstance(item.value, str)]
    return tuple(Text((text,)) for text in texts if text) if len(texts) == len(items) else ()
