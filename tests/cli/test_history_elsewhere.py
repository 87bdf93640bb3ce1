"""What belongs to a repository and lies elsewhere: alternates, other worktrees, submodules, a promisor's objects."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.conftest import Keyscan, Run
from hiding import masked
from hooks.repositories import Repository
from samples import key


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """Two commits without a key."""
    return Repository.of(tmp_path, ("file0.txt", "0\n"), ("file1.txt", "1\n"))


def another(repo: Repository, name: str) -> Repository:
    """An empty repository beside."""
    made = Repository(repo.root.with_name(name), repo.env)
    repo.git("init", "-q", str(made.root))
    return made


def blob(repo: Repository, content: str) -> str:
    repo.write("blob", content)
    oid = repo.git("hash-object", "-w", "blob")
    (repo.root / "blob").unlink()
    return oid


def scan(keyscan: Keyscan, folder: Path, **environment: str) -> Run:
    return keyscan("scan", "--history", "--format", "json", cwd=folder, **environment)


def paths(run: Run) -> dict[str, list[str]]:
    """The paths at which each key is told."""
    return {one["masked"]: [place["path"] for place in one["history"]["places"]] for one in run.json["findings"]}


def test_alternates_of_alternates(repo: Repository, keyscan: Keyscan) -> None:
    second, third = another(repo, "second"), another(repo, "third")
    repo.write(".git/objects/info/alternates", f"{second.root}/.git/objects\n")
    second.write(".git/objects/info/alternates", "../../../third/.git/objects\n")
    oids = {masked(key(1)): blob(second, key(1)), masked(key(2)): blob(third, key(2))}
    run = scan(keyscan, repo.root)
    assert paths(run) == {name: [f".git/objects/{oid}"] for name, oid in oids.items()}
    assert run.json["complete"]


def test_a_clone_that_shares_objects(repo: Repository, keyscan: Keyscan) -> None:
    repo.stage("leak.env", key())
    repo.commit_unchecked()
    repo.git("rm", "-q", "leak.env")
    repo.commit_unchecked()
    clone = repo.root.with_name("clone")
    repo.git("clone", "-q", "--shared", str(repo.root), str(clone))
    run = scan(keyscan, clone)
    assert (paths(run), run.json["complete"]) == ({masked(key()): ["leak.env"]}, True)


def test_alternates_of_the_environment(repo: Repository, keyscan: Keyscan) -> None:
    oid = blob(another(repo, "second"), key())
    place = str(repo.root.with_name("second") / ".git" / "objects")
    assert scan(keyscan, repo.root).code == 0
    run = scan(keyscan, repo.root, GIT_ALTERNATE_OBJECT_DIRECTORIES=place)
    assert paths(run) == {masked(key()): [f".git/objects/{oid}"]}


def test_everything_of_another_worktree(repo: Repository, keyscan: Keyscan) -> None:
    repo.git("config", "extensions.worktreeConfig", "true")
    other = repo.worktree("other")
    expected = {}

    def hide(seed: int, path: str) -> str:
        expected[masked(key(seed))] = path
        return key(seed)

    other.git("checkout", "-q", "--detach")
    other.stage("head.env", hide(1, "head.env"))
    other.commit_unchecked()
    other.stage("reset.env", hide(2, "reset.env"))
    other.commit_unchecked()
    other.git("reset", "-q", "--hard", "HEAD^")
    other.stage("staged.env", hide(3, "staged.env"))
    other.git("update-ref", "-m", hide(4, ".git/worktrees/other/logs/HEAD"), "HEAD", "HEAD^")
    other.git("config", "--worktree", "http.extraHeader", hide(5, ".git/worktrees/other/config.worktree"))
    repo.git("config", "--worktree", "http.extraHeader", hide(6, ".git/config.worktree"))
    name = hide(7, f".git/worktrees/other/refs/worktree/{masked(key(7))}")
    other.git("update-ref", f"refs/worktree/{name}", "HEAD")
    repo.stage("here.env", hide(8, "here.env"))
    other.stage(hide(9, masked(key(9))), "x\n")
    for folder in (repo.root, other.root):
        run = scan(keyscan, folder)
        found = paths(run)
        assert {name: path for name, path in expected.items() if path not in found.get(name, ())} == {}, folder
        assert (len(found), run.json["complete"]) == (len(expected), True)


def test_links_in_the_git_directory(repo: Repository, keyscan: Keyscan) -> None:
    """As `git new-workdir` makes them: settings are those of the file that a link leads to."""
    config = repo.root / ".git" / "config"
    repo.git("config", "http.extraHeader", key())
    config.rename(repo.root.parent / "shared")
    config.symlink_to("../../shared")
    run = scan(keyscan, repo.root)
    assert (paths(run), run.json["complete"]) == ({masked(key()): [".git/config"]}, True)
    (repo.root / ".git" / "more").symlink_to("..")
    run = scan(keyscan, repo.root)
    assert [(skip["path"], skip["reason"]) for skip in run.json["skipped"]] == [
        (".git/more", "a link to a folder: not followed")
    ]


def test_a_log_that_outlived_its_branch(repo: Repository, keyscan: Keyscan) -> None:
    repo.git("branch", "old")
    log = repo.root / ".git" / "logs" / "refs" / "heads"
    (log / "old").rename(log / key())
    run = scan(keyscan, repo.root)
    assert paths(run) == {masked(key()): [f".git/logs/refs/heads/{masked(key())}"]}


def test_nothing_is_fetched_from_a_promisor(repo: Repository, keyscan: Keyscan, tmp_path: Path) -> None:
    repo.stage("leak.env", key())
    repo.commit_unchecked()
    repo.git("rm", "-q", "leak.env")
    repo.commit_unchecked()
    repo.git("config", "uploadpack.allowFilter", "true")
    partial = Repository(tmp_path / "partial", repo.env)
    repo.git("clone", "-q", "--filter=blob:none", f"file://{repo.root}", str(partial.root))
    trap, tool = tmp_path / "trap", tmp_path / "tool"
    tool.write_text(f"#!/bin/sh\ntouch '{trap}'\nexit 1\n")
    tool.chmod(0o755)
    partial.git("config", "remote.origin.url", f"ext::{tool}")
    partial.git("config", "protocol.ext.allow", "always")
    partial.git("cat-file", "-p", repo.git("rev-parse", "HEAD~1:leak.env"), code=128)
    assert trap.exists(), "git itself asks the promisor"
    trap.unlink()
    for arguments in (("scan", "--history"), ("scan", "--commits", "HEAD"), ("audit",)):
        run = keyscan(*arguments, cwd=partial.root)
        assert (run.code, "not in this partial clone" in run.err or "a partial clone: 1 object" in run.err) == (3, True)
        assert not trap.exists(), arguments


def test_submodules_are_named_with_what_was_not_read(repo: Repository, keyscan: Keyscan) -> None:
    inner, deep = another(repo, "inner"), another(repo, "deep")
    for made in (deep, inner):
        made.stage("leak.env", key())
        made.commit_unchecked()
    inner.git("submodule", "-q", "add", str(deep.root), "deep")
    inner.commit_unchecked()
    repo.git("submodule", "-q", "add", str(inner.root), "absorbed")
    repo.git("clone", "-q", str(inner.root), str(repo.root / "embedded"))
    repo.git("add", "embedded")
    repo.commit_unchecked()
    repo.git("-C", "absorbed", "submodule", "-q", "update", "--init")
    clone = repo.root.with_name("clone")
    repo.git("clone", "-q", str(repo.root), str(clone))
    run = scan(keyscan, repo.root)
    told = {skip["path"]: skip["reason"].partition(": ")[2] for skip in run.json["skipped"]}
    kept = "a history of its own, not read (scan it with --history)"
    assert told == {
        ".git/modules/absorbed": kept,
        ".git/modules/absorbed/modules/deep": kept,
        "absorbed": kept,
        "embedded": kept,
    }
    assert (run.code, run.json["complete"]) == (0, True)
    run = scan(keyscan, clone)
    told = {skip["path"]: skip["reason"].partition(": ")[2] for skip in run.json["skipped"]}
    assert told == {"absorbed": "not here, nothing was fetched", "embedded": "not here, nothing was fetched"}
    (one,) = keyscan("audit", "--format", "json", cwd=repo.root).json["repositories"]
    assert {"absorbed", "embedded", ".git/modules/absorbed"} <= {skip["path"] for skip in one["skipped"]}
    assert scan(keyscan, repo.root / "absorbed").code == 1
    assert scan(keyscan, repo.root / ".git" / "modules" / "absorbed" / "modules" / "deep").code == 1
