"""The short way past click understands what click understands, or leaves it to click."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from allo_keyscan.cli import quick
from allo_keyscan.cli.scan import command
from allo_keyscan.sources.history.ahead import LIST, PLACES, REFS, WALK

WORDS = [
    "--staged",
    "--quiet",
    "-q",
    "--force-exclude",
    "--commit-message",
    "--history",
    "--no-cache",
    "a.py",
    "b c",
    "",
]


@pytest.mark.parametrize("words", [words for n in range(3) for words in itertools.permutations(WORDS, n)], ids=str)
def test_click_understands_the_same(words: tuple[str, ...]) -> None:
    known = quick.parse(["scan", *words])
    assert known is not None
    paths, given = known
    params = dict(command.make_context("scan", list(words)).params)
    assert (params.pop("paths"), params) == (paths, given)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["scopes"],
        ["--version"],
        ["-h"],
        ["scan", "-h"],
        ["scan", "-"],
        ["scan", "--"],
        ["scan", "--format", "json"],
        ["scan", "a", "--exit-zero"],
        ["scan", "-qv"],
        ["scan", "--quie"],
        ["scan", "--color=always"],
    ],
)
def test_everything_else_is_left_to_click(arguments: list[str]) -> None:
    assert quick.parse(arguments) is None


def test_a_hook_starts_without_click(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("clean")
    code = (
        "import sys; from allo_keyscan.cli import run; "
        "assert run(['scan', '--force-exclude', '--quiet', 'a.txt']) == 0; "
        "print(*sorted({'click', 'inspect', 'dataclasses', 'json', 'subprocess', 'tempfile'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def asked_before_modules_load(folder: Path, *options: str) -> list[str]:
    """What git is asked in a new repository with one file, before most of our own modules are loaded."""
    subprocess.run(("git", "init", "-q", str(folder)), check=True)
    (folder / "a.txt").write_text("clean")
    code = (
        "import sys; from allo_keyscan.cli import run; from allo_keyscan.sources import git; "
        "begin = git.Child.__init__; "
        "git.Child.__init__ = lambda self, args, *rest, **more: "
        "('tomllib' in sys.modules or print(*args), begin(self, args, *rest, **more))[1]; "
        f"assert run(['scan', '--quiet', *{options}]) == 0"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_git_lists_a_work_tree_while_our_own_modules_load(tmp_path: Path) -> None:
    assert asked_before_modules_load(tmp_path) == [
        "ls-files -z --stage --",
        "ls-files -z --others --exclude-standard --",
    ]


def test_git_lists_a_history_while_our_own_modules_load(tmp_path: Path) -> None:
    asked = asked_before_modules_load(tmp_path, "--history", "--no-cache")
    assert asked == [" ".join(question) for question in (LIST, WALK, PLACES, REFS)]
