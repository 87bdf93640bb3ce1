"""Findings at ids of objects -> findings at paths, each with the life of its key: commits, refs, index, work tree."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

from allo_keyscan.model import Finding, Origin, Report, Skipped
from allo_keyscan.scan.blob import Tally
from allo_keyscan.scan.history.advice import IN_NAME, Standing, advice
from allo_keyscan.scan.history.search import AS_PYTHON, entries
from allo_keyscan.scan.history.teller import OBJECTS, Teller, oid_of, place_of
from allo_keyscan.scan.history.trace import Sight, Stay, Trail, follow, stays
from allo_keyscan.scan.places import is_python
from allo_keyscan.scan.reading import Reader
from allo_keyscan.sources import git
from allo_keyscan.sources.history.changes import Comparing
from allo_keyscan.sources.history.commits import Heads, numbered
from allo_keyscan.sources.history.home import Home
from allo_keyscan.sources.history.index import Index
from allo_keyscan.sources.history.paths import first_paths
from allo_keyscan.sources.history.refs import Ref
from allo_keyscan.sources.objects import Missing, read_blobs, read_whole

_UNUSED = "unused-ignore"
_HEAD = 8000
"""Bytes in which a zero means that a file is no text: git's own measure, and that of git filter-repo."""


class _Known(NamedTuple):
    """What the search gave of one object: the keys that stand in it, and those only Python's meaning shows."""

    keys: frozenset[str]
    assembled: frozenset[str]


class Names(NamedTuple):
    """Findings at paths: the sights they were seen at, what to say of them, and what could not be read."""

    findings: list[Finding]
    skipped: list[Skipped]


def tell(
    home: Home,
    commits: Callable[[], Heads],
    refs: list[Ref],
    index: Index,
    reader: Reader,
    jobs: int,
    found: Tally,
    beside: Tally,
) -> Names:
    """What the search of objects (`found`) and of files beside them gave, told at paths and with its life.

    `commits` is asked for all of them where there is something to tell. Raises GitError.
    """
    if not (found.findings or beside.findings or any(_as_python(skip.path) for skip in found.skipped)):
        unread = {oid_of(skip.path) for skip in found.skipped}
        paths = sorted(first_paths(home, unread).items()) if unread else []
        return Names([], [*beside.skipped, *_told(found.skipped, paths, index.paths)])
    return _Lives(home, commits(), refs, index, reader, jobs).tell(found, beside)


