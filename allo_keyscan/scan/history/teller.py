"""What is said of a key's life: the commits between which it lives, and the refs that lead to those."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from allo_keyscan.model import Commit, Finding, Held, Life, Origin
from allo_keyscan.scan.history.search import AS_PYTHON
from allo_keyscan.scan.history.trace import (
    BRANCHES,
    LOGS,
    OTHERS,
    REMOTES,
    TAGS,
    Refs,
    Sight,
    Stay,
    Trail,
    reaching,
)
from allo_keyscan.sources import git
from allo_keyscan.sources.history.commits import described
from allo_keyscan.sources.history.home import Home
from allo_keyscan.sources.history.refs import Ref

_NAMED = (BRANCHES, TAGS, REMOTES, OTHERS)

OBJECTS = ".git/objects/"
"""Before the id of an object that has no name; commits and tags among them."""


class Teller:
    """Commits and refs put into words for one key after the other."""

    def __init__(
        self,
        home: Home,
        trail: Trail,
        groups: Mapping[Sight, list[str]],
        when: Mapping[str, Stay],
        refs: Iterable[Ref],
        numbers: Iterable[int],
    ) -> None:
        """`numbers` are the commits that bring a key: by which refs they are reached will be told."""
        self._home = home
        self._trail = trail
        self._when = when
        self._refs = Refs(refs)
        self._reach = reaching(trail.graph, self._refs.all, numbers)
        self._places: dict[str, list[int]] = {}
        """Places of refs by the id of what they lead to, by that of their tag, and by their own path."""
        for place, ref in enumerate(self._refs.all):
            for name in {ref.oid, ref.tag or ref.oid, f".git/{ref.full}"}:
                self._places.setdefault(name, []).append(place)
        self._tips = _tips(trail, groups, self._refs.all)
        self._commits: dict[str, Commit] = {}
        code, said, _ = git.attempt(("rev-parse", "-q", "--verify", "HEAD"), home.cwd, own=home.own)
        self.head = None if code else said.decode("ascii").strip()

    def describe(self, begun: Mapping[str, list[int]], by_key: Mapping[str, list[Finding]]) -> None:
        """Read the commits that will be named, all at once."""
        numbers = {min(some) for some in begun.values() if some}
        for key, some in by_key.items():
            for name in (key, *(place_of(key, one.origin.path) for one in some)):
                if name in self._when:
                    numbers |= {self._when[name].begun[0], self._when[name].last}
        oids = {self._trail.graph.ids[number] for number in numbers}
        oids |= {oid_of(one.origin.path) for some in by_key.values() for one in some if is_object(one.origin.path)}
        self._commits = described(self._home, sorted(oids))

    def _commit(self, number: int) -> Commit | None:
        return self._commits.get(self._trail.graph.ids[number])

    def origin(self, one: Finding) -> Origin:
        """The finding's place, with the commit that brought it there."""
        stay = self._when.get(place_of(one.key, one.origin.path))
        commit = self._commit(stay.begun[0]) if stay else None
        if commit is None and is_object(one.origin.path):
            commit = self._commits.get(oid_of(one.origin.path))
        return one.origin._replace(commit=commit)

    def life(self, key: str, findings: list[Finding], begun: list[int], oids: Iterable[str]) -> Life:
        """Where a key lives, but for index and work tree."""
        bits = 0
        for number in begun:
            bits |= self._reach.get(number, 0)
        for name in (*oids, *(one.origin.path for one in findings)):
            for place in self._places.get(name, ()):
                bits |= 1 << place
        tips = bits & self._tips.get(key, 0)
        names = self._refs.names
        stay = self._when.get(key)
        newest = stay.last if stay else max(begun, default=-1)
        places = {}
        for one in findings:
            here = self._when.get(place_of(key, one.origin.path))
            own = self.origin(one).commit
            first = self._commit(here.begun[0]) if here else own
            last = self._commit(here.last) if here else own
            places[str(one.origin)] = Held(one.origin.path, one.origin.member, first, last)
        return Life(
            first=self._commit(min(begun)) if begun else None,
            last=self._commit(newest) if newest >= 0 else None,
            branches=names(bits, BRANCHES),
            tags=names(bits, TAGS),
            remotes=names(bits, REMOTES),
            others=names(bits, OTHERS) or names(bits, LOGS)[:3],
            tips=tuple(sorted({name for kinds in _NAMED for name in names(tips, kinds)})),
            places=tuple(places[name] for name in sorted(places)),
        )


def _tips(trail: Trail, groups: Mapping[Sight, list[str]], refs: Sequence[Ref]) -> dict[str, int]:
    """For each name of a group of sights the refs whose own commit holds it, as bits."""
    holding: dict[frozenset[Sight], int] = {}
    for place, ref in enumerate(refs):
        number = trail.graph.numbers.get(ref.oid)
        if number is not None and (state := trail.held[number]):
            holding[state] = holding.get(state, 0) | 1 << place
    found: dict[str, int] = {}
    for state, bits in holding.items():
        for name in {name for sight in state for name in groups.get(sight, ())}:
            found[name] = found.get(name, 0) | bits
    return found


def oid_of(path: str) -> str:
    """The id in the path of a finding that has no name yet."""
    return path.removeprefix(OBJECTS).partition("!")[0].removesuffix(AS_PYTHON)


def is_object(path: str) -> bool:
    """Whether the path of a finding is the id of an object that has no name."""
    return path.startswith(OBJECTS)


def place_of(key: str, path: str) -> str:
    """The name under which the stay of a key at a path is asked for."""
    return f"{key} {path}"
