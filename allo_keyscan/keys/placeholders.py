"""Is a body a real key's, or does it only stand for one? The whole body decides, never a word inside it.

Mechanism only: which words, runs and lengths count is in rules/placeholders.toml.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise

from allo_keyscan.catalog import RulesError
from allo_keyscan.catalog.keys import Placeholder, PlaceholderRules

_TOKENS = re.compile(r"[A-Za-z]+|[0-9]+|[_-]+")
_CAMEL = re.compile(r"[A-Z]?[a-z]+")
_LONG_CLUSTER = re.compile(r"[bcdfghjklmnpqrstvwxz]{5}")
_SHORT_NUMBER = 4
_CAMEL_PIECE = 4
_FEWEST_PIECES = 6
_VERSION = re.compile(r"[vV][0-9]{1,2}")


def _same(text: str) -> bool:
    return len(set(text.lower())) == 1


def _sequence(text: str) -> bool:
    """Whether every character is the one after (or before) its left neighbour, digits wrapping 9 -> 0."""
    codes = [ord(char) for char in text.lower()]
    steps = {right - left for left, right in pairwise(codes)}
    if text.isdigit():
        steps = {-9 if step == 9 else 1 if step == -9 else step for step in steps}
    return steps in ({1}, {-1})


class _Cover:
    """Words, runs and sequences that together spell a whole body."""

    def __init__(self, rules: tuple[Placeholder, ...]) -> None:
        kinds = {rule.kind: rule for rule in rules}
        self.words = kinds["words"].words if "words" in kinds else frozenset()
        self.longest = max(map(len, self.words), default=0)
        self.run = kinds["run"].minimum if "run" in kinds else None
        self.sequence = kinds["sequence"].minimum if "sequence" in kinds else None
        self.walk = kinds["walk"].minimum if "walk" in kinds else None
        rows = kinds["walk"].rows if "walk" in kinds else ()
        self.rows = "\n".join((*rows, *(row[::-1] for row in rows)))

    def _regular(self, text: str) -> bool:
        return (
            (self.run is not None and len(text) >= self.run and _same(text))
            or (self.sequence is not None and len(text) >= self.sequence and _sequence(text))
            or (self.walk is not None and len(text) >= self.walk and text.lower() in self.rows)
        )

    def _telling(self, run: str) -> int | None:
        """How much of a run of letters or digits is spelt by telling pieces; None where no pieces spell it."""
        best: list[int | None] = [0] + [None] * len(run)
        for end in range(1, len(run) + 1):
            for start in range(end):
                before = best[start]
                if before is None:
                    continue
                piece = run[start:end]
                if self._regular(piece):
                    worth = end - start
                elif end - start <= self.longest and piece.lower() in self.words:
                    worth = end - start if end - start >= 3 else 0
                else:
                    continue
                best[end] = max(best[end] or 0, before + worth)
        return best[len(run)]

    def __call__(self, body: str) -> bool:
        told = 0
        for token in _TOKENS.findall(body):
            if token[0] in "_-":
                continue
            worth = self._telling(token)
            if worth is None:
                if not token.isdigit() or len(token) > _SHORT_NUMBER:
                    return self._interleaved(body)
                worth = 0
            told += worth
        letters = len(body) - body.count("_") - body.count("-")
        return letters > 0 and 2 * told >= letters

    def _interleaved(self, body: str) -> bool:
        """Two regular texts in turn: every other character, or letters and digits in pieces of one length."""
        even, odd = body[::2], body[1::2]
        if len(odd) >= 3 and self._regular(even) and self._regular(odd):
            return True
        pieces = _TOKENS.findall(body)
        if len({len(piece) for piece in pieces}) != 1 or len(pieces) < _FEWEST_PIECES:
            return False
        return self._regular("".join(pieces[::2])) and self._regular("".join(pieces[1::2]))


def _mask(body: str, rule: Placeholder) -> bool:
    runs = re.findall(rf"([{re.escape(rule.characters)}])(\1+)", body)
    longest = max((len(rest) + 1 for _, rest in runs), default=0)
    return longest >= rule.minimum and 2 * longest >= len(body)


def _period(body: str, rule: Placeholder) -> bool:
    return any(
        body == (body[:unit] * (len(body) // unit + 1))[: len(body)] for unit in range(2, len(body) // rule.minimum + 1)
    )


def _variety(body: str, rule: Placeholder) -> bool:
    return len(body) >= 3 * rule.minimum and len(set(body.lower())) <= rule.minimum


def _short(body: str, rule: Placeholder) -> bool:
    return len(body) < rule.minimum


def _word_like(piece: str, longest: int) -> bool:
    vowels = sum(char in "aeiouyAEIOUY" for char in piece)
    return 2 <= len(piece) <= longest and 4 * vowels >= len(piece) and not _LONG_CLUSTER.search(piece.lower())


def _identifier(body: str, rule: Placeholder) -> bool:
    """snake_case, kebab-case or camelCase of pieces that read like words, each perhaps with a short number."""
    for part in re.split(r"[_-]+", body.strip("_-")):
        stem = part.rstrip("0123456789")
        if (not stem and len(part) <= _SHORT_NUMBER) or _VERSION.fullmatch(part):
            continue
        if len(part) - len(stem) > 3 or (stem != part and len(stem) < 3):
            return False
        pieces = [stem] if stem.isalpha() and stem.isupper() else _CAMEL.findall(stem)
        if "".join(pieces) != stem or not all(_word_like(piece, rule.minimum) for piece in pieces):
            return False
        if len(pieces) > 1 and min(map(len, pieces)) < _CAMEL_PIECE:
            return False
    return True


_KINDS: dict[str, Callable[[str, Placeholder], bool]] = {
    "mask": _mask,
    "period": _period,
    "variety": _variety,
    "short": _short,
    "identifier": _identifier,
}
_COVER = ("words", "run", "sequence", "walk")


class Placeholders:
    """The compiled rules: `placeholder(body)` names the entry that a body matches, or None for a possible key.

    Raises RulesError for a `kind` that has no mechanism here.
    """

    def __init__(self, rules: PlaceholderRules) -> None:
        for rule in rules.placeholders:
            if rule.kind not in _KINDS and rule.kind not in _COVER:
                raise RulesError(f"placeholders.toml: placeholder {rule.id!r}: unknown kind {rule.kind!r}")
        self._rules = rules.placeholders
        self._cover = _Cover(rules.placeholders)
        self._followers = rules.followers
        self.placeholder = cache(self._placeholder)

    def _placeholder(self, body: str) -> str | None:
        for rule in self._rules:
            mechanism = _KINDS.get(rule.kind)
            if mechanism is not None and mechanism(body, rule):
                return rule.id
        return "words" if self._cover(body) else None

    def follower(self, visible: int, after: bytes) -> str | None:
        """The id of the mask or template that stands right behind a body of `visible` characters, or None."""
        for rule in self._followers:
            if visible <= rule.visible and rule.pattern.match(after):
                return rule.id
        return None
