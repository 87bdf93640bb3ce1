"""Ignore comments: `allo-keyscan: ignore[AK001] reason` behind a comment leader, and `pragma: allowlist secret`.

On the line of a finding it silences that line; alone on a line it silences the next one. Bare, or with the codes or
names of rules. A comment inside the string that holds the key is no comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from allo_keyscan.comments import in_comment, line_before
from allo_keyscan.model import Finding

_IGNORE = re.compile(rb"allo-keyscan:[ \t]*ignore\b(?:[ \t]*\[(?P<rules>[A-Za-z0-9_, \t-]*)\])?", re.IGNORECASE)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_PRAGMA = re.compile(rb"pragma:[ \t]*(?:allow|white)list[ \t]+secret", re.IGNORECASE)
_ONLY_A_LEADER = re.compile(rb"\s*(?:#+|//+|--+|/\*+|\*+|<!--+|<%--|\{#|\(\*|%+|;+|::|@?rem|dnl)\s*\Z", re.IGNORECASE)


class Ignore(NamedTuple):
    """One ignore comment at `start:end` (byte offsets); `rules` None silences all, `alone` silences the next line."""

    start: int
    end: int
    rules: frozenset[str] | None
    alone: bool

    def covers(self, code: str, name: str) -> bool:
        """Whether it names a rule, by code or by name, or all of them."""
        return self.rules is None or code.lower() in self.rules or name.lower() in self.rules


def ignores(text: bytes, offsets: Iterable[int]) -> list[Ignore]:
    """The ignore comments that begin at some of the byte offsets (where the tool's name was found)."""
    found = []
    commented = -1  # where the last comment was seen: it goes on to the end of its line
    for offset in offsets:
        match = _IGNORE.match(text, offset)
        if match is None:
            continue
        goes_on = commented >= 0 and text.find(b"\n", commented, offset) < 0
        if not goes_on and not in_comment(text, offset):
            continue
        commented = offset
        named = match.group("rules")
        rules = None
        if named is not None:
            rules = frozenset(name.strip().lower() for name in named.decode("ascii").split(",") if name.strip())
        alone = _ONLY_A_LEADER.match(line_before(text, offset)) is not None
        found.append(Ignore(offset, match.end(), rules, alone))
    return found


def pragma(line: bytes) -> bool:
    """Whether a line carries the comment by which secret scanners allow it: `pragma: allowlist secret`."""
    match = _PRAGMA.search(line)
    return match is not None and in_comment(line, match.start())


def silenced(findings: Iterable[Finding], texts: Mapping[str, bytes]) -> list[Finding]:
    """The findings that an ignore comment on their first line, or alone on the line before, silences.

    `texts` are the files by the paths that findings name; a finding elsewhere is not silenced.
    """
    by_file: dict[str, dict[int, list[Ignore]]] = {}
    found = []
    for one in findings:
        path = one.origin.path
        if path not in by_file:
            by_file[path] = _by_line(texts.get(path, b""))
        if any(comment.covers(one.code, one.rule) for comment in by_file[path].get(one.start.line, ())):
            found.append(one)
    return found


def _by_line(text: bytes) -> dict[int, list[Ignore]]:
    """A text's ignore comments by the line each of them silences."""
    offsets = [match.start() for match in _IGNORE.finditer(text)]
    lines: dict[int, list[Ignore]] = {}
    line, counted = 1, 0
    for comment in ignores(text, offsets):
        line += len(_LINE_END.findall(text, counted, comment.start))
        counted = comment.start
        lines.setdefault(line + comment.alone, []).append(comment)
    return lines
