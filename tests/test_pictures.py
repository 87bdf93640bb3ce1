"""The pictures of the documents show what the commands write today."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from checkout import ROOT

PICTURES = ROOT / "docs" / "pictures"
_spec = importlib.util.spec_from_file_location("make", PICTURES / "make.py")
assert _spec is not None
assert _spec.loader is not None
make = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make)


@pytest.mark.parametrize("name", make.MADE_OF)
def test_a_picture_is_of_what_is_written_today(name: str, tmp_path: Path) -> None:
    today = make.stamp(make.MADE_OF[name](tmp_path))
    assert make.stamped((PICTURES / name).read_bytes()) == today, "run: python docs/pictures/make.py"


def test_every_picture_is_made() -> None:
    assert {path.name for path in PICTURES.iterdir() if path.suffix in (".png", ".svg")} == set(make.MADE_OF)
