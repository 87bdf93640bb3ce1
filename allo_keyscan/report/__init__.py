"""Report -> text, one module a format. `FORMATS` is the only list of them; a module is imported once it is used."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from allo_keyscan.catalog.findings import FindingRule
from allo_keyscan.model import Audited, AuditReport, Finding, Report, ScopesReport

FORMATS: dict[str, str] = {
    "text": "the line with the key masked, and what to do",
    "json": "one object, as documented in docs/json.md",
    "jsonl": "one finding a line, then one line with everything else",
    "github": "annotations of a GitHub workflow",
}

SCOPES_FORMATS: dict[str, str] = {
    "text": "for each key the scopes it needs, and every call that needs them",
    "json": "one object, as documented in docs/json.md",
    "markdown": "tables to paste into a ticket",
    "sarif": "findings for code scanning, with the wrappers of a call as a code flow",
    "github": "annotations of a GitHub workflow",
}
"""The formats of `scopes`, each in a module scopes_<name>."""

AUDIT_FORMATS: dict[str, str] = {
    "text": "for each repository its keys with all their places, its scopes, and what was not looked at",
    "json": "one object, as documented in docs/json.md",
    "jsonl": "one repository a line, as soon as it is done, then one line with the totals",
    "markdown": "tables to paste into a ticket",
    "sarif": "findings for code scanning, one run a repository",
    "html": "one page for people, without a script or a request, that prints well",
}
"""The formats of `audit`, each in a module audit_<name>."""

_WORD = re.compile(r"[A-Za-z0-9]{12,}")
_TURN = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[a-z])")


def _veiled(match: re.Match[str]) -> str:
    """The same number of dots for a word that looks random: letters and digits, or capitals all over the place."""
    word = match.group()
    mixed = not word.isdecimal() and not word.isalpha()
    return "•" * len(word) if mixed or len(_TURN.findall(word)) * 5 > len(word) * 2 else word


def _veil(one: Finding) -> Finding:
    return one._replace(excerpt=_WORD.sub(_veiled, one.excerpt))


def render(format_name: str, report: Report, *, color: bool = False) -> str:
    """The report in one of FORMATS; `color` concerns only what people read.

    What stands on a finding's line beside its keys may be the rest of one, or the same value again: it is veiled.
    """
    report = report._replace(findings=tuple(map(_veil, report.findings)))
    module = import_module(f"allo_keyscan.report.{format_name}")
    return cast("Callable[..., str]", module.render)(report, color=color)


def render_scopes(
    format_name: str, report: ScopesReport, kinds: Mapping[str, FindingRule], *, color: bool = False
) -> str:
    """The report in one of SCOPES_FORMATS; `kinds` are the rules of its findings."""
    module = import_module(f"allo_keyscan.report.scopes_{format_name}")
    return cast("Callable[..., str]", module.render)(report, kinds=kinds, color=color)


def render_audit(
    format_name: str, report: AuditReport, kinds: Mapping[str, FindingRule], *, color: bool = False
) -> str:
    """The report in one of AUDIT_FORMATS, with the lines of findings veiled as by `render`."""
    shown = report._replace(repositories=tuple(map(veiled_audit, report.repositories)))
    module = import_module(f"allo_keyscan.report.audit_{format_name}")
    return cast("Callable[..., str]", module.render)(shown, kinds=kinds, color=color)


def veiled_audit(one: Audited) -> Audited:
    """What is said of a repository, with the lines of findings veiled as by `render`."""
    leaks = tuple(
        leak._replace(finding=_veil(leak.finding), here=tuple(map(_veil, leak.here)), past=tuple(map(_veil, leak.past)))
        for leak in one.leaks
    )
    return one._replace(leaks=leaks, notes=tuple(map(_veil, one.notes)))
