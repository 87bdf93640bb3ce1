"""Objects that Python's own modules made: their attributes, and what `with` binds of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allo_keyscan.calls import attributes, objects, options, written
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import (
    UNKNOWN,
    Alternative,
    Alternatives,
    Frame,
    Instance,
    Made,
    Mapping,
    Unknown,
    Value,
    bounded,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

# Context managers that bind what they were given.
_NAMESPACES = ("types.SimpleNamespace", "argparse.Namespace", "threading.local")
_ENTERED = ("contextlib.closing", "contextlib.aclosing", "contextlib.nullcontext")


def attribute(engine: Engine, value: Made, name: str, frame: Frame, site: f.Site | None) -> Alternatives | None:
    """An attribute of what argparse read, or of a namespace: as it was given, or set since."""
    if value.path.endswith(options.PARSED):
        return options.parsed(engine, value, name, frame)
    if value.path not in _NAMESPACES:
        return None
    item = None
    if value.call is not None and value.frame is not None:
        args = objects.given(engine, value.call, value.frame)
        item = args.named.get(name)
        for mapping in args.positional:  # a dict, since Python 3.13
            inner = engine.force(mapping)[0].value
            entries = inner.entries if isinstance(inner, Mapping) else ()
            item = next((one for key, one in entries if key == name), item)
    first = list(engine.force(item)) if item is not None else []
    now = tuple(written.moments(site, frame))
    later = written.since(engine, name, lambda write: _into(engine, write, value, frame), now)
    return bounded(later.beside(first))


def _into(engine: Engine, write: f.Write, value: Made, frame: Frame) -> Frame | None:
    place = written.running(write.site.scope, frame) or engine.base(frame)
    targets = [target for target, _ in engine.evaluate(write.target, place) if isinstance(target, Made)]
    return place if any(objects.same_made(target, value) for target in targets) else None


def within(engine: Engine, value: Value, frame: Frame) -> Alternatives:
    """What a context manager binds: what its `__enter__` gives, where this program defines it; else itself."""
    if isinstance(value, Made) and value.path in _ENTERED and value.call is not None and value.frame is not None:
        held = objects.given(engine, value.call, value.frame).at(0, "thing")
        return engine.force(held) if held is not None else (Alternative(UNKNOWN),)
    if isinstance(value, Instance):
        methods = (attributes.defined(engine, value, name, frame) for name in ("__enter__", "__aenter__"))
        method = next((one for one in methods if one is not None), None)
        if method is not None and objects.may_enter(engine, method.scope, frame):
            inner = objects.method_frame(engine, value, method.scope, frame)
            found = [item for _, result in method.scope.returns for item in engine.evaluate(result, inner)]
            known = [item for item in found if not isinstance(item.value, Unknown)]
            if known:
                return bounded(known)
    return (Alternative(value),)
