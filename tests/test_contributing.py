"""CONTRIBUTING.md and the index of the documents say what is there: tables, names, tests, pages."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from checkout import ROOT

ROWS = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)[1:]
RULES = {path.name: tomllib.loads(path.read_text("utf-8")) for path in (ROOT / "rules").glob("*.toml")}
INDEX = ROOT / "docs" / "README.md"
_LINK = re.compile(r"\]\(([^)\s#]+)[^)]*\)")


def test_every_file_of_rules_has_a_row_and_the_tables_it_names() -> None:
    named: dict[str, set[str]] = {}
    for _, edit, _ in ROWS:
        for tables, file in re.findall(r"((?:`\[\[[\w-]+\]\]`(?:, | and an? )?)+)[^`]* in `rules/(\w+\.toml)`", edit):
            named.setdefault(file, set()).update(re.findall(r"\[\[([\w-]+)\]\]", tables))
    assert set(named) == set(RULES)
    assert {file: tables - set(RULES[file]) for file, tables in named.items() if tables - set(RULES[file])} == {}


def test_a_row_names_what_stands_in_its_files() -> None:
    named = 0
    for change, edit, _ in ROWS:
        files = [ROOT / file for file in re.findall(r"`(?:python )?([\w./]+\.py)`", edit)]
        assert [file for file in files if not file.is_file()] == [], change
        sources = "\n".join(file.read_text("utf-8") for file in files)
        for name in re.findall(r"`([A-Z][A-Z_]+)`", edit):
            assert re.search(rf"^{name}\b", sources, re.MULTILINE), f"{change}: {name}"
            named += 1
    assert named >= 10


def test_every_test_that_is_named_exists() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    for _, _, fails in ROWS:
        for name in re.findall(r"`(test_\w+)`", fails):
            assert f"\ndef {name}(" in sources


def linked(page: Path) -> set[Path]:
    return {(page.parent / link).resolve() for link in _LINK.findall(page.read_text("utf-8")) if "://" not in link}


def test_the_index_lists_every_page() -> None:
    rules = ROOT / "docs" / "rules" / "README.md"
    pages = {path for path in (ROOT / "docs").rglob("*.md") if path != INDEX}
    assert pages - linked(INDEX) - linked(rules) == set()
    assert rules in linked(INDEX)
