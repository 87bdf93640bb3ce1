"""Names that loops bind: what they are worth inside, and what the last turn leaves of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import iteration, names
from allo_keyscan.calls.domain import NO_VALUE, Alternative, Alternatives, Choice, Frame, Late, Turn

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_MAX_TURNS = 24  # that hand a value on to the next


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
    if loop.each is None or loop.broken:
        return None
    key = (loop, place)
    if key not in engine.frames:
        items = iteration.elements(engine, engine.whole(Late(loop.each.iterable, place)))
        if not items:
            return None
        frame: Frame | None = None
        lost = len(items) > _MAX_TURNS
        for item in items[-_MAX_TURNS:]:
            memo: dict[f.Expr, Alternatives] = {loop.each: engine.force(item)}
            frame = Frame(scope, place.bound, place.parent, place.joined, place.entered, memo, Turn(loop, frame, lost))
            lost = False
        if frame is None:
            return None
        engine.frames[key] = frame
    return engine.frames[key]


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
    before = engine.frames.setdefault((turn.loop, place, "before"), outer)
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
