"""URLs with holes -> hosts, paths and the API's endpoints.

A path is matched segment by segment, literals before parameters. A hole fills a `{parameter}` and nothing else: an
unknown stretch where an endpoint's path has a word decides nothing.
"""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from allo_keyscan.calls.domain import Hole, Part, Text
from allo_keyscan.catalog.api import ApiRules, Endpoint

Segment = tuple[Part, ...]
HostKind = Literal["api", "other", "unknown"]


@dataclass(frozen=True, slots=True)
class Url:
    """A URL taken apart.

    `segments` is None where the path begins inside a hole (`base + path`). `base` is the hole that stands for an
    unknown host; `relative` says there is no host at all.
    """

    host: HostKind
    base: Hole | None
    relative: bool
    segments: tuple[Segment, ...] | None

    @property
    def literal(self) -> bool:
        """Whether the whole path is known."""
        return self.segments is not None and all(isinstance(part, str) for segment in self.segments for part in segment)

    def shown(self) -> str:
        """The path with `{}` for what is not known."""
        segments = self.segments or ()
        return "".join("/" + "".join(part if isinstance(part, str) else "{}" for part in item) for item in segments)


class Route(NamedTuple):
    """An endpoint a path comes to; not `sure` where only the path's end, or a likely reading of it, says so."""

    endpoint: Endpoint
    sure: bool


def shown(text: Text) -> str:
    """A URL as reports show it: `{}` for each hole, without query, fragment and user information."""
    whole = "".join(part if isinstance(part, str) else "{}" for part in text.filled().parts)
    whole = whole.partition("#")[0].partition("?")[0]
    scheme, separator, rest = whole.partition("://")
    if separator and "@" in rest.partition("/")[0]:
        rest = rest.partition("@")[2]
    return f"{scheme}{separator}{rest}"


def take_apart(text: Text, rules: ApiRules) -> Url:
    """A URL's host and path."""
    parts = list(text.filled().parts)
    if not parts:
        return Url("unknown", None, True, ())
    first = parts[0]
    if isinstance(first, Hole):
        rest = parts[1:]
        if not rest or not isinstance(rest[0], str):
            return Url("unknown", first, False, None)
        if rest[0][0] not in "/?#":
            rest[0] = "/" + rest[0]
        return Url("unknown", first, False, _segments(rest))
    lowered = first.lstrip().lower()
    if not lowered.startswith(("http://", "https://")):
        return Url("unknown", None, True, _segments(["/" + first.lstrip().lstrip("/"), *parts[1:]]))
    authority = first.lstrip()[lowered.index("://") + 3 :]
    cut = min((authority.find(mark) for mark in "/?#" if mark in authority), default=-1)
    if cut < 0 and len(parts) > 1:
        return _host_in_hole(authority, parts, rules)
    host = authority if cut < 0 else authority[:cut]
    path = "" if cut < 0 else authority[cut:]
    return Url(_kind(host, rules), None, False, _segments([path, *parts[1:]]))


def _host_in_hole(authority: str, parts: list[Part], rules: ApiRules) -> Url:
    """`https://{host}/path`, `https://host:{port}/path`, or a whole host and then a path that is a hole."""
    hole = parts[1] if isinstance(parts[1], Hole) else None
    behind = parts[2] if len(parts) > 2 else None
    if authority.endswith(":") and isinstance(behind, str) and "/" in behind:
        return Url(_kind(authority, rules), None, False, _segments([behind[behind.index("/") :], *parts[3:]]))
    if authority and (_kind(authority, rules) == "api" or "." in authority.rstrip(".")):
        return Url(_kind(authority, rules), None, False, None)
    rest = parts[2:]
    known = bool(rest) and isinstance(rest[0], str)
    return Url("unknown", hole, False, _segments(rest) if known else None)


def _kind(authority: str, rules: ApiRules) -> HostKind:
    host = authority.rpartition("@")[2].partition(":")[0].lower().rstrip(".")
    return "api" if host in rules.api_hosts else "other"


def _segments(parts: list[Part]) -> tuple[Segment, ...]:
    """The segments of a path: no query, no fragment, no empty ones."""
    segments: list[list[Part]] = [[]]
    for part in parts:
        if isinstance(part, Hole):
            segments[-1].append(part)
            continue
        end = min((part.find(mark) for mark in "?#" if mark in part), default=len(part))
        first, *others = part[:end].split("/")
        if first:
            segments[-1].append(urllib.parse.unquote(first))
        segments.extend([urllib.parse.unquote(piece)] if piece else [] for piece in others)
        if end < len(part):
            break
    return tuple(tuple(segment) for segment in segments if segment)


def aside(url: Url, rules: ApiRules) -> bool:
    """Whether the path is on the API's host and no API operation (OAuth, recordings)."""
    path = url.shown() + "/"
    return any(path.startswith(prefix) for rule in rules.asides for prefix in rule.prefixes)


def match(url: Url, method: str | None, rules: ApiRules, *, tail: bool = False) -> list[Route]:
    """The endpoints a path comes to; with `tail`, those whose path ends like it. A method of None is any."""
    segments = url.segments
    if not segments:
        return []
    found: list[tuple[tuple[int, ...], Route]] = []
    for endpoint in rules.endpoints:
        if method is not None and endpoint.method != method:
            continue
        wanted = endpoint.segments
        if tail and len(wanted) > len(segments):
            wanted = wanted[-len(segments) :]
            if wanted[0].startswith("{"):
                continue
        elif len(wanted) != len(segments):
            continue
        ranks = [
            _fits(want, segment, number == len(wanted) - 1)
            for number, (want, segment) in enumerate(zip(wanted, segments, strict=True))
        ]
        if None not in ranks:
            exact = tuple(rank or 0 for rank in ranks)
            whole = len(wanted) == len(endpoint.segments)
            found.append((exact, Route(endpoint, whole and max(exact) < 2)))
    if not found:
        return []
    if tail:
        return [route for _, route in found]
    best = min(rank for rank, _ in found)
    return [route for rank, route in found if rank == best]


def _fits(want: str, segment: Segment, last: bool) -> int | None:
    """How a segment fits an endpoint's: 0 word for word, 1 as a parameter, 2 as a likely reading, None not at all."""
    literal = segment[0] if len(segment) == 1 and isinstance(segment[0], str) else None
    if want.startswith("{"):
        holes = sum(isinstance(part, Hole) for part in segment)
        adjacent = any(isinstance(a, Hole) and isinstance(b, Hole) for a, b in pairwise(segment))
        return 2 if adjacent and holes > 1 else 1
    if literal == want:
        return 0
    query = last and len(segment) == 2 and segment[0] == want and isinstance(segment[1], Hole)
    return 2 if query else None
