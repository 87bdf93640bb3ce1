"""The body of an error answer -> what it says: its code, the scopes it names, and what the rules know of the code.

Bodies come from servers of others: whatever they hold, nothing is raised, and no text of theirs but a code and names
of scopes, both of bounded length and made of letters and digits, leaves this module.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from allo_keyscan.catalog.live import Envelope, ErrorCode

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,63}")
_MOST_NAMES = 32
_LONGEST_WAIT = 10**9  # seconds
_MOST_VALUES, _MOST_TRIES = 20, 1000
_NOTHING = object()
_STATUS = re.compile(
    r"(?<![\w.])(?:HTTP/[0-9.]+\"?\s+|status(?:[ _]?code)?[\s:='\"]+|^\s*|error[: ]+)([45][0-9]{2})\b",
    re.IGNORECASE | re.MULTILINE,
)
_MARKUP = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)


class Said(NamedTuple):
    """An error answer in a form of the API's: its code, the scopes that it names, and the seconds to wait it asks for.

    `rule` is what is known of the code; None: nothing.
    """

    envelope: str
    code: str
    scopes: tuple[str, ...] = ()
    wait: float | None = None
    rule: ErrorCode | None = None


def document(body: bytes) -> Any:
    """The JSON value of a body.

    Raises ValueError where it is not UTF-8 or not JSON, or JSON that nobody means (nested too deep).
    """
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


class Pasted(NamedTuple):
    """What somebody pasted: the JSON values in it, the first ones that there are, and the HTTP status it names."""

    values: tuple[Any, ...]
    status: int | None
    markup: bool


def pasted(text: str) -> Pasted:
    """What stands in a body, in a whole HTTP answer (`curl -i`), or in lines of a log that have one of them in it."""
    status = next((int(match[1]) for match in _STATUS.finditer(text) if 400 <= int(match[1]) < 600), None)
    values: list[Any] = []
    decoder = json.JSONDecoder(parse_constant=_no_number)
    start, tries = text.find("{"), 0
    while start >= 0 and len(values) < _MOST_VALUES and tries < _MOST_TRIES:
        try:
            value, end = decoder.raw_decode(text, start)
            values.append(value)
        except (ValueError, RecursionError):
            end = start + 1
        tries += 1
        start = text.find("{", end)
    return Pasted(tuple(values), status, _MARKUP.search(text) is not None)


def at(value: Any, place: str) -> list[Any]:
    """The values that stand at a place (catalog/live) of a JSON value; none where there is no such place."""
    found = [value]
    for part in place.split("."):
        if part == "*":
            found = [item for one in found if isinstance(one, list) for item in one]
        else:
            found = [one[part] for one in found if isinstance(one, dict) and part in one]
    return found


def understood(
    value: Any, envelopes: tuple[Envelope, ...], errors: tuple[ErrorCode, ...], status: int | None = None
) -> Said | None:
    """What an error answer's JSON value says; None where it has none of the forms.

    A code counts as known with its own HTTP status alone, or where the status is not known (None).
    """
    for envelope in envelopes:
        code = next(iter(at(value, envelope.code)), _NOTHING)
        if isinstance(code, str) and _CODE.fullmatch(code):
            rule = next((one for one in errors if one.code == code and status in (None, one.status)), None)
            scopes = (
                tuple(dict.fromkeys(_named(value, envelope, code))) if rule and rule.means == "missing-scope" else ()
            )
            return Said(envelope.id, code, scopes[:_MOST_NAMES], _wait(value, envelope), rule)
    return None


def mentioned(
    text: str, envelopes: tuple[Envelope, ...], errors: tuple[ErrorCode, ...], scopes: Collection[str]
) -> Said | None:
    """What a text says that has no JSON of an error answer, but a known code in it: a log's own form, say.

    `scopes` are those that are known; no other is taken for one.
    """
    rule = next((one for one in errors if re.search(rf"(?<!\w){re.escape(one.code)}(?!\w)", text)), None)
    if rule is None:
        return None
    patterns = [one.scope for one in envelopes if one.scope is not None] if rule.means == "missing-scope" else []
    words = {match[1] for pattern in patterns for match in pattern.finditer(text)}
    return Said("", rule.code, tuple(sorted(words & set(scopes))), None, rule)


def _named(value: Any, envelope: Envelope, code: str) -> Iterator[str]:
    if envelope.scope is not None and envelope.message is not None:
        for message in at(value, envelope.message):
            if isinstance(message, str):
                found = (match[1] for match in envelope.scope.finditer(message[:4096]))
                yield from (name for name in found if name != code and _CODE.fullmatch(name))


def _wait(value: Any, envelope: Envelope) -> float | None:
    for one in at(value, envelope.wait) if envelope.wait else ():
        if isinstance(one, (int, float)) and not isinstance(one, bool) and one >= 0:
            return float(min(one, _LONGEST_WAIT))  # 1e999 is no float that one can count with, nor is 10**999
    return None
