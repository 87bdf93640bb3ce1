"""JSON lines: one finding a line, then one line with everything else, so that an unfinished stream shows as such."""

from __future__ import annotations

from allo_keyscan.model import Report
from allo_keyscan.report import json, scan_json


def render(report: Report, **_: object) -> str:
    """One compact object a line."""
    lines = [json.dumps(json.finding_with_line(one)) for one in report.findings]
    last = {**json.head(), **scan_json.rest(report)}
    return "\n".join([*lines, json.dumps(last)]) + "\n"
