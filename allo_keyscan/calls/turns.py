"""Names that loops bind: what they are worth inside, and what the last turn leaves of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import iteration, names
from allo_keyscan.calls.domain import (
    NO_VALUE,
    Alternative,
    Alternatives,
    Choice,
    Frame,
    Hole,
    Late,
    Text,
    Turn,
    Unknown,
    Value,
    text_of,
    under,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_MAX_STEADY = 4  # alternatives of a name before a loop over something unknown
MAX_TURNS = 24  # that hand a value on to the next


def left(site: f.Site, expr: f.Name, scope: f.Scope) -> f.Block | None:
    """The outermost loop around a binding at `site` that is over where a name of the scope is read."""
    around = set(expr.site.block.chain())
    inner: f.Scope | None = expr.site.scope
    while inner is not None and inner.parent is not scope:
        inner = inner.parent
    if (inner is not None and inner is not expr.site.scope) or (inner is not None and inner.kind == "function"):
        for binding in scope.bindings.get(inner.name, ()):  # a function defined in the loop may be called there
            if isinstance(binding.value, f.Defined) and binding.value.scope is inner:
                around.update(binding.site.block.chain())
    loops = [block for block in site.block.chain() if block.loop and block not in around]
    return loops[-1] if loops else None


def last(engine: Engine, loop: f.Block, scope: f.Scope, place: Frame) -> Frame | None:
    """The frame of a loop's last turn; None where not every turn is known to run, or what they run over is not."""
    known = None if loop.broken else frames(engine, loop, scope, place)
    return known[-1] if known else None


def frames(engine: Engine, loop: f.Block, scope: f.Scope, place: Frame) -> list[Frame]:
    """A frame for each turn of a loop, the last ones of a long one; nothing where what it runs over is unknown."""
    frame: Frame | None = _last_turn(engine, loop, scope, place)
    found: list[Frame] = []
    while frame is not None and frame.turn is not None and loop.each in frame.memo:
        found.append(frame)
        frame = frame.turn.before
    return found[::-1]


def _last_turn(engine: Engine, loop: f.Block, scope: f.Scope, place: Frame) -> Frame:
    """The frame of the last turn; one without a turn where nothing is known, without an element where there is none."""

    def make() -> Frame:
        last: Frame | None = None
        if engine.rough:
            return Frame(scope, {}, None)
        items = iteration.elements(engine, engine.whole(Late(loop.each.iterable, place))) if loop.each else None
        if items is None or loop.each is None or (items and loop.skips):
            return Frame(scope, {}, None)
        for item in items[-MAX_TURNS:]:
            memo: dict[f.Expr, Alternatives] = {loop.each: engine.force(item)}
            turn = Turn(loop, last, len(items) > MAX_TURNS and last is None)
            last = Frame(scope, place.bound, place.parent, place.joined, place.entered, memo, turn=turn)
        return last or Frame(scope, {}, None, turn=Turn(loop, None, lost=False))

    return engine.frame((loop, place, "turns"), make)


def idle(engine: Engine, loop: f.Block, scope: f.Scope, place: Frame) -> bool:
    """Whether a loop runs over nothing."""
    frame = _last_turn(engine, loop, scope, place)
    return frame.turn is not None and loop.each not in frame.memo


def steady(
    engine: Engine, loop: f.Block, made: list[f.Binding], name: str, scope: f.Scope, place: Frame
) -> list[Frame]:
    """Frames of a first and a second turn of a loop over something unknown, where the second leaves no more of a name
    than the first: `path = path.replace(…)` for each parameter. Nothing where turns pile up.

    `made` are the bindings of the name; only a call of what it was before may need this: sums and appends pile up.
    """
    question = ("steady", loop, name, place)
    inside = [one for one in made if loop in one.site.block.chain()]
    if (
        loop.each is None
        or engine.rough
        or question in engine.asked
        or not any(isinstance(one.value, f.Call) and _reads(one.value, name) for one in inside)
    ):
        return []
    engine.asked.add(question)
    try:
        first = engine.frame((*question, 1), lambda: _open_turn(engine, loop, scope, place, None))
        if len(carried(engine, name, scope, first)) > _MAX_STEADY:
            return []
        found = [first, engine.frame((*question, 2), lambda: _open_turn(engine, loop, scope, place, first))]
        left = [{_shape(item.value) for item in ended(engine, name, scope, loop, frame)} for frame in found]
    finally:
        engine.asked.discard(question)
    return found if left[0] == left[1] else []


