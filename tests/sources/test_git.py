"""How git is run: apart from what a repository says, with errors in words, and with little memory."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from allo_keyscan.sources import git as access
from allo_keyscan.sources.git import GitError
from allo_keyscan.sources.index import staged
from allo_keyscan.sources.objects import BlobStream, Missing, read_blobs
from allo_keyscan.sources.worktree import list_files

Git = Callable[..., str]


def contents(oids: list[str], cwd: Path) -> dict[str, bytes | str]:
    """What each id gave: bytes, or the reason why there are none."""
    return {oid: got.read() if isinstance(got, BlobStream) else got.reason for oid, got in read_blobs(oids, str(cwd))}


def blob(git: Git, repo: Path, data: bytes) -> str:
    return git(repo, "hash-object", "-w", "--stdin", data=data)


def loose(repo: Path, oid: str) -> Path:
    return repo / ".git" / "objects" / oid[:2] / oid[2:]


def test_the_root_is_found_without_git(repo: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(repo, "worktree", "add", "-q", "-b", "w", str(tmp_path / "linked"))
    (repo / "sub" / ".git").mkdir()
    monkeypatch.setenv("PATH", "")
    assert access.find_root(str(repo)) == str(repo)
    assert access.find_root(str(repo / "sub" / "b.txt")) == str(repo)
    assert access.find_root(str(tmp_path / "linked" / "sub")) == str((tmp_path / "linked").resolve())
    assert access.find_root(str(tmp_path)) is None
    assert access.is_git_dir(str(repo / ".git"))
    assert not access.is_git_dir(str(repo))


def test_the_work_tree_of_the_environment_counts(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tmp_path / "home"
    tree.mkdir()
    (tree / "a.txt").write_text("a")
    (tree / "loose.txt").write_text("a")
    monkeypatch.setenv("GIT_DIR", str(repo / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tree))
    assert access.find_root(str(tree / "a.txt")) == str(tree.resolve())
    assert access.is_own(str(tree))
    assert not access.is_own(str(repo))
    assert {name for _, name in list_files([str(tree)]).files()} == {"a.txt", "sub/b.txt", "loose.txt"}


def test_no_program_named_by_the_repository_runs(repo: Path, git: Git, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho ran >> '{marker}'\nexec cat\n")
    program.chmod(0o755)
    hooks = repo / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-index-change", "pre-commit", "reference-transaction", "post-checkout"):
        (hooks / hook).write_bytes(program.read_bytes())
        (hooks / hook).chmod(0o755)
    (repo / "a.txt").write_text("changed\n")
    (repo / "new.txt").write_text("new\n")
    git(repo, "add", "new.txt")
    marker.unlink(missing_ok=True)
    settings = """core.fsmonitor core.pager pager.ls-files pager.diff-index pager.cat-file diff.external
        diff.evil.command diff.evil.textconv filter.evil.clean filter.evil.smudge filter.evil.process core.sshCommand
        core.askPass core.editor alias.ls-files gpg.program"""
    for key in settings.split():
        git(repo, "config", key, str(program))
    (repo / ".gitattributes").write_text("* diff=evil filter=evil\n")
    os.utime(repo / "sub" / "b.txt", (1, 1))
    assert {name for _, name in list_files([str(repo)]).files()} == {"a.txt", "sub/b.txt", "new.txt", ".gitattributes"}
    found = staged(str(repo))
    assert [entry.path for entry in found.entries] == ["new.txt"]
    assert list(contents([entry.oid for entry in found.entries], repo).values()) == [b"new\n"]
    assert not marker.exists()


def test_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("GIT_TRACE", "GIT_TRACE2_EVENT", "GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("GIT_DIR", "dir")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next")
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", "/objects")
    own = {name: value for name, value in access.environment(own=True).items() if name.startswith("GIT_")}
    fixed = {
        "GIT_CONFIG_GLOBAL": os.environ["GIT_CONFIG_GLOBAL"],
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_GRAFT_FILE": os.devnull,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
    }
    place = os.path.join(os.getcwd(), "dir")
    assert own == {**fixed, "GIT_DIR": place, "GIT_INDEX_FILE": ".git/next", "GIT_OBJECT_DIRECTORY": "/objects"}
    other = {name: value for name, value in access.environment(own=False).items() if name.startswith("GIT_")}
    assert other == fixed


def test_errors_name_the_repository_and_the_remedy(
    repo: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(GitError, match="not a git repository: name a repository, or run this inside one"):
        access.run(("ls-files",), str(tmp_path))
    with pytest.raises(GitError, match="not a git repository"):
        list(read_blobs(["1" * 40], str(tmp_path)))
    key = "ak_" + "live_" + "Zz9" * 8
    with pytest.raises(GitError) as caught:
        access.run(("rev-parse", "--verify", f"{key}^{{commit}}", "--"), str(repo))
    assert key not in str(caught.value)
    (repo / ".git" / "index").write_bytes(b"junk" * 100)
    for use in (lambda: list_files([str(repo)]), lambda: staged(str(repo))):
        with pytest.raises(GitError, match=r"git's index is damaged .*git reset"):
            use()
    with monkeypatch.context() as patch:
        patch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        with pytest.raises(GitError, match=r"owned by someone else.* --add safe.directory .*/repo$"):
            list_files([str(repo)])
        with pytest.raises(GitError, match="owned by someone else"):
            staged(str(repo))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match="git is not on PATH: install git"):
        access.run(("version",), str(repo))


@pytest.mark.skipif(not hasattr(os, "chown") or os.geteuid() != 0, reason="only root gives files away")
def test_a_repository_of_somebody_else_is_refused_unless_trusted(repo: Path, git: Git, tmp_path: Path) -> None:
    for path in (repo, repo / ".git"):
        os.chown(path, 12345, 12345)
    with pytest.raises(GitError, match="owned by someone else"):
        list_files([str(repo)])
    outer = list_files([str(tmp_path)])
    assert [(skip.path, skip.incomplete) for skip in outer.skipped] == [("repo", True)]
    git(tmp_path, "config", "--global", "--add", "safe.directory", str(repo))
    assert {name for _, name in list_files([str(repo)]).files()} == {"a.txt", "sub/b.txt"}


def test_more_input_and_output_than_a_pipe_holds(repo: Path) -> None:
    data = os.urandom(1 << 20).hex().encode() + b"\n"
    path = b"100644 blob " + b"1" * 40
    assert access.run(("stripspace",), str(repo), stdin=data) == data
    entries = b"".join(path + b"\t%06d\0" % number for number in range(50_000))
    assert len(access.run(("mktree", "-z", "--missing"), str(repo), stdin=entries).strip()) == 40


def test_a_git_that_ends_before_it_has_read_all_is_told_by_its_own_words(repo: Path) -> None:
    with pytest.raises(GitError, match="git cat-file failed"):
        access.run(("cat-file", "--no-such-option"), str(repo), stdin=b"x" * (4 << 20))


def test_blobs_by_id(repo: Path, git: Git) -> None:
    data = [b"", b"\n", b"one\ntwo\n", bytes(range(256)) * 300]
    oids = [blob(git, repo, item) for item in data]
    head = git(repo, "rev-parse", "HEAD")
    none = "1" * 40
    found = list(read_blobs([*oids, none, head], str(repo)))
    assert [oid for oid, _ in found] == [*oids, none, head]
    assert contents(oids, repo) == dict(zip(oids, data, strict=True))
    assert contents([none, oids[2]], repo) == {none: "no such object in this repository", oids[2]: b"one\ntwo\n"}
    kinds = [(got.kind, got.size) for _, got in read_blobs([head, oids[2]], str(repo)) if isinstance(got, BlobStream)]
    assert kinds[0][0] == "commit"
    assert kinds[1] == ("blob", 8)
    assert list(read_blobs([], str(repo))) == []


def test_unread_and_half_read_blobs_do_not_shift_the_next(repo: Path, git: Git) -> None:
    big = blob(git, repo, b"x" * 3_000_000)
    small = blob(git, repo, b"small")
    got = []
    for _, stream in read_blobs([big, small, big, small], str(repo)):
        assert isinstance(stream, BlobStream)
        if stream.size < 10:
            got.append(stream.read())
        elif not got:
            assert len(next(stream.pieces(1000))) == 1000
    assert got == [b"small", b"small"]
    for _ in read_blobs([big] * 50, str(repo)):
        break  # the generator's end ends git


def test_many_ids_do_not_block(repo: Path, git: Git) -> None:
    oid = blob(git, repo, b"x" * 1000)
    assert sum(1 for _ in read_blobs([oid] * 20_000, str(repo))) == 20_000


def test_a_damaged_object_is_missing_and_the_others_are_read(repo: Path, git: Git) -> None:
    oids = [blob(git, repo, b"%d" % number * 1000) for number in range(5)]
    for number, junk in ((1, b"junk"), (3, b"")):
        loose(repo, oids[number]).chmod(0o644)
        loose(repo, oids[number]).write_bytes(junk)
    found = contents(oids, repo)
    assert [found[oids[number]] for number in (0, 2, 4)] == [b"%d" % number * 1000 for number in (0, 2, 4)]
    assert all(isinstance(found[oids[number]], str) for number in (1, 3))


def test_an_object_that_breaks_off_raises_and_the_others_are_read(repo: Path, git: Git) -> None:
    git(repo, "config", "core.bigFileThreshold", "1k")
    data = os.urandom(200_000)
    broken, whole = blob(git, repo, data), blob(git, repo, b"whole")
    path = loose(repo, broken)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:100_000])
    found: dict[str, bytes | None] = {}
    for oid, got in read_blobs([broken, whole], str(repo)):
        try:
            found[oid] = got.read() if isinstance(got, BlobStream) else None
        except GitError:
            found[oid] = None
    assert found == {broken: None, whole: b"whole"}


def test_a_partial_clone_fetches_nothing(repo: Path, git: Git, tmp_path: Path) -> None:
    git(repo, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repo}", str(clone))
    oids = [git(repo, "rev-parse", f"HEAD:{name}") for name in ("a.txt", "sub/b.txt")]
    head = git(repo, "rev-parse", "HEAD")
    before = sorted(path for path in clone.rglob("*"))
    found = dict(read_blobs([*oids, head], str(clone)))
    assert all(isinstance(found[oid], Missing) for oid in oids)
    assert isinstance(found[head], BlobStream)
    assert sorted(path for path in clone.rglob("*")) == before


def test_replaced_objects_are_read_as_they_are(repo: Path, git: Git) -> None:
    oid = git(repo, "rev-parse", "HEAD:a.txt")
    git(repo, "replace", oid, blob(git, repo, b"decoy"))
    assert contents([oid], repo) == {oid: b"a\n"}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_big_blob_takes_little_memory(repo: Path, git: Git) -> None:
    import resource

    git(repo, "config", "core.bigFileThreshold", "1m")
    oid = blob(git, repo, b"0123456789abcdef" * (8 << 20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _, got in read_blobs([oid], str(repo)):
        assert isinstance(got, BlobStream)
        assert sum(len(piece) for piece in got.pieces()) == 128 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 << 10
