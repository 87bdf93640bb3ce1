"""GitLab's secret detection report, schema 15: leaked keys alone. GitLab refuses one that breaks its schema, whole.

No `raw_source_code_extract`: it would be the key. Its times come from outside: the same input gives the same bytes.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Sequence
from typing import Any

from allo_keyscan import __version__
from allo_keyscan.report.gitlab import path
from allo_keyscan.report.json import dumps
from allo_keyscan.report.results import Result, Results
from allo_keyscan.report.sarif import HOME
from allo_keyscan.report.text import cut, printable

VERSION = "15.0.7"
_SCHEMA = (
    "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/"
    f"v{VERSION}/dist/secret-detection-report-format.json"
)
_SEVERITIES = {"high": "Critical", "medium": "High", "low": "Medium"}
_NO_COMMIT = "0" * 40
_MOST_DESCRIPTION, _MOST_SOLUTION = 10_000, 7000
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d+)?Z?")


def render(found: Sequence[Results], **_: object) -> str:
    """One report. Where several repositories are told of, a path begins with that of its repository."""
    moment = _moment()
    tool = {
        "id": "allo-keyscan",
        "name": "allo-keyscan",
        "url": HOME,
        "vendor": {"name": "allo-keyscan"},
        "version": __version__,
    }
    gaps = [f"{of.where(gap.path)}: {gap.reason}" for of in found for gap in of.gaps]
    report: dict[str, Any] = {
        "version": VERSION,
        "schema": _SCHEMA,
        "scan": {
            "analyzer": tool,
            "scanner": tool,
            "type": "secret_detection",
            "start_time": moment,
            "end_time": moment,
            "status": "failure" if found and all(of.failed for of in found) else "success",
            "messages": [{"level": "warn", "value": f"not looked at: {printable(gap)}"} for gap in gaps],
        },
        "vulnerabilities": [entry for of in found for entry in _entries(of)],
    }
    return dumps(report, 2) + "\n"


def _entries(of: Results) -> Iterator[dict[str, Any]]:
    """What is a key: it has a masked value."""
    rules = {rule.name: rule for rule in of.rules}
    for one in of.results:
        rule = rules[one.finding.rule]
        if one.finding.masked and rule.command == "scan":
            yield {
                "id": one.identity if not of.root else f"{printable(of.root)}:{one.identity}",
                "name": f"{rule.code} {rule.name}",
                "description": cut(one.told, _MOST_DESCRIPTION),
                "severity": _SEVERITIES[one.finding.confidence] if one.finding.severity == "error" else "Low",
                "solution": cut(rule.advice, _MOST_SOLUTION),
                "identifiers": [
                    {
                        "type": "allo_keyscan_rule",
                        "name": f"allo-keyscan {rule.code}",
                        "value": rule.code,
                        "url": rule.page,
                    },
                    {
                        "type": "cwe",
                        "name": "CWE-798",
                        "value": "798",
                        "url": "https://cwe.mitre.org/data/definitions/798.html",
                    },
                ],
                "location": _location(one, of),
            }


def _location(one: Result, of: Results) -> dict[str, Any]:
    finding = one.finding
    commit = finding.origin.commit
    told: dict[str, str] = {"sha": of.head or _NO_COMMIT}
    if commit is not None:
        told = {
            "sha": commit.sha,
            "author": printable(commit.author),
            "date": commit.date,
            "message": printable(commit.summary),
        }
    return {
        "file": path(of.where(finding.origin.path)),
        "commit": told,
        "start_line": finding.start.line,
        "end_line": finding.end.line,
    }


def _moment() -> str:
    """When the scan was: SOURCE_DATE_EPOCH, or when GitLab made the pipeline; else the epoch, as nobody says."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    given = int(seconds) if re.fullmatch("[0-9]{1,11}", seconds) else None
    made = _ISO.fullmatch(os.environ.get("CI_PIPELINE_CREATED_AT", ""))
    if given is None and made:
        return made[1]
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(given or 0))
