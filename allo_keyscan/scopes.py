"""Python sources -> the calls on Allo's API, and the scopes each key needs for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from allo_keyscan.cache import Cache
from allo_keyscan.catalog.api import ApiRules
from allo_keyscan.catalog.findings import FindingRule
from allo_keyscan.model import (
    Call,
    Finding,
    KeyNeeds,
    Origin,
    Position,
    ScopesReport,
    Severity,
    Skipped,
    Summary,
    Tests,
    Unresolved,
)
from allo_keyscan.modules import Searched, search

Source = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class _Open:
    call: Unresolved
    key: str | None


@dataclass(frozen=True, slots=True)
class _Found:
    calls: tuple[Call, ...]
    unresolved: tuple[_Open, ...]
    unparsed: tuple[Skipped, ...]


def scopes_report(
    sources: Sequence[Source],
    rules: ApiRules,
    held: Iterable[str] | None = None,
    *,
    skipped: Sequence[Skipped] = (),
    tests: Collection[str] = (),
    jobs: int = 1,
    cache: Cache | None = None,
) -> ScopesReport:
    """What some Python files need of Allo.

    `held` are the scopes granted or declared, None where nothing is known of them: then nothing is missing or too much.
    `skipped` is what the caller could not read, `tests` the paths that are counted and otherwise left out. Facts that
    are in `cache` are not read again, and up to `jobs` processes read the others.
    """
    searched = search(dict(sources), rules, tests=tests, jobs=jobs, cache=cache)
    found = _found(searched)
    granted = None if held is None else tuple(sorted(set(held)))
    keys = _keys(found, rules, granted)
    required = _smallest((scope for call in found.calls for scope in call.scopes), rules)
    return ScopesReport(
        calls=found.calls,
        unresolved=tuple(
            sorted({item.call for item in found.unresolved}, key=lambda one: (one.path, one.line, one.reason))
        ),
        keys=keys,
        required_scopes=required,
        findings=tuple(sorted(_findings(found, keys, rules, granted), key=_finding_order)),
        skipped=tuple(sorted([*skipped, *found.unparsed], key=lambda skip: (skip.path, skip.reason))),
        summary=Summary(files=len(sources), bytes=sum(len(source) for _, source in sources)),
        tests=Tests(len(tests), searched.test_calls),
    )


def _found(searched: Searched) -> _Found:
    if searched.found is None:
        return _Found((), (), searched.unread)
    unresolved = tuple(_Open(item.call, item.key) for item in searched.found.unresolved)
    return _Found(searched.found.calls, unresolved, searched.unread)


def _smallest(scopes: Iterable[str], rules: ApiRules) -> tuple[str, ...]:
    """The scopes, less those that others among them imply."""
    wanted = set(scopes)
    implied = {other for scope in wanted for other in rules.covered([scope]) if other != scope}
    return tuple(sorted(wanted - implied))


def _excess(granted: Sequence[str], calls: Sequence[Call], rules: ApiRules) -> tuple[str, ...]:
    """The granted scopes no call needs: not by itself, not as the only one that implies what is needed.

    A scope that a source names in conflict with the one used here is not called too much.
    """
    needed = {scope for call in calls for scope in (*call.scopes, *(call.conflict or ()))}
    useful = set()
    for scope in needed:
        holders = [held for held in granted if scope in rules.covered([held])]
        narrow = min((len(rules.covered([held])) for held in holders), default=0)
        useful |= {held for held in holders if len(rules.covered([held])) == narrow}
    return tuple(sorted(set(granted) - useful))


def _keys(found: _Found, rules: ApiRules, granted: tuple[str, ...] | None) -> tuple[KeyNeeds, ...]:
    names = {call.key for call in found.calls} | {item.key for item in found.unresolved}
    keys = []
    for name in sorted(names, key=lambda key: (key is None, key or "")):
        calls = [call for call in found.calls if call.key == name]
        required = _smallest((scope for call in calls for scope in call.scopes), rules)
        missing: tuple[str, ...] = ()
        excess: tuple[str, ...] = ()
        if granted is not None:
            missing = tuple(scope for scope in required if scope not in rules.covered(granted))
            excess = _excess(granted, [call for call in found.calls if call.key in (name, None)], rules)
        open_calls = sum(item.key == name for item in found.unresolved)
        sites = len({(call.path, call.line, call.column) for call in calls})
        keys.append(KeyNeeds(name, required, missing, excess, sites, open_calls))
    return tuple(keys)


def _findings(
    found: _Found, keys: Sequence[KeyNeeds], rules: ApiRules, granted: tuple[str, ...] | None
) -> list[Finding]:
    kinds = rules.kinds
    findings = [_undocumented(kinds, call) for call in found.calls if call.endpoint is None]
    if granted is None:
        return findings
    covered = rules.covered(granted)
    for call in found.calls:
        findings.extend(_missing(kinds, call, scope) for scope in call.scopes if scope not in covered)
    shared = set(granted)
    for key in keys:
        if key.key is not None or len(keys) == 1:
            shared &= set(key.excess)
    return findings + [_unused(kinds, scope, found) for scope in sorted(shared)]


Kinds = dict[str, FindingRule]


def _undocumented(kinds: Kinds, call: Call) -> Finding:
    message = f"{call.method} {call.url} is no endpoint that is known here, so its scope is not known either"
    return _finding(kinds["undocumented-endpoint"], call, message, f"{call.method} {call.url}")


def _missing(kinds: Kinds, call: Call, scope: str) -> Finding:
    holder = call.key if call.key is not None else "the key"
    message = f"{call.method} {call.endpoint} needs {scope}, which {holder} does not have"
    severity: Severity | None = None if call.certainty == "definite" else "warning"
    identity = f"{call.method} {call.endpoint} {scope} {call.key}"
    return _finding(kinds["missing-scope"], call, message, identity, severity)


def _unused(kinds: Kinds, scope: str, found: _Found) -> Finding:
    """An unresolved call may need the scope, so then it is only a note."""
    number = len({(item.call.path, item.call.line) for item in found.unresolved})
    may = f"; {number} unresolved call{'s' if number > 1 else ''} may need it" if number else ""
    first = found.calls[0] if found.calls else None
    message = f"{scope} is given, and no call seen here needs it{may}"
    return _finding(kinds["unused-scope"], first, message, scope, "note" if number else None)


def _finding(
    kind: FindingRule, call: Call | None, message: str, identity: str, severity: Severity | None = None
) -> Finding:
    path = call.path if call is not None else "."
    start = Position(call.line, call.column) if call is not None else Position(1, 1)
    digest = blake2b(f"{kind.name}\0{path}\0{identity}".encode("utf-8", "surrogateescape"), digest_size=16)
    return Finding(
        rule=kind.name,
        code=kind.code,
        severity=severity or kind.severity,
        confidence="high" if call is None or call.certainty == "definite" else "medium",
        origin=Origin(path),
        start=start,
        end=start,
        masked="",
        fingerprint=digest.hexdigest(),
        encoding=None,
        message=message,
    )


def _finding_order(finding: Finding) -> tuple[object, ...]:
    return (finding.origin.path, finding.start, finding.code, finding.message)
