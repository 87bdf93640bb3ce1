"""What is told of the calls of one module, or of several: values that one process can hand to another.

The modules of a program are looked at one by one, each as if it were alone, and what each gives is taken in in their
order. So it makes no difference which process looks at which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from allo_keyscan.calls.outcome import ModuleCalls, Open
from allo_keyscan.calls.spans import Span
from allo_keyscan.model import Call, Remark, Skipped

Mark = tuple[str, str, int] | str | None
"""A constant or a call by its module's path, what it is, and its number there; or a text."""


@dataclass(slots=True)
class Told:
    """Calls, open calls and remarks, each by what makes it one and the same; and what the search learnt on the way."""

    calls: dict[tuple[object, ...], Call] = field(default_factory=dict)
    unresolved: dict[tuple[str, Span], Open] = field(default_factory=dict)
    remarks: dict[tuple[object, ...], Remark] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    """The paths of files that send to a server that is not known."""
    claimed: set[Mark] = field(default_factory=set)
    """What stands in the URLs of what is told of."""
    loaded: tuple[str, ...] = ()
    """Modules that were read on the way, in that order."""
    unparsed: dict[str, Skipped] = field(default_factory=dict)
    """Those that could not be."""

    def add_call(self, identity: tuple[object, ...], made: Call) -> None:
        """One entry a call: the first, or the first that is definite."""
        known = self.calls.get(identity)
        if known is None or (known.certainty == "possible" and made.certainty == "definite"):
            self.calls[identity] = made

    def add_open(self, place: tuple[str, Span], one: Open) -> None:
        """One entry a place: of several reasons the one that says most."""
        known = self.unresolved.get(place)
        if known is None or _says(one) > _says(known):
            self.unresolved[place] = one

    def take(self, other: Told) -> None:
        """Take in what is told of the next module."""
        for identity, made in other.calls.items():
            self.add_call(identity, made)
        for place, one in other.unresolved.items():
            self.add_open(place, one)
        for identity, said in other.remarks.items():
            self.remarks.setdefault(identity, said)
        self.lost |= other.lost
        self.claimed |= other.claimed
        self.unparsed |= other.unparsed

    def sorted(self) -> ModuleCalls:
        """The answer, in the order of places."""
        return ModuleCalls(
            tuple(sorted(self.calls.values(), key=call_order)),
            tuple(sorted(self.unresolved.values(), key=_open_order)),
            tuple(self.unparsed[path] for path in sorted(self.unparsed)),
            tuple(sorted(self.remarks.values(), key=lambda remark: (call_order(remark.call), remark.kind))),
        )


def call_order(call: Call) -> tuple[object, ...]:
    """The order calls are reported in."""
    return (call.path, call.line, call.column, call.method, call.endpoint or "", call.url, call.key or "")


def _open_order(item: Open) -> tuple[object, ...]:
    return (item.call.path, item.call.line, item.call.reason, item.key or "")


def _says(one: Open) -> tuple[int, str]:
    return len(one.call.reason), one.call.reason


Share = Callable[[int, Callable[[int], Told]], Iterable[Told]]
"""Has something done for each number below one, by whichever processes; the results in the order of the numbers."""


def alone(count: int, work: Callable[[int], Told]) -> Iterable[Told]:
    """Everything in this process."""
    return map(work, range(count))
