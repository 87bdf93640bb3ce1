"""One origin for all tests of pipelines."""

from __future__ import annotations

import pytest
from ci.remotes import Remote
from hooks.repositories import Repository
from samples import key


@pytest.fixture(scope="session")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Remote:
    """main: fork, main; topic: off fork, two commits; merged: topic merged into main; gone: on no branch."""
    origin = Repository.of(tmp_path_factory.mktemp("origin"), ("a.txt", "one\n"), ("a.txt", "two\n"))
    ids = {"fork": origin.git("rev-parse", "HEAD"), "zeros": "0" * 40}
    origin.branch_with("topic", "b.txt", "three\n")
    origin.git("checkout", "-q", "topic")
    origin.stage("b.txt", "four\n")
    origin.commit_unchecked()
    origin.git("checkout", "-q", "main")
    origin.stage("a.txt", "five\n")
    origin.commit_unchecked()
    origin.git("checkout", "-q", "-b", "merged")
    origin.git("merge", "-q", "--no-edit", "topic")
    for name in ("main", "topic", "merged"):
        ids[name] = origin.git("rev-parse", name)
    origin.git("checkout", "-q", "main")
    ids["gone"] = origin.git("commit-tree", "-m", "gone", "HEAD^{tree}")
    return Remote(origin, ids)


@pytest.fixture(scope="session")
def change(tmp_path_factory: pytest.TempPathFactory) -> Remote:
    """A pull or merge request that brings a key and takes it out again."""
    origin = Repository.of(tmp_path_factory.mktemp("change"), ("old.txt", "nothing\n"))
    ids = {"main": origin.git("rev-parse", "HEAD")}
    origin.git("checkout", "-q", "-b", "topic")
    origin.stage("gone.txt", key(1))
    origin.commit_unchecked()
    origin.git("rm", "-q", "gone.txt")
    origin.commit_unchecked()
    return Remote(origin, ids | {"topic": origin.git("rev-parse", "HEAD")})
