"""One blob -> findings: search, judge, suppress, mask. What stands here never reads a file and never prints.

A `Tally` collects what many blobs gave; it holds no raw key, so it may cross a process border.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple, Protocol

from allo_keyscan.catalog.findings import FindingRule, finding_rules
from allo_keyscan.errors import nearest
from allo_keyscan.keys.detect import IGNORE_WORD, Detector, Match
from allo_keyscan.keys.find import Hit
from allo_keyscan.keys.secret import Secret
from allo_keyscan.keys.text import WIDE_HEADS, wide_text
from allo_keyscan.keys.vault import Vault
from allo_keyscan.model import Finding, Origin, Severity, Skipped, Summary, Suppressed
from allo_keyscan.scan.defects import broken
from allo_keyscan.scan.lines import Base, Lines, Masks, excerpt
from allo_keyscan.scan.places import Place, Placed, begins_otherwise, is_python, without_pieces
from allo_keyscan.suppress import Ignore, ignores, pragma

WHOLE = 8 << 20
"""Up to this many bytes a blob is searched in one piece; beyond, in windows that overlap."""

_WINDOW = 4 << 20
_OVERLAP = 64 << 10
_LEAD = 4 << 10


class Tally:
    """What blobs gave so far."""

    __slots__ = ("findings", "placeholders", "skipped", "summary", "suppressed")

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.skipped: list[Skipped] = []
        self.placeholders = 0
        self.suppressed = Suppressed()
        self.summary = Summary()

    def add(self, other: Tally) -> None:
        """Take in what another one holds."""
        self.findings += other.findings
        self.skipped += other.skipped
        self.placeholders += other.placeholders
        self.suppressed = self.suppressed.plus(other.suppressed)
        self.summary = self.summary.plus(other.summary)


class PathSet(Protocol):
    """Some paths, such as those a pattern matches."""

    def matches(self, path: str) -> bool:
        """Whether a path, relative and with `/`, is one of them."""


class Policy(NamedTuple):
    """Whether ignore comments count, and which rules configuration silences, everywhere or by path."""

    comments: bool = True
    ignored: frozenset[str] = frozenset()
    ignored_by_path: tuple[tuple[PathSet, frozenset[str]], ...] = ()

    def configured_away(self, finding: Finding) -> bool:
        """Whether configuration silences a finding, by its rule's name or code."""
        names = {finding.rule, finding.code}
        return bool(names & self.ignored) or any(
            names & rules and paths.matches(finding.origin.path) for paths, rules in self.ignored_by_path
        )


class _Window(NamedTuple):
    """Text in which matches that start in `first:last` are reported; it begins at `base` of its blob."""

    data: bytes
    origin: Origin
    first: int
    last: int
    base: Base
    encoding: str | None = None


