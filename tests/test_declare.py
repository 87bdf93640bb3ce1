"""Declared scopes in TOML: nothing changes but the scopes, and what cannot be changed is refused."""

from __future__ import annotations

import tomllib

import pytest

from allo_keyscan.declare import line_numbers, rewritten
from allo_keyscan.errors import KeyscanError

TABLES = ("tool", "allo-keyscan", "scopes")
KEEP = """\
[project]
name = "x"   # two   spaces

[tool.allo-keyscan]
ignore = [ ]

[tool.allo-keyscan.scopes]
# why there are two keys
"env:A" = [
    "BILLING",  # the invoice job
    "TAGS_READ",
    # the end
]
'env:B'=["USERS_READ"] # odd spacing

[tool.other]
x=1
"""


def test_only_the_scopes_change() -> None:
    new = rewritten(KEEP, TABLES, {"env:A": ("BILLING", "SMS_SEND", "TAGS_READ"), "env:C": ("PARTNER",)})
    wanted = KEEP.replace('    "TAGS_READ",\n', '    "SMS_SEND",\n    "TAGS_READ",\n')
    wanted = wanted.replace("# odd spacing\n", '# odd spacing\n"env:C" = ["PARTNER"]\n')
    assert new == wanted


def test_a_scope_goes_and_its_neighbours_stay() -> None:
    new = rewritten(KEEP, TABLES, {"env:A": ("TAGS_READ",)})
    assert new == KEEP.replace('    "BILLING",  # the invoice job\n', "")


def test_a_line_goes() -> None:
    assert rewritten(KEEP, TABLES, {"env:B": None}) == KEEP.replace("'env:B'=[\"USERS_READ\"] # odd spacing\n", "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", '[tool.allo-keyscan.scopes]\n"env:A" = ["X"]\n'),
        ("[a]\nb = 1", '[a]\nb = 1\n\n[tool.allo-keyscan.scopes]\n"env:A" = ["X"]\n'),
        ("[a]\r\nb = 1\r\n", '[a]\r\nb = 1\r\n\r\n[tool.allo-keyscan.scopes]\r\n"env:A" = ["X"]\r\n'),
        ("[tool.allo-keyscan]\n[b]\n", '[tool.allo-keyscan]\n[b]\n\n[tool.allo-keyscan.scopes]\n"env:A" = ["X"]\n'),
    ],
)
def test_a_new_table_stands_at_the_end(old: str, new: str) -> None:
    assert rewritten(old, TABLES, {"env:A": ("X",)}) == new


def test_many_scopes_stand_one_a_line() -> None:
    scopes = tuple(f"A_RATHER_LONG_SCOPE_{number}" for number in range(6))
    new = rewritten("", ("scopes",), {"env:A": scopes})
    assert new.splitlines()[1:3] == ['"env:A" = [', '    "A_RATHER_LONG_SCOPE_0",']
    assert tomllib.loads(new) == {"scopes": {"env:A": [*scopes]}}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('[tool.allo-keyscan]\nscopes = ["B"] # x\n', '[tool.allo-keyscan]\nscopes = ["A", "B"] # x\n'),
        ('tool.allo-keyscan.scopes.declared = ["B"]\n', 'tool.allo-keyscan.scopes.declared = ["A", "B"]\n'),
        ('[tool.allo-keyscan]\nscopes = {declared=["B"]}\n', '[tool.allo-keyscan]\nscopes = {declared=["A", "B"]}\n'),
        ('[tool.allo-keyscan.scopes]\r\ndeclared=["B"]\r\n', '[tool.allo-keyscan.scopes]\r\ndeclared=["A", "B"]\r\n'),
    ],
)
def test_every_form_of_the_list_for_all_keys(old: str, new: str) -> None:
    assert rewritten(old, TABLES, {"declared": ("A", "B")}) == new


def test_a_file_that_has_no_room_for_the_table_is_refused() -> None:
    with pytest.raises(KeyscanError, match=r"tool\.allo-keyscan\.scopes is written in a form"):
        rewritten("tool = {x = 1}\n", TABLES, {"env:A": ("X",)})


def test_a_file_that_is_no_toml_is_refused() -> None:
    with pytest.raises(KeyscanError, match="not valid TOML"):
        rewritten("x = ", TABLES, {"env:A": ("X",)})


def test_an_odd_name_is_quoted() -> None:
    new = rewritten("", ("scopes",), {'setting:a"\\b': ("X",)})
    assert tomllib.loads(new) == {"scopes": {'setting:a"\\b': ["X"]}}


def test_the_line_of_each_scope() -> None:
    declared = (("env:A", ("BILLING", "TAGS_READ")), ("env:B", ("USERS_READ", "NOT_THERE")))
    assert line_numbers(KEEP, declared) == {
        ("env:A", "BILLING"): 10,
        ("env:A", "TAGS_READ"): 11,
        ("env:B", "USERS_READ"): 14,
    }
    assert line_numbers('x = 1\nscopes = ["A"]\n', (("declared", ("A",)),)) == {("declared", "A"): 2}
