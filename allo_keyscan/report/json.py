"""The pieces of the contract's JSON, version 1, that several commands share: the same bytes for the same input."""

from __future__ import annotations

import json as encoder
from collections.abc import Iterable
from typing import Any

from allo_keyscan import __version__
from allo_keyscan.model import Commit, Finding, Life, Skipped, Summary, Suppressed, Verification

SCHEMA_VERSION = 1
TOOL = {"name": "allo-keyscan", "version": __version__}


def finding(one: Finding) -> dict[str, Any]:
    """One finding as the contract spells it."""
    return {
        "rule": one.rule,
        "code": one.code,
        "severity": one.severity,
        "confidence": one.confidence,
        "path": one.origin.path,
        "start": {"line": one.start.line, "column": one.start.column},
        "end": {"line": one.end.line, "column": one.end.column},
        "masked": one.masked,
        "fingerprint": one.fingerprint,
        "encoding": one.encoding,
        "member": one.origin.member,
        "commit": commit(one.origin.commit),
        "message": one.message,
        **({} if one.life is None else {"key": one.key, "history": life(one.life)}),
        **({} if one.verification is None else {"verification": verification(one.verification)}),
    }


def finding_with_line(one: Finding) -> dict[str, Any]:
    """A finding with its line, in which every key is masked, and where in it the finding stands."""
    return {**finding(one), "excerpt": one.excerpt, "caret": list(one.caret)}


def commit(one: Commit | None) -> dict[str, str] | None:
    """A commit as the contract spells it."""
    return one and {"sha": one.sha, "author": one.author, "date": one.date, "summary": one.summary}


def life(one: Life) -> dict[str, Any]:
    """Where a key lives, as the contract spells it."""
    return {
        "first": commit(one.first),
        "last": commit(one.last),
        "branches": one.branches,
        "tags": one.tags,
        "remotes": one.remotes,
        "others": one.others,
        "tips": one.tips,
        "in_index": one.in_index,
        "in_work_tree": one.in_work_tree,
        "pushed": one.pushed,
        "unreachable": one.unreachable,
        "places": [
            {
                "path": place.path,
                "member": place.member,
                "first": commit(place.first),
                "last": commit(place.last),
            }
            for place in one.places
        ],
        "advice": one.advice,
    }


def verification(one: Verification) -> dict[str, Any]:
    """What the API said of a key, as the contract spells it; `reason` says why it is not active, where it is not."""
    return {"state": one.state, "scopes": list(one.scopes), **({"reason": one.reason} if one.reason else {})}


def suppressed(one: Suppressed) -> dict[str, int]:
    """How many findings were silenced, by what."""
    return {"comments": one.comments, "baseline": one.baseline, "config": one.config}


def summary(one: Summary) -> dict[str, int]:
    """What was looked at."""
    return {"files": one.files, "bytes": one.bytes, "objects": one.objects, "commits": one.commits}


def skipped(some: Iterable[Skipped]) -> list[dict[str, Any]]:
    """What was not looked at; `incomplete` says whether a clean answer suffers from it."""
    return [{"path": skip.path, "reason": skip.reason, "incomplete": skip.incomplete} for skip in some]


def head() -> dict[str, Any]:
    """What every document begins with."""
    return {"schema_version": SCHEMA_VERSION, "tool": TOOL}


def dumps(value: object, indent: int | None = None) -> str:
    """A value as JSON, in which a CI runner that shows it finds no command (`##[` counts wherever it stands)."""
    between = (",", ": " if indent else ":")
    return encoder.dumps(value, indent=indent, separators=between).replace("##", "#\\u0023")
