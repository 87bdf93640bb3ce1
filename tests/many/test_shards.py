"""Parts of a list: together the whole, each by itself, as even as can be."""

from __future__ import annotations

import pytest

from allo_keyscan.errors import KeyscanError
from allo_keyscan.many.shards import parse, shard

NAMES = [f"group{number % 7}/repository-{number}" for number in range(101)]


@pytest.mark.parametrize("of", [1, 2, 4, 7, 101, 150])
def test_together_they_are_the_whole_and_none_is_larger(of: int) -> None:
    parts = [shard(NAMES, number, of)[0] for number in range(1, of + 1)]
    assert sorted(name for part in parts for name in part) == sorted(NAMES)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    assert all(part == [name for name in NAMES if name in part] for part in parts), "the order given is kept"


def test_the_order_of_the_list_does_not_matter() -> None:
    for number in (1, 2, 3):
        one, other = shard(NAMES, number, 3), shard(NAMES[::-1], number, 3)
        assert (set(one[0]), one[1]) == (set(other[0]), other[1])


def test_parts_are_the_same_on_every_machine_and_in_every_version() -> None:
    assert shard(["a", "b", "c", "d"], 1, 2)[0] == ["b", "d"]
    assert shard(["a", "b", "c", "d"], 1, 2)[1].names == "49b8a8b80148e5bc"


def test_another_list_has_another_digest() -> None:
    assert shard(NAMES, 1, 3)[1].names != shard(NAMES[:-1], 1, 3)[1].names


@pytest.mark.parametrize("text", ["", "1", "0/2", "3/2", "1/0", "-1/2", "a/b", "1/2/3", "1.0/2"])
def test_what_is_no_part(text: str) -> None:
    with pytest.raises(KeyscanError, match="--shard"):
        parse(text)
    assert parse("2/3") == (2, 3)