def _open_turn(engine: Engine, loop: f.Block, scope: f.Scope, place: Frame, before: Frame | None) -> Frame:
    """A turn with any one element."""
    memo: dict[f.Expr, Alternatives] = {loop.each: engine.evaluate(loop.each, place)} if loop.each is not None else {}
    turn = Turn(loop, before, lost=False)
    return Frame(scope, place.bound, place.parent, place.joined, place.entered, memo, turn=turn)


def _shape(value: Value) -> object:
    """What two texts with holes have alike; of anything else, itself."""
    if not isinstance(value, (Text, Unknown)):
        return value
    return tuple(part if isinstance(part, str) else Hole() for part in text_of(value).parts)


def _reads(expr: f.Expr, name: str) -> bool:
    """Whether an expression reads a name."""
    stack = [expr]
    while stack:
        one = stack.pop()
        if isinstance(one, f.Name) and one.id == name:
            return True
        stack.extend(f.children(one))
    return False


def handing_on(reached: names.Reaching, site: f.Site) -> f.Block | None:
    """The loop in which a read sees what an earlier turn left."""
    around = [block for block in site.block.chain() if block.each is not None]
    later = [binding.site.block for binding, _ in reached.bindings if binding.site.order > site.order]
    return next((block for block in around if any(block in one.chain() for one in later)), None)


def each_turn(engine: Engine, expr: f.Name, loop: f.Block, known: list[Frame]) -> list[Alternative]:
    """What a name is worth in one turn after the other."""
    iterable = loop.each.iterable if loop.each is not None else loop
    found: list[Alternative] = []
    for number, frame in enumerate(known):
        found.extend(under(engine.evaluate(expr, frame), Choice(iterable, number, not loop.broken)))
    return found


def ended(engine: Engine, name: str, scope: f.Scope, loop: f.Block, frame: Frame) -> Alternatives:
    """What a name is worth when a turn is over."""
    return engine.evaluate(engine.program.read(name, scope, loop.last, loop), frame)


def carried(engine: Engine, name: str, scope: f.Scope, place: Frame) -> Alternatives:
    """What a name is worth when a turn begins."""
    turn = place.turn
    if turn is None or turn.lost:
        return NO_VALUE
    if turn.before is not None:
        return ended(engine, name, scope, turn.loop, turn.before)
    outer = Frame(scope, place.bound, place.parent, place.joined, place.entered)
    before = engine.frame((turn.loop, place, "before"), lambda: outer)
    return engine.evaluate(engine.program.read(name, scope, turn.loop.first, turn.loop.parent), before)


def unsure(found: Alternatives, site: f.Site, loop: f.Block | None) -> Alternatives:
    """Alternatives without the promise that a loop goes all its ways, where it may end early or is over."""
    forks = {
        block.each.iterable
        for block in site.block.chain()
        if block.each is not None and (block.broken or loop is not None)
    }
    if not forks or not any(choice.loop and choice.fork in forks for item in found for choice in item.choices):
        return found
    return tuple(
        Alternative(
            value,
            frozenset(choice._replace(loop=choice.loop and choice.fork not in forks) for choice in choices),
        )
        for value, choices in found
    )


def of_this_turn(
    reached: names.Reaching, site: f.Site, loop: f.Block
) -> tuple[list[tuple[f.Binding, frozenset[Choice]]], bool]:
    """The bindings made in the turn a name is read in, and whether older values may be left."""
    made = [
        (binding, choices)
        for binding, choices in reached.bindings
        if binding.site.order <= site.order and loop in binding.site.block.chain()
    ]
    return made, reached.initial or len(made) < len(reached.bindings)
