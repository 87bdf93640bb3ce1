"""What a person reads of `ci`: the findings of keys, then the scopes of the code, as the two commands show them."""

from __future__ import annotations

from allo_keyscan.model import PipelineReport
from allo_keyscan.report import scan_text, scopes_text


def render(report: PipelineReport, *, color: bool = False, **_: object) -> str:
    """Both, with a blank line between; nothing of scopes where the code calls nothing."""
    parts = [scan_text.render(report.scan, color=color)] if report.scan.findings else []
    scopes = report.scopes
    if scopes is not None and (scopes.keys or scopes.unresolved or scopes.findings):
        parts.append(scopes_text.render(scopes, color=color))
    return "\n".join(parts)
