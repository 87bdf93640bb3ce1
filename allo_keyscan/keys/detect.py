"""bytes -> key matches: find, decode, judge. Pure: knows no files, no git, no Python.

detector = Detector(rules_dir())
hits = detector.hits(data)             # the fast pass; empty for nearly everything
matches = detector.matches(data, "src/app.py", hits)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from allo_keyscan.catalog.keys import KeyForm, KeyRules, PathRule, key_rules, placeholder_rules
from allo_keyscan.comments import in_comment, line_before
from allo_keyscan.keys.credentials import Credentials
from allo_keyscan.keys.find import Candidate, Finder, Hit
from allo_keyscan.keys.judge import Judge, Judgement
from allo_keyscan.keys.pieces import Pieces
from allo_keyscan.keys.placeholders import Placeholders
from allo_keyscan.keys.prefilter import Prefilter
from allo_keyscan.keys.secret import Secret
from allo_keyscan.keys.text import BASE64_FIRST_LINE, breaks_lines, unwrapped
from allo_keyscan.model import Confidence

IGNORE_WORD = b"allo-keyscan:"
MAIL_WORDS = (b"ontent-Transfer-Encoding", b"ontent-transfer-encoding")
_AROUND = 300
_SHORTEST = 6


class Match(NamedTuple):
    """A key, or what looks like one, at `start:end` (byte offsets in the searched data).

    `rule` names the finding, or is None for what is only counted (placeholders, lookalikes, examples in prose).
    """

    secret: Secret
    start: int
    end: int
    rule: str | None
    confidence: Confidence
    encoding: str | None
    note: str = ""


class Detector:
    """The key search under one folder of rules.

    Raises RulesError for a rules file that cannot be used; placeholders.toml is read once a candidate is met.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.rules: KeyRules = key_rules(folder)
        words = Credentials.words(self.rules) | {IGNORE_WORD, *MAIL_WORDS}
        self.finder = Finder(self.rules.forms, words)
        self.hits = self.finder.hits

    @cached_property
    def placeholders(self) -> Placeholders:
        """The compiled rules/placeholders.toml."""
        return Placeholders(placeholder_rules(self._folder))

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self.rules, self.placeholders)

    @cached_property
    def _credentials(self) -> Credentials:
        return Credentials(self.rules, self.placeholders)

    def matches(self, data: bytes, name: str, hits: Iterable[Hit] | None = None) -> list[Match]:
        """Every match in `data`, sorted by place; `name` is the path by which its reader is known."""
        hits = self.hits(data) if hits is None else list(hits)
        found = [self._match(candidate, data, name) for candidate in self.finder.candidates(data, hits)]
        if self._is_wrapped(data, hits):
            found += self._unwrapped(data, name, {match.start for match in found})
        taken = {(match.start, match.end) for match in found}
        words = self.finder.word_hits(hits)
        for start, end, leaks in self._credentials.spans(data, words, headers=not name.endswith(".py")):
            if (start, end) not in taken:
                taken.add((start, end))
                rule = "hardcoded-credential" if leaks else None
                found.append(Match(Secret(data[start:end]), start, end, rule, "high", None))
        return sorted(found, key=lambda match: (match.start, match.end))

    @cached_property
    def may_assemble(self) -> Pieces:
        """Whether Python source could put a key together from pieces: a cheap test on bytes."""
        return Pieces(self.rules, self.finder.literals)

    @cached_property
    def _prefilter(self) -> Prefilter:
        return Prefilter((*self.finder.literals, *self.may_assemble.literals))

    def marks(self, data: bytes | memoryview) -> list[int]:
        """Offsets in any data, such as many files side by side: what holds a match has one, and so has Python source
        that may assemble a key. Without one, `hits` finds nothing there."""
        return [*self._prefilter(data), *self.may_assemble.parted(data)]

    def may_send(self, source: bytes, hits: Iterable[Hit]) -> bool:
        """Whether Python source names one of the vendor's servers and holds a literal that could be a credential."""
        hosts = {host for header in self.rules.headers for host in header.hosts}
        named = any(word in hosts for word, _ in self.finder.word_hits(hits))
        return named and self._credentials.may_stand_in(source)

    def sent(self, value: bytes) -> Match | None:
        """The match of a value that is sent to the vendor as a credential; None where it is no secret."""
        if not self._credentials.is_secret(value):
            return None
        return Match(Secret(value), 0, 0, "hardcoded-credential", "high", None)

    @staticmethod
    def begins_wrapped(head: bytes) -> bool:
        """Whether text begins like the output of `base64`: its line breaks may cut any literal."""
        return BASE64_FIRST_LINE.match(head) is not None

    def _is_wrapped(self, data: bytes, hits: Iterable[Hit]) -> bool:
        if self.begins_wrapped(data):
            return True
        return any(
            word in MAIL_WORDS and breaks_lines(data, start + len(word)) for word, start in self.finder.word_hits(hits)
        )

    def _unwrapped(self, data: bytes, name: str, taken: set[int]) -> Iterator[Match]:
        """The matches that only show once line breaks are taken out."""
        for view in unwrapped(data):
            for candidate in self.finder.candidates(view.text):
                match = self._match(candidate, view.text, name)
                start, end = view.offset(match.start), view.offset(match.end - 1) + 1
                if start not in taken:
                    taken.add(start)
                    yield match._replace(start=start, end=end, encoding=match.encoding or "quoted-printable")

    def assembled(self, value: bytes, name: str) -> list[Match]:
        """The matches in a string that a program puts together; their offsets are meaningless."""
        return [self._match(candidate, value, name) for candidate in self.finder.candidates(value)]

    def _match(self, candidate: Candidate, data: bytes, name: str) -> Match:
        start, end = candidate.source
        around = data[max(0, start - _AROUND) : start] + b"\0" + data[end : end + _AROUND]
        judgement = self._judge.judge(candidate, around if candidate.encoding else b"")
        value = candidate.text[candidate.start : candidate.end]
        rule = self._rule(judgement, candidate, data, name)
        secret = Secret(value, candidate.form.prefix)
        return Match(secret, start, end, rule, judgement.confidence, candidate.encoding, judgement.note)

    def _rule(self, judgement: Judgement, candidate: Candidate, data: bytes, name: str) -> str | None:
        if judgement.verdict == "example":
            silent = self.is_prose(name) or in_comment(data, candidate.source[0])
            return None if silent else "example-key"
        if judgement.verdict != "leak":
            return None
        line = line_before(data, candidate.source[0])
        return "client-side-key" if _applies(self.rules.client_side, name, line) else "leaked-key"

    def hide(self, name: str) -> str:
        """A file's name with every key in it masked, however it is encoded."""
        data = name.encode("utf-8", "surrogateescape")
        hits = self.hits(data)
        if not hits:
            return name
        for candidate in reversed(self.finder.candidates(data, hits)):
            if len(candidate.body) >= _SHORTEST:
                secret = Secret(candidate.text[candidate.start : candidate.end], candidate.form.prefix)
                low, high = candidate.source
                data = data[:low] + secret.masked.encode() + data[high:]
        return data.decode("utf-8", "surrogateescape")

    def is_prose(self, name: str) -> bool:
        """Whether a path names a document for readers, not code or configuration."""
        return _applies(self.rules.prose, name, b"")

    def form_of(self, match: Match) -> KeyForm:
        """The key form whose vendor a match is attributed to; credentials without a prefix are the first form's."""
        masked = match.secret.masked
        return next((form for form in self.rules.forms if masked.startswith(form.prefix.decode())), self.rules.forms[0])


def _applies(rules: Iterable[PathRule], name: str, line: bytes) -> bool:
    return any(
        (rule.paths is not None and rule.paths.search(name)) or (rule.names is not None and rule.names.search(line))
        for rule in rules
    )
