"""Commits kept as they pass by."""

import os

import pytest

from allo_keyscan.sources.history import passed as module
from allo_keyscan.sources.history.passed import Commits, Passed

pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="no memory without a name that processes share")


def test_what_several_processes_keep_is_all_there() -> None:
    kept = Passed()
    children = []
    for number in range(4):
        child = os.fork()
        if not child:
            for place in range(200):
                kept.keep(place, place + 1, memoryview(b"%d" % number * (place + 1)))
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    assert sorted(kept) == sorted(
        Commits(place, place + 1, b"%d" % number * (place + 1)) for place in range(200) for number in range(4)
    )


def test_what_is_too_much_is_not_kept_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 100)
    kept = Passed()
    kept.keep(0, 1, memoryview(b"x" * 60))
    assert [one.first for one in kept] == [0]
    kept.keep(1, 2, memoryview(b"y" * 60))
    kept.keep(2, 3, memoryview(b"z"))
    assert list(kept) == []


def test_nothing_has_passed_by() -> None:
    assert list(Passed()) == []
