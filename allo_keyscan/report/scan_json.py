"""The JSON of `scan`: one object, as documented in docs/json.md."""

from __future__ import annotations

from typing import Any

from allo_keyscan.model import Report
from allo_keyscan.report import json


def rest(report: Report) -> dict[str, Any]:
    """Everything of a report but its findings."""
    return {
        "placeholders": report.placeholders,
        "suppressed": json.suppressed(report.suppressed),
        "skipped": json.skipped(report.skipped),
        "complete": report.complete,
        **({"interrupted": True} if report.interrupted else {}),
        "summary": json.summary(report.summary),
    }


def body(report: Report) -> dict[str, Any]:
    """Everything of a report but the head that all JSON has."""
    return {"findings": [json.finding_with_line(one) for one in report.findings], **rest(report)}


def render(report: Report, **_: object) -> str:
    """The whole report as one indented object."""
    return json.dumps({**json.head(), **body(report)}, 2) + "\n"
