"""What `scan` finds in one file, with the places and the values that findings alone do not have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from allo_keyscan.calls.source import declared
from allo_keyscan.fix import Found
from allo_keyscan.keys.detect import Match
from allo_keyscan.keys.secret import Secret
from allo_keyscan.model import Finding, Origin
from allo_keyscan.scan.blob import Policy, Scanner, Tally
from allo_keyscan.scan.lines import Lines
from allo_keyscan.scan.places import Place, is_python
from allo_keyscan.scan.python import ENCODING, Unparsed, assembled_keys

_WORD = re.compile(rb"[A-Za-z0-9_-]{3,}")
"""What a key is written in; the letters before a quote are fewer."""

FIXABLE = frozenset({"leaked-key", "client-side-key", "hardcoded-credential"})
"""The findings that are keys to be taken out; examples of the documentation are none."""


class Watcher(Scanner):
    """A scanner that keeps what it notes: everything a file holds, silenced or not."""

    def __init__(self, rules: str, policy: Policy | None = None) -> None:
        super().__init__(rules, policy)
        self.seen: list[Found] = []

    def noted(self, match: Match, place: Place, finding: Finding, *, reported: bool) -> None:
        """Keeps it for `look`."""
        self.seen.append(Found(finding, match.secret, place, reported))


class Looked(NamedTuple):
    """What stands in a file: `keys` to take out, `masks` for all that must not be shown.

    `values` says how often each key stands there, those that are silenced too.
    """

    keys: tuple[Found, ...]
    masks: tuple[tuple[int, int, str], ...]
    values: tuple[tuple[Secret, int], ...]


def look(scanner: Watcher, data: bytes, path: str, tally: Tally | None = None) -> Looked:
    """Search one file; the tally takes what was skipped and silenced."""
    scanner.seen = []
    scanner.scan(data, Origin(path), tally or Tally())
    seen = scanner.seen
    keys = tuple(one for one in seen if one.reported and one.finding.rule in FIXABLE)
    return Looked(keys, _masks(seen), tuple(Counter(one.secret for one in seen).items()))


def _readable(one: Found, data: bytes) -> bool:
    """Whether a key stands in literals as they are written, so that others may be written over it."""
    assembled = (one.finding.encoding or "").startswith(ENCODING)
    return not assembled and b"\\" not in data[one.place.start : one.place.end]


def _masks(seen: Iterable[Found]) -> tuple[tuple[int, int, str], ...]:
    """What is shown instead of keys and their pieces."""
    spans = (
        (*span, one.secret.masked if number == 0 else "…")
        for one in seen
        for number, span in enumerate(one.place.masks)
    )
    return tuple(sorted(spans))


def every(scanner: Watcher, data: bytes, path: str) -> Looked:
    """Search one file for all places of its keys.

    `scan` tells of a key that is put together only where it stands nowhere as it is. So those that do are overwritten,
    letter by letter, and the file is searched again, until nothing new is found; places stay what they are.
    """
    original, looked = data, look(scanner, data, path)
    keys: dict[Place, Found] = {}
    masks, values = set(looked.masks), Counter(dict(looked.values))
    while True:
        fresh = [one for one in looked.keys if not any(_known(one, other) for other in keys.values())]
        whole = [one for one in fresh if not any(_longer(other, one) for other in fresh)]
        keys.update({one.place: one for one in whole})
        plain = [one.place for one in whole if _readable(one, data)]
        if not plain or not is_python(path, data):
            break
        for place in plain:
            stretch = _WORD.sub(lambda match: b"x" * len(match[0]), data[place.start : place.end])
            data = data[: place.start] + stretch + data[place.end :]
        looked = look(scanner, data, path)
        masks.update(looked.masks)
    for one in keys.values():
        values[one.secret] = max(values[one.secret], sum(other.secret == one.secret for other in keys.values()))
    ordered = tuple(sorted(_grown(scanner, original, path, [*keys.values()]), key=lambda one: one.place))
    masks.update(_masks(ordered))
    return Looked(ordered, tuple(sorted(masks)), tuple(values.items()))


def _grown(scanner: Watcher, data: bytes, path: str, keys: list[Found]) -> list[Found]:
    """The keys, with those that are only the beginning of one that is put together replaced by that."""
    if not keys or not is_python(path, data):
        return keys
    try:
        made = assembled_keys(scanner.detector, data, path, {one.secret for one in keys})
    except Unparsed:
        return keys
    lines = Lines(data)
    for match, place in made:
        inside = [one for one in keys if _inside(one.place, place)]
        begun = [one for one in inside if match.secret.begins_with(one.secret)]
        # Two whole keys that some value has side by side are not one.
        if match.rule in FIXABLE and begun and len(begun) == len(inside):
            finding = begun[0].finding._replace(
                start=lines.position(place.start),
                end=lines.position(place.end),
                masked=match.secret.masked,
                fingerprint=match.secret.fingerprint(begun[0].finding.rule, path),
                encoding=match.encoding,
                key=match.secret.fingerprint("", ""),
            )
            keys = [*(one for one in keys if one not in begun), Found(finding, match.secret, place, True)]
    return keys


def _known(one: Found, other: Found) -> bool:
    """Whether a key is another one again: at the same place, or put together where that one is, with more or less."""
    low, high = sorted((one.place, other.place), key=lambda place: place.end - place.start)
    made = all((each.finding.encoding or "").startswith(ENCODING) for each in (one, other))
    again = made and one.secret == other.secret and high.start <= low.start and low.end <= high.end
    return one.place == other.place or again


def _inside(place: Place, whole: Place) -> bool:
    """Whether a place is in one of the pieces of another."""
    return any(low <= place.start and place.end <= high for low, high in whole.masks)


def _longer(one: Found, other: Found) -> bool:
    """Whether a key is another one that goes on, at the same place: the other is then a piece of it."""
    longer = one.secret != other.secret and one.secret.begins_with(other.secret)
    return longer and _inside(other.place, one.place)


def masked(data: bytes, looked: Looked, path: str) -> str:
    """A file's text with every key in it masked, for people to read; bytes that cannot be read are shown as marks."""
    encoding = declared(data) if is_python(path, data) else "utf-8"
    parts, at = [], 0
    for start, end, mask in looked.masks:
        if start >= at:
            parts += [_read(data[at:start], encoding), mask]
        at = max(at, end)
    return "".join([*parts, _read(data[at:], encoding)])


def _read(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding, "replace")
    except LookupError:
        return data.decode("utf-8", "replace")
