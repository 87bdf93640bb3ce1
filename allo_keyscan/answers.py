"""Answers of `scopes` kept between runs: what a search of exactly these files gave under exactly these rules.

Facts of each file are kept apart (modules.py), so a change to one file costs the evaluation alone; no change costs the
reading alone. An answer holds what a report shows, and is not kept where that speaks of a key's prefix in any case of
its letters: a key stands in no cache.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from hashlib import blake2b
from typing import Any

from allo_keyscan.cache import Cache
from allo_keyscan.calls.outcome import ModuleCalls, Open, Searched
from allo_keyscan.catalog.keys import key_rules
from allo_keyscan.errors import KeyscanError
from allo_keyscan.model import Call, Place, Remark, Skipped, Unresolved


def name(files: Mapping[str, bytes], tests: Collection[str], rules: str) -> str:
    """What the answer for some files, of which some are tests, is kept under, with the rules of a folder."""
    made = blake2b(digest_size=20, person=b"answer")
    with os.scandir(rules) as entries:
        parts = [(one.path, one.name) for one in entries if one.name.endswith(".toml")]
    for path, shown in sorted(parts):
        with open(path, "rb") as file:
            _add(made, shown.encode(), file.read())
    for path in sorted(files):
        _add(made, os.fsencode(path), b"test" if path in tests else b"code", files[path])
    return made.hexdigest()


def _add(made: Any, *parts: bytes) -> None:
    for part in parts:
        made.update(len(part).to_bytes(8, "little"))
        made.update(part)


def get(cache: Cache, key: str) -> Searched | None:
    """The answer kept under a name; None where there is none to trust."""
    data = cache.get(key)
    if data is None:
        return None
    try:
        return _decoded(json.loads(data))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        cache.drop(key)
        return None


def put(cache: Cache, key: str, answer: Searched, rules: str) -> None:
    """Keep an answer, unless it says more than it should."""
    data = json.dumps(_encoded(answer), ensure_ascii=False).encode("utf-8", "surrogatepass")
    try:
        prefixes = [form.prefix.rstrip(b"_").lower() for form in key_rules(rules).forms]
    except KeyscanError:
        return  # rules of scopes alone: nobody says what a key looks like
    if not any(prefix in data.lower() for prefix in prefixes):
        cache.put(key, data)


def _encoded(answer: Searched) -> dict[str, Any]:
    found = answer.found or ModuleCalls()
    return {
        "calls": found.calls,
        "unresolved": [(one.call, one.key) for one in found.unresolved],
        "unparsed": found.unparsed,
        "remarks": found.remarks,
        "unread": answer.unread,
        "tests": answer.test_calls,
    }


def _decoded(made: Any) -> Searched:
    found = ModuleCalls(
        tuple(map(_call, made["calls"])),
        tuple(Open(Unresolved(*call), key) for call, key in made["unresolved"]),
        tuple(Skipped(*one) for one in made["unparsed"]),
        tuple(Remark(kind, _call(call), *rest) for kind, call, *rest in made["remarks"]),
    )
    return Searched(found, tuple(Skipped(*one) for one in made["unread"]), made["tests"])


def _call(fields: Any) -> Call:
    call = Call(*fields)
    return call._replace(
        scopes=tuple(call.scopes),
        conflict=None if call.conflict is None else tuple(call.conflict),
        via=tuple(Place(*place) for place in call.via),
    )
