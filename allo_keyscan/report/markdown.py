"""Pieces of Markdown for tickets and job summaries. Nothing that was scanned becomes markup: it is code or escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

from allo_keyscan.model import SEVERITIES, Finding, Skipped
from allo_keyscan.report.asked_words import in_words
from allo_keyscan.report.audit_words import Step
from allo_keyscan.report.text import cut, printable

MOST_BYTES = 1_000_000
"""GitHub refuses a job's summary beyond 1 MiB, whole."""

_MARKUP = re.compile(r"([\\`*\[\]<>|~#!&@])")
_ROOM = 1000
_NAMED = 5


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table; its cells are code or escaped already."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: str) -> str:
    """Text as code, in a table too; with a backtick in it, escaped."""
    text = printable(text)
    return escaped(text) if "`" in text else "`" + text.replace("|", "\\|") + "`"


def escaped(text: str) -> str:
    """Text in which nothing is markup, a mention or the end of a cell.

    An underscore stays as it is: a key with a backslash in it would no longer be masked.
    """
    return _MARKUP.sub(lambda match: "&#64;" if match.group() == "@" else "\\" + match.group(), printable(text))


def findings(found: Sequence[Finding]) -> str:
    """A table of findings, the gravest first."""
    ordered = sorted(found, key=lambda one: -SEVERITIES.index(one.severity))
    rows = (
        (one.severity, f"{one.code} {one.rule}", code(f"{one.origin}:{one.start.line}"), escaped(_told(one)))
        for one in ordered
    )
    return table(("severity", "rule", "place", "what"), rows)


def _told(one: Finding) -> str:
    return one.message if one.verification is None else f"{one.message} (the API says: {in_words(one.verification)})"


def gaps(skipped: Iterable[Skipped]) -> str:
    """A table of what was not looked at."""
    return table(("path", "reason"), [(code(skip.path), escaped(skip.reason)) for skip in skipped])


def steps(some: Iterable[Step]) -> str:
    """What to do, with the commands that do it."""
    lines = []
    for number, step in enumerate(some, 1):
        lines.append(f"{number}. {escaped(step.said)}")
        for command in step.commands:
            fence = "~~~~" if "```" in command else "```"
            lines.append(f"\n   {fence}sh\n   {printable(command)}\n   {fence}")
    return "\n".join(lines)


def fit(parts: Iterable[str]) -> str:
    """Blocks with blank lines between them, as many lines as a job's summary may have, and how many more there are."""
    text = "\n\n".join(parts) + "\n"
    if len(text.encode("utf-8", "surrogateescape")) <= MOST_BYTES:
        return text
    lines = text.split("\n")
    sizes = accumulate(len(line.encode("utf-8", "surrogateescape")) + 1 for line in lines)
    kept = sum(size <= MOST_BYTES - _ROOM for size in sizes)
    fences = [line.strip() for line in lines[:kept] if line.strip().startswith(("```", "~~~~"))]
    left = lines[kept:]
    heads = [line.lstrip("# ") for line in left if line.startswith("#")]
    named = ", ".join(cut(head, _ROOM // 10) for head in heads[:_NAMED]) + (", …" if len(heads) > _NAMED else "")
    about = f", with {len(heads)} sections of their own: {named}" if heads else ""
    closing = [f"   {fences[-1].rstrip('sh')}"] if len(fences) % 2 else []
    said = f"**{len(left):,} more lines are left out here{about}.** The JSON has everything."
    return "\n".join([*lines[:kept], *closing, "", said]) + "\n"
