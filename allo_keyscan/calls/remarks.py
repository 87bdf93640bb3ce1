"""Requests of one call -> what is wrong with how they are made: method, header, scheme of the URL, key in the URL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from allo_keyscan.calls import credentials, routes
from allo_keyscan.calls.clients import Request
from allo_keyscan.calls.domain import Hole, Mapping, Text
from allo_keyscan.calls.values import Engine
from allo_keyscan.catalog.api import Accepted, ApiRules, Endpoint
from allo_keyscan.catalog.keys import key_rules
from allo_keyscan.model import Severity

_SCHEME = re.compile(r"\s*([A-Za-z][\w-]*)\s+\S?")
_OTHER_SCHEMES = ("Basic", "Digest", "Token")
# Names that hold a key alone, not a whole header: `auth` may hold the scheme as well.
_KEY_ALONE = re.compile(
    r"(?i)(?:env|setting):.*(?:key|token|secret)\Z|(?:^|[:._])(?:api|access|auth)[_-]?(?:key|token)\Z"
)
# Names of keys in a URL, where `page_token` is none; query parameters that carry one.
_KEY_NAME = re.compile(r"(?i)(?:api|access|secret)[_-]?(?:api[_-]?)?(?:key|token)\Z")
_KEY_PARAMETER = re.compile(r"(?i)(?:api[_-]?key|access[_-]?token|authorization)\Z")
_BARE_METHODS = ("HEAD", "OPTIONS")  # servers answer them on their own, whatever is documented


class Said(NamedTuple):
    """The name of a finding and what there is to say; `severity` None is the finding's own."""

    kind: str
    detail: str
    severity: Severity | None = None


def remarks(engine: Engine, rules: ApiRules, endpoint: Endpoint | None, requests: Sequence[Request]) -> list[Said]:
    """What is wrong with the requests by which one call reaches one endpoint; `requests` are alternatives."""
    found = [
        _method(rules, requests[0]) if endpoint is None else None,
        _scheme(engine, rules, endpoint, requests),
        _insecure(rules, requests),
        next((said for request in requests for said in _key_in_url(engine, rules, request)), None),
    ]
    return [said for said in found if said is not None]


def _method(rules: ApiRules, request: Request) -> Said | None:
    known = [route.endpoint for route in routes.match(routes.take_apart(request.url, rules), None, rules)]
    if not known:
        return None
    methods = ", ".join(sorted({endpoint.method for endpoint in known}))
    own = request.method.literal if request.method is not None else None
    return Said(
        "method-not-allowed",
        f"the documented methods of {known[0].path} are: {methods}",
        "note" if own in _BARE_METHODS else None,
    )


def _insecure(rules: ApiRules, requests: Sequence[Request]) -> Said | None:
    plain = [_is_plain(rules, request.url) for request in requests]
    if not any(plain):
        return None
    if all(plain):
        return Said("insecure-url", "http:// sends the key in the clear")
    return Said("insecure-url", "the URL may begin with http://, which sends the key in the clear", "note")


def _is_plain(rules: ApiRules, url: Text) -> bool:
    first = next(iter(url.filled().parts), None)
    plain = isinstance(first, str) and first.lstrip().lower().startswith("http://")
    return plain and routes.take_apart(url, rules).host == "api"


# -- the header ------------------------------------------------------------------------------------------------------


def _scheme(engine: Engine, rules: ApiRules, endpoint: Endpoint | None, requests: Sequence[Request]) -> Said | None:
    """A form of the header that is not documented; where only some of its possible values are wrong, a note."""
    path = endpoint.path if endpoint is not None else routes.take_apart(requests[0].url, rules).shown()
    accepted = _accepted(path, rules)
    if accepted is None:
        return None
    wrong: list[str] = []
    right = False
    for text in [text for request in requests for text in credentials.values(engine, rules, request)]:
        form = _form(text, rules)
        if form is None or form in accepted.schemes or (form == "" and accepted.bare):
            right = True
        else:
            wrong.append(form)
    if not wrong:
        return None
    scheme = next(iter(sorted(filter(None, wrong))), None)
    sent = f"as {scheme}" if scheme else "without a scheme"
    wanted = " or ".join(f"`{name} <key>`" for name in accepted.schemes)
    detail = f"the key is sent {sent}, and {accepted.prefix} takes {wanted}"
    if right:
        return Said("wrong-auth-scheme", detail, "note")
    return Said("wrong-auth-scheme", detail, None if scheme else "warning")  # samples on Allo's own pages lack it, too


def _accepted(path: str, rules: ApiRules) -> Accepted | None:
    found = [one for rule in rules.credentials for one in rule.accepts if path.startswith(one.prefix)]
    return max(found, key=lambda one: len(one.prefix), default=None)


def _form(text: Text, rules: ApiRules) -> str | None:
    """The scheme of an Authorization value, "" where the key stands alone, None where that is not known."""
    parts = [part for part in text.parts if part != ""]
    if not parts:
        return None
    first = parts[0]
    if isinstance(first, Hole):
        alone = all(isinstance(part, Hole) for part in parts)
        return "" if alone and _KEY_ALONE.search(first.origin or "") else None
    words = [scheme for rule in rules.credentials for scheme in rule.schemes]
    match = _SCHEME.match(first)
    if match is not None and (match.end() > match.end(1) + 1 or len(parts) > 1):
        word = match.group(1).casefold()
        # A word that is not known is not shown: it may be half of a key.
        return next((name for name in (*words, *_OTHER_SCHEMES) if name.casefold() == word), "a scheme of its own")
    lone = first.strip().casefold()
    return "" if len(parts) == 1 and lone and lone not in {name.casefold() for name in words} else None


# -- the key in the URL ----------------------------------------------------------------------------------------------


def _key_in_url(engine: Engine, rules: ApiRules, request: Request) -> Iterator[Said]:
    holes = any(isinstance(part, Hole) and part.origin for part in request.url.parts)
    signing = set(credentials.keys(engine, rules, request)) if holes else set()
    before = ""
    for part in request.url.parts:
        if isinstance(part, str):
            before = part
            if _holds_key(rules, part):
                yield Said("key-in-url", "the key stands in the URL")
            continue
        origin = part.origin or ""
        if origin in signing or _KEY_NAME.search(origin) or _names_a_key(before):
            named = f" ({origin})" if origin else ""
            yield Said("key-in-url", f"the key{named} is put into the URL")
    # Every HTTP library that takes the query apart from the URL calls it so.
    query = request.given.at(None, "params")
    for value, _ in engine.force(query) if query is not None else ():
        for name, _ in value.entries if isinstance(value, Mapping) else ():
            if name is not None and _KEY_PARAMETER.match(name):
                yield Said("key-in-url", "the key is sent as a parameter of the URL")


def _names_a_key(before: str) -> bool:
    """Whether a URL's text ends with `?api_key=` or its like."""
    name = re.search(r"[?&]([\w-]+)=\Z", before)
    return name is not None and _KEY_PARAMETER.match(name.group(1)) is not None


def _holds_key(rules: ApiRules, text: str) -> bool:
    if any(_KEY_PARAMETER.match(name) for name in re.findall(r"[?&]([\w-]+)=[^&#\s]", text)):
        return True
    return "_" in text and any(
        re.search(rf"(?<![A-Za-z0-9_]){re.escape(form.prefix.decode())}[{form.body}]{{6,}}", text)
        for form in key_rules(rules.folder).forms
    )
