"""What pytest hands to tests and fixtures: a parameter's name is that of a fixture, in the module or a conftest.py.

Source: https://docs.pytest.org/en/stable/reference/fixtures.html#fixture-availability
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allo_keyscan.calls import calling, objects
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import Alternatives, Frame, Function, Instance, Unknown

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_MAX_FOLDERS = 8


def is_fixture(scope: f.Scope) -> bool:
    """Whether a function has one of pytest's `fixture` decorators, with arguments or without."""
    plain = [one.func if isinstance(one, f.Call) else one for one in scope.decorators]
    return any(
        (isinstance(one, f.Attribute) and one.name == "fixture") or (isinstance(one, f.Name) and one.id == "fixture")
        for one in plain
    )


def handed(engine: Engine, scope: f.Scope, name: str, frame: Frame) -> Alternatives | None:
    """What a parameter of a test or fixture gets; None where there is no fixture of its name, or nobody knows it."""
    if scope.kind != "function" or not (scope.name.startswith("test") or is_fixture(scope)):
        return None
    found = _fixture(engine, scope, name)
    if found is None or ("fixture", found) in engine.asked or not objects.may_enter(engine, found, frame):
        return None
    engine.asked.add(("fixture", found))
    try:
        receiver = Instance(found.owner) if found.owner is not None else None
        function = Function(found, engine.base(frame), receiver)
        values = calling.returned(engine, function, objects.bind(engine, function, objects.Given(), engine.base(frame)))
    finally:
        engine.asked.discard(("fixture", found))
    return None if any(isinstance(item.value, Unknown) for item in values) else values


def _fixture(engine: Engine, scope: f.Scope, name: str) -> f.Scope | None:
    """The fixture of a name that is nearest to a test: of its class, its module, the folders around it."""
    module = engine.program.holder(scope)
    site = f.Site(scope, 0, f.Block())
    around = [scope.owner] if scope.owner is not None else []
    folders = (engine.program.find(site, "." * dots + "conftest") for dots in range(1, _MAX_FOLDERS))
    for place in (*around, module.scope, *(_loaded(engine, path) for path in dict.fromkeys(folders))):
        for binding in reversed(place.bindings.get(name, ()) if place is not None else ()):
            for value, _ in engine.evaluate(binding.value, engine.open):
                if isinstance(value, Function) and value.scope is not scope and is_fixture(value.scope):
                    return value.scope
    return None


def _loaded(engine: Engine, path: str | None) -> f.Scope | None:
    module = engine.program.module(path) if path is not None else None
    return module.scope if module is not None else None
