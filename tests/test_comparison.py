"""The tables of docs/comparison.md: our column is what is found today, and the others say of what version and day."""

from __future__ import annotations

import datetime
import re
import sys

from checkout import ROOT

sys.path.append(str(ROOT / "benchmarks"))

import compare

PAGE = compare.PAGE.read_text("utf-8")
COLUMNS, DAY = compare.read(PAGE)


def rows(cells: compare.Cells) -> dict[str, list[str]]:
    return {group: list(one) for group, one in cells.items()}


def test_our_column_is_what_is_found_today() -> None:
    today = compare.column(compare.OURS)
    assert COLUMNS[compare.OURS] == today, "run: python benchmarks/compare.py, or with --ours"
    assert rows(COLUMNS[compare.OURS]) == rows(today)


def test_every_column_has_these_rows_in_this_order() -> None:
    for cells in COLUMNS.values():
        assert rows(cells) == rows(COLUMNS[compare.OURS])


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
