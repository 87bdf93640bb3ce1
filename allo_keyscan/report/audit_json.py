"""The JSON of `audit`, version 1: one object, one entry a repository, the same bytes for the same input.

saved/values.py reads it back, so it holds whatever any format shows.
"""

from __future__ import annotations

from typing import Any

from allo_keyscan.model import Audited, AuditReport, Finding, Leak, Looked
from allo_keyscan.report import json, scopes_json


def render(report: AuditReport, **_: object) -> str:
    """The whole report as one indented object."""
    whole = {**json.head(), "repositories": [entry(one) for one in report.repositories], **rest(report)}
    return json.dumps(whole, 2) + "\n"


def rest(report: AuditReport) -> dict[str, Any]:
    """Everything but the repositories."""
    return {
        "shards": [{"number": one.number, "of": one.of, "names": one.names} for one in report.shards],
        "skipped": json.skipped(report.skipped),
        "complete": report.complete,
    }


def entry(one: Audited) -> dict[str, Any]:
    """Everything that is said of one repository."""
    return {
        "path": one.path,
        "bare": one.bare,
        "head": json.commit(one.head),
        "error": one.error or None,
        "keys": [_leak(leak) for leak in one.leaks],
        "findings": [json.finding_with_line(note) for note in one.notes],
        "scopes": None if one.scopes is None else {"declared": one.declared, **scopes_json.body(one.scopes)},
        "work_tree": _looked(one.work_tree),
        "history": _looked(one.history),
        "skipped": json.skipped(one.skipped),
        "complete": one.complete,
        "interrupted": one.interrupted,
        "fail_on": one.fail_on,
        "attempts": one.attempts,
    }


def _leak(leak: Leak) -> dict[str, Any]:
    return {
        **json.finding_with_line(leak.finding),
        "used_as": list(leak.used_as),
        "places": [
            *(_place("work tree", one) for one in leak.here),
            *(_place("history", one) for one in leak.past),
        ],
    }


def _place(where: str, one: Finding) -> dict[str, Any]:
    told = json.finding(one._replace(life=None))
    names = ("rule", "severity", "path", "member", "start", "end", "encoding", "commit", "fingerprint")
    return {"where": where, **{name: told[name] for name in names}}


def _looked(one: Looked) -> dict[str, Any]:
    return {
        "placeholders": one.placeholders,
        "suppressed": json.suppressed(one.suppressed),
        "summary": json.summary(one.summary),
    }
