"""What a request is to the API: a call of an endpoint, none of its business, or open, with the reason in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import routes
from allo_keyscan.calls.clients import Request
from allo_keyscan.calls.domain import Choice, Hole
from allo_keyscan.calls.routes import Segment, Url
from allo_keyscan.catalog.api import ApiRules, Endpoint

Hit = tuple[Endpoint | None, bool]
# Endpoints (None: none that is known) with how sure they are; a reason why it is open; None: not the API's.
Verdict = list[Hit] | str | None
MAX_ENDPOINTS = 8
_LONGEST = len("UPDATEREDIRECTREF")  # https://www.iana.org/assignments/http-methods
_PARAMETER = "\x01"
_TESTS = (f.Compare, f.Not, f.Either)  # what a test lets through has these for forks (conditions.narrowed)
_WORD = re.compile(r"\{\w+\}")


def names_allo(source: bytes, rules: ApiRules) -> bool:
    """Whether a file speaks of Allo by host or by name (a path alone may be anybody's)."""
    text = source.decode("latin-1")
    return any(host in text for host in rules.api_hosts) or rules.says_allo(text)


def names_server(source: bytes, rules: ApiRules) -> bool:
    """Whether the name of an API host stands in a file, in letters of any case."""
    text = source.decode("latin-1").lower()
    return any(host in text for host in rules.api_hosts)


def method_of(request: Request) -> str | None:
    """A request's HTTP method where it is known; a word that is none is not told, and might be a key."""
    said = request.method.literal if request.method is not None else None
    return said if said is not None and len(said) <= _LONGEST and said.isalpha() else None


@dataclass(frozen=True, slots=True)
class Judge:
    """Applies the rules of one file: `names_allo` makes an unknown URL open rather than somebody else's."""

    rules: ApiRules
    names_allo: bool

    def settled(self, request: Request) -> bool:
        """Whether method and path are known as well as they need to be: callers could tell no more of them."""
        url = routes.take_apart(request.url, self.rules)
        method = method_of(request)
        if url.host == "other":
            return True
        if method is None or url.segments is None:
            return False
        if url.literal or routes.match(url, method, self.rules):
            return not (url.segments == () and url.host == "unknown")
        return bool(routes.match(url, method, self.rules, tail=True)) or not self._in_part(url, method)

    def verdict(self, request: Request) -> Verdict:
        """What one request is."""
        url = routes.take_apart(request.url, self.rules)
        method = method_of(request)
        if url.host == "other":
            return None
        known_host = url.host == "api"
        named = known_host or self._named(url.base)
        verdict = (
            self._at_allo(url, method, request.choices) if known_host else self._at_unknown(url, method, named=named)
        )
        if request.target.client is None and isinstance(verdict, list):
            if named:
                return "a sending method of an unknown object, with a URL of the API's"
            return "a sending method of an unknown object, with a path of the API's" if self.names_allo else None
        if request.target.client is not None or named:
            return verdict
        likely = verdict is not None and request.target.likely and not url.segments
        return "a sending method of an unknown object, with a URL that is not known" if likely else None

    def astray(self, request: Request) -> bool:
        """Whether a request that is taken for somebody else's goes to a server that is not known."""
        target = request.target
        blind = target.client is not None or target.likely or target.verb is None  # `get` may be a dictionary's
        return blind and routes.take_apart(request.url, self.rules).host == "unknown"

    def _named(self, base: Hole | None) -> bool:
        return base is not None and base.origin is not None and self.rules.says_allo(base.origin)

    def _at_allo(self, url: Url, method: str | None, choices: frozenset[Choice]) -> Verdict:
        if url.segments is None:
            return f"the path on the API's host is not known{_from(url)}"
        if routes.aside(url, self.rules):
            return None
        if method is None:
            return "the HTTP method is not known"
        below = self._candidates(url, method) if _is_guarded(url) else []
        if 0 < len(below) <= MAX_ENDPOINTS:
            return [(endpoint, False) for endpoint in below]
        found = routes.match(url, method, self.rules) if not below else []
        if found:
            return [(route.endpoint, route.sure) for route in found]
        if self._in_part(url, method):
            return f"the path {url.shown()} is known in part only{_from(url)}"
        if any(isinstance(choice.fork, _TESTS) for choice in choices) and routes.match(url, None, self.rules):
            return None  # a method that a test lets through, and this path does not have
        return [(None, True)]

    def _at_unknown(self, url: Url, method: str | None, *, named: bool) -> Verdict:
        """A host nobody states: Allo's where a name says so, or where the path does in a file that names Allo."""
        origin = (url.base.origin if url.base is not None else None) or ""
        elsewhere = origin.startswith(("env:", "setting:", "connection:")) and not named
        anybody = not elsewhere or self.rules.guesses["server"].fits(origin.partition(":")[2])
        sure = named and not origin.startswith("connection:")  # a base URL that the program does not see
        if url.segments is None or not url.segments:
            return f"the URL is not known{_from(url)}" if named or (self.names_allo and anybody) else None
        if named and routes.aside(url, self.rules):
            return None
        if method is None:
            return "the HTTP method is not known" if named or (self.names_allo and anybody) else None
        found = routes.match(url, method, self.rules)
        if found:
            if named or self.names_allo:
                return [(route.endpoint, route.sure and sure) for route in found]
            return f"the host of {url.shown()} is not known{_from(url)}"
        tails = routes.match(url, method, self.rules, tail=True)
        if tails and named and len(tails) <= MAX_ENDPOINTS:
            return [(route.endpoint, False) for route in tails]
        if named:
            return f"no known endpoint ends with {url.shown()}{_from(url)}"
        return f"the host of {url.shown()} is not known{_from(url)}" if self.names_allo and not elsewhere else None

    def _in_part(self, url: Url, method: str) -> bool:
        """Whether the path may be that of an endpoint; of another method, where nothing else is known of it."""
        if self._candidates(url, method):
            return True
        return not routes.match(url, None, self.rules) and bool(self._candidates(url, None))

    def _candidates(self, url: Url, method: str | None) -> list[Endpoint]:
        """The endpoints whose path this may be, by what the holes hide; of any method where that is None."""
        pattern = re.compile("/".join(_loosely(segment) for segment in url.segments or ()), re.DOTALL)
        return [
            endpoint
            for endpoint in self.rules.endpoints
            if method in (None, endpoint.method) and pattern.fullmatch(_shape(endpoint.segments))
        ]


def _is_guarded(url: Url) -> bool:
    """Whether a test of the program bounds what a hole in the path may be."""
    return any(isinstance(part, Hole) and part.guarded for segment in url.segments or () for part in segment)


@cache
def _shape(segments: tuple[str, ...]) -> str:
    return _WORD.sub(_PARAMETER, "/".join(segments))


def _loosely(segment: Segment) -> str:
    """A segment as a pattern: a hole is any text, and any segment may fill a parameter."""
    shape = "".join(re.escape(part) if isinstance(part, str) else (".*" if part.slash else "[^/]*") for part in segment)
    return f"(?:{shape}|{_PARAMETER})"


def _from(url: Url) -> str:
    """Where the unknown comes from, in words."""
    hole = url.base
    for segment in url.segments or ():
        hole = next((part for part in segment if isinstance(part, Hole)), hole)
    origin = hole.origin if hole is not None else None
    if origin is None:
        return ""
    kind, _, name = origin.partition(":")
    words = {"env": "the environment variable", "parameter": "the parameter"}
    return f": it comes from {words.get(kind, f'the {kind}')} {name}"
