"""The findings of `scopes` as SARIF."""

from __future__ import annotations

from collections.abc import Mapping

from allo_keyscan.catalog.findings import FindingRule
from allo_keyscan.model import ScopesReport
from allo_keyscan.report.sarif import log


def render(report: ScopesReport, *, kinds: Mapping[str, FindingRule], **_: object) -> str:
    """One run, whose results are the findings; every rule of `scopes` stands in it."""
    rules = [rule for rule in kinds.values() if rule.command == "scopes"]
    return log(report.findings, rules, report.skipped, "scopes")
