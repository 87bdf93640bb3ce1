"""The pictures of docs/architecture.md, drawn from what the tests know: no browser, no run.

`house` shows the rows of LAYERS in tests/test_layers.py, with the libraries that each room keeps to itself (ROOM_OF).
`way` shows STEPS, a key's way through the rooms; tests/test_architecture.py compares them with the words of the page.
Both are SVG with colours for light and dark, on a ground of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from test_layers import LAYERS, ROOM_OF

WORDS = {
    "api": "for other programs",
    "__main__": "starts a command",
    "cli": "the commands, and all that is printed",
    "fix": "files with keys in them into files without",
    "scan": "blobs into findings",
    "scopes": "sources into needs",
    "report": "a report into text",
    "many": "many repositories",
    "mapping": "the API's own list",
    "audit": "reports into an entry for each key",
    "saved": "saved JSON into values",
    "modules": "the facts of many files",
    "live": "a key into what the API says; the only network",
    "answers": "answers kept between runs",
    "keys": "bytes into matches",
    "calls": "Python into calls",
    "needs": "calls into scopes",
    "suppress": "ignore comments",
    "baseline": "what is accepted",
    "declare": "scopes in settings",
    "pipelines": "CI's new commits",
    "sources": "files and git into bytes",
    "catalog": "rules into types",
    "config": "settings",
    "comments": "where they stand",
    "cache": "bytes between runs",
    "model": "the nouns that everybody shares; none holds a raw key",
    "fingerprint": "a value into its identity",
    "errors": "what can go wrong, and exit codes",
    "__init__": "the version",
}
"""Each room in the order in which a row shows them, with what it is for."""


@dataclass(frozen=True)
class Step:
    """One step of a key's way: its title, its modules, what it hands on, and what leaves the way here."""

    title: str
    modules: tuple[str, ...]
    gives: str
    leaves: str = ""
    raw: bool = True
    """Whether what it hands on still holds the key itself."""


STEPS = (
    Step(
        "List",
        ("sources/worktree", "cli/quick", "sources/names", "sources/walk", "sources/listing"),
        "names of files",
        raw=False,
    ),
    Step("Share out", ("scan/parallel",), "batches of names, to a process for each processor", raw=False),
    Step(
        "Look", ("scan/reading", "keys/find"), "places where a literal hits", "nothing hits, nearly always: next file"
    ),
    Step(
        "Decode, unpack", ("keys/decode", "sources/containers"), "candidates", "not readable: a Skipped, with a reason"
    ),
    Step("Judge", ("keys/judge",), "matches", "placeholders and lookalikes: counted"),
    Step("Put together", ("keys/pieces", "calls/values"), "matches, with those from pieces of Python"),
    Step(
        "Tell",
        ("scan/blob", "keys/secret.Secret", "keys/vault", "live/findings"),
        "findings, masked",
        "ignore comments: counted",
        raw=False,
    ),
    Step(
        "Report",
        ("scan/run", "report/", "cli/output"),
        "text, and an exit code",
        "what the baseline accepts: counted",
        raw=False,
    ),
)
"""A key's way, as the list in docs/architecture.md has it: step by step the modules that it names, in its order."""

_AGAIN = (3, 2)
"""From this step back to that one: what was decoded is searched again."""

_STYLE = """<style>
svg { font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; font-size: 13px; }
.ground { fill: #ffffff; stroke: #d0d7de; }
.box { fill: #eef4fb; stroke: #5b7ea6; }
.roof { fill: #dbe7f3; stroke: #5b7ea6; }
.raw { fill: #fdeeea; stroke: #cf6a4c; }
text { fill: #1f2328; }
.name { font-weight: 600; font-size: 14px; }
.small { font-size: 12px; fill: #57606a; }
.code { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12px; }
.warn { fill: #a8401f; font-size: 12px; font-weight: 600; }
.line { stroke: #57606a; stroke-width: 1.5; fill: none; }
.aside { stroke: #8c959f; stroke-dasharray: 4 3; fill: none; }
.head { fill: #57606a; }
@media (prefers-color-scheme: dark) {
.ground { fill: #0d1117; stroke: #30363d; }
.box { fill: #16233a; stroke: #5f86b8; }
.roof { fill: #1d3050; stroke: #5f86b8; }
.raw { fill: #2d1a16; stroke: #c9694b; }
text { fill: #e6edf3; }
.small { fill: #9aa5b1; }
.warn { fill: #f09a7d; }
.line { stroke: #9aa5b1; }
.aside { stroke: #6e7681; }
.head { fill: #9aa5b1; }
}
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path class="head" d="M0 0 8 4 0 8z"/></marker></defs>
"""


