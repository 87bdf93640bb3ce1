"""docs/architecture.md and its pictures show the house as it is: its rooms, what they import, a key's way."""

from __future__ import annotations

import re
import sys

import pytest
from checkout import ROOT
from test_layers import LAYERS, MODULES, imports, room, row

sys.path.append(str(ROOT / "docs" / "pictures"))

from drawn import STEPS, WORDS, house, way

PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
ROWS = {
    name.strip("/").removesuffix(".py"): cell
    for name, cell in re.findall(r"^\| `([\w./]+)` \|.*?\|([^|]*)\|$", PAGE, re.MULTILINE)
}
ROOMS = set().union(*LAYERS)
ENTRIES = {"__init__", "__main__"}
SHARED = {"model", "fingerprint", "errors", "__init__"}


def test_the_table_has_every_room_in_the_order_of_the_floors() -> None:
    assert set(ROWS) == ROOMS - ENTRIES
    floors = [row(name) for name in ROWS]
    assert floors == sorted(floors)
    assert set(list(ROWS)[-3:]) | ENTRIES >= SHARED


@pytest.mark.parametrize("name", [name for name, cell in ROWS.items() if cell.strip() != "everything below"])
def test_a_room_imports_what_the_table_says(name: str) -> None:
    used = set()
    for path in MODULES:
        if room(path) == name:
            dotted = (one.split(".") for one, _ in imports(path) if one.startswith("allo_keyscan."))
            used |= {parts[1] for parts in dotted} & ROOMS
    said = {one.strip() for one in ROWS[name].split(",")} - {""}
    assert used - SHARED - {name} == said, f"docs/architecture.md, the row of {name}"


def test_the_house_shows_every_room_once() -> None:
    shown = re.findall(r'<text class="name"[^>]*>([\w]+)</text>', house())
    assert sorted(shown) == sorted(ROOMS) == sorted(WORDS)


def test_the_steps_of_the_picture_are_those_of_the_page() -> None:
    section = PAGE.partition("## A key's way through it\n")[2].partition("\n## ")[0]
    steps = re.findall(r"^\d\. (.*(?:\n   .*)*)", section, re.MULTILINE)
    told = [sorted(set(re.findall(r"`([a-z]+/[\w/.]*)`", step))) for step in steps]
    assert told == [sorted(step.modules) for step in STEPS]


def test_the_way_shows_every_step_and_what_it_hands_on() -> None:
    shown = [re.sub(r"<[^>]+>", "", line) for line in way().splitlines()]
    for number, step in enumerate(STEPS, 1):
        place = shown.index(f"{number}  {step.title}")
        assert "  ".join(step.modules) in shown[place:]
        assert step.gives in shown[place:]


@pytest.mark.parametrize("name", ["house", "way"])
def test_the_page_shows_the_picture_as_it_is_drawn(name: str) -> None:
    assert f"](pictures/{name}.svg)" in PAGE
    drawn = {"house": house, "way": way}[name]()
    assert (ROOT / "docs" / "pictures" / f"{name}.svg").read_text("utf-8").startswith(drawn), (
        "run docs/pictures/make.py"
    )
