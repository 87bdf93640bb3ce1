"""What a baseline file accepts, and what it says when it is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allo_keyscan.baseline import Entry, parse, render
from allo_keyscan.errors import KeyscanError

FINGERPRINTS = st.text("0123456789abcdef", min_size=32, max_size=32)
ENTRIES = st.builds(Entry, st.text(min_size=1), st.sampled_from(["leaked-key", "example-key"]), FINGERPRINTS)


@given(st.sets(ENTRIES))
def test_what_is_written_is_read_again(entries: set[Entry]) -> None:
    assert parse(render(entries), "b") == entries


@given(st.lists(ENTRIES))
def test_the_same_entries_give_the_same_lines_in_order(entries: list[Entry]) -> None:
    text = render(entries)
    assert text == render(reversed(entries))
    assert [parse(f"{text.splitlines()[0]}\n{line}", "b") for line in text.splitlines()[1:]] == [
        {entry} for entry in sorted(set(entries))
    ]


def test_one_entry_a_line_and_no_position() -> None:
    text = render([Entry("b/c.py", "leaked-key", "00ff" * 8), Entry("a.py", "leaked-key", "11" * 16)])
    first, second = "11" * 16, "00ff" * 8
    assert text == (
        '{"allo-keyscan-baseline": 1}\n'
        f'{{"path": "a.py", "rule": "leaked-key", "fingerprint": "{first}"}}\n'
        f'{{"path": "b/c.py", "rule": "leaked-key", "fingerprint": "{second}"}}\n'
    )


def test_crlf_and_blank_lines_are_read() -> None:
    text = render([Entry("a.py", "leaked-key", "11" * 16)]).replace("\n", "\r\n") + "\r\n"
    assert parse(text, "b") == {Entry("a.py", "leaked-key", "11" * 16)}


@pytest.mark.parametrize("text", ["", "x", "[]", '{"allo-keyscan-baseline": 2}', '{"path": "a"}'])
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(KeyscanError, match=r"b\.jsonl: not a baseline of this version"):
        parse(text, "b.jsonl")


@pytest.mark.parametrize(
    "line",
    [
        "x",
        "[]",
        '{"path": "a"}',
        "7",
        '{"path": "a", "rule": "b", "fingerprint": "616b5f"}',
        '"<<<<<<< HEAD"',
        "<<<<<<< HEAD",
    ],
)
def test_a_bad_line_is_named(line: str) -> None:
    with pytest.raises(KeyscanError, match=r"b\.jsonl:3: not a baseline entry"):
        parse(f'{{"allo-keyscan-baseline": 1}}\n\n{line}\n', "b.jsonl")
