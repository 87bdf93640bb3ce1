"""Calls and needs -> findings: what a person, or a check in CI, is to act on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b

from allo_keyscan.catalog.api import ApiRules
from allo_keyscan.catalog.findings import FindingRule
from allo_keyscan.model import Call, Finding, KeyNeeds, Origin, Place, Position, Remark, Severity
from allo_keyscan.needs.held import DECLARED, Held, is_open
from allo_keyscan.needs.keys import Seen, listed, unneeded

Kinds = dict[str, FindingRule]


def findings(
    seen: Seen, remarks: Sequence[Remark], keys: Sequence[KeyNeeds], rules: ApiRules, held: Held | None
) -> list[Finding]:
    """Every finding of some calls, in the order of their places."""
    found = [*_of_calls(seen, remarks, rules.kinds), *_unresolved(seen, rules.kinds)]
    if held is not None:
        for call in seen.calls:
            has = rules.covered(held.by(call.key))
            lacked = [scope for scope in call.scopes if scope not in has and held.knows(call.key)]
            found += [_missing(rules.kinds, call, scope, held) for scope in lacked]
        found += _unused(seen, keys, rules, held)
    return sorted(found, key=lambda one: (one.origin.path, one.start, one.code, one.message))


def _of_calls(seen: Seen, remarks: Sequence[Remark], kinds: Kinds) -> Iterator[Finding]:
    explained = {
        (one.call.path, one.call.line, one.call.column, one.call.method)
        for one in remarks
        if one.kind == "method-not-allowed"
    }
    once: set[tuple[object, ...]] = set()
    for call in seen.calls:
        place = (call.path, call.line, call.column, call.method)
        if (*place, call.endpoint, call.url) in once:
            continue  # a call with two keys is one call
        once.add((*place, call.endpoint, call.url))
        if call.endpoint is None and place not in explained:
            said = "is no endpoint that is known here, so its scope is not known either"
            yield of_call(kinds["undocumented-endpoint"], call, f"{_name(call)} {said}", _name(call))
        if call.conflict:
            said = f"needs {', '.join(call.scopes)} by the source used here; another names {', '.join(call.conflict)}"
            yield of_call(kinds["scope-conflict"], call, f"{_name(call)} {said}", _name(call))
    for one in remarks:
        severity = one.severity
        if severity is None and one.call.certainty == "possible" and kinds[one.kind].severity == "error":
            severity = "warning"  # the call may never be made, as with a scope that it lacks
        yield of_call(kinds[one.kind], one.call, f"{_name(one.call)}: {one.detail}", _name(one.call), severity)


def _unresolved(seen: Seen, kinds: Kinds) -> Iterator[Finding]:
    kind = kinds["unresolved-call"]
    for one in sorted({item.call for item in seen.unresolved}):
        place = (one.path, Position(one.line, 1))
        yield _finding(kind, place, f"may be a call on the API: {one.reason}", one.reason, None, "medium")


def _missing(kinds: Kinds, call: Call, scope: str, held: Held) -> Finding:
    holder = call.key if call.key is not None else "the key"
    lacks = "which no key has" if is_open(call.key) and held.others is None else f"which {holder} does not have"
    severity: Severity | None = None if call.certainty == "definite" else "warning"
    identity = f"{_name(call)} {scope} {call.key}"
    return of_call(kinds["missing-scope"], call, f"{_name(call)} needs {scope}, {lacks}", identity, severity)


def _unused(seen: Seen, keys: Sequence[KeyNeeds], rules: ApiRules, held: Held) -> Iterator[Finding]:
    """One finding for each scope of each key that has its own, and for each that all the others have too much."""
    for key in keys:
        if key.key is not None and key.key in held.of:
            for scope in (*key.excess, *key.not_observed):
                yield _spare(seen, rules.kinds, held, key.key, scope, key.blockers)
    if held.others is None:
        return
    sharing = [key for key in keys if key.key not in held.of]
    sharing = [key for key in sharing if key.key is not None] or sharing
    shared = set(held.others)
    blockers: set[Place] = set()
    for key in sharing:
        shared &= {*key.excess, *key.not_observed}
        blockers |= set(key.blockers)
    if not sharing:
        spare = unneeded(held.others, None, seen, rules, held)
        blockers = set(spare.blockers)
    for scope in sorted(shared):
        yield _spare(seen, rules.kinds, held, DECLARED, scope, tuple(sorted(blockers)))


def _spare(seen: Seen, kinds: Kinds, held: Held, name: str, scope: str, blockers: tuple[Place, ...]) -> Finding:
    """Where something may need the scope all the same, it is a note that names it."""
    kind = kinds["unused-scope"]
    word = "declared" if held.file is not None else "granted"
    owner = "" if name == DECLARED else f" for {name}"
    if blockers:
        message = f"{scope} is {word}{owner} and not observed: what is not resolved may need it ({listed(blockers)})"
    else:
        message = f"{scope} is {word}{owner}, and no call needs it"
    severity: Severity | None = "note" if blockers else None
    identity = f"{scope} {name}"
    if held.file is not None:
        place = (held.file, Position(held.lines.get((name, scope), 1), 1))
        return _finding(kind, place, message, identity, severity)
    signed = [call for call in seen.calls if name in (DECLARED, call.key)]
    first = (signed[0].path, Position(signed[0].line, signed[0].column)) if signed else (".", Position(1, 1))
    return _finding(kind, first, message, identity, severity)


def _name(call: Call) -> str:
    return f"{call.method} {call.endpoint or call.url}"


def of_call(kind: FindingRule, call: Call, message: str, identity: str, severity: Severity | None = None) -> Finding:
    """A finding at a call, with its chain of wrappers."""
    confidence = "high" if call.certainty == "definite" else "medium"
    place = (call.path, Position(call.line, call.column))
    return _finding(kind, place, message, identity, severity, confidence)._replace(chain=call.via)


def _finding(
    kind: FindingRule,
    place: tuple[str, Position],
    message: str,
    identity: str,
    severity: Severity | None = None,
    confidence: str = "high",
) -> Finding:
    """The fingerprint is made of rule, path and identity, never of a line."""
    path, start = place
    digest = blake2b(f"{kind.name}\0{path}\0{identity}".encode("utf-8", "surrogateescape"), digest_size=16)
    return Finding(
        rule=kind.name,
        code=kind.code,
        severity=severity or kind.severity,
        confidence="high" if confidence == "high" else "medium",
        origin=Origin(path),
        start=start,
        end=start,
        masked="",
        fingerprint=digest.hexdigest(),
        encoding=None,
        message=message,
    )
