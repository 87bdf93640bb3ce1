"""Other people's code: what their settings, ignore files and comments hide is found, if one asks for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from cli.conftest import Keyscan, Run
from hooks.repositories import Repository
from samples import key

CODE = 'import os, requests\nrequests.get("http://api.withallo.com/v2/api/tags")  # allo-keyscan: ignore\n'
SETTINGS = """[tool.allo-keyscan]
exclude = ["hidden/"]
ignore = ["AK001", "insecure-url"]
max-file-size = 10
fail-on = "never"
allow-incomplete = true
output-format = "sarif"
timeout = 100
baseline = "accepted.jsonl"
"""


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that hides four keys and a call: by settings, an ignore file, a comment, a baseline."""
    one = Repository.of(
        tmp_path_factory.mktemp("theirs"),
        ("pyproject.toml", SETTINGS),
        (".allo-keyscanignore", "ignored/\n"),
        ("hidden/a.txt", f"a = {key(1)}\n"),
        ("ignored/b.txt", f"b = {key(2)}\n"),
        ("c.txt", f"c = {key(3)}  # allo-keyscan: ignore\n"),
        ("hidden/call.py", CODE),
        ("ignored/call.py", CODE),
        ("d.txt", f"d = {key(4)}\n"),
    )
    create = (sys.executable, "-m", "allo_keyscan", "baseline", "create", "d.txt", "--isolated")
    done = one.run(*create, "--baseline", "accepted.jsonl")
    assert done.code == 0, done.said
    return one.root


def places(done: Run) -> set[str]:
    """The paths of findings of a key."""
    return {one["path"] for one in done.json["findings"] if one["code"] == "AK001"}


def test_a_scan_finds_what_settings_ignore_files_and_comments_hide(theirs: Path, keyscan: Keyscan) -> None:
    hidden = keyscan("scan", str(theirs), "--format", "json")
    assert (hidden.code, places(hidden)) == (0, set())
    alone = keyscan("scan", str(theirs), "--format", "json", "--isolated")
    assert (alone.code, places(alone)) == (1, {"d.txt", "hidden/a.txt", "ignored/b.txt"})
    assert alone.json["suppressed"]["comments"] == 1
    bare = keyscan("scan", str(theirs), "--format", "json", "--isolated", "--no-ignores")
    assert places(bare) == {"hidden/a.txt", "ignored/b.txt", "c.txt", "d.txt"}
    obeyed = keyscan("scan", str(theirs), "--format", "json", "--no-ignores", "--max-file-size", "1M")
    assert places(obeyed) == {"c.txt", "d.txt"}  # the settings leave out the others
    history = keyscan("scan", "--history", str(theirs), "--format", "json", "--isolated", "--no-ignores")
    assert places(history) == places(bare)


def test_scopes_finds_the_call_that_is_hidden(theirs: Path, keyscan: Keyscan) -> None:
    def seen(*more: str) -> tuple[list[str], list[str]]:
        found = keyscan("scopes", str(theirs), "--format", "json", *more).json
        return [one["path"] for one in found["calls"]], [one["code"] for one in found["findings"]]

    assert seen() == ([], [])
    both = ["hidden/call.py", "ignored/call.py"]
    assert seen("--isolated") == (both, [])
    assert seen("--isolated", "--no-ignores") == (both, ["AK108", "AK108"])


def test_an_audit_finds_both(theirs: Path, keyscan: Keyscan) -> None:
    hidden = keyscan("audit", str(theirs), "--format", "json")
    (one,) = hidden.json["repositories"]
    assert (hidden.code, one["keys"], one["scopes"]["calls"]) == (3, [], [])  # of the size that is skipped
    done = keyscan("audit", str(theirs), "--format", "json", "--isolated", "--no-ignores")
    (one,) = done.json["repositories"]
    assert done.code == 1
    places_of_all = {"c.txt", "d.txt", "hidden/a.txt", "ignored/b.txt"}
    assert {place["path"] for leak in one["keys"] for place in leak["places"]} == places_of_all
    assert "AK108" in {found["code"] for found in one["scopes"]["findings"]}
