"""Real `git push` to a bare repository beside, with a plain hook: every commit that it would publish is looked at."""

from __future__ import annotations

import shutil
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


def test_a_push_to_an_address(repo: Repository, tmp_path: Path) -> None:
    """What `origin` has, an address that no remote names may not have."""
    repo.stage("leak.env", key())
    repo.commit_unchecked()
    repo.git("push", "-q", "--no-verify", "origin", "main")
    repo.git("init", "-q", "--bare", str(tmp_path / "other"))
    done = push(repo, str(tmp_path / "other"), "main")
    assert (done.code, "leak.env:1:1: AK001" in done.said) == (1, True), done.said
    repo.git("remote", "add", "other", str(tmp_path / "other"))
    done = push(repo, "other", "main")
    assert (done.code, "leak.env:1:1: AK001" in done.said) == (1, True), done.said


@pytest.mark.parametrize("annotated", [True, False])
def test_a_tag_of_a_file_and_of_a_folder(repo: Repository, annotated: bool) -> None:
    repo.write("loose.env", key())
    blob = repo.git("hash-object", "-w", "loose.env")
    repo.stage("folder/loose.env", f"\n{key(1)}")
    tree = repo.git("write-tree")
    repo.git("reset", "-q", "--hard")
    more = ("-a", "-m", "a tag") if annotated else ()
    repo.git("tag", *more, "file", blob)
    repo.git("tag", *more, "folder", tree)
    repo.git("tag", *more, "again", "file")
    assert_refused(repo, [f".git/objects/{blob}:1:1"], "origin", "again")
    assert_refused(repo, ["folder/loose.env:2:1"], "origin", "folder")


def test_a_folder_that_is_clean(repo: Repository) -> None:
    repo.git("tag", "tree", "HEAD^{tree}")
    assert_pushed(repo, "origin", "tree")


def test_what_the_remote_has_meanwhile_is_not_known_here(repo: Repository, tmp_path: Path) -> None:
    """Somebody else pushed, so the remote names a commit that is not here."""
    other = Repository(tmp_path / "other", repo.env)
    repo.git("clone", "-q", str(tmp_path / "origin"), str(other.root))
    other.stage("theirs.txt", "theirs\n")
    other.commit_unchecked()
    other.git("push", "-q", "origin", "main")
    repo.stage("leak.env", key())
    repo.commit_unchecked()
    assert_refused(repo, ["leak.env:1:1"], "--force", "origin", "main")
    repo.git("reset", "-q", "--hard", "HEAD^")
    repo.stage("fine.txt", "fine\n")
    repo.commit_unchecked()
    assert_pushed(repo, "--force", "origin", "main")


def test_a_remote_that_was_made_anew_has_nothing(repo: Repository, tmp_path: Path) -> None:
    repo.stage("leak.env", key())
    repo.commit_unchecked()
    repo.git("push", "-q", "--no-verify", "origin", "main")
    shutil.rmtree(tmp_path / "origin")
    repo.git("init", "-q", "--bare", str(tmp_path / "origin"))
    assert_refused(repo, ["leak.env:1:1"], "origin", "main")


def test_everything_at_once(repo: Repository) -> None:
    repo.branch_with("one", "one.env", key(1))
    repo.branch_with("old", "old.txt", "fine\n")
    repo.git("push", "-q", "--no-verify", "origin", "old")
    repo.stage("two.env", key(2))
    repo.commit_unchecked()
    repo.git("tag", "-a", "v1", "-m", key(3))
    tag = repo.git("rev-parse", "v1")
    places = ["one.env:1:1", "two.env:1:1", f".git/objects/{tag}:6:1"]
    assert_refused(repo, places, "origin", "main", "one", "v1", ":old")
    assert_refused(repo, places, "--mirror", "origin")


def test_a_push_of_a_commit_that_is_damaged_is_refused(repo: Repository) -> None:
    repo.stage("b.txt", "fine\n")
    repo.commit_unchecked()
    oid = repo.git("rev-parse", "HEAD:b.txt")
    (repo.root / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    before = there(repo)
    done = push(repo, "origin", "main")
    assert (done.code, "not read: b.txt" in done.said, there(repo)) == (1, True, before), done.said
