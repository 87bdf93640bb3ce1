"""An HTTP answer of the check -> what it says of the key. Pure.

active: a 200 with the documented shape. invalid: the documented status, form and code that mean a dead key. All else,
whatever its status, is unknown with a reason: a captive portal, the edge's own 403, a limit, a server in trouble.
No text of the server's is repeated but names that are checked for their form, and the name of the team.
"""

from __future__ import annotations

import codecs
import re
from typing import Any
from urllib.parse import urlsplit

from allo_keyscan.catalog.api import SCOPE_NAME
from allo_keyscan.catalog.live import Check, LiveRules
from allo_keyscan.live.errors import at, document, understood
from allo_keyscan.live.values import Answer, Got, Opened, Team, unknown

_ID = re.compile(r"[!-~]{1,200}")
_METHOD = re.compile(r"[A-Z]{1,16}")
_PATH = re.compile(r"/[!-~]{0,500}")
_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,253}")
_LONGEST = 200
_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json\s*(?:;.*)?", re.IGNORECASE)


def answer(got: Got, rules: LiveRules) -> Answer:
    """What an answer says of the key that was asked about."""
    if 300 <= got.status < 400:
        return unknown(f"the server redirects{_target(got)}, which is not followed: the key would go along")
    try:
        value = _value(got)
    except ValueError as error:
        return unknown(f"HTTP {got.status}, but {error}: {_stranger(got.status)}")
    if got.status == 200:
        found = described(value, rules.check)
        return found or unknown(f"HTTP 200, but not the documented answer: {_stranger(200)}")
    said = understood(value, rules.envelopes, rules.errors, got.status)
    if said is None:
        return unknown(f"HTTP {got.status}, in no form of the API's: {_stranger(got.status)}")
    if said.rule is None:
        return unknown(f"HTTP {got.status} with the code {said.code}, which says nothing known about the key")
    if said.rule.means == "dead-key":
        return Answer("invalid", f"{said.code}: {said.rule.summary}")
    return unknown(f"HTTP {got.status} with the code {said.code}: {said.rule.summary}")


def described(value: Any, check: Check) -> Answer | None:
    """The active key that a check's JSON value describes; None where it has not the documented shape."""
    key_id, scopes, endpoints, team = (
        next(iter(at(value, place)), None) for place in (check.key_id, check.scopes, check.endpoints, check.team)
    )
    if not isinstance(key_id, str) or not _ID.fullmatch(key_id):
        return None
    if not isinstance(scopes, list) or not all(_is(SCOPE_NAME, one) for one in scopes):
        return None
    if not isinstance(endpoints, list):
        return None
    opened = [_opened(one) for one in endpoints]
    if None in opened or not (team is None or isinstance(team, dict)):
        return None
    return Answer(
        "active",
        "",
        key_id,
        None if team is None else Team(_short(team.get("id")), _short(team.get("name"))),
        tuple(sorted(set(scopes))),
        tuple(
            sorted({one for one in opened if one is not None}, key=lambda one: (one.path, one.method, str(one.scope)))
        ),
    )


def saved(data: bytes, check: Check) -> Answer | None:
    """The active key that a saved answer describes, as the API gave it or as `verify` wrote it as JSON; else None."""
    try:
        value = document(data.removeprefix(codecs.BOM_UTF8))
    except ValueError:
        return None
    if isinstance(value, dict) and value.get("state") == "active":
        check = check._replace(key_id="api_key_id", team="team", scopes="scopes", endpoints="endpoints")
    return described(value, check)


def _opened(one: Any) -> Opened | None:
    if not isinstance(one, dict):
        return None
    fields: dict[str, Any] = {"method": None, "path": None, "scope": None, **one}
    method, path, scope = fields["method"], fields["path"], fields["scope"] or None
    if not _is(_METHOD, method) or not _is(_PATH, path) or not (scope is None or _is(SCOPE_NAME, scope)):
        return None
    return Opened(method, path, scope)


def _is(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 512 and pattern.fullmatch(value) is not None


def _short(value: Any) -> str:
    """A text of the server's; half a character, which JSON may have and nobody can write, becomes a question mark."""
    return value[:_LONGEST].encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _value(got: Got) -> Any:
    """The JSON value of an answer; ValueError says what is wrong with it, as the rest of a sentence."""
    if got.headers.get("content-encoding", "identity").lower() != "identity":
        raise ValueError("compressed, which was not asked for")
    if not _JSON.fullmatch(got.headers.get("content-type", "").strip()):
        raise ValueError("not JSON by its content type")
    try:
        return document(got.body)
    except ValueError:
        raise ValueError("not valid JSON") from None


def _stranger(status: int) -> str:
    """Who may have answered."""
    if status == 403:
        return "what stands before the API refused the request, which says nothing about the key"
    if status >= 500:
        return "the server is in trouble; try again later"
    return "a captive portal, a proxy or another server"


def _target(got: Got) -> str:
    try:
        host = urlsplit(got.headers.get("location", "")).netloc.rpartition("@")[2]
    except ValueError:
        return ""
    return f" to {host}" if _HOST.fullmatch(host) else ""
