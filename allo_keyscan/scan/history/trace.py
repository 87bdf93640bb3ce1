"""Where keys live: objects and their names in trees -> the commits that hold them, and the refs that reach those.

What a commit's tree holds of the wanted objects is what its first parent's holds, less what was taken away and more
what was added: exact for merges too, and nothing of a commit is read but the ids in its trees.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from operator import attrgetter
from typing import NamedTuple

from allo_keyscan.sources.history.changes import Change
from allo_keyscan.sources.history.commits import Graph, Step
from allo_keyscan.sources.history.refs import Kind, Ref

Sight = tuple[str, str]
"""An object's id and a path at which a tree holds it."""

_NOTHING: frozenset[Sight] = frozenset()

Kinds = tuple[Kind, ...]
BRANCHES: Kinds = ("branch", "head")
TAGS: Kinds = ("tag",)
REMOTES: Kinds = ("remote",)
OTHERS: Kinds = ("stash", "note", "other")
LOGS: Kinds = ("reflog",)
GROUPS = (BRANCHES, TAGS, REMOTES, OTHERS, LOGS)
"""Every kind of ref, in the groups that a report names."""

_name = attrgetter("name")
_DIGITS = bytes.maketrans(b"01", b"\0\1")


class Trail(NamedTuple):
    """What each commit holds of the wanted objects; `whole` is false where some trees could not be read."""

    graph: Graph
    held: list[frozenset[Sight]]
    whole: bool

    def sights(self) -> set[Sight]:
        """Every object at every path."""
        return set().union(*set(self.held))


class Stay(NamedTuple):
    """The commits (by number) in which something begins to stand, and the last one that holds it."""

    begun: tuple[int, ...]
    last: int


def follow(graph: Graph, steps: Iterable[Step], found: Iterable[Sequence[Change]], *, whole: bool) -> Trail:
    """Where some objects stand in the trees of all commits, from what each step `found` changes of them."""
    above = [ups[0] if ups and number not in graph.rootless else -1 for number, ups in enumerate(graph.parents)]
    numbers = graph.numbers
    events = {numbers[step.oid]: some for step, some in zip(steps, found, strict=True) if some}
    held: list[frozenset[Sight]] = []
    for number, up in enumerate(above):
        state = held[up] if up >= 0 else _NOTHING
        if number in events:
            gone = {_sight(one.oid, one.path) for one in events[number] if not one.added}
            come = {_sight(one.oid, one.path) for one in events[number] if one.added}
            state = state - gone | come
        held.append(state)
    return Trail(graph, held, whole)


def _sight(oid: str, path: bytes) -> Sight:
    return oid, path.decode("utf-8", "surrogateescape")


def stays(trail: Trail, groups: Mapping[Sight, Sequence[str]]) -> dict[str, Stay]:
    """For each name of a group of sights when it stood in a tree; `groups` are the names that each sight belongs to."""
    named: dict[frozenset[Sight], frozenset[str]] = {}
    latest: dict[frozenset[Sight], int] = {}
    begun: dict[str, list[int]] = {}
    for number, state in enumerate(trail.held):
        latest[state] = number
        if state not in named:
            named[state] = frozenset(name for sight in state for name in groups.get(sight, ()))
        ups = trail.graph.parents[number]
        if not named[state] or (len(ups) == 1 and trail.held[ups[0]] is state):
            continue
        for name in named[state].difference(*(named[trail.held[up]] for up in ups)):
            begun.setdefault(name, []).append(number)
    last: dict[str, int] = {}
    for state, number in latest.items():
        for name in named[state]:
            last[name] = max(number, last.get(name, -1))
    return {name: Stay(tuple(numbers), last[name]) for name, numbers in begun.items()}


class Refs:
    """Refs as the bits of numbers: of thousands of refs each of many keys has its own set."""

    def __init__(self, refs: Iterable[Ref]) -> None:
        groups = {kinds: sorted((ref for ref in refs if ref.kind in kinds), key=_name) for kinds in GROUPS}
        self.all = [ref for some in groups.values() for ref in some]
        """The first one is the lowest bit."""
        self._spans: dict[Kinds, tuple[int, list[str]]] = {}
        low = 0
        for kinds, some in groups.items():
            self._spans[kinds] = (low, [ref.name for ref in some])
            low += len(some)

    def names(self, bits: int, kinds: Kinds) -> tuple[str, ...]:
        """The names of the refs of some kinds in a set, sorted."""
        low, names = self._spans[kinds]
        digits = f"{bits >> low & (1 << len(names)) - 1:0{len(names)}b}".encode("ascii").translate(_DIGITS)
        return tuple(dict.fromkeys(compress(names, reversed(digits))))


def reaching(graph: Graph, refs: Sequence[Ref], numbers: Iterable[int]) -> dict[int, int]:
    """For each of some commits the refs from which it can be reached, as bits: the first one is the lowest."""
    wanted = frozenset(numbers)
    if not wanted:
        return {}
    masks: dict[int, int] = {}
    for place, ref in enumerate(refs):
        number = graph.numbers.get(ref.oid)
        if number is not None:
            masks[number] = masks.get(number, 0) | 1 << place
    found: dict[int, int] = {}
    for number in graph.children_first():
        mask = masks.pop(number, 0)
        if number in wanted:
            found[number] = mask
        if mask:
            for up in graph.parents[number]:
                masks[up] = masks.get(up, 0) | mask
    return found
