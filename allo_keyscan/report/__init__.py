"""Report -> text, one module a format. `FORMATS` is the only list of them; a module is imported once it is used."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from allo_keyscan.catalog.findings import FindingRule
from allo_keyscan.model import Report, ScopesReport

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

_WORD = re.compile(r"[A-Za-z0-9]{12,}")
_TURN = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[a-z])")


def _veiled(match: re.Match[str]) -> str:
    """The same number of dots for a word that looks random: letters and digits, or capitals all over the place."""
    word = match.group()
    mixed = not word.isdecimal() and not word.isalpha()
    return "•" * len(word) if mixed or len(_TURN.findall(word)) * 5 > len(word) * 2 else word


def render(format_name: str, report: Report, *, color: bool = False) -> str:
    """The report in one of FORMATS; `color` concerns only what people read.

    What stands on a finding's line beside its keys may be the rest of one, or the same value again: it is veiled.
    """
    findings = tuple(one._replace(excerpt=_WORD.sub(_veiled, one.excerpt)) for one in report.findings)
    report = report._replace(findings=findings)
    module = import_module(f"allo_keyscan.report.{format_name}")
    return cast("Callable[..., str]", module.render)(report, color=color)


def render_scopes(
    format_name: str, report: ScopesReport, kinds: Mapping[str, FindingRule], *, color: bool = False
) -> str:
    """The report in one of SCOPES_FORMATS; `kinds` are the rules of its findings."""
    module = import_module(f"allo_keyscan.report.scopes_{format_name}")
    return cast("Callable[..., str]", module.render)(report, kinds=kinds, color=color)
