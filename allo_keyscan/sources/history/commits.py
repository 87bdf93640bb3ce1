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
from allo_keyscan.sources.history.objects import Objects
from allo_keyscan.sources.objects import Missing, read_whole

_HEAD = re.compile(rb"tree ([0-9a-f]+)\n((?:parent [0-9a-f]+\n)*)(?:author .*\n)?(?:committer .*> (-?\d+))?")
_PERSON = re.compile(rb"^(author|tagger|committer) (.*?) ?<(.*?)> (-?\d+) ([+-]\d{4})", re.MULTILINE)
_LINE = re.compile(rb"(?:[0-9a-f]+ )?[a-z]+ (\d+)\n")
_ROW = re.compile(_LINE.pattern + b"(?:%s)?" % _HEAD.pattern)
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


Head = tuple[bytes, bytes, "bytes | None"]
"""Of a commit its tree, the lines that name its parents, and its committer's date in seconds."""


def graph(home: Home, oids: Iterable[str], known: Mapping[str, Head] = MappingProxyType({})) -> Graph:
    """The graph of some commits, of which some heads are `known` already; one that is damaged is left out, as if it
    were not here. Raises GitError."""
    ids: list[str] = []
    trees: list[str] = []
    above: list[list[str]] = []
    dates: list[int] = []
    wanted = list(oids)
    todo = [oid for oid in wanted if oid not in known]
    parts = [todo[first : first + _AT_ONCE] for first in range(0, len(todo), _AT_ONCE)]
    heads = {**known, **dict(_heads(home, parts))}
    for oid in wanted:
        if oid not in heads:
            continue
        tree, parents, date = heads[oid]
        ids.append(oid)
        trees.append(tree.decode("ascii"))
        above.append(parents.decode("ascii").split()[1::2] if parents else [])
        dates.append(int(date or 0))
    return _sorted(ids, trees, above, dates)


def passed(objects: Objects) -> dict[str, Head]:
    """The heads of the commits that passed by when the objects of a repository were read."""
    found: dict[str, Head] = {}
    for first, last, data in objects.passed:
        heads = _parsed(data)
        if len(heads) == last - first:
            found.update((objects.id(number), head) for number, head in enumerate(heads, first) if head is not None)
    return found


def _heads(home: Home, parts: list[list[str]]) -> Iterator[tuple[str, Head]]:
    """Tree, parents and date of the commits among some objects, part by part: git writes one while another is read."""
    ahead: list[Child] = []
    try:
        for number, oids in enumerate(parts):
            while len(ahead) < 2 and number + len(ahead) < len(parts):
                ahead.append(_written(home, parts[number + len(ahead)]))
            code, data, _ = ahead.pop(0).collect()
            heads = [] if code else _parsed(data)
            if len(heads) == len(oids):
                yield from ((oid, head) for oid, head in zip(oids, heads, strict=True) if head is not None)
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
        found = None if isinstance(one, Missing) else _HEAD.match(one.data)
        if found is not None:
            yield oid, (found[1], found[2], found[3])


def _parsed(data: bytes) -> list[Head | None]:
    """The head of each object in what `cat-file --batch` wrote, up to one that it could not read."""
    found: list[Head | None] = []
    at, row = 0, _ROW.match
    while match := row(data, at):
        size, tree, parents, date = match.groups()
        found.append((tree, parents, date) if tree else None)
        at = match.end(1) + 2 + int(size)
    return found


def _sorted(ids: list[str], trees: list[str], above: list[list[str]], dates: list[int]) -> Graph:
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
