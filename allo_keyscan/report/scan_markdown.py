"""Tables of `scan` for a ticket or a job's summary. Nothing that was scanned becomes markup: it is code or escaped."""

from __future__ import annotations

from collections.abc import Iterator

from allo_keyscan.model import Finding, Leak, Report
from allo_keyscan.report import audit_words as words
from allo_keyscan.report import scan_words
from allo_keyscan.report.markdown import code, escaped, findings, fit, gaps, steps


def render(report: Report, **_: object) -> str:
    """The verdict, the findings, for each key of a history its life, and what was not looked at."""
    return fit(parts(report))


def parts(report: Report) -> Iterator[str]:
    """What `render` puts together."""
    yield f"**{scan_words.verdict(report).sentence}**"
    if report.findings:
        yield findings(report.findings)
    for one in report.findings:
        if one.life is not None:
            yield from _key(one)
    if not report.complete:
        yield "### Not looked at, or not wholly"
        yield gaps(report.skipped) if report.skipped else "Interrupted: the rest was not looked at."
    yield f"Looked at: {scan_words.looked(report)}."


def _key(one: Finding) -> Iterator[str]:
    leak = Leak(one, past=(one,))
    yield f"### {code(one.masked)} in {code(str(one.origin))}"
    yield "\n".join(f"- {name}: {escaped(said)}" for name, said in words.facts(leak))
    yield steps(words.steps(leak))
