"""What statements assign to an attribute of one object, as far as control has come where it is read.

`client.base_url = …` counts from there on in the function it stands in, until the next one. From anywhere else it may
have happened or not, so it stands beside what the object was made with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import names
from allo_keyscan.calls.domain import Alternative, Choice, Frame, under, within

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine


class Since(NamedTuple):
    """Values assigned since an object was made; `before` says whether the value it was made with may still be there."""

    found: list[Alternative]
    before: bool

    def beside(self, first: list[Alternative]) -> list[Alternative]:
        """All an attribute may be, where `first` is what it was made with."""
        if not self.before or not first:
            return [Alternative(self.found[0].value)] if len(self.found) == 1 else self.found
        if not self.found:
            return first
        fork = self.found[0]
        return [*self.found, *(item for one in first for item in under((one,), Choice(fork, 0, False)))]


def moments(site: f.Site | None, frame: Frame | None) -> Iterator[f.Site]:
    """Where control stands in each function that is running: at a site, and at the calls that led there."""
    if site is not None:
        yield site
    while frame is not None:
        if frame.call is not None:
            yield frame.call.site
            frame = frame.caller
        else:
            frame = frame.parent


def running(scope: f.Scope, frame: Frame | None) -> Frame | None:
    """The frame of a function that is running where control stands in `frame`."""
    while frame is not None and frame.scope is not scope:
        frame = frame.caller if frame.call is not None else frame.parent
    return frame


def since(engine: Engine, name: str, of: Callable[[f.Write], Frame | None], now: tuple[f.Site, ...]) -> Since:
    """What is assigned to the attribute of an object; `of` gives the frame of a statement that assigns to this very
    object, None for the others."""
    found: list[Alternative] = []
    written: dict[f.Scope, list[tuple[f.Write, Frame]]] = {}
    for write in engine.mutations.set.get(name, ()):
        frame = of(write)
        if frame is not None:
            written.setdefault(names.executing(write.site.scope), []).append((write, frame))
    for scope, writes in written.items():
        site = next((site for site in now if names.executing(site.scope) is scope), None)
        if site is None:
            for write, frame in writes:
                found.extend(under(engine.evaluate(write.value, frame), Choice(write, 0, False)))
            continue
        frames = {id(write.value): frame for write, frame in writes}
        bindings = [f.Binding(write.site, write.value) for write, _ in writes]
        reached = names.among(bindings, scope, site, initial=True)
        here = [
            item
            for binding, choices in reached.bindings
            for item in within(engine.evaluate(binding.value, frames[id(binding.value)]), choices)
        ]
        if not reached.initial:
            return Since(here, before=False)
        found.extend(here)
    return Since(found, before=True)
