"""What the operator module's functions make of objects: `methodcaller("get", url)(session)` is `session.get(url)`.

Source: the documentation of operator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allo_keyscan.calls import attributes, objects
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import UNKNOWN, Alternative, Alternatives, Frame, Made, Partial, bounded, product, within

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_CALLER, GETTER = "operator.methodcaller", "operator.attrgetter"


def callees(engine: Engine, call: f.Call, frame: Frame) -> Alternatives:
    """What a call calls: of a methodcaller the method of the object that it is given."""
    found = engine.evaluate(call.func, frame)
    if not any(isinstance(value, Made) and value.path == _CALLER for value, _ in found):
        return found
    made: list[Alternative] = []
    for value, choices in found:
        if not isinstance(value, Made) or value.path != _CALLER or value.call is None or value.frame is None:
            made.append(Alternative(value, choices))
            continue
        for method, more in got(engine, value, objects.given(engine, call, frame), frame):
            partial = Partial(method, value.call, value.frame, of_first=True)
            made.extend(within((Alternative(partial, more),), choices))
    return bounded(made)


def got(engine: Engine, value: Made, args: objects.Given, frame: Frame) -> Alternatives:
    """The attribute that a methodcaller or attrgetter takes of its argument; one unknown where it takes none."""
    if value.path not in (_CALLER, GETTER) or value.call is None or value.frame is None or not args.positional:
        return (Alternative(UNKNOWN),)
    named = objects.given(engine, value.call, value.frame).positional[:1]
    found: list[Alternative] = []
    for (name, owner), choices in product([engine.force(item) for item in (*named, args.positional[0])][-2:]):
        literal = engine.literal(name)
        owners: Alternatives = (Alternative(owner, choices),)
        for part in literal.split(".") if literal is not None else ():
            owners = bounded(
                [item for one, ways in owners for item in within(attributes.attribute(engine, one, part, frame), ways)]
            )
        found.extend(owners if literal is not None else [Alternative(UNKNOWN, choices)])
    return bounded(found)
