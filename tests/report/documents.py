"""Documents of every kind in which all that others write is one text, for the tests of all formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from report.test_audit_formats import KINDS, finding, repository

from allo_keyscan.model import AuditReport, Commit, Finding, Life, PipelineReport, Report, ScopesReport, Skipped
from allo_keyscan.report import FORMATS, Document, formats_of, kind_of, render

SCHEMAS = Path(__file__).parents[1] / "schemas"
EVIL = (
    "<script>alert(1)</script>\"'><img src=x>`|**@all** [x](javascript:1)\n# h",
    "::error file=x,line=1::pwned",
    "a\r\n::stop-commands::x\n  ::add-mask::y",
    "##[add-mask]x ##vso[task.setvariable variable=a]b ##VSO[x]y ###[group]z",
    "=cmd|' /C calc'!A0",
    "-1+1",
    "＝1+1",
    "\t@SUM(1)",
    "%0A::error::x%2C",
    "]]>&lt;\x00\x0b\ufffe\u2028\u202e",
    "caf\udce9/\udcff b#%?:c",
)


def documents(text: str = "x") -> list[Document]:
    """One of each kind."""
    audit = repository(text)
    commit = Commit("1" * 40, text, "2026-01-01T00:00:00+00:00", text)
    life = audit.leaks[0].life
    here = finding(text, rule="client-side-key", key="")
    past = finding(text, key="")
    past = past._replace(origin=past.origin._replace(commit=commit), fingerprint="e" * 32)
    told = finding(text, life, key="d" * 32)
    assert audit.scopes is not None
    scan = Report((here, past, told), 1, skipped=(Skipped(text, text), Skipped(text, text, incomplete=False)))
    return [
        scan,
        audit.scopes,
        AuditReport((audit, audit._replace(path="other"))),
        PipelineReport(scan._replace(findings=(past, told)), audit.scopes, declared=True),
    ]


def shown(form: str, document: Document) -> str:
    """A document in a format."""
    return render(form, document, lambda: KINDS)


def every(text: str = "x", findings: bool | None = None) -> list[tuple[str, str, str]]:
    """Every kind of document in every format it has (or those of findings alone): kind, format, and what is shown."""
    return [
        (kind_of(document), form, shown(form, document))
        for document in documents(text)
        for form in formats_of(kind_of(document))
        if findings is None or FORMATS[form].findings is findings
    ]


def schema(name: str) -> Any:
    """One of tests/schemas."""
    return json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))


__all__ = ["EVIL", "KINDS", "Finding", "Life", "ScopesReport", "documents", "every", "finding", "schema", "shown"]
