"""SARIF 2.1.0, as GitHub's code scanning takes it: rules from rules/findings.toml, the chain of a call as a code flow.

No snippet, no absolute path, nothing that changes when lines move in a fingerprint.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import quote

from allo_keyscan import __version__
from allo_keyscan.catalog.findings import FindingRule
from allo_keyscan.model import SEVERITIES, Finding, Skipped

_HOME = "https://github.com/allo-keyscan/allo-keyscan"
_MOST = 5000
"""GitHub shows no more results of a run."""

_PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}


def log(findings: Sequence[Finding], rules: Iterable[FindingRule], skipped: Sequence[Skipped], mode: str) -> str:
    """A log of one run; the arguments are those of `run`."""
    return document([run(findings, rules, skipped, mode)])


def document(runs: Sequence[dict[str, Any]]) -> str:
    """A whole log."""
    whole = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": list(runs)}
    return json.dumps(whole, indent=2) + "\n"


def run(
    findings: Sequence[Finding],
    rules: Iterable[FindingRule],
    skipped: Sequence[Skipped],
    mode: str,
    *,
    beside: Callable[[Finding], Iterable[tuple[str, int, str]]] = lambda _: (),
    failed: str = "",
) -> dict[str, Any]:
    """One run. `rules` are all that may be reported, in a fixed order; `mode` keeps uploads of two commands apart.

    `beside` gives the other places of a finding: path, line, and what is said of it. `failed` says why nothing was
    looked at.
    """
    known = list(rules)
    index = {rule.name: number for number, rule in enumerate(known)}
    ordered = sorted(findings, key=lambda one: -SEVERITIES.index(one.severity))
    notes = [_notice(f"{skip.path}: {skip.reason}", skip.path) for skip in skipped]
    if len(ordered) > _MOST:
        notes.append(_notice(f"{len(ordered) - _MOST} more findings are left out: see the JSON"))
    seen: Counter[str] = Counter()
    results = []
    for one in ordered[:_MOST]:
        seen[one.fingerprint] += 1
        results.append(_result(one, index[one.rule], seen[one.fingerprint], beside(one)))
    if failed:
        notes.insert(0, _notice(failed) | {"level": "error"})
    return {
        "tool": {
            "driver": {
                "name": "allo-keyscan",
                "semanticVersion": __version__,
                "version": __version__,
                "informationUri": _HOME,
                "rules": [_rule(rule) for rule in known],
            }
        },
        "automationDetails": {"id": f"allo-keyscan/{mode}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "invocations": [{"executionSuccessful": not failed, "toolExecutionNotifications": notes}],
        "results": results,
    }


def _rule(rule: FindingRule) -> dict[str, Any]:
    remedy = _sentence(rule.remedy)
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": _sentence(rule.summary)},
        "fullDescription": {"text": f"{_sentence(rule.summary)} {remedy}"},
        "help": {"text": remedy},
        "helpUri": f"{_HOME}#what-it-finds",
        "defaultConfiguration": {"level": rule.severity},
        "properties": {
            "tags": ["security", rule.command],
            "precision": "high",
            "problem.severity": _PROBLEM[rule.severity],
        },
    }


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _result(one: Finding, rule: int, occurrence: int, beside: Iterable[tuple[str, int, str]]) -> dict[str, Any]:
    end = one.end if one.end > one.start else one.start._replace(column=one.start.column + 1)
    place = _location(one.origin.path, one.start.line)
    place["physicalLocation"]["region"] |= {
        "startColumn": one.start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }
    result: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": rule,
        "level": one.severity,
        "message": {"text": _sentence(one.message)},
        "locations": [place],
        "partialFingerprints": {"alloKeyscan/v1": f"{one.fingerprint}:{occurrence}"},
    }
    others = [{**_location(path, line), "message": {"text": said}} for path, line, said in beside]
    if others:
        result["relatedLocations"] = others
    if one.chain:
        steps = [_step(one.origin.path, one.start.line, "the call", 0)]
        for depth, via in enumerate(one.chain, 1):
            last = depth == len(one.chain)
            steps.append(_step(via.path, via.line, "sends the request" if last else "passes it on", depth))
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    return result


def _step(path: str, line: int, said: str, depth: int) -> dict[str, Any]:
    return {"location": {**_location(path, line), "message": {"text": said}}, "nestingLevel": depth}


def _location(path: str, line: int) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(path), "region": {"startLine": line}}}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path.encode("utf-8", "surrogateescape")), "uriBaseId": "%SRCROOT%"}


def _notice(text: str, path: str | None = None) -> dict[str, Any]:
    notice: dict[str, Any] = {"level": "warning", "message": {"text": text}}
    if path is not None:
        notice["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(path)}}]
    return notice
