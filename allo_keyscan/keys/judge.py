"""candidate -> verdict. Every candidate gets one: nothing that looks like a key is dropped in silence.

leak: act on it. example: the documentation's own key. placeholder: it stands for a key. lookalike: code that makes or
checks keys, or a name that happens to begin like one.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from allo_keyscan.catalog.keys import KeyRules
from allo_keyscan.keys.find import Candidate
from allo_keyscan.keys.placeholders import Placeholders
from allo_keyscan.model import Confidence

Verdict = Literal["leak", "example", "placeholder", "lookalike"]

_NEAR_BEFORE = 400
_NEAR_AFTER = 200
_SHORT_BODY = 12
# Behind a letter in binary data, where symbols stand too, only a long and mixed body speaks for a key.
_GLUED = re.compile(rb"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_-]{16,}\Z")
# Bodies of exactly this form are Pagar.me's as much as Allo's: trufflehog's detector for that vendor takes
# 30 letters and digits behind the same prefix (pkg/detectors/pagarme/pagarme.go).
_PAGARME = re.compile(rb"[A-Za-z0-9]{30}\Z")


class Judgement(NamedTuple):
    """A verdict, how sure it is, and what is worth saying about it."""

    verdict: Verdict
    confidence: Confidence = "medium"
    note: str = ""


class Judge:
    """Verdicts under the rules of rules/keys.toml and rules/placeholders.toml."""

    def __init__(self, rules: KeyRules, placeholders: Placeholders) -> None:
        self._rules = rules
        self._placeholders = placeholders

    def judge(self, candidate: Candidate, around: bytes = b"") -> Judgement:
        """The verdict on one candidate; `around` is the undecoded text near an encoded one."""
        body = candidate.body.decode("ascii")
        if body in candidate.form.documented:
            return Judgement("example", "high")
        after = candidate.text[candidate.end : candidate.end + 32]
        if candidate.glued and not _GLUED.match(candidate.body):
            return Judgement("lookalike")
        template = self._placeholders.follower(len(body), after)
        if template is not None:
            return Judgement("placeholder" if template == "mask" else "lookalike")
        if not body.strip("_-"):
            return Judgement("lookalike")
        reason = self._placeholders.placeholder(body) or self._placeholders.placeholder(body.strip("_-"))
        if reason is not None:
            return Judgement("lookalike" if reason == "an identifier" else "placeholder")
        return self._leak(candidate, around)

    def _leak(self, candidate: Candidate, around: bytes) -> Judgement:
        near = candidate.text[max(0, candidate.start - _NEAR_BEFORE) : candidate.start]
        near += b"\0" + candidate.text[candidate.end : candidate.end + _NEAR_AFTER] + b"\0" + around
        said: set[Confidence] = {context.confidence for context in self._rules.contexts if context.pattern.search(near)}
        note = ""
        if "high" not in said and _PAGARME.match(candidate.body):
            note = "it could be another vendor's: Pagar.me writes keys the same way"
        if "high" in said:
            return Judgement("leak", "high")
        if "low" in said or len(candidate.body) < _SHORT_BODY:
            return Judgement("leak", "low", note)
        return Judgement("leak", "medium", note)
