"""Offsets to lines and columns, against the plain way; excerpts that never show what is masked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allo_keyscan.model import Position
from allo_keyscan.scan.lines import Base, Lines, Masks, excerpt


class Counted(bytes):
    """Bytes that know how many of them were searched for line breaks."""

    looked_at = 0

    def count(self, sub: Any, start: Any = 0, end: Any = None) -> int:
        """As of bytes."""
        end = len(self) if end is None else end
        self.looked_at += end - start
        return super().count(sub, start, end)


TEXT = st.text(st.sampled_from("ab é\n\r\t漢😀\x00\u2028\x85"))


def plainly(text: str, place: int) -> Position:
    before = text[:place].split("\n")
    return Position(len(before), len(before[-1]) + 1)


@given(TEXT, st.data())
def test_positions_count_code_points(text: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    lines = Lines(text.encode())
    for place in places:
        offset = len(text[:place].encode())
        assert lines.position(offset) == plainly(text, place)


@given(TEXT, st.data())
def test_offsets_go_back_where_positions_came_from(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    offset = len(text[:place].encode())
    lines = Lines(text.encode())
    if text[place - 1 : place] != "\r":
        assert lines.offset(lines.position(offset)) == offset


@given(TEXT, TEXT, st.data())
def test_a_piece_of_a_text_knows_where_it_begins(before: str, text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    offset = len(text[:place].encode())
    base = Base().after(before.encode())
    assert Lines(text.encode(), base).position(offset) == plainly(before + text, len(before) + place)


def test_text_that_is_not_utf_8_counts_bytes() -> None:
    assert Lines("clé: x".encode("latin-1")).position(5) == Position(1, 6)


@given(st.text("abc é\t", max_size=300), st.text("xyz", min_size=1, max_size=9), st.text("abc é", max_size=300))
def test_the_caret_stands_under_the_mask(before: str, secret: str, after: str) -> None:
    text = (before + secret + after).encode()
    low = len(before.encode())
    span = (low, low + len(secret.encode()))
    shown, caret = excerpt(text, (0, len(text)), span, Masks([(*span, "MASK")]))
    assert shown[slice(*caret)] == "MASK"
    assert not set(shown) & set("xyz")
    assert len(shown) <= 162


def test_a_caret_covers_all_pieces_and_what_is_between() -> None:
    text = b'key = "one" + x + "two"  # end'
    shown, caret = excerpt(text, (0, len(text)), (6, 23), Masks([(6, 11, "M"), (18, 23, "…")]))
    assert (shown, shown[slice(*caret)]) == ("key = M + x + …  # end", "M + x + …")


def test_a_caret_that_goes_on_in_the_next_line_ends_with_this_one() -> None:
    text = b'key = ("one"\n       "two")'
    shown, caret = excerpt(text, (0, 12), (6, 26), Masks([(7, 12, "M"), (20, 25, "…")]))
    assert (shown, shown[slice(*caret)]) == ("key = (M", "(M")


def test_overlapping_masks_hide_all_they_cover() -> None:
    shown, caret = excerpt(b"aXXXXb", (0, 6), (1, 3), Masks([(1, 3, "M"), (2, 5, "N")]))
    assert (shown, shown[slice(*caret)]) == ("aMb", "M")


def test_a_line_of_many_keys_is_cut_on_both_sides() -> None:
    text = b" ".join([b"x" * 30] * 100)
    masks = Masks((n * 31, n * 31 + 30, "M") for n in range(100))
    shown, caret = excerpt(text, (0, len(text)), (50 * 31, 50 * 31 + 30), masks)
    assert shown[slice(*caret)] == "M"
    assert (shown[0], shown[-1], set(shown)) == ("…", "…", set("… M"))


@pytest.mark.parametrize("again", [1, -1])
def test_lines_that_were_counted_are_not_counted_again(again: int) -> None:
    """80,000 ignore comments, none of them used, took 60 s: the second round over them began at the top each time."""
    text = Counted(b"x = 1  # note\n" * 1000)
    lines = Lines(text)
    places = range(7, len(text), 14)
    numbers = [lines.number(place) for place in places]
    assert [lines.number(place) for place in places[::again]] == numbers[::again] == list(range(1, 1001))[::again]
    assert text.looked_at < 2 * len(text)