def house() -> str:
    """The rooms, floor by floor: each may import from the floors below its own."""
    width, left, floor, gap = 1040, 70, 62, 8
    inner = width - left - 30
    top = 96
    height = top + floor * len(LAYERS) + 24
    parts = [f'<path class="roof" d="M{left - 14} {top - 8} L{left + inner / 2} 24 L{left + inner + 14} {top - 8} z"/>']
    parts += [_text(left + inner / 2, 66, "allo-keyscan", "name", middle=True)]
    parts += [_text(left + inner / 2, 83, "a command line, a hook, a program", "small", middle=True)]
    for number, row in enumerate(LAYERS):
        if silent := row - set(WORDS):
            raise ValueError(f"WORDS in docs/pictures/drawn.py has no words for {', '.join(sorted(silent))}")
        rooms = sorted(row, key=list(WORDS).index)
        each = (inner - gap * (len(rooms) - 1)) / len(rooms)
        y = top + floor * number
        for place, room in enumerate(rooms):
            parts += _room(left + place * (each + gap), y, each, floor - gap, room)
    parts += [f'<path class="line" marker-end="url(#head)" d="M40 {top} V{height - 32}"/>']
    middle = (top + height) / 2
    words = _text(0, 0, "imports run one way", "small", middle=True)
    parts += [f'<g transform="translate(28 {middle}) rotate(-90)">{words}</g>']
    return _svg(width, height, "The rooms of allo-keyscan, floor by floor", parts)


def _room(x: float, y: float, width: float, height: float, room: str) -> Iterator[str]:
    yield f'<rect class="box" rx="4" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}"/>'
    kept = sorted(library for library, rooms in ROOM_OF.items() if room in rooms)
    middle, line = x + width / 2, y + (18 if kept else 24)
    yield _text(middle, line, room, "name", middle=True)
    yield _text(middle, line + 15, WORDS[room], "small", middle=True)
    if kept:
        yield _text(middle, line + 29, ", ".join(kept), "code", middle=True)


def way() -> str:
    """A key's way from a file to a report: what each step hands on, what leaves it, and where the key itself exists."""
    width, left, box, step, high = 1040, 60, 580, 92, 54
    top = 36
    height = top + step * len(STEPS) + 10
    first = next(number for number, one in enumerate(STEPS) if one.raw)
    last = max(number for number, one in enumerate(STEPS) if one.raw) + 1
    y, end = top + step * first - 6, top + step * last + high + 6
    parts = [f'<rect class="raw" rx="8" x="{left - 24}" y="{y}" width="{box + 48}" height="{end - y}"/>']
    words = _text(0, 0, "the key itself is only here", "warn", middle=True)
    parts += [f'<g transform="translate({left - 8} {(y + end) / 2}) rotate(-90)">{words}</g>']
    for number, one in enumerate(STEPS):
        parts += _step(left, top + step * number, box, high, one, number)
        down = top + step * number + high
        parts += [f'<path class="line" marker-end="url(#head)" d="M{left + box / 2} {down} v{step - high - 1}"/>']
        parts += [_text(left + box / 2 + 12, down + (step - high) / 2 + 4, one.gives, "small")]
    start, back = (top + step * number + high / 2 for number in _AGAIN)
    x = left + box
    parts += [f'<path class="line" marker-end="url(#head)" d="M{x} {start - 10} h34 V{back + 10} h-33"/>']
    parts += [_text(x + 44, (start + back) / 2 + 4, "what was decoded is searched again", "small")]
    return _svg(width, height, "A key's way from a file to a report", parts)


def _step(x: float, y: float, width: float, height: float, step: Step, number: int) -> Iterator[str]:
    yield f'<rect class="box" rx="6" x="{x}" y="{y}" width="{width}" height="{height}"/>'
    yield _text(x + 16, y + 22, f"{number + 1}  {step.title}", "name")
    yield _text(x + 16, y + 42, "  ".join(step.modules), "code")
    if step.leaves:
        side, middle = x + width, y + height / 2 + (10 if number == _AGAIN[0] else 0)
        yield f'<path class="aside" marker-end="url(#head)" d="M{side} {middle} h60"/>'
        yield _text(side + 68, middle + 4, step.leaves, "small")


def _text(x: float, y: float, words: str, kind: str, *, middle: bool = False) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}"{anchor} xml:space="preserve">{escape(words)}</text>'


def _svg(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title">'
    ground = f'<rect class="ground" rx="8" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}"/>'
    return "\n".join([head, f'<title id="title">{escape(title)}</title>', _STYLE + ground, *parts, "</svg>", ""])
