"""Colour and progress at a real terminal (a pty), and what the environment says about them."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from samples import key

from allo_keyscan.cli import progress
from allo_keyscan.cli.output import wants_color
from allo_keyscan.cli.progress import Progress

_NAMES = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CI", "PRE_COMMIT", "TERM")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The file descriptor of a terminal, in an environment that says nothing of colour."""
    for name in _NAMES:
        monkeypatch.delenv(name, raising=False)
    outer, inner = pty.openpty()
    yield inner
    os.close(inner)
    os.close(outer)


@pytest.mark.parametrize(
    ("environment", "at_terminal", "elsewhere"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"NO_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"CLICOLOR_FORCE": "1"}, True, True),
        ({"CLICOLOR_FORCE": "0"}, True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
        ({"CI": "true"}, False, False),
        ({"PRE_COMMIT": "1"}, False, False),
        ({"CI": "true", "FORCE_COLOR": "1"}, True, True),
    ],
    ids=str,
)
def test_what_decides_on_colour(
    terminal: int,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    at_terminal: bool,
    elsewhere: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    reading, writing = os.pipe()
    assert (wants_color("auto", terminal), wants_color("auto", writing)) == (at_terminal, elsewhere)
    assert (wants_color("always", writing), wants_color("never", terminal)) == (True, False)
    os.close(reading)
    os.close(writing)


def run_at_terminal(folder: Path, *arguments: str, **environment: str) -> bytes:
    """What a command writes whose standard output and standard error are one terminal."""
    outer, inner = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name not in _NAMES} | {"TERM": "xterm"} | environment
    command = (sys.executable, "-m", "allo_keyscan", *arguments)
    with subprocess.Popen(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=inner, stderr=inner) as child:
        os.close(inner)
        written = b""
        try:
            while piece := os.read(outer, 1 << 16):
                written += piece
        except OSError:
            pass  # how Linux says that the other side of a terminal is closed
    os.close(outer)
    assert child.returncode == 1, written
    return written


def test_a_person_at_a_terminal_sees_colour_and_a_hook_none(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"a = {key()}\n")
    seen = run_at_terminal(tmp_path, "scan", "a.txt")
    assert seen.startswith(b"\x1b[")
    assert b"AK001" in seen
    assert b"\x1b" not in run_at_terminal(tmp_path, "scan", "a.txt", PRE_COMMIT="1")
    assert b"\x1b" not in run_at_terminal(tmp_path, "scan", "a.txt", NO_COLOR="1")


@pytest.mark.parametrize("name", ["", "CI", "PRE_COMMIT"])
def test_progress_is_for_a_terminal_that_is_watched(
    terminal: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setattr(progress, "_QUIET_FOR", 0.0)
    if name:
        monkeypatch.setenv(name, "1")
    kept = os.dup(2)
    os.dup2(terminal, 2)
    try:
        shown = Progress(wanted=True)
    finally:
        os.dup2(kept, 2)
        os.close(kept)
    shown(1, 2)
    shown.end()
    assert capsys.readouterr().err == ("" if name else "\r\x1b[K1 of 2 files\r\x1b[K")