class Scanner:
    """Blobs -> findings under one folder of rules and one policy; the raw keys end in `vault`, where there is one."""

    def __init__(self, rules: str, policy: Policy | None = None, vault: Vault | None = None) -> None:
        self._folder = rules
        self.vault = vault
        self.detector = Detector(rules)
        self.policy = policy or Policy()

    @cached_property
    def rules(self) -> dict[str, FindingRule]:
        """Every finding rule by its name; read once something was found."""
        return finding_rules(self._folder)

    def scan(self, data: bytes, origin: Origin, tally: Tally, hits: Sequence[Hit] | None = None) -> None:
        """Search one whole blob; `hits` saves the fast pass where it was made already."""
        wide = wide_text(data)
        if wide is not None and not self._says_less(wide[0], data):
            data, hits = wide[0], None
        else:
            wide = None
        hits = self.detector.hits(data) if hits is None else hits
        window = _Window(data, origin, 0, len(data) + 1, Base(), wide[1] if wide else None)
        joined = self._understood(data, origin, hits, tally) if is_python(origin.name, data) else []
        self._search(window, hits, tally, joined)

    def _says_less(self, text: bytes, raw: bytes) -> bool:
        """Whether the decoded text shows fewer candidates than the bytes: the wide text stands amid other data."""
        return len(self.detector.finder.candidates(text)) < len(self.detector.finder.candidates(raw))

    def interesting(self, head: bytes, data: bytes | memoryview, name: str) -> bool:
        """Whether a blob without hits may hold something all the same; `head` is its first 512 bytes."""
        return (
            head[:2] in WIDE_HEADS
            or self.detector.begins_wrapped(head)
            or (is_python(name, head) and self.detector.may_assemble(bytes(data)))
        )

    def scan_pieces(self, pieces: Iterable[bytes], origin: Origin, tally: Tally) -> int:
        """Search a blob that comes in pieces, in bounded memory; returns its size in bytes."""
        size = 0
        for window in _windows(pieces, origin):
            size += len(window.data) - window.first
            if window.first == 0 and window.last > len(window.data):
                self.scan(window.data, origin, tally)
            else:
                size -= max(0, len(window.data) - window.last)
                self._search(window, self.detector.hits(window.data), tally)
        return size

    def _understood(self, data: bytes, origin: Origin, hits: Sequence[Hit], tally: Tally) -> list[Placed]:
        """What only Python's own meaning shows; source that does not parse is said."""
        assembles, sends = self.detector.may_assemble(data), self.detector.may_send(data, hits)
        if not assembles and not sends:
            return []
        if begins_otherwise(data):
            tally.skipped.append(_no_python(origin, "not Python: no statement begins like that"))
            return []
        from allo_keyscan.scan import python

        try:
            found = python.assembled_keys(self.detector, data, origin.name) if assembles else []
            found += python.sent_credentials(self.detector, self._folder, data) if sends else []
        except python.Unparsed as unparsed:
            tally.skipped.append(_no_python(origin, str(unparsed)))
            return []
        except Exception as error:  # noqa: BLE001 (what the bytes themselves hold must still be found)
            tally.skipped.append(broken(str(origin), error))
            return []
        return found

    def _search(self, window: _Window, hits: Sequence[Hit], tally: Tally, joined: Sequence[Placed] = ()) -> None:
        matches = self.detector.matches(window.data, window.origin.name, hits)
        offsets = [start for word, start in self.detector.finder.word_hits(hits) if word == IGNORE_WORD]
        comments = ignores(window.data, offsets) if self.policy.comments and offsets else []
        placed = [
            (match, Place(match.start, match.end, ((match.start, match.end),)))
            for match in matches
            if window.first <= match.start < window.last
        ]
        self._report(window, without_pieces(placed, joined) if joined else placed, comments, tally)

    def _report(self, window: _Window, found: list[Placed], comments: list[Ignore], tally: Tally) -> None:
        if not found and not comments:
            return
        lines = Lines(window.data, window.base)
        silencers = _Silencers(window.data, lines, comments)
        masks = Masks(
            (*span, match.secret.masked if number == 0 else "…")
            for match, place in found
            if match.rule is not None
            for number, span in enumerate(place.masks)
        )
        for match, place in found:
            if match.rule is None:
                tally.placeholders += 1
                continue
            finding = self._finding(match, place, window, lines, masks)
            reported = False
            if self.policy.configured_away(finding):
                tally.suppressed = tally.suppressed.plus(Suppressed(config=1))
            elif self.policy.comments and silencers.silence(finding, place):
                tally.suppressed = tally.suppressed.plus(Suppressed(comments=1))
            else:
                tally.findings.append(finding)
                reported = True
            self.noted(match, place, finding, reported=reported)
        if not self.detector.is_prose(window.origin.name):
            for ignore in comments:
                strange = self._strange(ignore)
                idle = not silencers.used(ignore) and not self._for_scopes(ignore)
                if window.first <= ignore.start < window.last and (strange or idle):
                    unused = self._unused(ignore, strange, window, lines, masks)
                    if not self.policy.configured_away(unused):
                        tally.findings.append(unused)

    def noted(self, match: Match, place: Place, finding: Finding, *, reported: bool) -> None:
        """Called with every match that stands for a finding, silenced or not. Nothing is kept of the raw key here."""

    def _for_scopes(self, ignore: Ignore) -> bool:
        """Whether the comment names a rule of `scopes`, which alone can tell whether it silences anything."""
        return ignore.rules is not None and any(
            rule.command == "scopes" and ignore.covers(rule.code, rule.name) for rule in self.rules.values()
        )

    def _finding(self, match: Match, place: Place, window: _Window, lines: Lines, masks: Masks) -> Finding:
        rule = self.rules[match.rule or ""]
        severity: Severity = rule.severity
        if match.rule == "leaked-key" and match.confidence == "low":
            severity = "warning"
        encoding = "+".join(filter(None, (window.encoding, match.encoding))) or None
        said = f" ({encoding})" if encoding else ""
        note = f" ({match.note})" if match.note else ""
        remedy = rule.remedy.format(revoke=self.detector.form_of(match).revoke)
        shown, caret = excerpt(window.data, lines.bounds(place.start), (place.start, place.end), masks)
        key = match.secret.fingerprint("", "")
        if self.vault is not None:
            self.vault.keep(key, match.secret, foreign=bool(match.note))
        return Finding(
            rule=rule.name,
            code=rule.code,
            severity=severity,
            confidence=match.confidence,
            origin=window.origin,
            start=lines.position(place.start),
            end=lines.position(place.end),
            masked=match.secret.masked,
            fingerprint=match.secret.fingerprint(rule.name, str(window.origin)),
            encoding=encoding,
            message=f"{rule.summary}{said}{note}: {remedy}",
            excerpt=shown,
            caret=caret,
            key=key,
        )

    def _strange(self, ignore: Ignore) -> str:
        """What to say of a comment that names a rule that does not exist; nothing of others. Quotes no name."""
        if not ignore.rules:
            return ""
        known = {name for rule in self.rules.values() for name in (rule.name, rule.code)}
        for name in sorted(ignore.rules - {name.lower() for name in known}):
            near = nearest(name, known)
            return "an ignore comment names a rule that does not exist" + (f": did you mean {near}?" if near else "")
        return ""

    def _unused(self, ignore: Ignore, strange: str, window: _Window, lines: Lines, masks: Masks) -> Finding:
        rule = self.rules["unused-ignore"]
        comment = window.data[ignore.start : ignore.end]
        shown, caret = excerpt(window.data, lines.bounds(ignore.start), (ignore.start, ignore.end), masks)
        return Finding(
            rule=rule.name,
            code=rule.code,
            severity=rule.severity,
            confidence="high",
            origin=window.origin,
            start=lines.position(ignore.start),
            end=lines.position(ignore.end),
            masked="",
            fingerprint=Secret(comment).fingerprint(rule.name, str(window.origin)),
            encoding=None,
            message=strange or f"{rule.summary}: {rule.remedy}",
            excerpt=shown,
            caret=caret,
        )


