"""What the values engine makes of Python source, for tests."""

from allo_keyscan.calls import facts as f
from allo_keyscan.calls.collect import read_module
from allo_keyscan.calls.domain import Alternatives
from allo_keyscan.calls.interpreter import deep_stack
from allo_keyscan.calls.link import Program
from allo_keyscan.calls.values import Engine


def evaluated(source: str, name: str = "x") -> Alternatives:
    """What the engine makes of the last binding of a name."""
    module = read_module("a.py", source.encode())
    assert isinstance(module, f.ModuleFacts), module
    engine = Engine(Program.of(module))
    with deep_stack():
        return engine.evaluate(module.scope.bindings[name][-1].value, engine.open)
