"""Objects as git writes them, window by window."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from allo_keyscan.sources.history import stream
from allo_keyscan.sources.history.home import home
from allo_keyscan.sources.history.objects import Objects, Run, Segment, list_objects
from allo_keyscan.sources.history.stream import Room

TEXTS = [b"%d\n" % number * (number % 7) for number in range(60)]


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_WINDOW", 200)
    monkeypatch.setattr(stream, "_FIRST", 8)


@pytest.fixture
def room(git: Callable[..., str], tmp_path: Path) -> Iterator[Room]:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q")
    for number, text in enumerate(TEXTS):
        (folder / f"file{number}").write_bytes(text)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "all")
    found = home(str(folder))
    room = Room(found, list_objects(found)[0])
    yield room
    room.close()


def contents(room: Room, objects: Objects) -> tuple[set[bytes], list[Segment]]:
    """The content of every object that lies in a whole window, and the windows that are none."""
    whole, broken = set(), []
    for window in room.windows(Segment(0, len(objects))):
        if window.data is None:
            broken.append(window.objects)
            continue
        whole |= {bytes(window.data[start:end]) for start, end in zip(window.starts, window.ends, strict=True)}
    return whole, broken


def test_every_object_of_every_window(room: Room) -> None:
    whole, broken = contents(room, room._objects)
    assert set(TEXTS) <= whole
    assert not broken


def test_a_git_without_batch_command(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text(
        f'#!/bin/sh\ncase "$*" in *--batch-command*) exit 129;; esac\nPATH={os.environ["PATH"]} exec git "$@"\n'
    )
    git.chmod(0o755)
    monkeypatch.setenv("PATH", str(git.parent), prepend=os.pathsep)
    whole, broken = contents(room, room._objects)
    assert set(TEXTS) <= whole
    assert not broken


def test_an_object_that_went_away_since_the_listing_costs_its_window_alone(room: Room) -> None:
    objects = room._objects
    place = 30 * (objects.width + 1)
    kept = objects.ids[place : place + objects.width]
    objects.ids = objects.ids[:place] + b"1" * objects.width + objects.ids[place + objects.width :]
    whole, (broken,) = contents(room, objects)
    assert broken.first <= 30 < broken.last < len(objects)
    objects.ids = objects.ids.replace(b"1" * objects.width, kept)
    beside, _ = contents(room, objects)
    assert len(beside - whole) <= broken.last - broken.first < 20


def test_objects_too_long_for_the_room_cost_their_window_alone(
    git: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "_ROOM", 20_480)
    monkeypatch.setattr(stream, "_AHEAD", 4_096)
    for number in range(200):
        (tmp_path / f"file{number}").write_bytes(b"%d\n" % number * (9000 if number == 100 else 1))
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    found = home(str(tmp_path))
    objects = list_objects(found)[0]
    room = Room(found, objects)
    whole, broken = contents(room, objects)
    room.close()
    (lost,) = broken
    assert len(whole) + lost.last - lost.first == 200
    assert lost.last - lost.first <= 8
    assert b"100\n" * 9000 not in whole


def test_no_window_of_short_objects_goes_on_into_many_long_ones(
    git: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "_ROOM", 40_960)
    monkeypatch.setattr(stream, "_AHEAD", 4_096)
    monkeypatch.setattr(stream, "_WINDOW", 8_000)
    git(tmp_path, "init", "-q")
    short, long = ([b"%d\n" % number * count for number in range(100, 200)] for count in (2, 1000))
    for number, text in enumerate((*short, *long)):
        (tmp_path / f"{number}").write_bytes(text)
    names = (str(number) for number in range(200))
    objects = Objects(40, git(tmp_path, "hash-object", "-w", "--no-filters", *names).encode())
    objects.runs = [Run(100, 200, 4000)]
    room = Room(home(str(tmp_path)), objects)
    found = [(window.objects, len(window.starts)) for window in room.windows(Segment(0, 200))]
    room.close()
    assert sum(whole for _, whole in found) == 200
    assert {first for (first, last), _ in found if first <= 100 < last} == {100}
    assert all(last - first <= 4 for (first, last), _ in found if first >= 100)
