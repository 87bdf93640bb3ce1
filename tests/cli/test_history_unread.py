"""What could not be read of a history stands at its names, whether or not a key was found beside it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from cli.conftest import Keyscan
from hooks.repositories import Repository
from samples import PREFIX, key

CUT = gzip.compress(b"0123456789abcdef" * 4000)[:-20]
"""Truncated: it can be unpacked up to there."""
BROKEN = f"""k = "{PREFIX[:5]}" + ("{key(1)[5:]}"\nif:\n"""
"""Python that may assemble a key, and cannot be parsed."""


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """A truncated archive in two folders and, later, in neither; another one that is only staged, and one only kept."""
    made = Repository.make(tmp_path)
    made.stage("a/data.gz", CUT)
    made.stage("b/copy.gz", CUT)
    made.commit_unchecked()
    made.git("rm", "-q", "-r", "a", "b")
    made.commit_unchecked()
    made.stage("staged.gz", CUT[:-9])
    return made


@pytest.fixture
def kept(repo: Repository) -> str:
    """The name of an object that nothing leads to."""
    repo.write("kept.gz", CUT[:-7])
    oid = repo.git("hash-object", "-w", "kept.gz")
    (repo.root / "kept.gz").unlink()
    return f".git/objects/{oid}"


def unread(keyscan: Keyscan, repo: Repository) -> list[str]:
    report = keyscan("scan", "--history", "--format", "json", cwd=repo.root).json
    assert report["complete"]
    return [skip["path"] for skip in report["skipped"]]


def test_without_a_key_each_stands_at_a_name(repo: Repository, kept: str, keyscan: Keyscan) -> None:
    assert sorted(unread(keyscan, repo)) in ([kept, name, "staged.gz"] for name in ("a/data.gz", "b/copy.gz"))


def test_beside_a_key_each_stands_at_every_name(repo: Repository, kept: str, keyscan: Keyscan) -> None:
    repo.stage("leak.env", f"K={key(1)}\n")
    repo.commit_unchecked()
    assert sorted(unread(keyscan, repo)) == [kept, "a/data.gz", "b/copy.gz", "staged.gz"]


def test_python_that_cannot_be_parsed_is_told_where_its_name_says_so(tmp_path: Path, keyscan: Keyscan) -> None:
    repo = Repository.make(tmp_path)
    for name in ("a.txt", "b.py", "c.txt"):
        repo.stage(name, BROKEN)
    repo.commit_unchecked()
    assert unread(keyscan, repo) == ["b.py"]
