"""Progress: for a person at a terminal, after half a second, and gone at the end."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from allo_keyscan.cli import progress
from allo_keyscan.cli.progress import Progress

Written = Callable[[], str]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Written:
    """Standard error passes for a terminal; gives what was written to it."""
    monkeypatch.setattr(os, "isatty", lambda descriptor: descriptor == 2)
    for name in ("CI", "PRE_COMMIT"):
        monkeypatch.delenv(name, raising=False)
    return lambda: capsys.readouterr().err


def test_it_shows_the_count_and_takes_it_away(terminal: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_QUIET_FOR", 0.0)
    shown = Progress(wanted=True)
    shown(1200, 80_000)
    shown(1300, 80_000)  # within a tenth of a second: not shown
    shown.end()
    assert terminal() == "\r\x1b[K1,200 of 80,000 files\r\x1b[K"


def test_a_short_scan_shows_nothing(terminal: Written) -> None:
    shown = Progress(wanted=True)
    shown(1, 2)
    shown.end()
    assert terminal() == ""


@pytest.mark.parametrize("name", ["CI", "PRE_COMMIT", None])
def test_nobody_else_is_shown_any(terminal: Written, monkeypatch: pytest.MonkeyPatch, name: str | None) -> None:
    monkeypatch.setattr(progress, "_QUIET_FOR", 0.0)
    if name is not None:
        monkeypatch.setenv(name, "1")
    shown = Progress(wanted=name is not None)
    shown(1, 2)
    shown.end()
    assert terminal() == ""
