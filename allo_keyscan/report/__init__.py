"""A document (of `scan`, `scopes`, `audit` or `ci`) -> text. `FORMATS` is the only list of formats.

A format of findings is one module for all kinds of documents, named like the format; it sees their findings alike
(results.py). Of the others each kind of document has a module of its own, <kind>_<format>. A module is imported once it
is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Literal, NamedTuple, TypeVar, cast

from allo_keyscan.catalog.findings import FindingRule
from allo_keyscan.model import Audited, AuditReport, Finding, PipelineReport, Report, ScopesReport
from allo_keyscan.report.redact import cleaned

Document = Report | ScopesReport | AuditReport | PipelineReport
Kind = Literal["scan", "scopes", "audit", "ci"]
Shown = TypeVar("Shown", bound=Document)
Rules = Callable[[], Mapping[str, FindingRule]]

_EVERY: tuple[Kind, ...] = ("scan", "scopes", "audit", "ci")
_PAGES: tuple[Kind, ...] = ("scan", "scopes", "audit")
_KEYS: tuple[Kind, ...] = ("scan", "audit", "ci")


class Format(NamedTuple):
    """A format: what it is, of which commands, and whether it is one of findings."""

    what: str
    of: tuple[Kind, ...] = _EVERY
    findings: bool = False


FORMATS: dict[str, Format] = {
    "text": Format("what people read at a terminal"),
    "json": Format("one object, as docs/json.md has it"),
    "jsonl": Format("JSON lines: a finding (scan) or a repository (audit) a line, then the rest", ("scan", "audit")),
    "sarif": Format("SARIF 2.1.0 for code scanning, with the wrappers of a call as a code flow", findings=True),
    "github": Format("annotations of a GitHub workflow, as many as it shows", findings=True),
    "gitlab": Format("GitLab's Code Quality report", findings=True),
    "gitlab-secret-detection": Format("GitLab's secret detection report: keys alone", _KEYS, findings=True),
    "azure": Format("issues of an Azure pipeline, as logging commands", findings=True),
    "junit": Format("JUnit XML: a case a finding", findings=True),
    "csv": Format("a row a finding", findings=True),
    "markdown": Format("tables for a ticket or a job's summary, within GitHub's limit"),
    "html": Format("one page for people, without a script or a request, that prints well", _PAGES),
}


def formats_of(kind: Kind) -> dict[str, str]:
    """The formats of one kind of document, and what each is."""
    return {name: entry.what for name, entry in FORMATS.items() if kind in entry.of}


def owners(format_name: str) -> str:
    """The kinds of documents that have a format: `scan, audit and ci`."""
    *first, last = FORMATS[format_name].of
    return f"{', '.join(first)} and {last}" if first else last


def kind_of(document: Document) -> Kind:
    """Which command a document is of."""
    if isinstance(document, AuditReport):
        return "audit"
    if isinstance(document, PipelineReport):
        return "ci"
    return "scopes" if isinstance(document, ScopesReport) else "scan"


def render(format_name: str, document: Document, rules: Rules, *, color: bool = False) -> str:
    """The document in one of its formats; `color` concerns only what people read.

    `rules` gives the rules of findings. Keys in names and messages are masked. What stands on a finding's line beside
    its keys may be the rest of one, or the same value again: it is veiled.
    """
    document = shown(document)
    if FORMATS[format_name].findings:
        from allo_keyscan.report.results import results

        module = import_module(f"allo_keyscan.report.{format_name.replace('-', '_')}")
        return cast("Callable[..., str]", module.render)(results(document, rules()))
    module = import_module(f"allo_keyscan.report.{kind_of(document)}_{format_name}")
    return cast("Callable[..., str]", module.render)(document, rules=rules, color=color)


def shown(document: Shown) -> Shown:
    """A document as it may be shown: with every key masked, in whatever words it stands, and the lines veiled."""
    return cast("Shown", cleaned(_veiled_document(document)))


_WORD = re.compile(r"[A-Za-z0-9]{12,}")
_TURN = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[a-z])")


def _veiled(match: re.Match[str]) -> str:
    """The same number of dots for a word that looks random: letters and digits, or capitals all over the place."""
    word = match.group()
    mixed = not word.isdecimal() and not word.isalpha()
    return "•" * len(word) if mixed or len(_TURN.findall(word)) * 5 > len(word) * 2 else word


def _veil(one: Finding) -> Finding:
    return one._replace(excerpt=_WORD.sub(_veiled, one.excerpt))


def _veiled_document(document: Document) -> Document:
    if isinstance(document, ScopesReport):
        return document
    if isinstance(document, PipelineReport):
        return document._replace(scan=_veiled_scan(document.scan))
    if isinstance(document, Report):
        return _veiled_scan(document)
    return document._replace(repositories=tuple(map(_veiled_audit, document.repositories)))


def _veiled_scan(report: Report) -> Report:
    return report._replace(findings=tuple(map(_veil, report.findings)))


def _veiled_audit(one: Audited) -> Audited:
    leaks = tuple(
        leak._replace(finding=_veil(leak.finding), here=tuple(map(_veil, leak.here)), past=tuple(map(_veil, leak.past)))
        for leak in one.leaks
    )
    return one._replace(leaks=leaks, notes=tuple(map(_veil, one.notes)))


def veiled_audit(one: Audited) -> Audited:
    """What is said of a repository, with its keys masked and the lines of findings veiled as by `render`."""
    return cleaned(_veiled_audit(one))
