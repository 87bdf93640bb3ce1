"""The tables of docs/comparison.md: our column is what is found today, and the others say of what version and day."""

from __future__ import annotations

import datetime
import re
import sys

import pytest
from checkout import ROOT

sys.path.append(str(ROOT / "benchmarks"))

import compare

PAGE = compare.PAGE.read_text("utf-8")
COLUMNS, DAY = compare.read(PAGE)


@pytest.fixture(scope="module")
def today() -> compare.Cells:
    return compare.column(compare.OURS)


def test_our_column_is_what_is_found_today(today: compare.Cells) -> None:
    assert COLUMNS[compare.OURS] == today, "run: python benchmarks/compare.py, or with --ours"


def test_every_column_has_the_rows_of_the_script_in_their_order(today: compare.Cells) -> None:
    rows = {group: list(cells) for group, cells in today.items()}
    for cells in COLUMNS.values():
        assert {group: list(one) for group, one in cells.items()} == rows


def test_the_columns_are_the_scanners_with_a_version_and_a_day() -> None:
    assert [head.split()[0] for head in COLUMNS] == list(compare.SCANNERS)
    for head in COLUMNS:
        assert head == compare.OURS or re.fullmatch(r"[a-z-]+ \d+\.\d+\.\d+[\w.-]*", head)
    assert datetime.date(2026, 1, 1) < datetime.date.fromisoformat(DAY) <= datetime.datetime.now(datetime.UTC).date()


def test_the_counts_are_of_the_rows() -> None:
    assert f"<!-- begin: measured -->\n{compare.written(COLUMNS, DAY)}<!-- end: measured -->" in PAGE


def test_every_form_that_another_finds_and_we_miss_is_named_as_such() -> None:
    ours = COLUMNS[compare.OURS]
    beaten = {
        row
        for cells in COLUMNS.values()
        for group in compare.GROUPS[:2]
        for row, cell in cells[group].items()
        if cell == "yes" != ours[group][row]
    }
    (said,) = re.findall(r"<!-- better -->(.*)<!-- /better -->", PAGE)
    assert set(re.split(", | and ", said)) == beaten


def test_the_page_shows_the_rule_that_was_given() -> None:
    assert f"`{compare.PATTERN}`" in PAGE