class _Lives:
    def __init__(self, home: Home, commits: Heads, refs: list[Ref], index: Index, reader: Reader, jobs: int) -> None:
        self._home = home
        self._reader = reader
        self._refs = refs
        self._jobs = jobs
        self._commits = commits
        self._index = index
        self._binary: set[str] = set()

    def tell(self, found: Tally, beside: Tally) -> Names:
        known = _known(found.findings)
        kinds = self._kinds({*known, *(oid_of(skip.path) for skip in found.skipped)})
        labels = self._name_labels([oid for oid, kind in kinds.items() if kind == "tree" and oid in known])
        wanted = {oid for oid, kind in kinds.items() if kind not in ("tree", "commit", "tag")}
        trail = self._follow({*wanted, *(oid for oid, _ in labels)})
        sights = sorted(trail.sights())
        groups = _groups(sights, known, labels)
        when = stays(trail, groups)
        findings = self._named(sights, groups, when, known, kinds)
        skipped = [*beside.skipped, *_told(found.skipped, sights, self._index.paths)]
        if not trail.whole:
            reason = "damaged trees: which commits hold a key is not known for all of them"
            skipped.append(Skipped(".git/objects", reason))
        named = {(one.key, one.origin.path) for one in findings}
        findings += [one for one in beside.findings if (one.key, one.origin.path) not in named]
        return Names(self._with_lives(findings, trail, groups, when, known), skipped)

    def _follow(self, oids: Collection[str]) -> Trail:
        steps = self._commits.steps()
        comparing = Comparing(self._home, [(step.before, step.after) for step in steps], oids, self._jobs)
        graph = numbered(self._commits)  # while git compares
        found, whole = comparing.end()
        return follow(graph, steps, found, whole=whole)

    def _kinds(self, oids: Iterable[str]) -> dict[str, str]:
        lines = "".join(f"{oid}\n" for oid in sorted(oids)).encode("ascii")
        output = self._home.run("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=lines)
        pairs = (line.split() for line in output.decode("ascii", "replace").splitlines())
        return {pair[0]: pair[1] for pair in pairs}

    def _name_labels(self, trees: list[str]) -> dict[Sight, list[str]]:
        """Names in trees that hold keys: the id that a name stands for, and the name, with the keys in it."""
        labels: dict[Sight, list[str]] = {}
        for _, one in read_whole(trees, self._home.cwd, own=self._home.own):
            if isinstance(one, Missing):
                continue
            for name, oid in entries(one.data, self._home.width):
                part = Tally()
                self._reader.text(name, Origin(""), part)
                if part.findings:
                    labels[oid, os.fsdecode(name)] = [finding.key for finding in part.findings]
        return labels

    def _named(
        self,
        sights: list[Sight],
        groups: Mapping[Sight, list[str]],
        when: Mapping[str, Stay],
        known: Mapping[str, _Known],
        kinds: Mapping[str, str],
    ) -> list[Finding]:
        """Each key at each path, read again where it stood first: a verdict may depend on the path."""
        first: dict[tuple[str, str], tuple[int, str]] = {}
        named = set()
        for oid, path in sights:
            if oid not in known:
                continue
            named.add(oid)
            for key in known[oid].keys | (known[oid].assembled if is_python(path, b"") else frozenset()):
                begun = (when[_sight(oid, path)].begun[0], oid)
                first[key, path] = min(begun, first.get((key, path), begun))
        todo: dict[str, dict[str, set[str]]] = {}
        for (key, path), (_, oid) in first.items():
            todo.setdefault(oid, {}).setdefault(path, set()).add(key)
        for oid, one in known.items():
            if oid not in named and kinds.get(oid) != "tree":
                for path in self._index.paths.get(oid, [OBJECTS + oid]):
                    todo.setdefault(oid, {})[path] = set(one.keys | one.assembled)
        found = list(self._read_again(todo))
        for oid, path in sights:
            label = groups.get((oid, path))
            if label and any(name.startswith(IN_NAME) for name in label):
                part = Tally()
                self._reader.text(os.fsencode(path), Origin(path), part)
                found += in_name(part.findings)
        return found

    def _read_again(self, todo: Mapping[str, Mapping[str, set[str]]]) -> Iterator[Finding]:
        for oid, one in read_blobs(todo, self._home.cwd, own=self._home.own):
            if isinstance(one, Missing):
                continue
            pieces = tuple(one.pieces(max(one.size, 1))) if len(todo[oid]) > 1 or one.kind != "blob" else None
            for path, keys in todo[oid].items():
                part, done = Tally(), set()
                with suppress(git.GitError):  # of a damaged object as much as the search itself could read
                    if pieces is not None and one.kind != "blob":
                        self._reader.text(b"".join(pieces), Origin(path), part)
                    else:
                        source = one.pieces() if pieces is None else iter(pieces)
                        self._reader.stream(self._noted(source, path), Origin(path), part)
                for finding in part.findings:
                    if finding.key in keys and (finding.rule, finding.key, finding.origin) not in done:
                        done.add((finding.rule, finding.key, finding.origin))
                        yield finding

    def _noted(self, pieces: Iterator[bytes], path: str) -> Iterator[bytes]:
        """The same pieces; whether they are text is kept, by git's own sign."""
        for number, piece in enumerate(pieces):
            if not number and b"\0" in piece[:_HEAD]:
                self._binary.add(path)
            yield piece

    def _with_lives(
        self,
        findings: list[Finding],
        trail: Trail,
        groups: Mapping[Sight, list[str]],
        when: Mapping[str, Stay],
        known: Mapping[str, _Known],
    ) -> list[Finding]:
        by_key: dict[str, list[Finding]] = {}
        for one in findings:
            by_key.setdefault(one.key, []).append(one)
        objects: dict[str, set[str]] = {}
        for oid, what in known.items():
            for key in what.keys | what.assembled:
                objects.setdefault(key, set()).add(oid)
        graph = trail.graph
        numbers = graph.numbers
        spoken = {key: sorted(numbers[oid] for oid in objects.get(key, ()) if oid in numbers) for key in by_key}
        begun = {key: [*spoken[key], *(when[key].begun if key in when else ())] for key in by_key}
        new = {number for some in begun.values() for number in some}
        teller = Teller(self._home, trail, groups, when, self._refs, new)
        teller.describe(begun, by_key)
        present = self._present(findings)
        roots = {graph.ids[min(some)] for some in begun.values() if some and not graph.parents[min(some)]}
        standing = Standing(teller.head, self._home.root is None, roots, self._binary)
        told = []
        for key, some in by_key.items():
            life = teller.life(key, some, begun[key], objects.get(key, set()))
            staged = any(oid in self._index.paths for oid in objects.get(key, ()))
            staged = staged or any(one.origin.path in self._index.names for one in some if _is_name(one))
            life = life._replace(in_index=staged, in_work_tree=key in present)
            life = life._replace(advice=advice(some, life, standing))
            told += [one._replace(life=life, origin=teller.origin(one)) for one in some]
        return told

    def _present(self, findings: Iterable[Finding]) -> frozenset[str]:
        """The keys that the work tree still has at one of their paths."""
        root = self._home.root
        if root is None:
            return frozenset()
        paths = sorted({one.origin.path for one in findings if not one.origin.path.startswith(".git/")})
        part = Tally()
        self._reader.files([(os.path.join(root, path), path) for path in paths], part)
        return frozenset(one.key for one in part.findings)


def one_per_key(report: Report) -> Report:
    """One finding a rule and key: the one that came first; its life has the others' places."""
    kept: dict[tuple[str, str], Finding] = {}
    for one in report.findings:
        name = (one.rule, one.key or one.fingerprint)
        if name not in kept or _age(one) < _age(kept[name]):
            kept[name] = one
    chosen = {id(one) for one in kept.values()}
    return report._replace(findings=tuple(one for one in report.findings if id(one) in chosen))


def _age(one: Finding) -> tuple[bool, str]:
    commit = one.origin.commit
    same = commit is not None and one.life is not None and one.life.first is not None and commit == one.life.first
    return not same, commit.date if commit else "~"


def unnamed(found: Tally) -> Names:
    """What was found by the time of an interrupt, at the ids of its objects."""
    plain = {(one.key, one.origin.path) for one in found.findings}
    findings = []
    for one in found.findings:
        oid = oid_of(one.origin.path)
        if one.rule != _UNUSED and (oid == one.origin.path or (one.key, oid) not in plain):
            findings.append(one._replace(origin=one.origin._replace(path=OBJECTS + oid)))
    return Names(findings, _told(found.skipped, [], {}))


def search_staged_names(names: Iterable[str], reader: Reader, tally: Tally) -> None:
    """Search the names of files and folders in an index, each by its last part, as those in trees are."""
    for path in sorted(names):
        own, whole = Tally(), Tally()
        reader.text(os.fsencode(path.rpartition("/")[2]), Origin(path), own)
        if own.findings:
            reader.text(os.fsencode(path), Origin(path), whole)
            tally.findings += in_name(whole.findings)


def in_name(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in a path, with words that say so."""
    return [one._replace(message=f"{one.message} ({IN_NAME})") for one in findings]


def _is_name(one: Finding) -> bool:
    return one.message.endswith(f"({IN_NAME})")


def _as_python(path: str) -> bool:
    return path.partition("!")[0].endswith(AS_PYTHON)


def _known(findings: Iterable[Finding]) -> dict[str, _Known]:
    plain: dict[str, set[str]] = {}
    python: dict[str, set[str]] = {}
    for one in findings:
        if one.rule != _UNUSED:
            side = python if one.origin.path.endswith(AS_PYTHON) else plain
            side.setdefault(oid_of(one.origin.path), set()).add(one.key)
    return {
        oid: _Known(frozenset(plain.get(oid, ())), frozenset(python.get(oid, set()) - plain.get(oid, set())))
        for oid in {**plain, **python}
    }


def _sight(oid: str, path: str) -> str:
    return f"object {oid} {path}"


def _groups(
    sights: Iterable[Sight], known: Mapping[str, _Known], labels: Mapping[Sight, list[str]]
) -> dict[Sight, list[str]]:
    """For each sight the names under which its stay is asked for: its keys, its keys at its path, and itself."""
    groups: dict[Sight, list[str]] = {}
    for oid, path in sights:
        names: list[str] = []
        if oid in known:
            keys = known[oid].keys | (known[oid].assembled if is_python(path, b"") else frozenset())
            names += [_sight(oid, path), *keys, *(place_of(key, path) for key in keys)]
        for key in labels.get((oid, os.path.basename(path)), ()):
            names += [IN_NAME, key, place_of(key, path)]
        if names:
            groups[oid, path] = names
    return groups


def _told(skipped: Iterable[Skipped], sights: Iterable[Sight], index: Mapping[str, list[str]]) -> list[Skipped]:
    """What could not be read, at the paths it has; Python that is none by its name was no Python."""
    paths: dict[str, list[str]] = {}
    for oid, path in sights:
        paths.setdefault(oid, []).append(path)
    told = []
    for skip in skipped:
        head, mark, member = skip.path.partition("!")
        oid = oid_of(head)
        named = paths.get(oid) or index.get(oid) or [OBJECTS + oid]
        if _as_python(head):
            named = [path for path in named if is_python(path, b"")]
        told += [skip._replace(path=f"{path}{mark}{member}") for path in named[:3]]
    return list(dict.fromkeys(told))
