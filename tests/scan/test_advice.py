"""What to do about a key, by where it lives."""

from __future__ import annotations

import pytest

from allo_keyscan.model import Commit, Finding, Held, Life, Origin, Position
from allo_keyscan.scan.history.advice import IN_NAME, advice

FIRST = Commit("1" * 40, "A <a@example.org>", "2026-01-02T03:04:05+00:00", "add")
HELD = (Held("a b'c.env", None, FIRST, FIRST),)


def finding(masked: str = "key_…Ab3d", encoding: str | None = None, message: str = "m") -> Finding:
    place = Position(1, 1)
    origin = Origin("a b'c.env")
    return Finding("leaked-key", "AK001", "error", "high", origin, place, place, masked, "", encoding, message)


REPLACE = (
    "printf '%s\\n' 'regex:key_[A-Za-z0-9_-]*Ab3d==>REMOVED' > remove.txt"
    " && git filter-repo --replace-text remove.txt --replace-message remove.txt"
)
INVERT = "git filter-repo --invert-paths --path 'a b'\"'\"'c.env'"


@pytest.mark.parametrize(
    ("life", "head", "bare", "said"),
    [
        (Life(branches=("main",), remotes=("origin/main",)), None, False, f"(origin/main); then rewrite: {REPLACE}"),
        (Life(branches=("main",)), None, True, f"revoke it first: others may have it (main); then rewrite: {REPLACE}"),
        (Life(branches=("main",)), "1" * 40, False, "has it: take it out and run: git commit --amend"),
        (Life(branches=("main",)), "2" * 40, False, "(git rebase -i 111111111111^), or rewrite: " + REPLACE),
        (Life(others=("pull/7/head",)), None, False, "revoke it first: others may have it (pull/7/head)"),
        (
            Life(others=("stash@{1}",)),
            None,
            False,
            "only in a stash: git stash drop 'stash@{1}', then git reflog expire",
        ),
        (Life(others=("HEAD@{2}",)), None, False, "only in a reflog (HEAD@{2}): git reflog expire"),
        (Life(in_index=True), None, False, "only staged: take it out of the file and run: git add"),
        (Life(), None, False, "no branch, tag or log leads to it: git reflog expire"),
    ],
)
def test_advice(life: Life, head: str | None, bare: bool, said: str) -> None:
    assert said in advice(finding(), life._replace(first=FIRST, last=FIRST, places=HELD), head, bare=bare)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (finding(encoding="base64"), INVERT),
        (finding(masked="…"), INVERT),
        (finding(message=f"m ({IN_NAME})"), "git filter-repo --invert-paths --path-regex 'key_[A-Za-z0-9_-]*Ab3d'"),
    ],
)
def test_a_key_that_its_ends_do_not_find_takes_its_files_with_it(one: Finding, said: str) -> None:
    assert advice(one, Life(tags=("v1",), places=HELD), None, bare=False).endswith(f"then rewrite: {said}")
