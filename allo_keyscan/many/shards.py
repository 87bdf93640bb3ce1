"""A list of repositories in n parts, for machines that know nothing of each other."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from allo_keyscan.errors import KeyscanError
from allo_keyscan.model import Shard


def parse(text: str) -> tuple[int, int]:
    """`2/4` as (2, 4).

    Raises KeyscanError where it is nothing of that kind.
    """
    number, slash, of = text.partition("/")
    if slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of):
        return int(number), int(of)
    raise KeyscanError(f"--shard {text}: not I/N, such as 1/4 for the first of four parts")


def shard(names: Sequence[str], number: int, of: int) -> tuple[list[str], Shard]:
    """The names of one part, in the order given, and what to call it.

    Names are put in the order of a digest and dealt out like cards: parts differ by one at most, similar names are
    spread, and neither the order of the list nor the machine matters. All parts must come from the same list.
    """
    dealt = {name for place, name in enumerate(sorted(set(names), key=_digest)) if place % of == number - 1}
    return [name for name in names if name in dealt], Shard(number, of, _of_all(names))


def _digest(name: str) -> bytes:
    return blake2b(os.fsencode(name), digest_size=16).digest()


def _of_all(names: Iterable[str]) -> str:
    return blake2b(b"".join(sorted(map(_digest, set(names)))), digest_size=8).hexdigest()
