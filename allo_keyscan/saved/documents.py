"""A saved report of any command, by what it is: of `scan`, `scopes`, `audit` or `ci`, as JSON or as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from allo_keyscan.errors import KeyscanError
from allo_keyscan.model import Audited, AuditReport, PipelineReport, Report, ScopesReport, Shard, Skipped
from allo_keyscan.saved import values
from allo_keyscan.saved.values import UNREADABLE

SCHEMA_VERSION = 1

_ANY, _AUDIT = "`allo-keyscan` scan, scopes, audit or ci", "`allo-keyscan audit`"


class Part(NamedTuple):
    """One file of audits: its report, and the versions of this program that wrote it."""

    report: AuditReport
    versions: frozenset[str]


def read(name: str, text: str) -> Report | ScopesReport | PipelineReport | Part:
    """What a file holds.

    Where the end of JSON lines is missing, that stands in the report. Raises KeyscanError, with file and line, for what
    no command wrote.
    """
    whole = _whole(name, text, _ANY)
    if isinstance(whole, dict) and "repositories" not in whole:
        if isinstance(whole.get("scan"), dict):
            return _pipeline(name, whole)
        if "calls" in whole:
            _check(name, 1, whole, _ANY)
            try:
                return values.scopes_report(whole)
            except UNREADABLE:
                raise _wrong(name, 1, _ANY) from None
        if "findings" in whole and "path" not in whole:
            _check(name, 1, whole, _ANY)
            return _scan(name, 1, whole, whole.get("findings"))
        if "path" not in whole and "shards" not in whole and not _is_of_scan(whole):
            raise _wrong(name, 1, _ANY)  # of another command
    if whole is None or _is_of_scan(whole):
        first = next(_lines(text), (1, ""))[1]
        if _is_of_scan(_loaded(first)):
            return _scan_lines(name, text)
    return _audits(name, text, whole)


def read_audits(name: str, text: str) -> Part:
    """A file that `audit` wrote as JSON or as JSON lines, several of these one after the other too.

    Where its end is missing, that stands in the report. Raises KeyscanError, with file and line, for anything else.
    """
    return _audits(name, text, _whole(name, text, _AUDIT))


def _whole(name: str, text: str, of: str) -> Any:
    """The text as one JSON value, None where it is not one."""
    try:
        return json.loads(text)
    except ValueError:
        return None
    except RecursionError:
        raise _wrong(name, 1, of) from None


def _loaded(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that hold something, with their numbers; each with its end, where it has one."""
    pieces = text.split("\n")
    for number, line in enumerate(pieces, 1):
        if line.strip():
            yield number, line + ("\n" if number < len(pieces) else "")


def _check(name: str, number: int, one: object, of: str) -> None:
    """Raises KeyscanError for what is no document, or one of another version."""
    if not isinstance(one, dict) or "tool" not in one:
        raise _wrong(name, number, of)
    if one.get("schema_version") != SCHEMA_VERSION:
        raise KeyscanError(
            f"{name}:{number}: schema version {one.get('schema_version')!r} is not {SCHEMA_VERSION}: take the "
            "allo-keyscan that wrote it"
        )


def _wrong(name: str, number: int, of: str) -> KeyscanError:
    return KeyscanError(f"{name}:{number}: no JSON of {of} (--format json or jsonl)")


# -- audits ------------------------------------------------------------------------------------------------------------


def _audits(name: str, text: str, whole: Any) -> Part:
    if isinstance(whole, dict) and isinstance(whole.get("repositories"), list):
        return _document(name, whole)
    return _audit_lines(name, text)


def _document(name: str, whole: dict[str, Any]) -> Part:
    _check(name, 1, whole, _AUDIT)
    try:
        report = AuditReport(
            tuple(map(values.audited, whole["repositories"])),
            values.shards(whole["shards"]),
            values.skipped(whole["skipped"]),
        )
        return Part(report, frozenset({str(whole["tool"]["version"])}))
    except UNREADABLE:
        raise _wrong(name, 1, _AUDIT) from None


def _audit_lines(name: str, text: str) -> Part:
    found: list[Audited] = []
    shards: list[Shard] = []
    skipped: list[Skipped] = []
    versions: set[str] = set()
    since, ended = 0, False
    for number, line in _lines(text):
        try:
            one = json.loads(line)
        except (ValueError, RecursionError):
            if line.endswith("\n"):
                raise _wrong(name, number, _AUDIT) from None
            ended = False  # half a line: whoever wrote it was stopped
            break
        _check(name, number, one, _AUDIT)
        try:
            versions.add(str(one["tool"]["version"]))
            if "path" in one:
                found.append(values.audited(one))
                since, ended = since + 1, False
                continue
            shards += values.shards(one["shards"])
            skipped += values.skipped(one["skipped"])
            if one["repositories"] != since:
                reason = f"it counts {one['repositories']} repositories and has {since}"
                skipped.append(Skipped(name, reason))
            since, ended = 0, True
        except UNREADABLE:
            raise _wrong(name, number, _AUDIT) from None
    if not ended:
        skipped.append(Skipped(name, "it has no last line: the run that wrote it was stopped, and --resume ends it"))
    return Part(AuditReport(tuple(found), tuple(shards), tuple(skipped)), frozenset(versions))


# -- pipelines ---------------------------------------------------------------------------------------------------------


def _pipeline(name: str, whole: dict[str, Any]) -> PipelineReport:
    _check(name, 1, whole, _ANY)
    try:
        scopes = whole["scopes"]
        looked = None if scopes is None else values.scopes_report(scopes)
        declared = scopes is not None and scopes["declared"] is True
        return PipelineReport(values.scan_report(whole["scan"]), looked, declared)
    except UNREADABLE:
        raise _wrong(name, 1, _ANY) from None


# -- scans -------------------------------------------------------------------------------------------------------------


def _is_of_scan(one: object) -> bool:
    """Whether a line is one of `scan --format jsonl`: a finding, or the rest."""
    return isinstance(one, dict) and ("tool" not in one or "placeholders" in one)


def _scan_lines(name: str, text: str) -> Report:
    findings: list[Any] = []
    for number, line in _lines(text):
        one = _loaded(line)
        if isinstance(one, dict) and "placeholders" in one:
            _check(name, number, one, _ANY)
            return _scan(name, number, one, findings)
        if one is None and not line.endswith("\n"):
            break  # half a line: whoever wrote it was stopped
        if not isinstance(one, dict):
            raise _wrong(name, number, _ANY)
        findings.append(one)
    rest = Skipped(name, "it has no last line: the run that wrote it was stopped")
    try:
        return Report(tuple(map(values.finding, findings)), skipped=(rest,))
    except UNREADABLE:
        raise _wrong(name, 1, _ANY) from None


def _scan(name: str, number: int, rest: dict[str, Any], findings: Any) -> Report:
    try:
        return values.scan_report({**rest, "findings": findings})
    except UNREADABLE:
        raise _wrong(name, number, _ANY) from None
