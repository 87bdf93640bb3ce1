"""What a request to the API shows to be wrong, whatever its scope: method, form of the key, key in the URL, no TLS.

Only what is written counts: a value that is not known may be right, so nothing is said of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from allo_keyscan.calls import routes
from allo_keyscan.calls.clients import Request
from allo_keyscan.calls.domain import Hole, Text
from allo_keyscan.calls.verdicts import method_of
from allo_keyscan.catalog.api import Accepted, ApiRules, Endpoint
from allo_keyscan.model import Defect

_SCHEME = re.compile(r"\s*([A-Za-z][\w-]*)\s+")
# Origins of values that are a key and nothing before it: `auth` may hold the scheme as well, `page_token` is no key.
_KEY_WORDS = r"(?:api|access|auth)[_-]?(?:key|token)"
_IS_KEY = re.compile(rf"(?i)(?:env|setting):.*(?:key|token|secret)$|(?:^|[:._]){_KEY_WORDS}$")
_KEY_PARAMETER = re.compile(rf"(?i)[?&](?:{_KEY_WORDS}|token|secret|authorization)=(?P<value>[^&#]*)$")


def defects(request: Request, endpoint: Endpoint | None, signed: Sequence[Text], rules: ApiRules) -> tuple[Defect, ...]:
    """What is wrong with one request, in the order of findings.toml; `signed` are its Authorization values."""
    return tuple(_defects(request, endpoint, signed, rules))


def _defects(request: Request, endpoint: Endpoint | None, signed: Sequence[Text], rules: ApiRules) -> Iterator[Defect]:
    url = routes.take_apart(request.url, rules)
    if endpoint is None:
        methods = sorted({route.endpoint.method for route in routes.match(url, None, rules)})
        if methods:
            detail = f"{url.shown()} has {', '.join(methods)}, and no {method_of(request)}"
            yield Defect("method-not-allowed", detail)
    accepted = _accepted(url.shown(), rules)
    words = {scheme.lower(): scheme for rule in rules.credentials for scheme in rule.schemes}
    wrong = [_wrong(text, accepted, words) for text in signed] if accepted is not None else []
    if wrong and all(wrong):
        yield Defect("wrong-auth-scheme", str(wrong[0]))
    if url.host == "api" and routes.shown(request.url).lstrip().lower().startswith("http://"):
        yield Defect("insecure-url", "the URL begins with http://, so the key is sent in the clear")
    if _key_in(request.url):
        yield Defect("key-in-url", "the key is part of the URL, which servers and proxies log")


def _accepted(path: str, rules: ApiRules) -> Accepted | None:
    found = [one for rule in rules.credentials for one in rule.accepts if path.startswith(one.prefix)]
    return max(found, key=lambda one: len(one.prefix), default=None)


def _wrong(text: Text, accepted: Accepted, words: dict[str, str]) -> str | None:
    """What is wrong with the form of one Authorization value; None where it is right or not known.

    Only `words`, the known schemes, are repeated: any other word may be part of a key.
    """
    first = text.parts[0] if text.parts else ""
    wanted = " or ".join(f"`{scheme} <key>`" for scheme in accepted.schemes)
    if isinstance(first, str):
        scheme = _SCHEME.match(first)
        if scheme is not None:
            word = words.get(scheme[1].lower())
            if word in accepted.schemes:
                return None
            said = f"as `{word} <key>`" if word is not None else "behind another word"
            return f"the key is sent {said}, and {accepted.prefix} takes {wanted}"
        bare = len(text.parts) == 1 and first.strip() != ""
    else:
        bare = len(text.parts) == 1 and _is_key(first)
    return (
        f"the key is sent without a scheme, and {accepted.prefix} takes {wanted}"
        if bare and not accepted.bare
        else None
    )


def _is_key(hole: Hole) -> bool:
    return hole.origin is not None and _IS_KEY.search(hole.origin) is not None


def _key_in(text: Text) -> bool:
    """Whether the query holds a key: a parameter that is named like one and has a value, or a value that is."""
    before = ""
    for part in text.parts:
        if isinstance(part, Hole):
            if "?" in before and (_is_key(part) or _KEY_PARAMETER.search(before)):
                return True
            before += "{}"
            continue
        before += part
        for piece in re.split(r"(?=[&#])", before.partition("?")[2].partition("#")[0]):
            found = _KEY_PARAMETER.search("&" + piece.lstrip("&"))
            if found is not None and found["value"].strip("{}"):
                return True
    return False
