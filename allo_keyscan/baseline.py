"""Accepted findings, by value: rule, keyed hash of the value, path. No line, no commit, no time, never a key.

The file holds one JSON object a line, sorted, behind a first line that names the format, so that it merges like text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from allo_keyscan.errors import KeyscanError
from allo_keyscan.model import Finding

_HEADER = {"allo-keyscan-baseline": 1}
_FINGERPRINT = re.compile(r"[0-9a-f]{32}")


class Entry(NamedTuple):
    """One accepted finding; the fingerprint covers rule, value and path, the other two are there to be read."""

    path: str
    rule: str
    fingerprint: str


def entry(finding: Finding) -> Entry:
    """The entry that accepts a finding."""
    return Entry(str(finding.origin), finding.rule, finding.fingerprint)


def parse(text: str, name: str) -> frozenset[Entry]:
    """The entries of a baseline file called `name`.

    Raises KeyscanError, naming file and line, where it is none.
    """
    import json

    found = set()
    lines = text.splitlines()
    try:
        header = json.loads(lines[0]) if lines else None
    except ValueError:
        header = None
    if header != _HEADER:
        raise KeyscanError(f"{name}: not a baseline of this version; make one with: allo-keyscan baseline create")
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            if not _FINGERPRINT.fullmatch(fields["fingerprint"]):
                raise ValueError
            found.add(Entry(fields["path"], fields["rule"], fields["fingerprint"]))
        except (ValueError, TypeError, KeyError):
            raise KeyscanError(f"{name}:{number}: not a baseline entry (path, rule, fingerprint)") from None
    return frozenset(found)


def render(entries: Iterable[Entry]) -> str:
    """The text of a baseline file, sorted by path."""
    import json

    lines = [
        json.dumps({"path": one.path, "rule": one.rule, "fingerprint": one.fingerprint}) for one in sorted(set(entries))
    ]
    return "\n".join([json.dumps(_HEADER), *lines]) + "\n"
