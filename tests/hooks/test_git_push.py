"""Real `git push` to a bare repository beside, with a plain hook: every commit that it would publish is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from hooks.repositories import Done, Repository
from samples import body, key


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """One commit of `a.txt`, pushed to `origin`; the hook scans what a push publishes."""
    made = Repository.make(tmp_path)
    made.git("init", "-q", "--bare", str(tmp_path / "origin"))
    made.git("remote", "add", "origin", str(tmp_path / "origin"))
    made.stage("a.txt", "a\n")
    made.commit_unchecked()
    made.git("push", "-q", "origin", "main")
    made.hook("pre-push", "scan", "--pre-push", '"$@"')
    return made


def push(repo: Repository, *arguments: str) -> Done:
    done = repo.run("git", "push", *arguments)
    assert body()[:12] not in done.said
    return done


def there(repo: Repository) -> str:
    """The refs of the remote."""
    return repo.git("ls-remote", "origin")


def assert_refused(repo: Repository, places: list[str], *arguments: str) -> None:
    before = there(repo)
    done = push(repo, *arguments)
    found = [line.split(": AK", 1)[0] for line in done.said.splitlines() if ": AK" in line]
    assert (done.code, sorted(found), there(repo)) == (1, sorted(places), before), done.said


def assert_pushed(repo: Repository, *arguments: str) -> None:
    before = there(repo)
    done = push(repo, *arguments)
    assert (done.code, ": AK" in done.said) == (0, False), done.said
    assert there(repo) != before


def test_a_key_added_and_removed_inside_the_push(repo: Repository) -> None:
    repo.stage("b.txt", f"\nkey = {key()}\n")
    repo.commit_unchecked()
    repo.stage("b.txt", "gone\n")
    repo.commit_unchecked()
    assert_refused(repo, ["b.txt:2:7"], "origin", "main")
    repo.git("reset", "-q", "--hard", "HEAD~2")
    repo.stage("c.txt", "fine\n")
    repo.commit_unchecked()
    assert_pushed(repo, "origin", "main")


def test_a_message_a_name_and_a_branch_are_looked_at(repo: Repository) -> None:
    repo.stage(f"{key(1)}.txt", "x\n")
    repo.commit_unchecked(f"use {key(2)}")
    masked = [f"{value[:8]}…{value[-4:]}" for value in (key(1), key(3))]
    place = f".git/objects/{repo.head}:6:5"
    assert_refused(
        repo, [place, f"{masked[0]}.txt:1:1", f".git/refs/heads/{masked[1]}:1:12"], "origin", f"main:{key(3)}"
    )


def test_several_refs_and_a_branch_that_is_not_checked_out(repo: Repository) -> None:
    repo.branch_with("one", "one.txt", "fine\n")
    repo.branch_with("two", "two.txt", key())
    assert_refused(repo, ["two.txt:1:1"], "origin", "one", "two")
    assert_pushed(repo, "origin", "one")


def test_a_first_push_of_everything(repo: Repository, tmp_path: Path) -> None:
    repo.stage("b.txt", key())
    repo.commit_unchecked()
    repo.git("init", "-q", "--bare", str(tmp_path / "second"))
    repo.git("remote", "set-url", "origin", str(tmp_path / "second"))
    repo.git("update-ref", "-d", "refs/remotes/origin/main")
    assert_refused(repo, ["b.txt:1:1"], "origin", "main")


def test_a_forced_push_of_another_history(repo: Repository) -> None:
    repo.git("commit", "-q", "--amend", "-m", "other")
    repo.stage("b.txt", key())
    repo.commit_unchecked()
    assert_refused(repo, ["b.txt:1:1"], "--force", "origin", "main")
    repo.git("reset", "-q", "--hard", "HEAD~1")
    assert_pushed(repo, "--force", "origin", "main")


def test_a_deletion_publishes_nothing(repo: Repository) -> None:
    repo.branch_with("old", "old.txt", "fine\n")
    assert_pushed(repo, "origin", "old")
    repo.stage("b.txt", key())
    repo.commit_unchecked()
    assert_pushed(repo, "origin", ":old")


def test_a_tag_with_a_key_in_its_message_on_a_commit_the_remote_has(repo: Repository) -> None:
    repo.git("tag", "-a", "v1", "-m", key())
    tag = repo.git("rev-parse", "v1")
    assert_refused(repo, [f".git/objects/{tag}:6:1"], "origin", "v1")
    repo.git("tag", "v2")
    assert_pushed(repo, "origin", "v2")


def test_a_merge_that_adds_what_no_parent_has(repo: Repository) -> None:
    repo.branch_with("side", "side.txt", "x\n")
    repo.stage("main.txt", "y\n")
    repo.commit_unchecked()
    repo.git("merge", "-q", "--no-commit", "side")
    repo.stage("evil.txt", key())
    repo.commit_unchecked("merge")
    assert_refused(repo, ["evil.txt:1:1"], "origin", "main")
