"""Saved JSON -> the values it was written from: the inverse of <kind>_json in report/.

What comes back renders to the same bytes in every format. A few fields that no format shows are not in the JSON, and
come back as those of the key or the kind they belong to. Every function raises one of UNREADABLE for what is not of
that shape, whose texts may quote it: who reads a file says where (documents.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allo_keyscan.model import (
    SEVERITIES,
    Audited,
    Basis,
    Call,
    Commit,
    Finding,
    Held,
    KeyNeeds,
    Leak,
    Life,
    Looked,
    Origin,
    Place,
    Position,
    Report,
    ScopeNeed,
    ScopesReport,
    Shard,
    Skipped,
    Summary,
    Suppressed,
    Tests,
    Unresolved,
    Verification,
)

Saved = dict[str, Any]

UNREADABLE = (KeyError, TypeError, ValueError, IndexError, AttributeError)
"""What comes of a document of another shape."""

_FAIL_ON = (*SEVERITIES, "never")
_BASES: dict[str, Basis] = {"documented": "guide", "inferred": "inferred", "unknown": "unknown"}


def audited(saved: Saved) -> Audited:
    """One entry of `repositories`."""
    scopes = saved["scopes"]
    return Audited(
        path=_text(saved["path"]),
        head=_commit(saved["head"]),
        leaks=tuple(map(_leak, saved["keys"])),
        notes=tuple(map(finding, saved["findings"])),
        scopes=None if scopes is None else scopes_report(scopes),
        declared=scopes is not None and _flag(scopes["declared"]),
        skipped=skipped(saved["skipped"]),
        work_tree=_looked(saved["work_tree"]),
        history=_looked(saved["history"]),
        bare=_flag(saved["bare"]),
        interrupted=_flag(saved["interrupted"]),
        error=_text(saved["error"] or ""),
        fail_on=_one_of(saved["fail_on"], _FAIL_ON),
        attempts=_number(saved["attempts"]),
    )


def scan_report(saved: Saved) -> Report:
    """A report of `scan`."""
    return Report(
        findings=tuple(map(finding, saved["findings"])),
        placeholders=_number(saved["placeholders"]),
        suppressed=_suppressed(saved["suppressed"]),
        skipped=skipped(saved["skipped"]),
        summary=_summary(saved["summary"]),
        interrupted=_flag(saved.get("interrupted", False)),
    )


def scopes_report(saved: Saved) -> ScopesReport:
    """The body of a report of `scopes`."""
    calls = tuple(map(_call, saved["calls"]))
    summary, tests = saved["summary"], saved["summary"]["tests"]
    return ScopesReport(
        calls=calls,
        unresolved=tuple(
            Unresolved(_text(one["path"]), _number(one["line"]), _text(one["reason"])) for one in saved["unresolved"]
        ),
        keys=tuple(_needs(one, calls) for one in saved["keys"]),
        required_scopes=_texts(saved["required_scopes"]),
        findings=tuple(map(finding, saved["findings"])),
        skipped=skipped(saved["skipped"]),
        summary=Summary(files=_number(summary["files"]), bytes=_number(summary["bytes"])),
        suppressed=_suppressed({"baseline": 0, **saved["suppressed"]}),
        tests=Tests(_number(tests["files"]), _number(tests["calls"])),
    )


def shards(saved: Iterable[Saved]) -> tuple[Shard, ...]:
    """The parts of a list that a report covers."""
    return tuple(Shard(_number(one["number"]), _number(one["of"]), _text(one["names"])) for one in saved)


def skipped(saved: Iterable[Saved]) -> tuple[Skipped, ...]:
    """What was not looked at."""
    return tuple(Skipped(_text(one["path"]), _text(one["reason"]), _flag(one["incomplete"])) for one in saved)


def _leak(saved: Saved) -> Leak:
    main = finding(saved)
    places = [(_text(one["where"]), _place(one, main)) for one in saved["places"]]
    return Leak(
        finding=main,
        here=tuple(one for where, one in places if where == "work tree"),
        past=tuple(one for where, one in places if where != "work tree"),
        used_as=_texts(saved["used_as"]),
    )


def finding(saved: Saved) -> Finding:
    """A finding of any report, with what the JSON of its kind says of it."""
    history = saved.get("history")
    start, end = saved.get("caret", (0, 0))
    return Finding(
        rule=_text(saved["rule"]),
        code=_text(saved["code"]),
        severity=_one_of(saved["severity"], SEVERITIES),
        confidence=_one_of(saved["confidence"], ("high", "medium", "low")),
        origin=_origin(saved),
        start=_position(saved["start"]),
        end=_position(saved["end"]),
        masked=_text(saved["masked"]),
        fingerprint=_text(saved["fingerprint"]),
        encoding=_maybe(saved["encoding"]),
        message=_text(saved["message"]),
        excerpt=_text(saved.get("excerpt", "")),
        caret=(_number(start), _number(end)),
        chain=_places(saved.get("via", ())),
        key=_text(saved.get("key", "")),
        life=None if history is None else _life(history),
        verification=_verification(saved.get("verification")),
    )


def _verification(saved: Saved | None) -> Verification | None:
    if saved is None:
        return None
    state = _one_of(saved["state"], ("active", "invalid", "unknown"))
    return Verification(state, _texts(saved["scopes"]), _text(saved.get("reason", "")))


def _place(saved: Saved, main: Finding) -> Finding:
    """A place of a key; what JSON does not say of it is as with the key."""
    return main._replace(
        rule=_text(saved["rule"]),
        severity=_one_of(saved["severity"], SEVERITIES),
        origin=_origin(saved),
        start=_position(saved["start"]),
        end=_position(saved["end"]),
        encoding=_maybe(saved["encoding"]),
        fingerprint=_text(saved["fingerprint"]),
        life=None,
    )


def _life(saved: Saved) -> Life:
    return Life(
        first=_commit(saved["first"]),
        last=_commit(saved["last"]),
        branches=_texts(saved["branches"]),
        tags=_texts(saved["tags"]),
        remotes=_texts(saved["remotes"]),
        others=_texts(saved["others"]),
        tips=_texts(saved["tips"]),
        in_index=_flag(saved["in_index"]),
        in_work_tree=_flag(saved["in_work_tree"]),
        places=tuple(
            Held(_text(one["path"]), _maybe(one["member"]), _commit(one["first"]), _commit(one["last"]))
            for one in saved["places"]
        ),
        advice=_text(saved["advice"]),
    )


def _call(saved: Saved) -> Call:
    conflict = saved["conflict"]
    return Call(
        path=_text(saved["path"]),
        line=_number(saved["line"]),
        column=_number(saved["column"]),
        method=_text(saved["method"]),
        endpoint=_maybe(saved["endpoint"]),
        url=_text(saved["url"]),
        scopes=_texts(saved["scopes"]),
        basis=_BASES[saved["basis"]],
        conflict=None if conflict is None else _texts(conflict),
        certainty=_one_of(saved["certainty"], ("definite", "possible")),
        client=_text(saved["client"]),
        key=_maybe(saved["key"]),
        via=_places(saved["via"]),
    )


def _needs(saved: Saved, calls: tuple[Call, ...]) -> KeyNeeds:
    return KeyNeeds(
        key=_maybe(saved["key"]),
        required_scopes=_texts(saved["required_scopes"]),
        missing=_texts(saved["missing"]),
        excess=_texts(saved["excess"]),
        calls=_number(saved["calls"]),
        unresolved=_number(saved["unresolved"]),
        not_observed=_texts(saved["not_observed"]),
        blockers=_places(saved["blocked_by"]),
        needs=tuple(
            ScopeNeed(_text(one["scope"]), tuple(calls[_number(call["call"])] for call in one["calls"]))
            for one in saved["scopes"]
        ),
    )


def _looked(saved: Saved) -> Looked:
    return Looked(_number(saved["placeholders"]), _suppressed(saved["suppressed"]), _summary(saved["summary"]))


def _summary(saved: Saved) -> Summary:
    return Summary(*(_number(saved[name]) for name in Summary._fields))


def _suppressed(saved: Saved) -> Suppressed:
    return Suppressed(*(_number(saved[name]) for name in Suppressed._fields))


def _origin(saved: Saved) -> Origin:
    return Origin(_text(saved["path"]), _maybe(saved["member"]), _commit(saved["commit"]))


def _commit(saved: Saved | None) -> Commit | None:
    return None if saved is None else Commit(*(_text(saved[name]) for name in Commit._fields))


def _position(saved: Saved) -> Position:
    return Position(_number(saved["line"]), _number(saved["column"]))


def _places(saved: Iterable[Saved]) -> tuple[Place, ...]:
    return tuple(Place(_text(one["path"]), _number(one["line"])) for one in saved)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _maybe(value: object) -> str | None:
    return None if value is None else _text(value)


def _texts(values: object) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise TypeError("no list")
    return tuple(map(_text, values))


def _number(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise TypeError("no number")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("not true or false")
    return value


def _one_of(value: object, known: tuple[Any, ...]) -> Any:
    if value not in known:
        raise ValueError("not one of those known")
    return value
