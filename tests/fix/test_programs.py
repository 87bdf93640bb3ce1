"""Programs made by chance and real files with keys planted in them; tests/fixes.py has thousands more."""

from __future__ import annotations

import pytest
from fix.programs import fixed
from fixes import KEYS, chosen_files, disturbed, program, wrong


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_a_program_says_the_same_when_it_is_run(first: int) -> None:
    said = [(seed, *wrong(program(seed))) for seed in range(first, first + 10)]
    assert [(seed, what) for seed, what, _ in said if what] == []
    assert sum(bool(change.taken) for _, _, change in said) >= 8


def test_a_file_of_one_line_and_a_blank_one_is_not_disturbed() -> None:
    assert disturbed(fixed(f"__version__ = 'x {KEYS[0]}'\n\n")) == ""


def test_in_a_real_file_no_line_changes_but_those_with_keys() -> None:
    changes = [(path.name, fixed(source)) for path, source in chosen_files(seed=5, number=6, most=12_000)]
    assert [(name, said) for name, change in changes if (said := disturbed(change))] == []
    assert sum(bool(change.taken) for _, change in changes) >= 3
