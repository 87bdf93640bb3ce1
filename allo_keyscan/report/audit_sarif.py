"""The findings of `audit` as SARIF: one run a repository, one result a key, with its other places beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from allo_keyscan.catalog.findings import FindingRule
from allo_keyscan.model import Audited, AuditReport, Finding, Leak
from allo_keyscan.report import audit_words as words
from allo_keyscan.report import sarif
from allo_keyscan.report.text import printable


def render(report: AuditReport, *, kinds: Mapping[str, FindingRule], **_: object) -> str:
    """Every rule stands in each run; the category of a run names its repository where there are several."""
    alone = len(report.repositories) == 1
    return sarif.document(
        [_run(one, kinds, "audit" if alone else f"audit/{printable(one.path)}") for one in report.repositories]
    )


def _run(one: Audited, kinds: Mapping[str, FindingRule], mode: str) -> dict[str, object]:
    leaks = {leak.finding: leak for leak in one.leaks}
    # A key is the same wherever it moves: its identity is that of its value.
    told = {
        leak.finding: leak.finding._replace(message=_told(leak, one), fingerprint=leak.finding.key)
        for leak in one.leaks
    }
    findings = [told.get(finding, finding) for finding in one.findings]
    by_told = {told[finding]: leak for finding, leak in leaks.items()}

    def beside(finding: Finding) -> Iterator[tuple[str, int, str]]:
        leak = by_told.get(finding)
        for stand in words.stands(leak) if leak is not None else ():
            if stand.path != str(finding.origin):
                last = f"until {words.commit_words(stand.last)}" if stand.last else "in the repository"
                said = f"the same key, {'in the work tree' if stand.here else last}"
                yield stand.file, stand.lines[0] if stand.lines else 1, printable(said)

    return sarif.run(findings, kinds.values(), one.skipped, mode, beside=beside, failed=one.error)


def _told(leak: Leak, one: Audited) -> str:
    """What it is, where it lives and what to do, in one paragraph without commands."""
    facts = "; ".join(f"{name}: {said}" for name, said in words.facts(leak))
    what = leak.finding.message.partition(": ")[0]
    steps = " ".join(step.said for step in words.steps(leak))
    return printable(f"{what}: {leak.finding.masked} ({words.state(leak, one)}; {facts}). {steps}")
