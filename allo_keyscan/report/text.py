"""What a person reads: place, rule, the line with the key masked, and what to do first."""

from __future__ import annotations

from allo_keyscan.model import Finding, Report

_COLORS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "note": "\x1b[1;36m"}
_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def printable(text: str) -> str:
    """A name as one harmless line: control characters and undecodable bytes are escaped."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _block(one: Finding, color: bool) -> str:
    paint, bold, dim, reset = (_COLORS[one.severity], _BOLD, _DIM, _RESET) if color else ("", "", "", "")
    place = f"{printable(str(one.origin))}:{one.start.line}:{one.start.column}"
    lines = [f"{bold}{place}{reset}: {paint}{one.code}{reset} {one.rule}: {one.message}"]
    if one.excerpt:
        number = str(one.start.line)
        gutter = " " * len(number)
        low, high = one.caret
        lines.append(f"{dim}{gutter} |{reset}")
        lines.append(f"{dim}{number} |{reset} {one.excerpt}")
        lines.append(f"{dim}{gutter} |{reset} {' ' * low}{paint}{'^' * max(1, high - low)}{reset}")
    return "\n".join(lines) + "\n"


def render(report: Report, *, color: bool = False) -> str:
    """A block a finding, with a blank line between two."""
    return "\n".join(_block(one, color) for one in report.findings)
