"""Who calls which function of a program: found once, before the first question that asks for it.

No test is asked on the way and no loop gone through turn by turn, which is most of the time, so a callee may be one
that a test rules out: who follows a call to its callers asks again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from allo_keyscan.calls import decorating, objects, operators, ties
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.callees import DYNAMIC, Callees
from allo_keyscan.calls.domain import Frame, Value

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

# For one call. Of 70,000 whose function was found, in the code of this project and in four SDKs, 14 took as many, and
# nearly all fewer than 100; those whose function is none of the program's would go on for 10,000.
_STEPS = 1_000
_ROUNDS = 3
# Half of a program's calls are methods of texts and containers. What these are called on need not be found out, which
# takes long for what came in as an argument, where nothing of the program has such a name.
_OF_PYTHON = frozenset(name for kind in (str, bytes, dict, list, set) for name in dir(kind) if not name.startswith("_"))


class Callers:
    """The calls of each function and class of a program."""

    def __init__(self) -> None:
        self._known: dict[f.Scope, list[tuple[f.Call, Value]]] = {}
        self._unfollowed: dict[f.Call, None] = {}  # whose methods these call, took too many steps to find
        self._around: dict[str, set[f.Scope]] = {}  # by the name of such a method, the modules tied to its calls

    def of(self, scope: f.Scope) -> list[tuple[f.Call, Value]]:
        """The calls of a function (or of the class whose `__init__` it is), with the callee as evaluated."""
        return self._known.get(scope, [])

    def may_have_others(self, scope: f.Scope) -> bool:
        """Whether a tied module calls a method of that name, and it took too many steps to find of what."""
        return scope.module in self._around.get(scope.name, ())

    def find(self, engine: Engine, elsewhere: Collection[str]) -> None:
        """Finds all calls of the program's own functions; `elsewhere` are names given in files that are not read yet.

        A call on an object that came in as an argument (`self._api.request(…)`) is found once it is known who made that
        object, so rounds follow over the calls not found that depend on what the last round found.
        """
        modules = [*engine.program.modules.values()]
        may_call = _by_name(engine, modules, elsewhere)
        calls = [call for module in modules for call in module.calls if may_call(call.func)]
        missed = self._index(engine, calls, engine.open)
        for target, made, callee in decorating.declared(engine):
            self._add(engine, target, made, callee)
        for _ in range(_ROUNDS):
            news = engine.next_round()
            again = [call for call, leans in missed.items() if leans & news]
            if not again:
                break
            for call in again:
                del missed[call]
            missed |= self._index(engine, again, engine.joined)
        engine.next_round()
        self._note_unfollowed(engine)

    def _index(self, engine: Engine, calls: list[f.Call], frame: Frame) -> dict[f.Call, int]:
        """Notes whom the calls call; those where that is not found, each with what it leans on."""
        missed: dict[f.Call, int] = {}
        for call in calls:
            engine.begin(_STEPS)
            found, leans = engine.leaning(functools.partial(_called, engine, call, frame))
            for target, callee in found:
                self._add(engine, target, call, callee)
            self._unfollowed.pop(call, None)
            if not found:
                missed[call] = leans
                if engine.cut and isinstance(call.func, f.Attribute):
                    self._unfollowed[call] = None
        return missed

    def _add(self, engine: Engine, target: f.Scope, call: f.Call, callee: Value) -> None:
        self._known.setdefault(target, []).append((call, callee))
        engine.is_called(target)

    def _note_unfollowed(self, engine: Engine) -> None:
        modules = engine.program.modules
        for part in ties.parts(engine.program) if self._unfollowed else ():
            inside = {modules[path].scope for path in part}
            for call in self._unfollowed:
                if isinstance(call.func, f.Attribute) and call.site.scope.module in inside:
                    self._around.setdefault(call.func.name, set()).update(inside)


def _by_name(engine: Engine, modules: list[f.ModuleFacts], elsewhere: Collection[str]) -> Callable[[f.Expr], bool]:
    """Whether a callee may be one of the program's, as far as its name tells."""
    own = {*elsewhere, *(scope.name for module in modules for scope in (*module.functions, *module.classes))}
    below = {name for module in modules for scope in module.classes if scope.bases for name in scope.bindings}
    delegates = (pair for methods in engine.delegates.values() for pair in methods.items())
    callees = Callees(modules, own | {name for name, (through, _) in delegates if through in below}, own=True)
    of_python = _OF_PYTHON if DYNAMIC.isdisjoint(elsewhere) else frozenset[str]()
    return lambda func: not isinstance(func, f.Attribute) or func.name not in of_python or callees.may_send(func)


def _called(engine: Engine, call: f.Call, frame: Frame) -> list[tuple[f.Scope, Value]]:
    """The functions and classes of the program that a call calls, each with the callee."""
    found = [pair for value, _ in operators.callees(engine, call, frame) for pair in objects.targets(engine, value)]
    return [pair for pair in found if not pair[0].abstract or pair[0].kind == "class"]
