"""A repository that means harm: what it names starts nothing, fetches nothing, hides nothing and never hangs."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from cli.conftest import Keyscan
from hiding import masked
from hooks.repositories import Repository
from samples import key

COMMANDS = (("scan", "--history"), ("scan", "--commits", "HEAD"), ("audit",))
PROGRAMS = """core.fsmonitor core.pager core.editor core.askPass core.sshCommand core.gitProxy core.alternateRefsCommand
    credential.helper diff.external diff.evil.command diff.evil.textconv filter.evil.clean filter.evil.smudge
    filter.evil.process gpg.program gpg.ssh.program interactive.diffFilter merge.evil.driver pager.log pager.rev-list
    pager.for-each-ref pager.ls-files sequence.editor trailer.evil.command uploadpack.packObjectsHook web.browser"""
ALIASES = "cat-file rev-list rev-parse for-each-ref diff-tree ls-files config status"
VALUES = {
    "core.attributesFile": "../attributes",
    "core.logAllRefUpdates": "false",
    "core.notesRef": "refs/notes/none",
    "core.quotePath": "false",
    "core.sparseCheckout": "true",
    "core.splitIndex": "true",
    "core.untrackedCache": "true",
    "core.bigFileThreshold": "1",
    "color.ui": "always",
    "diff.ignoreSubmodules": "all",
    "diff.noPrefix": "true",
    "diff.orderFile": "../attributes",
    "diff.relative": "true",
    "diff.renames": "copies",
    "extensions.partialClone": "evil",
    "gc.auto": "1",
    "grep.fallbackToNoIndex": "true",
    "log.excludeDecoration": "*",
    "log.follow": "true",
    "log.mailmap": "true",
    "log.showRoot": "false",
    "log.showSignature": "true",
    "maintenance.auto": "true",
    "protocol.allow": "always",
    "protocol.ext.allow": "always",
    "remote.evil.promisor": "true",
    "remote.evil.partialclonefilter": "blob:none",
    "transfer.hideRefs": "refs",
    "uploadpack.hideRefs": "refs",
}


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """A key in a commit, without one in the next; a third for what a hostile history may lie about."""
    return Repository.of(tmp_path, ("leak.env", f"{key()}\n"), ("leak.env", "gone\n"), ("clean.txt", "clean\n"))


def assert_found(repo: Repository, keyscan: Keyscan) -> None:
    for arguments in COMMANDS:
        run = keyscan(*arguments, "--format", "json", cwd=repo.root)
        found = run.json["findings"] if arguments[0] == "scan" else run.json["repositories"][0]["keys"]
        assert (run.code, [one["masked"] for one in found]) == (1, [masked(key())]), (arguments, run.err)
        assert "leak.env" in run.out


def test_settings_hooks_and_attributes(repo: Repository, keyscan: Keyscan, tmp_path: Path) -> None:
    trap, tool = tmp_path / "trap", tmp_path / "tool"
    tool.write_text(f"#!/bin/sh\ntouch '{trap}'\nexec cat\n")
    tool.chmod(0o755)
    included = tmp_path / "included"
    repo.git("commit-graph", "write", "--reachable")
    repo.git("replace", repo.git("rev-parse", "HEAD~2:leak.env"), repo.git("rev-parse", "HEAD:clean.txt"))
    repo.git("replace", repo.git("rev-parse", "HEAD~2"), repo.git("rev-parse", "HEAD"))
    for name in PROGRAMS.split():
        repo.git("config", "--file", str(included), name, str(tool))
    for name in ALIASES.split():
        repo.git("config", "--file", str(included), f"alias.{name}", f"!{tool}")
    for name, value in VALUES.items():
        repo.git("config", "--file", str(included), name, value)
    repo.git("config", "--file", str(included), "remote.evil.url", f"ext::{tool}")
    repo.git("config", "--file", str(included), f"url.ext::{tool}.insteadOf", "file:")
    repo.git("config", "--file", str(included), "core.hooksPath", str(tmp_path / "hooks"))
    attributes = "* diff=evil filter=evil merge=evil -text -diff export-ignore\n"
    (tmp_path / "attributes").write_text(attributes)
    repo.write(".git/info/attributes", attributes)
    repo.write(".gitattributes", attributes)
    repo.write(".git/info/sparse-checkout", "/none\n")
    repo.write(".git/info/grafts", f"{repo.head}\n")
    names = (
        "post-checkout post-index-change pre-auto-gc pre-commit query-watchman reference-transaction fsmonitor-watchman"
    )
    for folder in (tmp_path / "hooks", repo.root / ".git" / "hooks"):
        folder.mkdir(exist_ok=True)
        for name in names.split():
            (folder / name).write_bytes(tool.read_bytes())
            (folder / name).chmod(0o755)
    repo.git("config", "include.path", str(included))
    repo.git("config", "includeIf.gitdir:/.path", str(included))
    trap.unlink(missing_ok=True)
    os.utime(repo.root / "clean.txt", (1, 1))
    repo.run("git", "status")
    assert trap.exists(), "git itself runs what these settings name"
    trap.unlink()
    assert_found(repo, keyscan)
    assert not trap.exists()


def test_a_commit_graph_that_lies(repo: Repository, keyscan: Keyscan) -> None:
    """Its table says of every commit that it has no parent."""
    repo.git("commit-graph", "write", "--reachable")
    path = repo.root / ".git" / "objects" / "info" / "commit-graph"
    path.chmod(0o644)
    data = bytearray(path.read_bytes()[:-20])
    chunks = {
        data[at : at + 4].decode(): int.from_bytes(data[at + 4 : at + 12]) for at in range(8, 8 + 12 * data[6], 12)
    }
    for number in range(3):
        row = chunks["CDAT"] + 36 * number
        data[row + 20 : row + 24] = (0x70000000).to_bytes(4)
    path.write_bytes(data + hashlib.sha1(data).digest())
    assert repo.git("rev-list", "--count", "HEAD") == "1", "git itself believes it"
    assert_found(repo, keyscan)


def test_files_in_the_git_directory_that_never_end(repo: Repository, keyscan: Keyscan) -> None:
    os.mkfifo(repo.root / ".git" / "fifo")
    os.mkfifo(repo.root / ".git" / "logs" / "fifo")
    os.symlink("/dev/zero", repo.root / ".git" / "endless")
    os.symlink("/dev/zero", repo.root / ".git" / "logs" / "endless")
    os.symlink(".", repo.root / ".git" / "circle")
    assert_found(repo, keyscan)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("core.bare", "true", "is core.bare set by mistake"), ("core.worktree", "../../nowhere", "could not be read")],
)
def test_settings_that_take_the_work_tree_away(
    tmp_path: Path, keyscan: Keyscan, name: str, value: str, said: str
) -> None:
    repo = Repository.make(tmp_path)
    repo.stage("a.txt", "clean\n")
    repo.commit_unchecked()
    repo.write("leak.env", key())
    (tmp_path / "nowhere").mkdir()
    repo.git("config", name, value)
    run = keyscan("audit", cwd=repo.root)
    assert (run.code, said in run.out + run.err) == (3, True), run.out + run.err


@pytest.mark.parametrize(
    ("name", "value"),
    [("include.path", "bad"), ("core.repositoryFormatVersion", "99"), ("core.compression", "none"), ("core.bare", "x")],
)
def test_settings_that_git_refuses_are_no_clean_answer(
    repo: Repository, keyscan: Keyscan, name: str, value: str
) -> None:
    repo.write(".git/bad", "[no end\n")
    repo.git("config", name, value)
    for arguments in COMMANDS:
        run = keyscan(*arguments, cwd=repo.root)
        assert (run.code, run.out) == (2, ""), arguments
        assert str(repo.root) in run.err
        assert "Traceback" not in run.err


def test_logs_in_reftable_are_not_read_and_that_is_said(repo: Repository, keyscan: Keyscan) -> None:
    (repo.root / ".git" / "reftable").mkdir()
    run = keyscan("scan", "--history", "--format", "json", cwd=repo.root)
    assert run.json["skipped"][0]["path"] == ".git/reftable"
    assert not run.json["complete"]


def test_reftable_and_a_git_that_does_not_know_it(repo: Repository, keyscan: Keyscan) -> None:
    repo.git("config", "core.repositoryFormatVersion", "1")
    repo.git("config", "extensions.refStorage", "reftable")
    for arguments in COMMANDS:
        run = keyscan(*arguments, cwd=repo.root)
        assert run.code in (2, 3)
        assert "refstorage" in run.err.lower() or "reftable" in run.err
