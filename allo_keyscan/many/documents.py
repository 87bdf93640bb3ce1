"""A saved report of any command, by what it is: `scan`, `scopes` or `audit`, as JSON or as JSON lines."""

from __future__ import annotations

import json
from typing import Any

from allo_keyscan import saved
from allo_keyscan.errors import KeyscanError
from allo_keyscan.many import parts
from allo_keyscan.model import Report, ScopesReport, Skipped

_BROKEN = (KeyError, TypeError, ValueError, IndexError, AttributeError)


def read(name: str, text: str) -> Report | ScopesReport | parts.Part:
    """What a file holds.

    Where the end of JSON lines is missing, that stands in the report. Raises KeyscanError, with file and line, for what
    no command wrote.
    """
    try:
        whole = json.loads(text)
    except ValueError:
        whole = None
    except RecursionError:
        raise _wrong(name, 1) from None
    if isinstance(whole, dict) and "repositories" not in whole:
        if "calls" in whole:
            parts.check(name, 1, whole)
            try:
                return saved.scopes_report(whole)
            except _BROKEN:
                raise _wrong(name, 1) from None
        if "findings" in whole and "path" not in whole:
            parts.check(name, 1, whole)
            return _scan(name, 1, whole, whole.get("findings"))
    if whole is None or _is_of_scan(whole):
        first = next(iter(parts.lines(text)), (1, ""))[1]
        if _is_of_scan(_loaded(first)):
            return _lines(name, text)
    return parts.read(name, text)


def _loaded(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _is_of_scan(one: object) -> bool:
    """Whether a line is one of `scan --format jsonl`: a finding, or the rest."""
    return isinstance(one, dict) and ("tool" not in one or "placeholders" in one)


def _lines(name: str, text: str) -> Report:
    findings: list[Any] = []
    for number, line in parts.lines(text):
        one = _loaded(line)
        if isinstance(one, dict) and "placeholders" in one:
            parts.check(name, number, one)
            return _scan(name, number, one, findings)
        if one is None and not line.endswith("\n"):
            break  # half a line: whoever wrote it was stopped
        if not isinstance(one, dict):
            raise _wrong(name, number)
        findings.append(one)
    rest = Skipped(name, "it has no last line: the run that wrote it was stopped")
    try:
        return Report(tuple(map(saved.finding, findings)), skipped=(rest,))
    except _BROKEN:
        raise _wrong(name, 1) from None


def _scan(name: str, number: int, rest: dict[str, Any], findings: Any) -> Report:
    try:
        return saved.scan_report({**rest, "findings": findings})
    except _BROKEN:
        raise _wrong(name, number) from None


def _wrong(name: str, number: int) -> KeyscanError:
    return KeyscanError(f"{name}:{number}: no JSON of allo-keyscan (--format json or jsonl)")
