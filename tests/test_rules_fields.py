"""Whatever stands in a field of a rules file: it loads, or the error names file and entry. Nothing else is raised."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from allo_keyscan import catalog
from allo_keyscan.catalog import RulesError, rules_dir
from allo_keyscan.catalog.api import api_rules
from allo_keyscan.catalog.ci import ci_rules
from allo_keyscan.catalog.fixes import fix_rules
from allo_keyscan.catalog.keys import key_rules, placeholder_rules

FILES = {path.name: tomllib.loads(path.read_text("utf-8")) for path in Path(rules_dir()).glob("*.toml")}
# True examples of every field would be the file itself; these are of the wrong type, empty, or no pattern.
WRONG: tuple[Any, ...] = (7, True, "", "(", [], [7], ["("], {}, [{}])
NO_TABLES: tuple[Any, ...] = (7, {}, "x", [7], ["x"])


def fields() -> Iterator[Any]:
    """The first entry of every table, and each of its fields."""
    for file, tables in FILES.items():
        for table, entries in tables.items():
            for field in sorted({field for entry in entries for field in entry}):
                number = next(number for number, entry in enumerate(entries) if field in entry)
                yield pytest.param(file, table, number, field, id=f"{file}: {table}.{field}")


def load() -> None:
    api_rules("rules")
    ci_rules("rules")
    key_rules("rules")
    placeholder_rules("rules")
    fix_rules("rules")


@pytest.mark.parametrize(("file", "table", "number", "field"), list(fields()))
def test_a_wrong_value_is_refused_by_name(
    file: str, table: str, number: int, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = []
    for value in WRONG:
        entries = [dict(entry) for entry in FILES[file][table]]
        entries[number][field] = value
        changed = {**FILES, file: {**FILES[file], table: entries}}
        monkeypatch.setattr(catalog, "read", lambda _, name, changed=changed: changed[name])
        try:
            load()
        except RulesError as error:
            refused.append(str(error))
    assert len(refused) >= 5
    assert [said for said in refused if f"{file}: {table} " not in said] == []


@pytest.mark.parametrize("file", sorted(FILES))
def test_a_table_that_is_none_is_refused(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for table in FILES[file]:
        for value in NO_TABLES:
            changed = {**FILES, file: {**FILES[file], table: value}}
            monkeypatch.setattr(catalog, "read", lambda _, name, changed=changed: changed[name])
            with pytest.raises(RulesError, match=f"{file}: no \\[\\[{table}\\]\\] entries"):
                load()
