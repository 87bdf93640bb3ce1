"""The graph of commits, read from the commits themselves: no grafts, no replacements, no commit-graph file."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import NamedTuple

from allo_keyscan.model import Commit
from allo_keyscan.sources.git import Child
from allo_keyscan.sources.history.home import Home
from allo_keyscan.sources.history.objects import Objects, Segment
from allo_keyscan.sources.objects import Missing, read_whole

_HEAD = re.compile(r"tree ([0-9a-f]+)\n((?:parent [0-9a-f]+\n)*)(?:author .*\n)?(?:committer .*> (-?[0-9]+))?")
_PERSON = re.compile(rb"^(author|tagger|committer) (.*?) ?<(.*?)> (-?\d+) ([+-]\d{4})", re.MULTILINE)
_ROW = re.compile(rf"(?:[0-9a-f]+ )?[a-z]+ ([0-9]+)\n(?:{_HEAD.pattern})?")
_SUBJECT = 100
_AT_ONCE = 8000
"""Commits in memory at a time."""


class Graph(NamedTuple):
    """Commits by number, every parent before its children, and else by date."""

    ids: list[str]
    trees: list[str]
    parents: list[tuple[int, ...]]
    """Of each commit those that are here, its first parent first."""
    rootless: frozenset[int]
    """Commits whose first parent is not here: what they hold did not begin with them."""
    numbers: dict[str, int]

    def children_first(self) -> Iterator[int]:
        """All numbers, children before their parents."""
        return iter(range(len(self.ids) - 1, -1, -1))


Head = tuple[str, str, "str | None"]
"""Of a commit its tree, the lines that name its parents, and its committer's date in seconds."""


class Step(NamedTuple):
    """A commit whose tree is another than its first parent's; "" is no tree."""

    oid: str
    before: str
    after: str


class Heads(NamedTuple):
    """Commits in the order in which they were asked for, with all their parents, here or not."""

    ids: list[str]
    trees: list[str]
    above: list[list[str]]
    dates: list[int]

    def steps(self) -> list[Step]:
        """Those that change something, by date; of those whose first parent is not here everything is new."""
        trees = dict(zip(self.ids, self.trees, strict=True))
        before = [trees.get(oids[0], "") if oids else "" for oids in self.above]
        order = sorted(range(len(self.ids)), key=self.dates.__getitem__)
        return [
            Step(self.ids[number], before[number], self.trees[number])
            for number in order
            if before[number] != self.trees[number]
        ]


def heads(home: Home, oids: Iterable[str], known: Mapping[str, Head] = MappingProxyType({})) -> Heads:
    """What some commits say of themselves, of which some heads are `known` already; one that is damaged is left out,
    as if it were not here. Raises GitError."""
    wanted = list(oids)
    todo = [oid for oid in wanted if oid not in known]
    parts = [todo[first : first + _AT_ONCE] for first in range(0, len(todo), _AT_ONCE)]
    read = {**known, **dict(_heads(home, parts))} if parts else known
    ids = [oid for oid in wanted if oid in read]
    some = [read[oid] for oid in ids]
    return Heads(
        ids,
        [tree for tree, _, _ in some],
        [parents.split()[1::2] for _, parents, _ in some],
        [int(date or 0) for _, _, date in some],
    )


def graph(home: Home, oids: Iterable[str]) -> Graph:
    """The graph of some commits; one that is damaged is left out, as if it were not here. Raises GitError."""
    return numbered(heads(home, oids))


def passed(objects: Objects) -> dict[str, Head]:
    """The heads of the commits that passed by when the objects of a repository were read."""
    found: dict[str, Head] = {}
    for first, last, data in objects.passed:
        some = _parsed(data)
        if len(some) == last - first:
            ids = objects.lines(Segment(first, last)).decode("ascii").split()
            found.update((oid, head) for oid, head in zip(ids, some, strict=True) if head is not None)
    return found


def _heads(home: Home, parts: list[list[str]]) -> Iterator[tuple[str, Head]]:
    """Tree, parents and date of the commits among some objects, part by part: git writes one while another is read."""
    ahead: list[Child] = []
    try:
        for number, oids in enumerate(parts):
            while len(ahead) < 2 and number + len(ahead) < len(parts):
                ahead.append(_written(home, parts[number + len(ahead)]))
            code, data, _ = ahead.pop(0).collect()
            some = [] if code else _parsed(data)
            if len(some) == len(oids):
                yield from ((oid, head) for oid, head in zip(oids, some, strict=True) if head is not None)
            else:
                yield from _one_by_one(home, oids)
    finally:
        for child in ahead:
            child.close()


