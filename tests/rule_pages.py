"""rules/findings.toml -> the pages of docs/rules/: one for each rule, and the table of them. Pure."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.api import api_rules
from allo_keyscan.catalog.keys import key_rules
from allo_keyscan.cli.explain import explained

FOLDER = "docs/rules"
_MADE = "<!-- Made by `python tests/generated.py` from rules/findings.toml. -->"
_WIDTH = 118


def pages() -> dict[str, str]:
    """Every page by its path in the repository."""
    folder = rules_dir()
    rules, form = api_rules(folder), key_rules(folder).forms[0]
    facts = [explained([kind.code], rules, form)[0] for kind in rules.kinds.values()]
    found = {f"{FOLDER}/{one['code']}.md": _page(one) for one in facts}
    return {f"{FOLDER}/README.md": _index(facts), **found}


def _index(facts: list[dict[str, Any]]) -> str:
    rows = []
    for one in facts:
        cells = (
            f"[{one['code']}]({one['code']}.md)",
            one["rule"],
            one["severity"],
            f"`{one['command']}`",
            one["summary"],
        )
        rows.append(f"| {' | '.join(cells)} |")
    head = [
        *("# The rules", "", _MADE, ""),
        "What is reported, each with an example, why it matters and what to do. `allo-keyscan explain AK001` shows the",
        "same at a terminal, and knows every scope and endpoint too. `audit` reports what both commands do.",
        *("", "| code | rule | severity | of | what |", "|---|---|---|---|---|"),
    ]
    return "\n".join([*head, *rows]) + "\n"


def _page(one: dict[str, Any]) -> str:
    language = "python" if one["command"] == "scopes" else "text"
    steps = [
        line
        for number, step in enumerate(one["steps"], 1)
        for line in _wrapped(step, f"{number}. ", " " * (len(str(number)) + 2))
    ]
    baseline = "- Accepted as it is today: `allo-keyscan baseline update` (the value, not the rule)."
    lines = [
        *(f"# {one['code']}: {one['rule']}", "", _MADE, ""),
        f"**{one['severity']}**, reported by `{one['command']}` and `audit`: {one['summary']}.",
        *("", "## What it means", "", *_wrapped(one["meaning"])),
        *("", "## Why it matters", "", *_wrapped(one["why"])),
        *("", "## Examples", "", "Reported:", "", f"```{language}", one["reported"][0], "```"),
        *("", "Not reported:", "", f"```{language}", one["not_reported"][0], "```"),
        *("", "## What to do", "", *steps),
        *("", "## How to silence it", ""),
        f"- A line: a comment `allo-keyscan: ignore[{one['code']}]` and the reason, at its end or alone above it.",
        f'- Everywhere: `ignore = ["{one["code"]}"]` in the [settings](../configuration.md).',
        f'- In some paths: `per-file-ignores = {{ "tests/" = ["{one["code"]}"] }}` there.',
        *([baseline] if one["command"] == "scan" else []),
    ]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, first: str = "", other: str = "") -> list[str]:
    return wrap(text, _WIDTH, initial_indent=first, subsequent_indent=other, break_on_hyphens=False)
