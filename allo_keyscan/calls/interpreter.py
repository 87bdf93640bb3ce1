"""How the interpreter runs while code is read and evaluated: the room for its stack, and its search for garbage."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import TypeVar

_STACK = 40_000
_ALLOCATIONS = 100_000
_SLOTS = 140_000  # a little over 1 MB, so that CPython takes 2 MB for the frame, and what is above it gets the rest
_Answer = TypeVar("_Answer")


@contextmanager
def deep_stack() -> Iterator[None]:
    """Room for libcst's recursive code generation and our own descent, both bounded by MAX_BRACKETS and MAX_CHAIN."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _STACK))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for garbage: what is made is a million small objects and no garbage, and each would be looked at."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """What is there stays, and is not searched for garbage over and over: a program's facts are millions of objects."""
    threshold = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, *threshold[1:])
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        gc.unfreeze()


def in_one_piece(work: Callable[[], _Answer]) -> _Answer:
    """What `work` gives, run where the frames of all that it calls stand next to each other.

    CPython keeps frames in pieces of 16 KB, takes each from the system and gives it back at once; a recursion that goes
    up and down over the edge of one does so 100,000 times: an eighth of the time of a large program. For a frame
    that asks for much it takes a large piece (Python/pystate.c, push_chunk), of which only what is used takes memory.
    """
    return _roomy(work)


def _call(work: Callable[[], _Answer]) -> _Answer:
    return work()


_roomy: Callable[[Callable[[], _Answer]], _Answer] = FunctionType(_call.__code__.replace(co_stacksize=_SLOTS), {})
