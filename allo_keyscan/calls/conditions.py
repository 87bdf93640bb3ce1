"""What tests say: whether code can be reached with the arguments of a call, and what a guard leaves of a value.

`if method == "GET": …` separates the calls of a dispatcher, `if not path.startswith("/v2/api/tags"): raise` bounds a
wrapper. A test on a local name tells; one on a constant of the module does not, for that is a setting somebody changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from allo_keyscan.calls import calling, iteration, names
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import (
    Alternative,
    Alternatives,
    Choice,
    Frame,
    Hole,
    Items,
    Mapping,
    Scalar,
    Text,
    Value,
    both,
    bounded,
    text_of,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_SAME_TEXT = ("upper", "lower", "strip", "casefold")


def truth(engine: Engine, test: f.Expr, frame: Frame) -> bool | None:
    """Whether a test holds in a frame, None where it depends."""
    if engine.rough:
        return None
    match test:
        case f.Not(value=value):
            inner = truth(engine, value, frame)
            return None if inner is None else not inner
        case f.Either(op=op, terms=terms):
            found = [truth(engine, term, frame) for term in terms]
            decisive = op == "or"
            if decisive in found:
                return decisive
            return None if None in found else not decisive
        case _:
            answers = {calling.truth(item.value) for item in engine.evaluate(test, frame)}
            return answers.pop() if len(answers) == 1 else None


def literals(engine: Engine, value: Value) -> list[str] | None:
    """The texts in a container, None where one of them is not known."""
    if isinstance(value, Mapping):
        keys = [name for name, _ in value.entries]
        return None if None in keys else [name for name in keys if name is not None]
    items = value.items if isinstance(value, Items) else iteration.elements(engine, value)
    if items is None:
        return None
    found = [engine.literal(item) for item in items]
    return None if None in found else [text for text in found if text is not None]


def feasible(engine: Engine, site: f.Site, frame: Frame) -> bool:
    """Whether a site can be reached in a frame, as far as tests on local names tell."""
    return engine.rough or all(
        not _local(test) or truth(engine, test, frame) in (wanted, None) for _, (test, wanted) in _dominating(site)
    )


def along(engine: Engine, sites: list[tuple[f.Site, Frame]], choices: frozenset[Choice]) -> frozenset[Choice] | None:
    """The choices under which sites, each in its frame, are reached where these were made; None where they are not.

    A test inside of a loop that may go either way takes the promise from the loop that all its ways are gone.
    """
    loops = {choice.fork for choice in choices if choice.loop}
    tests = ((frame, *found) for site, frame in sites for found in _dominating(site))
    for frame, block, (test, wanted) in tests:
        if not _local(test):
            continue
        items = [item for item in engine.evaluate(test, frame) if both(item.choices, choices) is not None]
        answers = {calling.truth(item.value) for item in items}
        if answers == {not wanted}:
            return None
        around = (outer.each.iterable for outer in block.chain() if outer.each is not None)
        if answers != {wanted} and not loops.isdisjoint(around):
            choices |= {Choice(test, 0, False)}
    return choices


def certain(engine: Engine, site: f.Site, frame: Frame) -> bool:
    """Whether a site is reached in any case once its function is entered."""
    if any(block.parent is not None and not block.conditions for block in site.block.chain()):
        return False  # a loop, or a handler
    return all(truth(engine, test, frame) is wanted for _, (test, wanted) in _dominating(site))


def _dominating(site: f.Site) -> Iterator[tuple[f.Block, f.Condition]]:
    """The tests whose outcome is settled wherever control is at a site, innermost first, each with its block."""
    for block in site.block.chain():
        yield from ((block, condition) for order, condition in reversed(block.guards) if order < site.order)
        yield from ((block, condition) for condition in block.conditions)


def entered(engine: Engine, site: f.Site, expr: f.Name, scope: f.Scope, frame: Frame) -> bool | None:
    """Whether control went through the blocks around `site` that are not around a later read; None where it depends."""
    around = set(expr.site.block.chain())
    sure: bool | None = names.executing(expr.site.scope) is names.executing(scope)
    for block in site.block.chain():
        if block in around or block.parent is None:
            break
        for test, wanted in block.conditions:
            holds = truth(engine, test, frame) if _local(test) else None
            if holds is not None and holds is not wanted:
                return False
            sure = None if holds is None else sure
        if not block.conditions or block.loop:
            sure = None
    return (
        sure
        if sure and site.order <= expr.site.order and names.executing(site.scope) is names.executing(scope)
        else None
    )


def _local(test: f.Expr) -> bool:
    """Whether a test asks for a name of the function it stands in."""
    stack = [test]
    while stack:
        expr = stack.pop()
        if isinstance(expr, f.Name):
            scope = names.home(expr.id, expr.site)
            if scope is not None and scope.kind in ("function", "lambda"):
                return True
        stack.extend(f.children(expr))
    return False


def narrowed(engine: Engine, expr: f.Name, scope: f.Scope, found: Alternatives, frame: Frame) -> Alternatives:
    """What guards leave of a name's alternatives where one of them is unknown."""
    if engine.rough or all(not _open(item.value) for item in found):
        return found
    for _, (test, wanted) in _dominating(expr.site):
        left = _left(engine, test, wanted, expr, scope, frame)
        if left:
            made = [Alternative(value, frozenset({Choice(test, number, False)})) for number, value in enumerate(left)]
            if len(made) == 1:
                made = [Alternative(left[0])]
            return bounded([*(item for item in found if not _open(item.value)), *made])
    return found


