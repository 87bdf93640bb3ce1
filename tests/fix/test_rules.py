"""Every entry of rules/fixes.toml behaves as its own examples say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.fixes import Format, fix_rules

RULES = fix_rules(rules_dir())
NAMES = {RULES.variable.numbered(number) for number in range(1, 20)}


def is_of(entry: Format, path: str) -> bool:
    return RULES.format_of(path) is entry


def cases() -> Iterator[Any]:
    """Each entry's question, its examples, and the answer they expect; of a path, the first format that takes it."""
    asked: list[tuple[Any, Callable[[str], object]]] = [(RULES.variable, NAMES.__contains__)]
    asked += [(entry, entry.fits) for entry in (*RULES.readers, *RULES.options)]
    asked += [(entry, entry.pattern.search) for entry in RULES.refusals]
    asked += [(entry, partial(is_of, entry)) for entry in RULES.formats]
    for entry, ask in asked:
        for expected, texts in ((True, entry.examples.true), (False, entry.examples.false)):
            for text in texts:
                yield pytest.param(ask, text, expected, id=f"{entry.id}: {text}")


@pytest.mark.parametrize(("ask", "text", "expected"), list(cases()))
def test_an_example(ask: Callable[[str], object], text: str, expected: bool) -> None:
    assert bool(ask(text)) is expected


@pytest.mark.parametrize("entry", RULES.formats, ids=lambda entry: entry.id)
def test_a_replacement_names_the_variable_unless_it_is_empty(entry: Format) -> None:
    assert entry.replacement == "" or "X_Y" in entry.named("X_Y")
    assert "{name}" not in entry.named("X_Y") + entry.advice("X_Y", "a/b")
