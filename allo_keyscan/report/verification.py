"""What the API said of a key -> what a person reads, and the contract's JSON of `verify`.

The blast radius is said in words: of each scope what somebody who found the key can do with it, as rules/scopes.toml
has it, and every endpoint that the key opens.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from allo_keyscan.catalog.api import Scope
from allo_keyscan.live.values import Answer
from allo_keyscan.report import json
from allo_keyscan.report.asked_words import NO_SCOPE
from allo_keyscan.report.text import printable

_BOLD, _RED, _YELLOW, _RESET = "\x1b[1m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[0m"


class Asked(NamedTuple):
    """An answer, the masked key it is about, where it was asked, and where a key is revoked."""

    answer: Answer
    masked: str
    server: str
    revoke: str


def abuse(scope: str, known: dict[str, Scope]) -> str:
    """What somebody can do with a scope, behind the word "can"."""
    rule = known.get(scope)
    if rule is None:
        return "do what this scope opens, which the rules do not know"
    return rule.abuse or f"do this: {rule.description}"


def render_json(asked: Asked, known: dict[str, Scope]) -> str:
    """One object; fields that only an active key has are null or empty for others."""
    found = asked.answer
    value: dict[str, Any] = {
        **json.head(),
        "state": found.state,
        "reason": found.reason or None,
        "api_key_id": found.key_id,
        "team": found.team and {"id": found.team.id, "name": found.team.name},
        "scopes": list(found.scopes),
        "endpoints": [{"method": one.method, "path": one.path, "scope": one.scope} for one in found.endpoints],
        "masked": asked.masked,
        "server": asked.server,
        "blast_radius": [{"scope": scope, "can": abuse(scope, known)} for scope in found.scopes],
    }
    return json.dumps(value, indent=2) + "\n"


def render_text(asked: Asked, known: dict[str, Scope], *, color: bool = False) -> str:
    """A verdict, and for an active key who it is and what it opens."""
    paint = (lambda code, text: f"{code}{text}{_RESET}") if color else (lambda _code, text: text)
    found, shade = asked.answer, {"active": _RED, "invalid": _BOLD, "unknown": _YELLOW}[asked.answer.state]
    verdict = {
        "active": "the key works",
        "invalid": "the key does not work",
        "unknown": "nothing is known of the key",
    }[found.state]
    lines = [paint(shade, f"{found.state}: {verdict}"), f"  key        {printable(asked.masked)}"]
    lines.append(f"  asked      {printable(asked.server)}")
    if found.reason:
        lines.append(f"  reason     {printable(found.reason)}")
    if found.state != "active":
        return "\n".join(lines) + "\n"
    lines.append(f"  key id     {printable(found.key_id or '')}")
    if found.team is not None:
        lines.append(f"  team       {printable(found.team.name)} ({printable(found.team.id)})")
    lines += ["", "Whoever has this key can"]
    width = max((len(scope) for scope in found.scopes), default=0)
    lines += [f"  {scope:<{width}}  {abuse(scope, known)}" for scope in found.scopes] or [f"  ({NO_SCOPE})"]
    lines += ["", f"It opens {len(found.endpoints)} endpoint{'' if len(found.endpoints) == 1 else 's'}"]
    lines += [
        f"  {one.method:<6} {printable(one.path)}{f'  {one.scope}' if one.scope else ''}" for one in found.endpoints
    ]
    lines += ["", f"Where it leaked, revoke it: {asked.revoke}"]
    return "\n".join(lines) + "\n"
