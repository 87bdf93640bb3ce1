"""What an expression may be worth: evaluated on demand, over the facts of a program, without running anything.

Two customers share the engine: URLs, methods and headers of HTTP calls, and keys put together from pieces. Bounds on
steps, depth and breadth turn what is too much into holes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from typing import TypeVar

from allo_keyscan.calls import (
    aliases,
    callers,
    conditions,
    containers,
    decorating,
    expressions,
    late,
    modules,
    mutations,
    names,
    objects,
    turns,
)
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import (
    MAX_ALTERNATIVES,
    NO_VALUE,
    UNKNOWN,
    Alternative,
    Alternatives,
    Choice,
    Frame,
    Late,
    Ref,
    Scalar,
    Text,
    Value,
    bounded,
    one,
    text_of,
    under,
    within,
)
from allo_keyscan.calls.link import Program

MAX_STEPS = 10_000
MAX_CALL_DEPTH = 8
MAX_DEPTH = 160
_BITS = 2048
_Answer = TypeVar("_Answer")


class Engine:
    """Evaluates the expressions of a program, following calls of its own functions `call_depth` deep.

    `delegates` are methods of other modules' classes that call another method of the object (clients.delegates).
    """

    def __init__(
        self,
        program: Program,
        *,
        call_depth: int = MAX_CALL_DEPTH,
        delegates: dict[str, dict[str, tuple[str, f.Call]]] | None = None,
    ) -> None:
        self.program = program
        self.delegates = delegates or {}
        self.call_depth = call_depth
        self.open = Frame(None, {}, None)
        self.joined = Frame(None, {}, None, joined=True)
        self._steps = 0
        self._limit = MAX_STEPS
        self._spent = 0
        self._depth = 0
        self.rough = False  # whether every test is taken for one that may come out either way
        self.cuts = 0  # how often an expression was not looked at: it is being evaluated, or past a bound
        self._active: set[tuple[int, int]] = set()
        self.asked: set[object] = set()  # questions being answered that must not be asked again inside
        self.made_classes: dict[f.Call, f.Scope] = {}  # by `namedtuple(…)`
        self.merged: dict[Frame, f.Call] = {}  # a partial's call of a class with all arguments, by its frame
        self.replaced: dict[f.Scope, f.Scope] = {}  # classes, by what a decorator puts in their place
        self.decorated: dict[f.Scope, list[f.Scope]] = {}  # by the class that a decorator makes of them
        self._bits: dict[f.Scope, int] = {}
        self._leans = 0  # whose callers the expression being evaluated depends on, as bits of their scopes
        self._news = self._called = 0  # whose callers were found in this round, and in any
        self.round = 0
        self._since = [0]  # by round: whose callers were found in it or later
        self._frames: dict[object, tuple[Frame, tuple[int, int] | None]] = {}
        self._callers = callers.Callers()
        self._mutations = mutations.Mutations()
        self.aliases = aliases.Aliases()
        self.called: dict[tuple[f.Scope, f.Scope, int], tuple[list[f.Site], bool, set[f.Scope]]] = {}  # late.py
        self._comprehensions: dict[f.Scope, dict[f.Scope, f.Comprehension]] = {}  # by module
        self._subclasses: dict[f.Scope, list[f.Scope]] = {}
        self._classed = 0

    # -- entry points ------------------------------------------------------------------------------------------------

    def begin(self, limit: int = MAX_STEPS) -> None:
        """A new question: `limit` bounds each one, so that a costly answer takes nothing from the next."""
        self._spent += self._steps
        self._steps, self._limit = 0, limit

    @property
    def spent(self) -> int:
        """The steps that all questions have taken."""
        return self._spent + self._steps

    @property
    def cut(self) -> bool:
        """Whether the question took all of its steps: what is found from here on may be less than there is."""
        return self._steps >= self._limit

    def evaluate(self, expr: f.Expr, frame: Frame) -> Alternatives:
        """The values an expression may have in a frame; never empty."""
        known = frame.memo.get(expr)
        if known is not None and self._holds(frame.leans.get(expr), frame):
            return known
        key = (id(expr), id(frame))
        if key in self._active or self._depth >= MAX_DEPTH or self.cut:
            self.cuts += 1
            return NO_VALUE
        self._steps += 1
        self._depth += 1
        self._active.add(key)
        outer, self._leans = self._leans, 0
        try:
            found = expressions.value(self, expr, frame) or NO_VALUE
        finally:
            self._active.discard(key)
            self._depth -= 1
            inner, self._leans = self._leans, self._leans | outer
        if not self.cut:  # or the next question would take half an answer for a whole one
            frame.memo[expr] = found
            if inner:
                frame.leans[expr] = inner, self.round
        return found

    def _holds(self, leans: tuple[int, int] | None, frame: Frame) -> bool:
        """Whether what leaned on these callers, as they were known in that round, is still true; if so, it is noted.

        An open frame asks no callers: what it notes says where a joined one may know better.
        """
        if leans is None:
            return True
        if frame.joined and leans[0] & self._since[leans[1]]:
            return False
        self._leans |= leans[0]
        return True

    def force(self, item: Late | Value) -> Alternatives:
        """The alternatives of an element that may still have to be evaluated."""
        return self.evaluate(item.expr, item.frame) if isinstance(item, Late) else one(item)

    def whole(self, item: Late | Value) -> Value:
        """One value for an element: where it may be several containers of one shape, one that holds what each holds."""
        return containers.merged(self, self.force(item))

    def texts(self, item: Late | Value | None) -> list[tuple[Text, frozenset[Choice]]]:
        """The alternatives of an element as texts; None and False are left out."""
        if item is None:
            return []
        found = []
        for value, choices in self.force(item):
            if not (isinstance(value, Scalar) and value.value in (None, False)):
                found.append((text_of(value), choices))
        return found

    def literal(self, item: Late | Value | None) -> str | None:
        """The one literal text of an element, or None."""
        texts = self.texts(item)
        return texts[0][0].literal if len(texts) == 1 else None

    def base(self, frame: Frame) -> Frame:
        """The frame without bindings, in the same mode."""
        return self.joined if frame.joined else self.open

    def frame(self, key: object, make: Callable[[], Frame]) -> Frame:
        """The frame of that key, made where there is none yet."""
        known = self._frames.get(key)
        if known is not None and self._holds(known[1], known[0]):
            return known[0]
        outer, self._leans = self._leans, 0
        made = make()
        if not self.cut:
            self._frames[key] = made, ((self._leans, self.round) if self._leans else None)
        self._leans |= outer
        return made

    def index_callers(self, elsewhere: Collection[str] = ()) -> None:
        """Finds who calls what, once, before the first question that asks for it.

        `elsewhere` are the names that files which are not read yet give to something (unread.names).
        It is found roughly (callers.py), so nothing else that was found on the way is kept.
        """
        self.rough = True
        for scope in [
            made for module in [*self.program.modules.values()] for made in module.classes if made.decorators
        ]:
            decorating.in_place_of(self, scope)
        self._callers.find(self, elsewhere)
        self.rough = False
        self.called.clear()
        self.aliases.inside.clear()
        self._frames.clear()
        for frame in (self.open, self.joined):
            frame.memo.clear()
            frame.leans.clear()

    def next_round(self) -> int:
        """From here on, what leans on callers found in the last round no longer holds; these callers, as bits."""
        news, self._news = self._news, 0
        self._called |= news
        self._since = [*(since | news for since in self._since), 0]
        self.round += 1
        return news

    def is_called(self, scope: f.Scope) -> None:
        """A caller of a scope was found in this round."""
        self._news |= self._bit(scope)

    def _bit(self, scope: f.Scope) -> int:
        """A scope as one bit of the numbers that say what leans on whose callers; several scopes may share one."""
        return self._bits.setdefault(scope, 1 << len(self._bits) % _BITS)

    def lean(self, scope: f.Scope) -> None:
        """What is being evaluated may be another once more callers of a scope are known, or in a joined frame."""
        self._leans |= self._bit(scope)

    def leaning(self, ask: Callable[[], _Answer]) -> tuple[_Answer, int]:
        """What `ask` finds, and whose callers that leans on, as bits."""
        outer, self._leans = self._leans, 0
        found = ask()
        leans, self._leans = self._leans, self._leans | outer
        return found, leans

    def well_known(self, ask: Callable[[Frame], _Answer]) -> _Answer:
        """What `ask` finds in the joined frame; in the open one, which is cheaper, where no callers tell more."""
        found, leans = self.leaning(functools.partial(ask, self.open))
        return ask(self.joined) if leans & self._called else found

    def callers(self, scope: f.Scope) -> list[tuple[f.Call, Value]]:
        """The program's calls of a function (or of the class whose `__init__` it is), with the callee as evaluated."""
        return self._callers.of(scope)

    def may_have_other_callers(self, scope: f.Scope) -> bool:
        """Whether there may be calls of a function that `callers` does not have."""
        return self._callers.may_have_others(scope)

    @property
    def mutations(self) -> mutations.Mutations:
        """What the modules read so far write into dicts and objects after they were made."""
        self._mutations.add(self.program.modules.values())
        return self._mutations

    def comprehension(self, scope: f.Scope) -> f.Comprehension | None:
        """The comprehension whose scope this is."""
        module = scope.module
        if module not in self._comprehensions:
            found = self._comprehensions[module] = {}
            stack = [root for _, root in self.program.holder(scope).roots]
            while stack:
                expr = stack.pop()
                if isinstance(expr, f.Comprehension):
                    found[expr.scope] = expr
                stack.extend(f.children(expr))
        return self._comprehensions[module].get(scope)

    def subclasses(self, scope: f.Scope) -> list[f.Scope]:
        """The classes of the program that have a class among their bases, near or far, in reading order."""
        modules = self.program.modules
        if len(modules) != self._classed:
            self._classed = len(modules)
            self._subclasses = {}
            every = [sub for module in [*modules.values()] for sub in module.classes]
            put = [decorating.in_place_of(self, sub) for sub in every if sub.decorators]
            for sub in [*(sub for sub in every if sub.bases), *(sub for sub in put if sub.copied is not None)]:
                for base in objects.mro(self, sub)[1:]:
                    self._subclasses.setdefault(base, []).append(sub)
        return self._subclasses.get(scope, [])

    # -- names -------------------------------------------------------------------------------------------------------

    def name(self, expr: f.Name, frame: Frame) -> Alternatives:
        """A name: what its reaching bindings are worth, with what was written into it since."""
        scope = names.home(expr.id, expr.site)
        if scope is None:
            return modules.starred(self, expr, frame) or one(Ref(expr.id))
        place = frame
        while place.scope is not scope and place.parent is not None:
            place = place.parent
        inside = place.scope is scope
        if not inside:
            place = frame if scope.kind in ("comprehension", "lambda") else self.base(frame)
        found = self._read(expr, scope, place)
        known = conditions.narrowed(self, expr, scope, bounded(found), place)
        return self.mutations.applied(self, scope, expr, known, place)

    def _read(self, expr: f.Name, scope: f.Scope, place: Frame) -> list[Alternative]:
        """What the bindings of a name that reach a read are worth, latest first."""
        binding = late.own(expr, scope) if expr.site.scope is not scope else None
        if binding is not None:
            return [*self.evaluate(binding.value, place)]
        behind = late.behind(self, expr, scope, place)
        if behind is not None:
            return [*behind]
        moments = late.moments(self, expr, scope)
        if moments:
            return self._at(moments, place)
        reached = names.reaching(expr.id, scope, expr.site)
        turn = place.turn
        if turn is not None and place.scope is scope and turn.loop in expr.site.block.chain():
            bindings, older = turns.of_this_turn(reached, expr.site, turn.loop)
            found, settled = self._made(expr, scope, place, bindings)
            before = turns.carried(self, expr.id, scope, place) if older and not settled else ()
            return [*found, *within(before, reached.untouched)]
        handing = turns.handing_on(reached, expr.site)
        known = turns.frames(self, handing, scope, place) if handing is not None else []
        if handing is not None and 0 < len(known) < turns.MAX_TURNS:
            return turns.each_turn(self, expr, handing, known)
        made = [binding for binding, _ in reached.bindings]
        alike = turns.steady(self, handing, made, expr.id, scope, place) if handing is not None and not known else []
        if handing is not None and alike:
            fork = (handing, "turn")
            each = [self.evaluate(expr, frame) for frame in alike]
            return [one for number, items in enumerate(each) for one in under(items, Choice(fork, number, False))]
        found, settled = self._made(expr, scope, place, [*reached.bindings])
        if reached.initial and not settled:
            found.extend(within(self._initial(scope, expr.id, place), reached.untouched))
        if handing is not None and (handing.skips or known):  # turns that cannot be told apart
            fork = (handing, "turn")
            return [one for number, item in enumerate(found) for one in under((item,), Choice(fork, number, False))]
        return found

    def _made(
        self, expr: f.Name, scope: f.Scope, place: Frame, bindings: list[tuple[f.Binding, frozenset[Choice]]]
    ) -> tuple[list[Alternative], bool]:
        """What bindings are worth, and whether one of them leaves nothing of what was there before."""
        found: list[Alternative] = []
        over: set[f.Block] = set()
        around = set(expr.site.block.chain())
        for binding, choices in bindings:
            if len(found) > MAX_ALTERNATIVES:  # the rest is not dropped: it becomes one unknown
                return [*found, Alternative(UNKNOWN, frozenset({Choice(binding, 0, False)}))], True
            entered = conditions.entered(self, binding.site, expr, scope, place)
            loop = turns.left(binding.site, expr, scope)
            if entered is False or loop in over or (loop is not None and turns.idle(self, loop, scope, place)):
                continue
            final = turns.last(self, loop, scope, place) if loop is not None else None
            made = [one for one, _ in bindings]
            alike = turns.steady(self, loop, made, expr.id, scope, place) if loop is not None and not final else []
            if loop is not None and alike:
                over.add(loop)
                left = turns.ended(self, expr.id, scope, loop, alike[1])
                found.extend(within(tuple(under(left, Choice((loop, "turn"), 1, False))), choices))
                settled = False
            elif loop is None or final is None:
                values = turns.unsure(self.evaluate(binding.value, place), binding.site, loop)
                found.extend(within(values, choices))
                settled = entered is True
            else:
                over.add(loop)
                found.extend(within(turns.ended(self, expr.id, scope, loop, final), choices))
                settled = loop.parent in around or loop.parent is None or loop.parent.parent is None
            if settled:
                return found, True
        return found, False

    def _at(self, moments: list[f.Name], place: Frame) -> list[Alternative]:
        """What a name is worth at one of several moments."""
        found = dict.fromkeys(self.evaluate(moment, place) for moment in moments)
        if len(found) == 1:
            return [*next(iter(found))]
        fork = (moments[0], "moment")
        return [one for number, values in enumerate(found) for one in under(values, Choice(fork, number, False))]

    def _initial(self, scope: f.Scope, name: str, place: Frame) -> Alternatives:
        """What a parameter holds when its function is entered."""
        if place.scope is scope and name in place.bound:
            return self._bound(place.bound[name])
        parameter = scope.parameter(name)
        return objects.unbound(self, scope, parameter, place) if parameter is not None else NO_VALUE

    def _bound(self, value: Late | Value | Alternatives) -> Alternatives:
        return value if isinstance(value, tuple) else self.force(value)
