"""The graph of commits, read from the commits themselves: no grafts, no replacements, no commit-graph file."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from allo_keyscan.model import Commit
from allo_keyscan.sources.history.home import Home
from allo_keyscan.sources.objects import Missing, read_whole

_HEAD = re.compile(rb"tree ([0-9a-f]+)\n((?:parent [0-9a-f]+\n)*)(?:author .*\n)?(?:committer .*> (-?\d+))?")
_PERSON = re.compile(rb"^(author|tagger|committer) (.*?) ?<(.*?)> (-?\d+) ([+-]\d{4})", re.MULTILINE)
_LINE = re.compile(rb"[0-9a-f]+ [a-z]+ (\d+)\n")
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


def graph(home: Home, oids: Iterable[str]) -> Graph:
    """The graph of some commits; one that is damaged is left out, as if it were not here. Raises GitError."""
    ids, trees, above, dates = [], [], [], []
    for oid, match in _heads(home, list(oids)):
        ids.append(oid)
        trees.append(match.group(1).decode("ascii"))
        above.append(match.group(2).split()[1::2])
        dates.append(int(match.group(3) or 0))
    return _sorted(ids, trees, above, dates)


def _heads(home: Home, oids: list[str]) -> Iterator[tuple[str, re.Match[bytes]]]:
    """The commits among some objects, each with its head; one by one only where they are not all to be had at once."""
    for first in range(0, len(oids), _AT_ONCE):
        batch = oids[first : first + _AT_ONCE]
        code, data, _ = home.child("cat-file", "--batch", "--buffer", stdin="\n".join((*batch, "")).encode()).collect()
        heads = {} if code else dict(zip(batch, _parsed(data), strict=False))
        if len(heads) == len(batch):
            yield from ((oid, head) for oid, head in heads.items() if head is not None)
            continue
        for oid, one in read_whole(batch, home.cwd, own=home.own):
            found = None if isinstance(one, Missing) else _HEAD.match(one.data)
            if found is not None:
                yield oid, found


def _parsed(data: bytes) -> Iterator[re.Match[bytes] | None]:
    """The head of each object in what `cat-file --batch` wrote, up to one that it could not read."""
    at = 0
    while line := _LINE.match(data, at):
        yield _HEAD.match(data, line.end())
        at = line.end() + int(line.group(1)) + 1


def _sorted(ids: list[str], trees: list[str], above: list[list[bytes]], dates: list[int]) -> Graph:
    old = {oid.encode("ascii"): number for number, oid in enumerate(ids)}
    parents = [[old[oid] for oid in oids if oid in old] for oids in above]
    children: list[list[int]] = [[] for _ in ids]
    waiting = [0] * len(ids)
    for number, ups in enumerate(parents):
        for up in set(ups):
            children[up].append(number)
            waiting[number] += 1
    ready = [(dates[number], number) for number in range(len(ids)) if not waiting[number]]
    heapq.heapify(ready)
    order: list[int] = []
    new = [0] * len(ids)
    while ready:
        number = heapq.heappop(ready)[1]
        new[number] = len(order)
        order.append(number)
        for child in children[number]:
            waiting[child] -= 1
            if not waiting[child]:
                heapq.heappush(ready, (dates[child], child))
    rootless = frozenset(new[number] for number in order if above[number] and above[number][0] not in old)
    return Graph(
        [ids[number] for number in order],
        [trees[number] for number in order],
        [tuple(new[up] for up in parents[number]) for number in order],
        rootless,
        {ids[number]: place for place, number in enumerate(order)},
    )


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
