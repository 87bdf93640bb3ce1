"""The findings of `scopes` as annotations of a GitHub workflow, the gravest first."""

from __future__ import annotations

from allo_keyscan.model import SEVERITIES, ScopesReport
from allo_keyscan.report.github import limited


def render(report: ScopesReport, **_: object) -> str:
    """An annotation a finding, as many as GitHub shows, and the others as lines of the log."""
    return limited(sorted(report.findings, key=lambda one: -SEVERITIES.index(one.severity)))
