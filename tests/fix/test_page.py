"""docs/fix.md shows what is so."""

from __future__ import annotations

import re
import tomllib

from checkout import ROOT
from fix.programs import became, fixed
from samples import key

from allo_keyscan.fix.style import Style

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


K = key()
# By the first word of a place in the table: a file that has it, the file's name, and how code reads variables.
REFUSED: dict[str, tuple[str, str, Style]] = {
    "comments": (f"# {K}\n", "a.py", Style()),
    "a key inside": (f"x = 'DELETE FROM k WHERE k = \"{K}\"'\n", "a.py", Style()),
    "`match` patterns": (f"match x:\n    case '{K}':\n        pass\n", "a.py", Style()),
    "the format of": (f"x = f'{{y:{K}}}'\n", "a.py", Style()),
    "an encoded key": (f"x = '{K.encode().hex()}'\n", "a.py", Style()),
    "a key put": (f"x = a + '{K[:4]}' + '{K[4:]}'\n", "a.py", Style()),
    '`os.environ["ALLO_API_KEY"] =': (f"import os\nos.environ['ALLO_API_KEY'] = '{K}'\n", "a.py", Style()),
    "both kinds": (f"x = f'{{\"a {K}\"}}'\n", "a.py", Style()),
    "a piece of": (f"b = '{K[8:]}'\nx = '{K[:8]}' + b\nprint(b)\n", "a.py", Style()),
    "the module that": (f"x = '{K}'\n", "app/conf.py", Style("settings", "conf.{lower}", "from app.conf import conf")),
    "stubs": (f"x = '{K}'\n", "a.pyi", Style()),
    "another vendor": (f"pagarme('{K}')\n", "a.py", Style()),
    "notebooks": (f'{{"cells": [{{"source": ["x = \'{K}\'"]}}]}}', "a.ipynb", Style()),
    "Python that": (f"x = '{K}'\ntype = (\n", "a.py", Style()),
}


def test_what_is_said_to_be_refused_is() -> None:
    section = PAGE.partition("## What is refused")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \|", section, re.MULTILINE)[1:]
    assert [next((name for name in REFUSED if row.startswith(name)), row) for row in rows] == [*REFUSED]
    for name, (source, path, style) in REFUSED.items():
        change = fixed(source, style, path)
        assert (len(change.refused), change.taken, change.new == change.old) == (1, (), True), name
