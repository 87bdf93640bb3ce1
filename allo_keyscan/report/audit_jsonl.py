"""JSON lines of `audit`: a repository a line, then the totals, so that an unfinished stream shows as such."""

from __future__ import annotations

from typing import Any

from allo_keyscan.audit import Totals
from allo_keyscan.model import Audited, AuditReport
from allo_keyscan.report import audit_json, json


def render(report: AuditReport, **_: object) -> str:
    """Every repository in the order given, then the totals."""
    totals = Totals()
    for one in report.repositories:
        totals.add(one)
    return "".join(map(line, report.repositories)) + last(totals, report)


def line(one: Audited, **more: object) -> str:
    """One repository: its entry as in JSON, the head that every document has, and what else is to be kept with it."""
    return _dumped({**json.head(), **audit_json.entry(one), **more})


def last(totals: Totals, report: AuditReport) -> str:
    """The last line: what the repositories come to, and of the report (whose own may be gone) the rest."""
    told = {
        "repositories": totals.repositories,
        "errors": totals.errors,
        "incomplete": totals.incomplete,
        "retried": totals.retried,
        "keys": len(totals.keys),
        "findings": totals.findings,
        "work_tree": json.summary(totals.work_tree),
        "history": json.summary(totals.history),
    }
    rest = {**audit_json.rest(report), "complete": not totals.incomplete and not report.skipped}
    return _dumped({**json.head(), **told, **rest, "interrupted": totals.interrupted})


def _dumped(value: dict[str, Any]) -> str:
    return json.dumps(value) + "\n"
