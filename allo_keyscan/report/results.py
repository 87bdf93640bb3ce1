"""The findings of a document, of whatever command, as every format of findings takes them: one view for all.

A key is told with its life, and is the same wherever it moves: its identity is that of its value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from allo_keyscan.catalog.findings import FindingRule
from allo_keyscan.model import (
    SEVERITIES,
    Audited,
    AuditReport,
    Finding,
    Leak,
    PipelineReport,
    Report,
    ScopesReport,
    Skipped,
)
from allo_keyscan.report import audit_words as words
from allo_keyscan.report.text import printable

Document = Report | ScopesReport | AuditReport | PipelineReport

_WHERE_SCOPES_ARE = "scopes"


class Beside(NamedTuple):
    """Another place of a finding, and what is said of it."""

    path: str
    line: int
    said: str


class Result(NamedTuple):
    """One finding with what is said of it; `identity` is the same for the same thing, and nothing else has it."""

    finding: Finding
    told: str
    identity: str
    beside: tuple[Beside, ...] = ()


class Results(NamedTuple):
    """What was found in one place: the gravest first.

    `mode` keeps two commands, and the repositories of one audit, apart; `root` is the repository, "" where there is but
    one place. `rules` are all that might be reported, in a fixed order. `failed` says why nothing was looked at.
    """

    mode: str
    root: str
    rules: tuple[FindingRule, ...]
    results: tuple[Result, ...]
    skipped: tuple[Skipped, ...]
    complete: bool
    head: str = ""
    failed: str = ""

    @property
    def gaps(self) -> tuple[Skipped, ...]:
        """What a clean answer suffers from, in words."""
        found = tuple(skip for skip in self.skipped if skip.incomplete)
        if self.failed:
            return (Skipped(".", self.failed), *found)
        if not found and not self.complete:
            return (Skipped(".", "interrupted: the rest was not looked at"),)
        return found

    def where(self, path: str) -> str:
        """A path of this place, among those of several."""
        return f"{self.root.rstrip('/')}/{path}" if self.root else path


def results(document: Document, kinds: Mapping[str, FindingRule]) -> list[Results]:
    """The findings of a document, place by place."""
    if isinstance(document, AuditReport):
        alone = len(document.repositories) == 1
        return [_of_audit(one, kinds, alone=alone) for one in document.repositories]
    if isinstance(document, PipelineReport):
        parts: list[Report | ScopesReport] = [document.scan]
        parts += [document.scopes] if document.scopes is not None else []
        return [one for part in parts for one in results(part, kinds)]
    if isinstance(document, ScopesReport):
        told = [(one, one.message, one.fingerprint, ()) for one in document.findings]
        rules = [rule for rule in kinds.values() if rule.command == _WHERE_SCOPES_ARE]
        return [_results(_WHERE_SCOPES_ARE, "", rules, told, document.skipped, complete=document.complete)]
    rules = [rule for rule in kinds.values() if rule.command != _WHERE_SCOPES_ARE]
    found = [_of_scan(one) for one in document.findings]
    return [_results("scan", "", rules, found, document.skipped, complete=document.complete)]


_Told = tuple[Finding, str, str, tuple[Beside, ...]]


def _results(
    mode: str,
    root: str,
    rules: Sequence[FindingRule],
    found: Sequence[_Told],
    skipped: tuple[Skipped, ...],
    *,
    complete: bool,
    head: str = "",
    failed: str = "",
) -> Results:
    seen: Counter[str] = Counter()
    made = []
    for one, told, identity, beside in sorted(found, key=lambda told: -SEVERITIES.index(told[0].severity)):
        seen[identity] += 1
        made.append(Result(one, printable(told), f"{identity}:{seen[identity]}", beside))
    return Results(mode, root, tuple(rules), tuple(made), skipped, complete, head, failed)


def _of_scan(one: Finding) -> _Told:
    if one.life is not None:
        return _of_key(Leak(one, past=(one,)), "")
    inside = f" (in {one.origin.member})" if one.origin.member else ""
    commit = f" (in commit {words.commit_words(one.origin.commit)})" if one.origin.commit else ""
    masked = f"{one.masked}: " if one.masked else ""
    return one, f"{masked}{one.message}{inside}{commit}", one.fingerprint, ()


def _of_audit(one: Audited, kinds: Mapping[str, FindingRule], *, alone: bool) -> Results:
    leaks = [_of_key(leak, words.state(leak, one)) for leak in one.leaks]
    notes = [(note, note.message, note.fingerprint, ()) for note in one.notes]
    scopes = [(note, note.message, note.fingerprint, ()) for note in (one.scopes.findings if one.scopes else ())]
    return _results(
        "audit" if alone else f"audit/{printable(one.path)}",
        "" if alone else one.path,
        tuple(kinds.values()),
        [*leaks, *notes, *scopes],
        one.skipped,
        complete=one.complete,
        head=one.head.sha if one.head else "",
        failed=one.error,
    )


def _of_key(leak: Leak, state: str) -> _Told:
    """A key: what it is, where it lives and what to do, in one paragraph without commands."""
    facts = [f"{name}: {said}" for name, said in words.facts(leak)]
    what = leak.finding.message.partition(": ")[0]
    steps = " ".join(step.said for step in words.steps(leak))
    told = f"{what}: {leak.finding.masked} ({'; '.join([state, *facts] if state else facts)}). {steps}"
    return leak.finding, told, leak.finding.key, tuple(_beside(leak))


def _beside(leak: Leak) -> Iterator[Beside]:
    for stand in words.stands(leak):
        if stand.path != str(leak.finding.origin):
            last = f"until {words.commit_words(stand.last)}" if stand.last else "in the repository"
            said = f"the same key, {'in the work tree' if stand.here else last}"
            yield Beside(stand.file, stand.lines[0] if stand.lines else 1, printable(said))
