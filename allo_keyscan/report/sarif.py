"""SARIF 2.1.0, as GitHub's code scanning takes it: rules from rules/findings.toml, the chain of a call as a code flow.

No snippet, no absolute path, nothing that changes when lines move in a fingerprint.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from allo_keyscan import __version__
from allo_keyscan.catalog.findings import FindingRule
from allo_keyscan.model import SEVERITIES
from allo_keyscan.report.json import dumps
from allo_keyscan.report.results import Result, Results
from allo_keyscan.report.text import cut, printable

HOME = "https://github.com/allo-keyscan/allo-keyscan"
_MOST_RUNS = 20
_MOST_RESULTS = 5000
"""GitHub shows no more results of a run, and refuses a file with more runs than 20."""
_MOST_BESIDE = 100
_MOST_CHARACTERS = 4000
_MOST_PACKED = 9_000_000
"""GitHub refuses more than 10 MB of gzip."""

_PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}
_SEVERITY = {"error": "9.8", "warning": "5.0"}
_LONGEST_RULE_TEXT = 1024


def render(found: Sequence[Results], **_: object) -> str:
    """One run a place, with every rule that might be reported. What GitHub's limits leave out is said in the run."""
    chosen = _most_urgent(found)
    room = _Room(_MOST_PACKED)
    runs = [_run(one, room) for one in chosen]
    if len(found) > len(chosen):
        said = f"{len(found) - len(chosen)} more repositories are left out: see the JSON"
        runs[-1]["invocations"][0]["toolExecutionNotifications"].append(_notice(said))
    whole = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": runs}
    return dumps(whole, 2) + "\n"


def _most_urgent(found: Sequence[Results]) -> list[Results]:
    """As many places as a file may have, those with the gravest findings before others, in their order."""
    if len(found) <= _MOST_RUNS:
        return list(found)
    worst = [max((SEVERITIES.index(one.finding.severity) for one in of.results), default=-1) for of in found]
    first = sorted(range(len(found)), key=lambda place: (-worst[place], place))[:_MOST_RUNS]
    return [found[place] for place in sorted(first)]


class _Room:
    """How many more bytes a file may have once it is packed."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._packing = zlib.compressobj()

    def takes(self, value: object) -> bool:
        """Whether one more value goes in; then it has."""
        self._left -= len(self._packing.compress(dumps(value).encode()))
        return self._left > 0


def _run(of: Results, room: _Room) -> dict[str, Any]:
    index = {rule.name: number for number, rule in enumerate(of.rules)}
    notes = [_notice(f"{skip.path}: {skip.reason}", skip.path) for skip in of.skipped[:_MOST_RESULTS]]
    notes = [note for note in notes if room.takes(note)]
    results = [_result(one, index[one.finding.rule]) for one in of.results[:_MOST_RESULTS]]
    results = [result for result in results if room.takes(result)]
    for total, told, what in (
        (of.results, results, "findings"),
        (of.skipped, notes, "places that could not be looked at, or not wholly,"),
    ):
        if len(told) < len(total):
            notes = [*notes, _notice(f"{len(total) - len(told)} more {what} are left out: see the JSON")]
    if of.failed:
        notes = [_notice(of.failed) | {"level": "error"}, *notes]
    return {
        "tool": {
            "driver": {
                "name": "allo-keyscan",
                "semanticVersion": __version__,
                "version": __version__,
                "informationUri": HOME,
                "rules": [_rule(rule) for rule in of.rules],
            }
        },
        "automationDetails": {"id": f"allo-keyscan/{of.mode}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "invocations": [{"executionSuccessful": not of.failed, "toolExecutionNotifications": notes}],
        "results": results,
    }


def _rule(rule: FindingRule) -> dict[str, Any]:
    summary, remedy = _sentence(rule.summary), _sentence(rule.advice)
    properties: dict[str, Any] = {
        "tags": ["security", rule.command],
        "precision": "high",
        "problem.severity": _PROBLEM[rule.severity],
    }
    if rule.command == "scan" and rule.severity in _SEVERITY:
        properties["tags"].append("external/cwe/cwe-798")
        properties["security-severity"] = _SEVERITY[rule.severity]
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": cut(summary, _LONGEST_RULE_TEXT)},
        "fullDescription": {"text": cut(f"{summary} {remedy}", _LONGEST_RULE_TEXT)},
        "help": {"text": remedy},
        "helpUri": rule.page,
        "defaultConfiguration": {"level": rule.severity},
        "properties": properties,
    }


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _result(of: Result, rule: int) -> dict[str, Any]:
    one = of.finding
    end = one.end if one.end > one.start else one.start._replace(column=one.start.column + 1)
    place = _location(one.origin.path, one.start.line)
    place["physicalLocation"]["region"] |= {
        "startColumn": one.start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }
    prints = {"alloKeyscan/v1": of.identity}
    if one.origin.commit is not None:
        # Of files in the checkout GitHub's upload makes its own; of what only history has it can make none.
        value, _, occurrence = of.identity.partition(":")
        prints["primaryLocationLineHash"] = f"{value[:16]}:{occurrence}"
    result: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": rule,
        "level": one.severity,
        "message": {"text": cut(_sentence(of.told), _MOST_CHARACTERS)},
        "locations": [place],
        "partialFingerprints": prints,
    }
    if of.beside:
        result["relatedLocations"] = [
            {**_location(other.path, other.line), "message": {"text": other.said}} for other in of.beside[:_MOST_BESIDE]
        ]
    if one.chain:
        steps = [_step(one.origin.path, one.start.line, "the call", 0)]
        for depth, via in enumerate(one.chain[:_MOST_BESIDE], 1):
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
    notice: dict[str, Any] = {"level": "warning", "message": {"text": cut(printable(text), _MOST_CHARACTERS)}}
    if path is not None:
        notice["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(path)}}]
    return notice