def _open(value: Value) -> bool:
    parts = text_of(value).parts
    return all(isinstance(part, Hole) for part in parts) and (bool(parts) or not isinstance(value, (Scalar, Text)))


def _left(engine: Engine, test: f.Expr, wanted: bool, expr: f.Name, scope: f.Scope, frame: Frame) -> list[Value]:
    """What a name may be where a test came out as wanted; nothing where the test does not bound it."""
    match test:
        case f.Not(value=value):
            return _left(engine, value, not wanted, expr, scope, frame)
        case f.Either(op=op, terms=terms) if (op == "and") is wanted:
            return next((one for term in terms if (one := _left(engine, term, wanted, expr, scope, frame))), [])
        case f.Either(terms=terms):
            found = [_left(engine, term, wanted, expr, scope, frame) for term in terms]
            return [value for one in found for value in one] if all(found) else []
        case f.Compare(op=op, left=left, right=right) if _reads(left, expr, scope):
            known = engine.evaluate(right, frame)
            if len(known) != 1:
                return []
            if op in ("==", "!=") and (op == "==") is wanted:
                return [known[0].value] if text_of(known[0].value).literal else []
            if op in ("in", "not in") and (op == "in") is wanted and not isinstance(known[0].value, Text):
                return [Text((text,)) for text in literals(engine, known[0].value) or []]
            return []
        case f.Call(func=f.Attribute(value=value, name="startswith"), arguments=(argument,)) if wanted:
            if not _reads(value, expr, scope):
                return []
            given = engine.evaluate(argument.value, frame)[0].value
            prefixes = literals(engine, given) if not isinstance(given, Text) else [given.literal or ""]
            return [Text((prefix, Hole(guarded=True))) for prefix in prefixes or [] if prefix]
        case _:
            return []


def _reads(tested: f.Expr, expr: f.Name, scope: f.Scope) -> bool:
    """Whether a test reads the value that `expr` reads, in other letters perhaps: nothing binds the name between."""
    while isinstance(tested, f.Call) and isinstance(tested.func, f.Attribute) and tested.func.name in _SAME_TEXT:
        tested = tested.func.value
    if not isinstance(tested, f.Name) or tested.id != expr.id or names.home(tested.id, tested.site) is not scope:
        return False
    return not any(
        tested.site.order <= binding.site.order <= expr.site.order for binding in scope.bindings.get(expr.id, ())
    )