def _written(home: Home, oids: list[str]) -> Child:
    """A git that writes some objects, its output taken in meanwhile."""
    child = home.child("cat-file", "--batch", "--buffer", stdin="\n".join((*oids, "")).encode())
    child.gather()
    return child


def _one_by_one(home: Home, oids: list[str]) -> Iterator[tuple[str, Head]]:
    for oid, one in read_whole(oids, home.cwd, own=home.own):
        found = None if isinstance(one, Missing) else _HEAD.match(one.data.decode("latin-1"))
        if found is not None:
            yield oid, (found[1], found[2], found[3])


def _parsed(data: bytes) -> list[Head | None]:
    """The head of each object in what `cat-file --batch` wrote, up to one that it could not read."""
    found: list[Head | None] = []
    at, row, text = 0, _ROW.match, data.decode("latin-1")  # each byte stays where it is
    while match := row(text, at):
        size, tree, parents, date = match.groups()
        found.append((tree, parents, date) if tree else None)
        at = match.end(1) + 2 + int(size)
    return found


def numbered(heads: Heads) -> Graph:
    """The graph of commits whose heads are known."""
    ids, trees, above, dates = heads
    old = dict(zip(ids, range(len(ids)), strict=True))
    parents = [[old[oid] for oid in oids if oid in old] for oids in above]
    order = _order(parents, dates)
    new = [0] * len(ids)
    for place, number in enumerate(order):
        new[number] = place
    rootless = frozenset(new[number] for number, oids in enumerate(above) if oids and oids[0] not in old)
    ids = [ids[number] for number in order]
    return Graph(
        ids,
        [trees[number] for number in order],
        [tuple([new[up] for up in parents[number]]) for number in order],
        rootless,
        dict(zip(ids, range(len(ids)), strict=True)),
    )


def _order(parents: list[list[int]], dates: list[int]) -> list[int]:
    """All numbers, parents before their children and else by date."""
    order = sorted(range(len(dates)), key=dates.__getitem__)
    places = [0] * len(order)
    for place, number in enumerate(order):
        places[number] = place
    if all(places[up] < places[number] for number, ups in enumerate(parents) for up in ups):
        return order
    children: list[list[int]] = [[] for _ in parents]
    waiting = [0] * len(parents)
    for number, ups in enumerate(parents):
        for up in set(ups):
            children[up].append(number)
            waiting[number] += 1
    ready = [(dates[number], number) for number in range(len(parents)) if not waiting[number]]
    heapq.heapify(ready)
    order = []
    while ready:
        number = heapq.heappop(ready)[1]
        order.append(number)
        for child in children[number]:
            waiting[child] -= 1
            if not waiting[child]:
                heapq.heappush(ready, (dates[child], child))
    return order


def described(home: Home, oids: Iterable[str]) -> dict[str, Commit]:
    """Author, date and first line of some commits; of tags, their tagger's. Other objects are left out."""
    found = {}
    for oid, one in read_whole(oids, home.cwd, own=home.own):
        if not isinstance(one, Missing) and one.kind in ("commit", "tag"):
            found[oid] = describe(oid, one.data)
    return found


def describe(oid: str, data: bytes) -> Commit:
    """A commit object as people name it."""
    head, _, message = data.partition(b"\n\n")
    people = {match.group(1): match for match in _PERSON.finditer(head)}
    author = people.get(b"author") or people.get(b"tagger") or people.get(b"committer")
    subject = message.lstrip(b"\n").partition(b"\n")[0].decode("utf-8", "replace")
    if author is None:
        return Commit(oid, "", "", subject[:_SUBJECT])
    name = b"%s <%s>" % (author.group(2), author.group(3))
    return Commit(oid, name.decode("utf-8", "replace"), _date(author.group(4), author.group(5)), subject[:_SUBJECT])


def _date(seconds: bytes, zone: bytes) -> str:
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:])) * (-1 if zone[:1] == b"-" else 1)
    try:
        return datetime.fromtimestamp(int(seconds), timezone(offset)).isoformat()
    except (OverflowError, ValueError, OSError):
        return ""
