"""Files over several processes: each is done once, whatever its name and whatever the system offers."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from allo_keyscan.model import Skipped
from allo_keyscan.scan.blob import Tally
from allo_keyscan.scan.parallel import Pool
from allo_keyscan.sources.listing import Root

linux = pytest.mark.skipif(sys.platform != "linux", reason="packets in a pipe are Linux'")


def note(files: Sequence[tuple[str, str]], tally: Tally) -> None:
    """Work that leaves a trace of each file, and of who did it."""
    tally.skipped += [Skipped(shown, f"{opened} {os.getpid()}") for opened, shown in files]


def nothing(_files: Sequence[tuple[str, str]], _tally: Tally) -> None:
    """Work that is over at once."""


def done(parts: Sequence[Root], jobs: int = 2) -> tuple[Counter[tuple[str, str]], set[str]]:
    """How often each file was done, and by which processes."""
    tally = Tally()
    with Pool(note, jobs, tally) as pool:
        for part in parts:
            pool.add(part)
    seen = [(skip.path, *skip.reason.rsplit(" ", 1)) for skip in tally.skipped]
    return Counter((opened, shown) for shown, opened, _ in seen), {pid for _, _, pid in seen}


def each(parts: Sequence[Root]) -> Counter[tuple[str, str]]:
    return Counter((part.folder + name, part.prefix + name) for part in parts for name in part.names)


NAMES = {
    "short": [f"f{number}" for number in range(2000)],
    "too long for many in one packet": [f"{number}/{'long/' * 300}" for number in range(500)],
    "too long for any packet": [f"{number}/{'long/' * 900}" for number in range(500)],
    "not UTF-8": [f"caf\udce9 {number}" for number in range(500)],
    "too few for a second process": ["a", "b"],
}


@pytest.mark.parametrize("names", NAMES.values(), ids=list(NAMES))
@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_each_file_once(names: list[str], jobs: int) -> None:
    parts = [Root("/top/", "", names), Root("/other/", "shown/", names[:70]), Root("x", "y", [""])]
    assert done(parts, jobs)[0] == each(parts)


@linux
def test_the_others_work_while_names_are_still_to_come() -> None:
    tally = Tally()
    with Pool(note, 2, tally) as pool:
        pool.add(Root("", "", NAMES["short"]))
        while pool._claimed:  # the worker alone does them, and tells
            pool._drain()
    assert {skip.path for skip in tally.skipped} == set(NAMES["short"])
    assert {skip.reason.strip() for skip in tally.skipped} - {f"{name} {os.getpid()}" for name in NAMES["short"]}


@linux
def test_names_that_are_done_are_not_kept() -> None:
    most = 0
    with Pool(nothing, 2, Tally()) as pool:
        for number in range(3000):
            pool.add(Root("", "", [f"{number}/{place}" for place in range(64)]))
            most = max(most, len(pool._claimed))
    assert most < 400  # a full pipe, and what a worker has yet to tell


def refused(flags: int) -> tuple[int, int]:
    raise OSError(22, f"no pipe with {flags}")


def merging(flags: int) -> tuple[int, int]:
    """A pipe that takes the flag and keeps no packets apart."""
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    return ends


@linux
@pytest.mark.parametrize("pipe", [refused, merging])
def test_without_packets_everything_is_done_here(
    monkeypatch: pytest.MonkeyPatch, pipe: Callable[[int], tuple[int, int]]
) -> None:
    monkeypatch.setattr(os, "pipe2", pipe)
    parts = [Root("/top/", "", NAMES["short"])]
    assert done(parts) == (each(parts), {str(os.getpid())})
