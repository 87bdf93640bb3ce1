"""The contract's JSON, version 1: one object, the same bytes for the same input."""

from __future__ import annotations

import json
from typing import Any

from allo_keyscan import __version__
from allo_keyscan.model import Finding, Report

SCHEMA_VERSION = 1
TOOL = {"name": "allo-keyscan", "version": __version__}


def finding(one: Finding) -> dict[str, Any]:
    """One finding as the contract spells it."""
    commit = one.origin.commit
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
        "commit": commit
        and {"sha": commit.sha, "author": commit.author, "date": commit.date, "summary": commit.summary},
        "message": one.message,
    }


def rest(report: Report) -> dict[str, Any]:
    """Everything of a report but its findings."""
    return {
        "placeholders": report.placeholders,
        "suppressed": {
            "comments": report.suppressed.comments,
            "baseline": report.suppressed.baseline,
            "config": report.suppressed.config,
        },
        "skipped": [{"path": skip.path, "reason": skip.reason} for skip in report.skipped],
        "complete": report.complete,
        "summary": {
            "files": report.summary.files,
            "bytes": report.summary.bytes,
            "objects": report.summary.objects,
            "commits": report.summary.commits,
        },
    }


def render(report: Report, *, color: bool = False) -> str:  # noqa: ARG001 (every format takes it)
    """The whole report as one indented object."""
    head = {"schema_version": SCHEMA_VERSION, "tool": TOOL, "findings": [finding(one) for one in report.findings]}
    return json.dumps({**head, **rest(report)}, indent=2) + "\n"
