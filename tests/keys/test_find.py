"""The left boundary, the open body, and the fast pass against a plain search."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import PREFIX, key

from allo_keyscan.catalog import rules_dir
from allo_keyscan.keys.detect import Detector
from allo_keyscan.keys.find import ordered

DETECTOR = Detector(rules_dir())
KEY = key().encode()


def spans(data: bytes) -> list[tuple[int, int]]:
    return [(match.start, match.end) for match in DETECTOR.matches(data, "a.txt") if match.rule]


@pytest.mark.parametrize("before", [b"pe", b"n", b"mc_", b"7", b"_", b"Z"])
def test_a_letter_digit_or_underscore_before_makes_it_another_word(before: bytes) -> None:
    assert spans(before + KEY) == []


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b" ",
        b"=",
        b'"',
        b"-",
        b":",
        b"/",
        b"\xc3\xa9",
        "密钥".encode(),
        b"\0",
        b"\\n",
        b"\\t",
        b"\\\\\\n",
        b"%20",
        b"%3D",
        b"=3D",
        b"\\u0020",
        b"\\x20",
        b"\\040",
        b"\x1b[31m",
        b"\\x1b[1;31m",
        b"\\033[0m",
        b"\\u001b[32m",
    ],
)
def test_anything_else_before_does_not(before: bytes) -> None:
    assert spans(before + KEY) == [(len(before), len(before) + len(KEY))]


def test_an_escape_may_be_escaped_again() -> None:
    for before in (b"\\\\n", b"\\\\\\\\t", b"Api-Key%2520", b"k%25253D"):  # JSON inside of JSON, URLs inside of URLs
        assert spans(before + KEY) == [(len(before), len(before) + len(KEY))]


@pytest.mark.parametrize(
    "after", [b"", b" ", b'"', b"\n", b".", b",", b"'", b"\0", b"<", b"\xe2\x80\x9d", b"%20x", b"\\n", b"&x=1"]
)
def test_the_body_ends_at_the_first_other_character(after: bytes) -> None:
    assert spans(b"(" + KEY + after) == [(1, 1 + len(KEY))]


def test_the_body_is_open() -> None:
    for length in (8, 30, 48, 100, 1000):
        long = key(1, length).encode()
        assert spans(b"x " + long + b" y") == [(2, 2 + len(long))]


def test_two_keys_side_by_side_are_two() -> None:
    first, second = key(1).encode(), key(2).encode()
    assert spans(first + b"," + second) == [(0, len(first)), (len(first) + 1, len(first) + 1 + len(second))]


def test_exactly_thirty_characters_could_be_another_vendors() -> None:
    (match,) = DETECTOR.matches(key(3, 30).encode(), "a.txt")
    assert "Pagar.me" in match.note
    (match,) = DETECTOR.matches(b"ALLO_API_KEY=" + key(3, 30).encode(), "a.txt")
    assert match.note == ""


@given(
    st.lists(
        st.sampled_from([key(1), key(2, 20), PREFIX, "peak_live_bytes", "\n", " ", "x", "é", '"', "ak_", "_live_"])
    )
)
def test_the_fast_pass_agrees_with_a_plain_search(parts: list[str]) -> None:
    text = "".join(parts)
    # Any underscore-joined word of 20 characters behind a boundary; the judge decides about the rest.
    plain = [
        (len(text[: match.start()].encode()), len(text[: match.end()].encode()))
        for match in re.finditer(rf"(?<![A-Za-z0-9_]){PREFIX}[A-Za-z0-9_-]*", text)
    ]
    found = [(match.start, match.end) for match in DETECTOR.matches(text.encode(), "a.txt") if match.encoding is None]
    assert found == plain


@pytest.mark.parametrize("before", [b"\0\x05prod", b"\0\x06(0", b"\x01\x02z", b"\0_"])
def test_binary_data_writes_strings_side_by_side(before: bytes) -> None:
    assert spans(before + KEY + b"\0") == [(len(before), len(before) + len(KEY))]


def test_symbols_in_a_binary_are_no_keys() -> None:
    assert spans(b"\0peak_live_bytes\0weak_live_objects2\0") == []


def test_a_database_row_holds_columns_without_a_mark_between(tmp_path: Path) -> None:
    import sqlite3

    with closing(sqlite3.connect(tmp_path / "a.db")) as database:
        database.execute("create table keys (name text, value text, note text)")
        database.execute("insert into keys values ('production', ?, 'x')", (key(),))
        database.commit()
    data = (tmp_path / "a.db").read_bytes()
    start = data.index(KEY)
    assert data[start - 1 : start] == b"n"
    assert [low for low, _ in spans(data)] == [start]


def test_bytecode_writes_the_length_before_a_string() -> None:
    import marshal

    for length in range(16, 60):
        long = key(5, length)
        data = marshal.dumps(compile(f"x = {long!r}", "a.py", "exec"))
        assert [low for low, _ in spans(data)] == [data.index(long.encode())]


def test_the_order_of_literals_decides_nothing() -> None:
    literals = DETECTOR.finder.literals
    assert not [(one, other) for one in literals for other in literals if one != other and other.startswith(one)]
    assert sorted(ordered(list(literals))) == sorted(literals)


def test_literals_of_which_one_begins_another_stay_as_they_come() -> None:
    assert ordered([b"zz-live", b"aa-live-more", b"aa-live"]) == (b"zz-live", b"aa-live-more", b"aa-live")


UNITS = {
    "reversed": PREFIX[::-1],
    "percent": PREFIX.replace("_", "%5F"),
    "base64": "YWtfbGl2ZV",
    "hex": PREFIX.encode().hex(),
    "entity": PREFIX.replace("_", "&#95;"),
    "bytes": ", ".join(str(byte) for byte in PREFIX.encode()) + ", ",
    "server": "api.withallo.com Authorization: ",
}


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_needles_side_by_side_are_decoded_a_bounded_number_of_times(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = (unit * (40_000 // len(unit))).encode()
    work = [0]
    judged = DETECTOR.finder.hits

    def counted(text: bytes) -> list[tuple[int, int, int]]:
        work[0] += len(text)
        return judged(text)

    monkeypatch.setattr(DETECTOR.finder, "hits", counted)
    DETECTOR.matches(data, "a.txt")
    assert work[0] < 40 * len(data)
