"""The JSON of `ci`: the objects of `scan` and `scopes` in one, as documented in docs/json.md."""

from __future__ import annotations

from allo_keyscan.model import PipelineReport
from allo_keyscan.report import json, scan_json, scopes_json


def render(report: PipelineReport, **_: object) -> str:
    """The whole report as one indented object."""
    scopes = None if report.scopes is None else {**scopes_json.body(report.scopes), "declared": report.declared}
    whole = {**json.head(), "scan": scan_json.body(report.scan), "scopes": scopes, "complete": report.complete}
    return json.dumps(whole, 2) + "\n"
