"""What is said of a key's life: the commits between which it lives, and the refs that lead to those."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from allo_keyscan.model import Commit, Finding, Held, Life, Origin
from allo_keyscan.scan.history.search import AS_PYTHON
from allo_keyscan.scan.history.trace import Sight, Stay, Trail
from allo_keyscan.sources import git
from allo_keyscan.sources.history.commits import described
from allo_keyscan.sources.history.home import Home
from allo_keyscan.sources.history.refs import Ref

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
        refs: list[Ref],
        reach: Mapping[int, list[Ref]],
    ) -> None:
        self._home = home
        self._trail = trail
        self._when = when
        self._reach = reach
        self._refs_of: dict[str, list[Ref]] = {}
        """Refs by the id of what they lead to, by that of their tag, and by their own path."""
        for ref in refs:
            for name in {ref.oid, ref.tag or ref.oid, f".git/{ref.full}"}:
                self._refs_of.setdefault(name, []).append(ref)
        self._tips = _tips(trail, groups, refs)
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
        refs = {ref: None for number in begun for ref in self._reach.get(number, ())}
        for name in (*sorted(oids), *(one.origin.path for one in findings)):
            refs |= dict.fromkeys(self._refs_of.get(name, ()))
        tips = [ref for ref in self._tips.get(key, ()) if ref in refs]
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
            branches=_names(refs, "branch", "head"),
            tags=_names(refs, "tag"),
            remotes=_names(refs, "remote"),
            others=_names(refs, "stash", "note", "other") or _names(refs, "reflog")[:3],
            tips=_names(tips, "branch", "head", "tag", "remote", "stash", "note", "other"),
            places=tuple(places[name] for name in sorted(places)),
        )


def _tips(trail: Trail, groups: Mapping[Sight, list[str]], refs: Iterable[Ref]) -> dict[str, list[Ref]]:
    """For each name of a group of sights the refs whose own commit holds it."""
    named: dict[frozenset[Sight], frozenset[str]] = {}
    found: dict[str, list[Ref]] = {}
    for ref in refs:
        number = trail.graph.numbers.get(ref.oid)
        if number is None or not (state := trail.held[number]):
            continue
        if state not in named:
            named[state] = frozenset(name for sight in state for name in groups.get(sight, ()))
        for name in named[state]:
            found.setdefault(name, []).append(ref)
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


def _names(refs: Iterable[Ref], *kinds: str) -> tuple[str, ...]:
    return tuple(sorted({ref.name for ref in refs if ref.kind in kinds}))
