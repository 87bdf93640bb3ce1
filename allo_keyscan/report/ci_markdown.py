"""The summary of a pipeline's job: keys first, then the scopes of the code where it calls the API."""

from __future__ import annotations

from collections.abc import Iterator

from allo_keyscan.model import PipelineReport
from allo_keyscan.report import scan_markdown, scopes_markdown
from allo_keyscan.report.markdown import fit


def render(report: PipelineReport, **_: object) -> str:
    """A section each, within GitHub's limit together."""
    return fit(_parts(report))


def _parts(report: PipelineReport) -> Iterator[str]:
    yield "## allo-keyscan: leaked keys"
    yield from scan_markdown.parts(report.scan)
    if report.scopes is not None:
        yield "## allo-keyscan: scopes"
        if not report.declared:
            yield "No scopes are declared, so none is missing or too much."
        yield from scopes_markdown.parts(report.scopes)
