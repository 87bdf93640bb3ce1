"""What to do about a key, by where it lives."""

from __future__ import annotations

import pytest

from allo_keyscan.model import Commit, Finding, Held, Life, Origin, Position
from allo_keyscan.scan.history.advice import IN_NAME, Standing, advice

FIRST = Commit("1" * 40, "A <a@example.org>", "2026-01-02T03:04:05+00:00", "add")
HELD = (Held("a b'c.env", None, FIRST, FIRST),)


def finding(masked: str = "key_…Ab3d", encoding: str | None = None, message: str = "m") -> Finding:
    place = Position(1, 1)
    origin = Origin("a b'c.env")
    return Finding("leaked-key", "AK001", "error", "high", origin, place, place, masked, "", encoding, message)


REPLACE = (
    "printf '%s\\n' 'regex:key_[A-Za-z0-9_-]*Ab3d==>REMOVED' > remove.txt"
    " && git filter-repo --force --replace-text remove.txt --replace-message remove.txt && rm remove.txt"
)
NAMED = "--path-regex 'key_[A-Za-z0-9_-]*Ab3d'"
INVERT = "git filter-repo --force --invert-paths --path 'a b'\"'\"'c.env'"


PRUNE = "git -c gc.reflogExpireUnreachable=now gc --prune=now"
OPEN = "rewrite, with nothing left to commit"
PUSH = f"{OPEN}, add the remote again and push every branch and tag with --force: {REPLACE}"
HERE, SERVER = Standing("1" * 40, bare=False), Standing("1" * 40, bare=True)
LATER = Standing("2" * 40, bare=False)
MAIN = Life(branches=("main",))


@pytest.mark.parametrize(
    ("life", "home", "said"),
    [
        (
            MAIN._replace(remotes=("origin/main",)),
            HERE,
            f"revoke it first: others may have it (origin/main); then {PUSH}",
        ),
        (MAIN, SERVER, f"revoke it first: others may have it (main); then {PUSH}"),
        (Life(others=("pull/7/head",)), HERE, f"revoke it first: others may have it (pull/7/head); then {PUSH}"),
        (
            MAIN,
            HERE,
            f"no remote-tracking branch has it: take it out, run git add and: git commit --amend && {PRUNE}",
        ),
        (
            MAIN,
            LATER,
            "no remote-tracking branch has it: amend or drop the commit "
            f"(git rebase -i 111111111111^ main && {PRUNE}), or {OPEN}: {REPLACE}",
        ),
        (MAIN._replace(others=("stash@{1}",)), HERE, f"no remote-tracking branch has it: {OPEN}: {REPLACE}"),
        (Life(branches=("a", "b")), HERE, f"no remote-tracking branch has it: {OPEN}: {REPLACE}"),
        (
            Life(others=("stash@{1}", "stash@{10}")),
            HERE,
            f"only in a stash: git stash drop 'stash@{{10}}' && git stash drop 'stash@{{1}}' && {PRUNE}",
        ),
        (Life(others=("HEAD@{2}",)), HERE, f"only in a reflog (HEAD@{{2}}): {PRUNE}"),
        (
            Life(in_index=True),
            HERE,
            f"only staged: take it out, run git add, and have git forget what was staged: {PRUNE}",
        ),
        (Life(), HERE, f"no branch, tag or log leads to it: {PRUNE}"),
    ],
)
def test_advice(life: Life, home: Standing, said: str) -> None:
    assert advice([finding()], life._replace(first=FIRST, last=FIRST, places=HELD), home) == said


def test_the_first_commit_has_none_before_it() -> None:
    life = MAIN._replace(first=FIRST, last=FIRST, places=HELD)
    assert f"(git rebase -i --root main && {PRUNE})" in advice([finding()], life, LATER._replace(roots={"1" * 40}))


@pytest.mark.parametrize(
    ("some", "binary", "said"),
    [
        ([finding(encoding="base64")], (), INVERT),
        ([finding(masked="…")], (), INVERT),
        ([finding()], ("a b'c.env",), INVERT),
        ([finding(message=f"m ({IN_NAME})")], (), f"git filter-repo --force --invert-paths {NAMED}"),
        (
            [finding(), finding(message=f"m ({IN_NAME})")],
            (),
            REPLACE.replace(" && rm", f" --invert-paths {NAMED} && rm"),
        ),
    ],
)
def test_a_key_that_its_ends_do_not_find_takes_its_files_with_it(
    some: list[Finding], binary: tuple[str, ...], said: str
) -> None:
    life = Life(tags=("v1",), places=HELD)
    assert advice(some, life, HERE._replace(binary=binary)).endswith(f" with --force: {said}")
