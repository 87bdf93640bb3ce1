"""The pass for more literals than a pass takes finds what a pass for each of them would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allo_keyscan.catalog import rules_dir
from allo_keyscan.keys.detect import Detector
from allo_keyscan.keys.prefilter import FAST, Prefilter, parts

FORMS = [b"xx" + bytes([left]) + b"zykey" + bytes([right]) + b"xx" for left in b"abcdefghijkl" for right in b"mnopqrst"]
"""96 literals that have something in common."""


def shipped() -> list[bytes]:
    detector = Detector(rules_dir())
    return [*detector.finder.literals, *detector.may_assemble.literals]


def near(data: bytes, literals: list[bytes], mark: int) -> bool:
    """Whether a literal lies around an offset, or within one literal's length of it."""
    reach = max(map(len, literals))
    around = data[max(0, mark - reach) : mark + 2 * reach]
    return any(literal in around for literal in literals)


def answers(data: bytes, literals: list[bytes], marks: list[int]) -> bool:
    """Whether each literal has a mark in it or within one literal's length, and each mark a literal."""
    reach = max(map(len, literals))
    for literal in literals:
        at = data.find(literal)
        while at >= 0:
            if not any(at - reach <= mark < at + len(literal) + reach for mark in marks):
                return False
            at = data.find(literal, at + 1)
    return all(near(data, literals, mark) for mark in marks)


def test_each_literal_holds_a_part() -> None:
    for literals in (FORMS, shipped()):
        found = parts(literals, FAST)
        assert all(any(part in literal for part in found) for literal in literals)
        assert all(any(part in literal for literal in literals) for part in found)


def test_the_shipped_literals_take_one_pass_and_what_is_found_one_by_one() -> None:
    assert len(parts(shipped(), FAST)) <= FAST + 4


def test_words_of_frequent_letters_alone_are_no_parts() -> None:
    assert parts([b"alloX", b"alloY", b"zinc-1", b"zinc-2"], 0) == [b"zinc-", b"alloX", b"alloY"]


def test_the_most_shared_parts_come_first_and_no_more_are_taken_than_it_needs() -> None:
    literals = [b"vwxy-1", b"vwxy-2", b"vwxy-3", b"qqqq-1", b"qqqq-2"]
    assert parts(literals, 3) == [b"vwxy-", b"qqqq-1", b"qqqq-2"]
    assert parts(literals, 2) == [b"vwxy-", b"qqqq-"]


@pytest.mark.parametrize("literal", sorted(set(shipped())), ids=repr)
def test_each_shipped_literal_is_found_wherever_it_stands(literal: bytes) -> None:
    search = Prefilter(shipped())
    for data in (literal, b"\n" + literal, literal + b"\n", b"." * 5000 + literal + b"." * 5000):
        assert answers(data, [literal], search(memoryview(data))), data


PIECES = st.sampled_from([*FORMS, *(form[:9] for form in FORMS), b"zykey", b"keykey", b"", b"\0", b"." * 400])


@given(st.lists(PIECES, max_size=12))
def test_many_literals_are_found_as_by_looking_for_each(some: list[bytes]) -> None:
    data = b"".join(some)
    assert answers(data, FORMS, Prefilter(FORMS)(data))


def test_data_full_of_parts_is_answered_by_the_literals_themselves() -> None:
    data = b"zykey" * 500
    assert Prefilter(FORMS)(data) == []
    assert Prefilter(FORMS)(data + FORMS[7]) == [len(data)]
