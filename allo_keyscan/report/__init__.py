"""Report -> text, one module a format. `FORMATS` is the only list of them; a module is imported once it is used."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from allo_keyscan.model import Report

FORMATS: dict[str, str] = {
    "text": "the line with the key masked, and what to do",
    "json": "one object, as documented in docs/json.md",
    "jsonl": "one finding a line, then one line with everything else",
    "github": "annotations of a GitHub workflow",
}


def render(format_name: str, report: Report, *, color: bool = False) -> str:
    """The report in one of FORMATS; `color` concerns only what people read."""
    module = import_module(f"allo_keyscan.report.{format_name}")
    return cast("Callable[..., str]", module.render)(report, color=color)
