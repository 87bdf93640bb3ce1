"""GitLab's Code Quality report (Code Climate's issues): one entry a finding, each with a fingerprint of its own."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from allo_keyscan.model import Skipped
from allo_keyscan.report.json import dumps
from allo_keyscan.report.results import Result, Results
from allo_keyscan.report.text import printable

_SEVERITIES = {"error": "critical", "warning": "major", "note": "info"}


def render(found: Sequence[Results], **_: object) -> str:
    """An array of issues. What could not be looked at is an issue of kind `not-looked-at`: a gap is not silence."""
    issues = [_issue(one, of) for of in found for one in of.results]
    return dumps([*issues, *(_gap(gap, of) for of in found for gap in of.gaps)], 2) + "\n"


def path(name: str) -> str:
    """A path as JSON can hold it: what is not UTF-8 is escaped, everything else is as git names it."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return printable(name)
    return name


def _issue(one: Result, of: Results) -> dict[str, Any]:
    finding = one.finding
    return {
        "description": f"{finding.code} {finding.rule}: {one.told}",
        "check_name": finding.rule,
        "fingerprint": _fingerprint(of.root, one.identity),
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": path(of.where(finding.origin.path)),
            "lines": {"begin": finding.start.line, "end": finding.end.line},
        },
    }


def _gap(gap: Skipped, of: Results) -> dict[str, Any]:
    return {
        "description": f"not looked at: {printable(gap.reason)}",
        "check_name": "not-looked-at",
        "fingerprint": _fingerprint(of.root, of.mode, gap.path, gap.reason),
        "severity": "major",
        "location": {"path": path(of.where(gap.path)), "lines": {"begin": 1}},
    }


def _fingerprint(*parts: str) -> str:
    """GitLab shows only the first issue with a given fingerprint."""
    return sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]
