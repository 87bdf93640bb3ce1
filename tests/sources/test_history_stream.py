"""Objects as git writes them, window by window."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from allo_keyscan.sources.history import stream
from allo_keyscan.sources.history.home import home
from allo_keyscan.sources.history.objects import Objects, Segment, list_objects
from allo_keyscan.sources.history.stream import Room

TEXTS = [b"%d\n" % number * (number % 7) for number in range(60)]


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_WINDOW", 200)


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
    for window, data in room.windows(Segment(0, len(objects))):
        if data is None:
            broken.append(window)
            continue
        base = objects.begin(window)
        whole |= {bytes(data[objects.starts[one] - base : objects.ends[one] - base - 1]) for one in range(*window)}
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
    objects.ids[place : place + objects.width] = b"1" * objects.width
    whole, (broken,) = contents(room, objects)
    assert broken.first <= 30 < broken.last < len(objects)
    lost = {objects.size(number) for number in range(*broken)}
    assert {text for text in TEXTS if len(text) not in lost} <= whole
