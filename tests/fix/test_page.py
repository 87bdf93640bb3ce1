"""docs/fix.md shows what is so."""

from __future__ import annotations

import re
import tomllib

from checkout import ROOT
from fix.programs import became, refusals
from samples import key

PAGE = (ROOT / "docs" / "fix.md").read_text("utf-8")
FIX = re.compile(r"^<!-- (fix|becomes) -->\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def filled(text: str) -> str:
    values = {"{key}": key(), "{key:10}": key()[:10], "{key:-}": key()[10:], "{second}": key(1)}
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def test_the_program_becomes_what_is_shown() -> None:
    shown = FIX.findall(PAGE)
    assert [name for name, _ in shown] == ["fix", "becomes"]
    assert became(filled(shown[0][1])) == shown[1][1]


def test_what_is_replaced_in_configuration_is_that_of_the_rules() -> None:
    rules = tomllib.loads((ROOT / "rules" / "fixes.toml").read_text("utf-8"))
    written = {one["replacement"].replace("{name}", "ALLO_API_KEY") for one in rules["format"] if one.get("syntax")}
    section = PAGE.partition("## Configuration files")[2].partition("\n## ")[0]
    assert set(re.findall(r"\| `([^`|]+)` \|$", section, re.MULTILINE)) == written - {""}


def test_what_is_said_to_be_refused_is() -> None:
    section = PAGE.partition("## What is refused")[2].partition("\n## ")[0]
    for source in (
        f"# {key()}\n",
        f"match x:\n    case '{key()}':\n        pass\n",
        f"x = f'{{y:{key()}}}'\n",
        f"import os\nos.environ['ALLO_API_KEY'] = '{key()}'\n",
    ):
        assert len(refusals(source)) == 1
    assert section.count("\n|") == 12
