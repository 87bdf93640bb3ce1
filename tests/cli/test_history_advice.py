"""The commands that are shown for a key, run as they are in a real repository: after them a scan is clean."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.conftest import Keyscan
from hiding import masked, zipped
from hooks.repositories import Repository
from samples import key

Place = Callable[[Repository], object]

TOOLS = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
pytestmark = pytest.mark.skipif(shutil.which("git-filter-repo", path=TOOLS) is None, reason="no git filter-repo")


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """Two commits without a key, and a remote that has them."""
    made = Repository.of(tmp_path, ("file0.txt", "0\n"), ("file1.txt", "1\n"))
    made.git("init", "-q", "--bare", str(tmp_path / "origin"))
    made.git("remote", "add", "origin", str(tmp_path / "origin"))
    made.git("push", "-q", "origin", "main")
    return made


def commit(repo: Repository, name: str, content: str | bytes, *more: str, committer: str = "A") -> None:
    repo.stage(name, content)
    repo.git("commit", "-q", "-m", "set", *more, GIT_COMMITTER_NAME=committer)
    repo.stage("later.txt", "later\n")
    repo.git("commit", "-q", "-m", "later")


def pushed(place: Place) -> Place:
    def do(repo: Repository) -> None:
        place(repo)
        repo.git("push", "-q", "origin", "main")

    return do


def under_a_tag(repo: Repository) -> None:
    commit(repo, "a.env", key())
    repo.git("tag", "-a", "v1", "-m", "one")
    repo.git("reset", "-q", "--hard", "origin/main")


def in_a_tag_message(repo: Repository) -> None:
    repo.git("tag", "-a", "v1", "-m", f"uses {key()}")


def by_a_tagger(repo: Repository) -> None:
    repo.git("tag", "-a", "v1", "-m", "one", GIT_COMMITTER_NAME=key())


def on_two_branches(repo: Repository) -> None:
    commit(repo, "a.env", key())
    repo.git("branch", "other")


def in_a_note(repo: Repository) -> None:
    repo.git("notes", "add", "-m", key(), "HEAD~1")


def in_two_stashes(repo: Repository) -> None:
    for _ in range(2):
        repo.write("file0.txt", key())
        repo.git("stash", "-q")
    repo.write("file0.txt", "another\n")
    repo.git("stash", "-q")


def on_a_branch_and_in_a_stash(repo: Repository) -> None:
    in_two_stashes(repo)
    commit(repo, "a.env", key())


def in_a_reflog(repo: Repository) -> None:
    repo.stage("a.env", key())
    repo.git("commit", "-q", "-m", "set")
    repo.git("reset", "-q", "--hard", "HEAD^")
    repo.write("file0.txt", "another\n")
    repo.git("stash", "-q")


def in_a_message_of_a_reflog(repo: Repository) -> None:
    repo.git("update-ref", "-m", key(), "HEAD", "HEAD^")
    repo.git("reset", "-q", "--hard")


def reached_by_nothing(repo: Repository) -> None:
    repo.write("a.env", key())
    repo.git("hash-object", "-w", "a.env")
    (repo.root / "a.env").unlink()


PLACES: dict[str, Place] = {
    "in a file": lambda repo: commit(repo, "a b'c.env", f"k={key()}\n"),
    "in a pushed file": pushed(lambda repo: commit(repo, "a.env", key())),
    "amid zeros": lambda repo: commit(repo, "a.bin", b"\0\1" + key().encode()),
    "UTF-16": lambda repo: commit(repo, "a.txt", key().encode("utf-16")),
    "in a zip": lambda repo: commit(repo, "a.zip", zipped(key())),
    "in a message": lambda repo: commit(repo, "a.txt", "x\n", "-m", f"uses {key()}"),
    "in a pushed message": pushed(lambda repo: commit(repo, "a.txt", "x\n", "-m", f"uses {key()}")),
    "an author": lambda repo: commit(repo, "a.txt", "x\n", f"--author={key()} <a@example.org>"),
    "an author's address": lambda repo: commit(repo, "a.txt", "x\n", f"--author=A <{key()}@example.org>"),
    "a pushed committer": pushed(lambda repo: commit(repo, "a.txt", "x\n", committer=key())),
    "a file's name": lambda repo: commit(repo, f"docs/{key()}.txt", "x\n"),
    "a folder's name, and a text": lambda repo: commit(repo, f"docs/{key()}/x.txt", key()),
    "under a tag": under_a_tag,
    "in a tag's message": in_a_tag_message,
    "by a tagger": by_a_tagger,
    "on two branches": on_two_branches,
    "in a note": in_a_note,
    "in two stashes": in_two_stashes,
    "on a branch and in a stash": on_a_branch_and_in_a_stash,
    "in a reflog": in_a_reflog,
    "in a reflog's message": in_a_message_of_a_reflog,
    "reached by nothing": reached_by_nothing,
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_after_the_commands_a_scan_is_clean(repo: Repository, keyscan: Keyscan, place: Place) -> None:
    place(repo)
    kept = len(repo.git("stash", "list").splitlines())
    (one,) = keyscan("scan", "--history", "--format", "json", cwd=repo.root).json["findings"]
    assert one["masked"] == masked(key())
    said = one["history"]["advice"]
    command = said.rpartition(": ")[2]
    done = repo.run("sh", "-c", command, PATH=TOOLS)
    assert done.code == 0, f"{command}\n{done.said}"
    run = keyscan("scan", "--history", cwd=repo.root)
    assert (run.code, run.out) == (0, ""), f"{said}\n{run.out}\n{run.err}"
    assert repo.git("status", "--porcelain") == ""
    assert kept - len(repo.git("stash", "list").splitlines()) == said.count("git stash drop")


def advice(repo: Repository, keyscan: Keyscan) -> str:
    (one,) = keyscan("scan", "--history", "--format", "json", cwd=repo.root).json["findings"]
    said: str = one["history"]["advice"]
    return said


def assert_clean(repo: Repository, keyscan: Keyscan) -> None:
    run = keyscan("scan", "--history", cwd=repo.root)
    assert (run.code, run.out) == (0, ""), f"{run.out}\n{run.err}"


def test_amending_the_newest_commit(repo: Repository, keyscan: Keyscan) -> None:
    repo.stage("a.env", key())
    repo.git("commit", "-q", "-m", "set")
    said = advice(repo, keyscan)
    assert "take it out, run git add and: git commit --amend" in said
    repo.stage("a.env", "nothing\n")
    done = repo.run("sh", "-c", said.rpartition(": ")[2], GIT_EDITOR="true")
    assert done.code == 0, done.said
    assert_clean(repo, keyscan)


@pytest.mark.parametrize("branch", ["main", "topic"])
@pytest.mark.parametrize("first", [False, True])
def test_dropping_a_commit(tmp_path: Path, keyscan: Keyscan, branch: str, first: bool) -> None:
    repo = Repository.make(tmp_path)
    repo.git("checkout", "-q", "-b", branch)
    if not first:
        repo.stage("b.txt", "b\n")
        repo.commit_unchecked()
    commit(repo, "a.env", key())
    if branch != "main":
        repo.git("checkout", "-q", "--orphan", "main")
        repo.git("commit", "-q", "-m", "apart", "--allow-empty")
        repo.git("rm", "-q", "-r", "--cached", ".")
        repo.git("commit", "-q", "--amend", "-m", "apart", "--allow-empty")
        repo.git("checkout", "-q", "-f", branch)
        repo.git("checkout", "-q", "main")
    said = advice(repo, keyscan)
    command = said.partition(" (")[2].partition(")")[0]
    assert command.startswith("git rebase -i "), said
    done = repo.run("sh", "-c", command, GIT_SEQUENCE_EDITOR="sed -i '/ set$/d'", GIT_EDITOR="true")
    assert done.code == 0, f"{command}\n{done.said}"
    assert_clean(repo, keyscan)
    assert repo.git("ls-tree", "--name-only", branch).split() == (["later.txt"] if first else ["b.txt", "later.txt"])


def test_what_is_only_staged(repo: Repository, keyscan: Keyscan) -> None:
    repo.stage("file0.txt", key())
    said = advice(repo, keyscan)
    assert said.startswith("only staged: take it out, run git add")
    repo.stage("file0.txt", "nothing\n")
    repo.git(*said.rpartition(": git ")[2].split())
    assert_clean(repo, keyscan)


def test_a_name_that_is_only_staged(repo: Repository, keyscan: Keyscan) -> None:
    repo.stage(f"{key()}/a.txt", "x\n")
    run = keyscan("scan", "--history", "--format", "json", cwd=repo.root)
    (one,) = run.json["findings"]
    assert (run.code, one["path"], one["history"]["in_index"]) == (1, masked(key()), True)
    assert one["history"]["advice"].startswith("only staged")
    repo.git("rm", "-q", "-r", "-f", key())
    assert_clean(repo, keyscan)


def test_a_branch_named_after_a_key(repo: Repository, keyscan: Keyscan) -> None:
    repo.git("checkout", "-q", "-b", key())
    said = advice(repo, keyscan)
    assert said.startswith("revoke it, rename or delete what is named after it")
    repo.git("branch", "-q", "-m", "renamed")
    assert keyscan("scan", "--history", cwd=repo.root).code == 1, "its log still tells the name"
    repo.git(*said.rpartition(": git ")[2].split())
    assert_clean(repo, keyscan)


def test_a_setting(repo: Repository, keyscan: Keyscan) -> None:
    repo.git("config", "http.extraHeader", f"Authorization: Api-Key {key()}")
    assert advice(repo, keyscan) == "revoke it, and take it out of .git/config"
    repo.git("config", "--unset", "http.extraHeader")
    assert_clean(repo, keyscan)
