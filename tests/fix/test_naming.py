"""One name for each distinct key, whatever it is known by."""

from __future__ import annotations

import pytest
from fix.programs import RULES

from allo_keyscan.fix.naming import as_variable, names
from allo_keyscan.keys.secret import Secret

A, B, C = (Secret(value.encode() * 8) for value in "abc")
N, N2, N3 = "ALLO_API_KEY", "ALLO_API_KEY_2", "ALLO_API_KEY_3"


@pytest.mark.parametrize(
    ("keys", "settled", "fixed", "given"),
    [
        ([(A, None), (B, None), (A, None)], [], False, {A: N, B: N2}),
        ([(A, None), (B, "X"), (A, "Y")], [], False, {A: "Y", B: "X"}),
        ([(A, "X"), (B, "X"), (C, None)], [], False, {A: "X", B: N, C: N2}),
        ([(A, None), (B, N)], [], False, {A: N2, B: N}),
        ([(A, "X"), (B, None)], [(B, "X"), (C, N)], False, {A: N, B: "X"}),
        ([(A, "X"), (B, None)], [(B, "X")], True, {A: N, B: N2}),
        ([(A, N2), (B, None), (C, None)], [], False, {A: N2, B: N, C: N3}),
    ],
)
def test_names(
    keys: list[tuple[Secret, str | None]],
    settled: list[tuple[Secret, str | None]],
    fixed: bool,
    given: dict[Secret, str],
) -> None:
    assert names(keys, RULES.variable, settled=settled, fixed=fixed) == given


@pytest.mark.parametrize(
    ("keys", "fixed", "foreign", "given"),
    [
        ([(A, None), (B, None)], False, [(A, "X_Y")], {A: "X_Y", B: N}),
        ([(A, None), (B, None)], False, [(A, None), (A, "X_Y")], {A: "X_Y", B: N}),
        ([(A, None), (B, None)], False, [(A, None)], {B: N}),
        ([(A, None), (B, "X_Y")], False, [(A, "X_Y")], {B: "X_Y"}),
        ([(A, "Z"), (B, None)], False, [(A, "X_Y")], {A: "Z", B: N}),
        ([(A, None), (B, None)], True, [(A, "X_Y")], {A: N, B: N2}),
    ],
)
def test_a_foreign_key_is_never_called_by_this_apis_name_unasked(
    keys: list[tuple[Secret, str | None]],
    fixed: bool,
    foreign: list[tuple[Secret, str | None]],
    given: dict[Secret, str],
) -> None:
    assert names(keys, RULES.variable, fixed=fixed, foreign=foreign) == given


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        ("PAY_KEY", "PAY_KEY"),
        ("_pay_key2", "PAY_KEY2"),
        ("payKey", "PAY_KEY"),
        ("key", None),
        ("x-pay-key", None),
        ("2_KEY", None),
        ("é_key", None),
    ],
)
def test_a_variable_called_like_a_setting(setting: str, name: str | None) -> None:
    assert as_variable(setting) == name
