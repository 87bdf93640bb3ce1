"""In which order git reads objects fastest: what is made from another one right before it.

A pack keeps most objects as deltas, each made from its base. git keeps bases that it has made, and not what it has made
last: of a base and then its delta it makes the base twice, of a delta and then its base once. Packs list bases first,
and those of large hosts far from their deltas. With each base right behind all that is made from it a history takes git
two thirds of the time, and little of what it keeps is dropped before it is needed.
"""

from __future__ import annotations

from array import array
from struct import Struct
from typing import NamedTuple

_TOLD = 16
"""Digits of an id that tell it from others here: more would take more memory, and a mistake costs nothing but time."""
_AT_ONCE = 8192
_MANY = 64


class Order(NamedTuple):
    """Places in a list of objects, each once; and each run of many that are made from one, its last: they are of the
    same kind, and nearly as long (`first` up to but not including `last`, counted in this order)."""

    places: array[int]
    runs: list[tuple[int, int]]


def depth_first(listed: bytes, width: int) -> Order:
    """The order in which each object stands behind those that git makes from it.

    `listed` has a line for each: its id and that of its base in hex, zeros for none, `width` digits each.
    """
    line = 2 * width + 2
    rows = Struct(f"{_TOLD}s{width - _TOLD + 1}x" * 2)
    size, none = _AT_ONCE * line, b"0" * _TOLD
    order, runs = array("Q"), []
    waiting: dict[bytes, list[int]] = {}
    """By their base, which comes before them in the list, so later from its end: what stands before it in the order."""
    take, find, append, extend = waiting.pop, waiting.get, order.append, order.extend
    number = len(listed) // line
    for first in range((number - 1) // _AT_ONCE * size, -1, -size):
        for oid, base in reversed(list(rows.iter_unpack(listed[first : min(first + size, number * line)]))):
            number -= 1
            made = take(oid, None)
            if base == none:
                if made is not None:
                    extend(made)
                    if len(made) >= _MANY:
                        runs.append((len(order) - len(made), len(order) + 1))
                append(number)
                continue
            others = find(base)
            if made is None:
                made = [number]
            else:
                made.append(number)
            if others is None:
                waiting[base] = made
            elif len(others) < len(made):
                made += others
                waiting[base] = made
            else:
                others += made
    for made in waiting.values():  # their base is in another pack, or listed behind them
        extend(made)
    return Order(order, runs)
