"""What a person reads: place, rule, the line with the key masked, and what to do first."""

from __future__ import annotations

from collections.abc import Iterator

from allo_keyscan.model import Finding, Life, Report
from allo_keyscan.report.asked_words import in_words
from allo_keyscan.report.text import printable

_COLORS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "note": "\x1b[1;36m"}
_SHOWN = 5
_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def _block(one: Finding, color: bool) -> str:
    paint, bold, dim, reset = (_COLORS[one.severity], _BOLD, _DIM, _RESET) if color else ("", "", "", "")
    place = f"{printable(str(one.origin))}:{one.start.line}:{one.start.column}"
    lines = [f"{bold}{place}{reset}: {paint}{one.code}{reset} {one.rule}: {printable(one.message)}"]
    if one.excerpt:
        number = str(one.start.line)
        gutter = " " * len(number)
        low, high = one.caret
        parts = (one.excerpt[:low], one.excerpt[low:high], one.excerpt[high:])
        before, there, behind = map(printable, parts)
        lines.append(f"{dim}{gutter} |{reset}")
        lines.append(f"{dim}{number} |{reset} {before}{there}{behind}")
        lines.append(f"{dim}{gutter} |{reset} {' ' * len(before)}{paint}{'^' * max(1, len(there))}{reset}")
    if one.verification is not None:
        lines.append(f"{dim}{gutter_of(one)} = the API says:{reset} {printable(in_words(one.verification))}")
    if one.life is not None:
        lines += [f"{dim}{gutter_of(one)} = {name}:{reset} {printable(said)}" for name, said in story(one.life)]
    return "\n".join(lines) + "\n"


def gutter_of(one: Finding) -> str:
    """As wide as the number of its line."""
    return " " * len(str(one.start.line))


def story(life: Life) -> Iterator[tuple[str, str]]:
    """Where a key lives, as a few lines, each with its name; the last one is what to do."""
    for name, commit in (("first", life.first), ("last", life.last)):
        if commit is not None and (name == "first" or commit != life.first):
            yield name, f"{commit.sha[:12]} {commit.date[:10]} {commit.author}: {commit.summary}"
    others = [str(place) for place in life.places]
    if len(others) > 1:
        yield (
            "places",
            ", ".join(others[:_SHOWN]) + (f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""),
        )
    lists = (("branches", life.branches), ("tags", life.tags), ("pushed", life.remotes), ("in", life.others))
    for name, names in lists:
        if names:
            marked = [f"{one}*" if one in life.tips else one for one in names[:_SHOWN]]
            yield name, ", ".join(marked) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    now = [where for where, here in (("work tree", life.in_work_tree), ("index", life.in_index)) if here]
    if now:
        yield "still in", " and ".join(now)
    yield "do", life.advice


def render(report: Report, *, color: bool = False, **_: object) -> str:
    """A block a finding, with a blank line between two."""
    return "\n".join(_block(one, color) for one in report.findings)