def _no_python(origin: Origin, why: str) -> Skipped:
    reason = f"{why}: keys put together from pieces were not looked for"
    return Skipped(str(origin), reason, incomplete=False)


class _Silencers:
    """The ignore comments of one text, and which of them silenced something."""

    def __init__(self, text: bytes, lines: Lines, comments: list[Ignore]) -> None:
        self._by_line: dict[int, list[Ignore]] = {}
        self._used: set[int] = set()
        for comment in comments:
            line = lines.number(comment.start)
            self._by_line.setdefault(line + comment.alone, []).append(comment)
        self._text = text
        self._lines = lines
        self._pragmas: dict[int, bool] = {}

    def silence(self, finding: Finding, place: Place) -> bool:
        """Whether a comment silences the finding; the comment must stand outside of the key."""
        hit = self._pragma(finding.start.line, place.start)
        for line in range(finding.start.line, finding.end.line + 1):
            for comment in self._by_line.get(line, ()):
                inside = any(low <= comment.start < high for low, high in place.masks)
                if not inside and comment.covers(finding.code, finding.rule):
                    self._used.add(comment.start)
                    hit = True
        return hit

    def _pragma(self, line: int, offset: int) -> bool:
        if line not in self._pragmas:
            self._pragmas[line] = pragma(self._text[slice(*self._lines.bounds(offset))])
        return self._pragmas[line]

    def used(self, comment: Ignore) -> bool:
        """Whether a comment silenced something."""
        return comment.start in self._used


def _windows(pieces: Iterable[bytes], origin: Origin) -> Iterator[_Window]:
    """One window that holds a small blob whole, or overlapping ones over a large one."""
    held, base, first, limit = bytearray(), Base(), 0, WHOLE
    for piece in pieces:
        held += piece
        if len(held) <= limit:
            continue
        data = bytes(held)
        last = len(data) - _OVERLAP
        yield _Window(data, origin, first, last, base)
        base = base.after(data[: last - _LEAD])
        held, first, limit = bytearray(data[last - _LEAD :]), _LEAD, _WINDOW
    yield _Window(bytes(held), origin, first, len(held) + 1, base)
