"""JSON lines: one finding a line, then one line with everything else, so that an unfinished stream shows as such."""

from __future__ import annotations

import json as encoder

from allo_keyscan.model import Report
from allo_keyscan.report import json


def render(report: Report, *, color: bool = False) -> str:  # noqa: ARG001 (every format takes it)
    """One compact object a line."""
    lines = [encoder.dumps(json.finding(one)) for one in report.findings]
    last = {"schema_version": json.SCHEMA_VERSION, "tool": json.TOOL, **json.rest(report)}
    return "\n".join([*lines, encoder.dumps(last)]) + "\n"
