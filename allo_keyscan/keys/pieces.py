"""Could Python source put a key together from pieces? A cheap test on bytes, before anything is parsed.

True for a prefix cut anywhere between two literals, for one that a format fills in, and for code that names the vendor
and takes strings apart and together. It errs on the side of yes; `import libcst` costs 170 ms, so not for every file.
"""

from __future__ import annotations

import re

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from allo_keyscan.catalog.keys import KeyRules

_QUOTES = ("'", '"')
_CRAFT = re.compile(
    rb"\bchr\(|\.join\(|\[::-1\]|\breversed\(|fromhex\(|unhexlify\(|b64decode\(|codecs\.decode\(|\bbytes\(\[|\.translate\(|\.replace\("
)


def _cuts(prefix: str) -> set[str]:
    """A prefix cut inside or beside one of its words, at a literal's end or start: its longer part with a quote."""
    return {
        f"{prefix[:place]}{quote}" if place >= 4 else f"{quote}{prefix[place:]}"
        for place in range(1, len(prefix))
        for quote in _QUOTES
    }


def _filled(prefix: str) -> list[re.Pattern[bytes]]:
    """A prefix that holes or literals' ends stand in: its first word before one, and another word behind one."""
    first, *others = (re.escape(word) for word in prefix.split("_") if word)
    if not others:
        return [re.compile(rb"(?!)")]
    return [
        re.compile(rf"{first}(?<![A-Za-z0-9]{first})_?[\"'{{%]".encode()),
        re.compile("|".join(rf"[\"'}}s]_?{word}_?" for word in others).encode()),
    ]


def _continued(prefix: str, body: str) -> str:
    """A literal that begins a key and may go on behind its end: the prefix and at most a short body, or an operator."""
    end = rf"[{body}]*[\"']\s*(?:[+%\\]|\.format|[rbfuRBFU]{{0,2}}[\"'])"
    return rf"{re.escape(prefix)}(?:[{body}]{{0,15}}[\"'{{%]|{end})"


class Pieces:
    """The compiled test for the key forms and the vendor's names of keys.toml."""

    def __init__(self, rules: KeyRules) -> None:
        prefixes = [form.prefix.decode() for form in rules.forms]
        cuts = sorted(set().union(*map(_cuts, prefixes)))
        vendors = [context for context in rules.contexts if context.confidence == "high"]
        names = {case(word) for context in vendors for word in context.words for case in (str, str.upper)}
        literals = [literal.encode() for literal in (*cuts, *sorted(names))]
        self._cuts = len(cuts)
        self._hits = BytesAhoCorasick(literals, matchkind=MatchKind.LeftmostFirst).find_matches_as_indexes
        continued = "|".join(_continued(form.prefix.decode(), form.body) for form in rules.forms)
        self._continued = re.compile(continued.encode())
        self._filled = [(max(prefix.split("_"), key=len).encode(), _filled(prefix)) for prefix in prefixes]

    def __call__(self, source: bytes) -> bool:
        """Whether the source is worth parsing."""
        hits = self._hits(source)
        if any(number < self._cuts for number, _, _ in hits):
            return True
        if self._continued.search(source):
            return True
        for telltale, parts in self._filled:
            if telltale in source and all(part.search(source) for part in parts):
                return True
        return bool(hits) and _CRAFT.search(source) is not None
