"""What `scan` finds in one file, with the places and the values that findings alone do not have."""

from __future__ import annotations

from typing import NamedTuple

from allo_keyscan.fix import Found
from allo_keyscan.keys.detect import Match
from allo_keyscan.model import Finding, Origin
from allo_keyscan.scan.blob import Scanner, Tally
from allo_keyscan.scan.places import Place

FIXABLE = frozenset({"leaked-key", "client-side-key", "hardcoded-credential"})
"""The findings that are keys to be taken out; examples of the documentation are none."""


class Watcher(Scanner):
    """A scanner that keeps what it notes: everything a file holds, silenced or not."""

    seen: list[Found]

    def noted(self, match: Match, place: Place, finding: Finding, *, reported: bool) -> None:
        """Keeps it for `look`."""
        self.seen.append(Found(finding, match.secret, place, reported))


class Looked(NamedTuple):
    """What stands in a file: `keys` to take out, and `masks` for all that must not be shown."""

    keys: tuple[Found, ...]
    masks: tuple[tuple[int, int, str], ...]


def look(scanner: Watcher, data: bytes, path: str, tally: Tally | None = None) -> Looked:
    """Search one file; the tally takes what was skipped and silenced."""
    scanner.seen = []
    scanner.scan(data, Origin(path), tally or Tally())
    seen = scanner.seen
    masks = [
        (*span, one.secret.masked if number == 0 else "…")
        for one in seen
        for number, span in enumerate(one.place.masks)
    ]
    return Looked(tuple(one for one in seen if one.reported and one.finding.rule in FIXABLE), tuple(sorted(masks)))


def masked(data: bytes, looked: Looked) -> str:
    """A file's text with every key in it masked, for people to read; bytes that are no UTF-8 are shown as marks."""
    parts, at = [], 0
    for start, end, mask in looked.masks:
        if start >= at:
            parts += [data[at:start], mask.encode()]
        at = max(at, end)
    return b"".join([*parts, data[at:]]).decode("utf-8", "replace")
