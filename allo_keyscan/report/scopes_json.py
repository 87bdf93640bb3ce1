"""The contract's JSON of `scopes`, version 1: one object, the same bytes for the same input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from allo_keyscan.model import Call, KeyNeeds, Place, ScopesReport, documented
from allo_keyscan.report import json


def _places(places: Iterable[Place]) -> list[dict[str, Any]]:
    return [{"path": place.path, "line": place.line} for place in places]


def _call(call: Call) -> dict[str, Any]:
    return {
        "path": call.path,
        "line": call.line,
        "column": call.column,
        "method": call.method,
        "endpoint": call.endpoint,
        "url": call.url,
        "scopes": list(call.scopes),
        "basis": documented(call.basis),
        "conflict": list(call.conflict) if call.conflict is not None else None,
        "certainty": call.certainty,
        "client": call.client,
        "key": call.key,
        "via": _places(call.via),
    }


def _key(key: KeyNeeds, numbers: Mapping[Call, int]) -> dict[str, Any]:
    return {
        "key": key.key,
        "required_scopes": list(key.required_scopes),
        "missing": list(key.missing),
        "excess": list(key.excess),
        "calls": key.calls,
        "unresolved": key.unresolved,
        "not_observed": list(key.not_observed),
        "blocked_by": _places(key.blockers),
        "scopes": [
            {
                "scope": need.scope,
                "calls": [
                    {"path": call.path, "line": call.line, "column": call.column, "call": numbers[call]}
                    for call in need.calls
                ],
            }
            for need in key.needs
        ],
    }


def body(report: ScopesReport) -> dict[str, Any]:
    """Everything of a report but the head that all JSON has."""
    numbers = {call: number for number, call in enumerate(report.calls)}
    return {
        "calls": [_call(call) for call in report.calls],
        "unresolved": [{"path": one.path, "line": one.line, "reason": one.reason} for one in report.unresolved],
        "keys": [_key(key, numbers) for key in report.keys],
        "required_scopes": list(report.required_scopes),
        "findings": [{**json.finding(one), "via": _places(one.chain)} for one in report.findings],
        "suppressed": {"comments": report.suppressed.comments, "config": report.suppressed.config},
        "skipped": json.skipped(report.skipped),
        "complete": report.complete,
        "summary": {
            "files": report.summary.files,
            "bytes": report.summary.bytes,
            "tests": {"files": report.tests.files, "calls": report.tests.calls},
        },
    }


def render(report: ScopesReport, **_: object) -> str:
    """The whole report as one indented object."""
    return json.dumps({**json.head(), **body(report)}, 2) + "\n"
