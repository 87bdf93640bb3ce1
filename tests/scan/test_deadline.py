"""A time limit keeps what was found, says what was not looked at, and holds in every process."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from samples import key

from allo_keyscan.catalog import rules_dir
from allo_keyscan.cli.deadline import deadline
from allo_keyscan.errors import TimeUp
from allo_keyscan.keys.find import Hit
from allo_keyscan.model import Origin, Skipped
from allo_keyscan.scan import parallel
from allo_keyscan.scan.blob import Scanner, Tally
from allo_keyscan.scan.reading import Reader
from allo_keyscan.sources.listing import Root


def endless(batch: Sequence[tuple[str, str]], tally: Tally) -> None:
    """Work that finds one thing in every process and never comes to the second file."""
    tally.skipped.append(Skipped(batch[0][1], str(os.getpid()), incomplete=False))
    while True:
        time.sleep(0.01)


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_was_found_in_every_process_is_kept(jobs: int) -> None:
    files = Root("", "", [str(number) for number in range(parallel.WORTH_A_FORK)])
    tally, began = Tally(), time.monotonic()
    with pytest.raises(TimeUp), deadline(0.3), parallel.Pool(endless, jobs, tally) as pool:
        pool.add(files)
    assert time.monotonic() - began < 5
    processes = {one.reason for one in tally.skipped}
    assert (len(processes), str(os.getpid()) in processes) == (jobs, True)


def test_the_file_that_took_too_long_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["a", "b", "c"]
    for name in names:
        (tmp_path / name).write_text(key())
    scanner = Scanner(rules_dir())
    scan = scanner.scan

    def slow(data: bytes, origin: Origin, tally: Tally, hits: Sequence[Hit] | None = None) -> None:
        scan(data, origin, tally, hits)
        while origin.path == "b":
            time.sleep(0.01)

    monkeypatch.setattr(scanner, "scan", slow)
    tally = Tally()
    with pytest.raises(TimeUp), deadline(0.3):
        Reader(scanner).files([(str(tmp_path / name), name) for name in names], tally)
    assert [one.origin.path for one in tally.findings] == ["a", "b"]
    assert tally.skipped == [Skipped("b", "the time limit was reached while it was read")]
    assert tally.summary.files == 1


def test_work_that_ends_in_time_is_not_disturbed_afterwards() -> None:
    with deadline(0.05):
        pass
    time.sleep(0.2)


def test_no_limit_is_no_alarm() -> None:
    with deadline(0), deadline(None):
        time.sleep(0.05)
