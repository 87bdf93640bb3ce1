"""What is staged: exact sets of paths and bytes, whatever hides it from a diff, and nothing is written."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from allo_keyscan.errors import KeyscanError
from allo_keyscan.sources.git import GitError
from allo_keyscan.sources.index import staged
from allo_keyscan.sources.objects import BlobStream, read_blobs

Git = Callable[..., str]


def content(cwd: Path, *paths: str) -> set[tuple[str, bytes]]:
    """Paths and bytes of what is staged."""
    entries = staged(str(cwd), paths).entries
    data = {}
    for oid, got in read_blobs([entry.oid for entry in entries], str(cwd)):
        assert isinstance(got, BlobStream)
        data[oid] = got.read()
    found = [(entry.path, data[entry.oid]) for entry in entries]
    assert len(found) == len(set(found))
    return set(found)


def state(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file of a git directory, with its times and bytes."""
    return {
        str(path): (path.lstat().st_mtime_ns, path.lstat().st_ino, path.read_bytes() if path.is_file() else b"")
        for path in folder.rglob("*")
    }


def test_the_index_and_not_the_work_tree(repo: Path, git: Git) -> None:
    (repo / "a.txt").write_text("staged\n")
    (repo / "new.txt").write_text("new\n")
    git(repo, "add", ".")
    (repo / "a.txt").write_text("a\n")
    (repo / "new.txt").unlink()
    (repo / "sub" / "b.txt").write_text("not staged\n")
    assert content(repo) == {("a.txt", b"staged\n"), ("new.txt", b"new\n")}
    assert content(repo / "sub") == content(repo)
    assert content(repo, str(repo / "sub")) == set()
    assert content(repo, str(repo / "new.txt"), str(repo / "sub")) == {("new.txt", b"new\n")}
    assert content(repo, str(repo)) == content(repo)


def test_nothing_is_written(repo: Path, git: Git) -> None:
    (repo / "new.txt").write_text("new\n")
    git(repo, "add", "new.txt")
    os.utime(repo / "a.txt", (1, 1))  # git status would refresh the index
    before = state(repo / ".git")
    assert content(repo) == {("new.txt", b"new\n")}
    assert state(repo / ".git") == before


@pytest.mark.parametrize("kind", ["sha1", "sha256"])
def test_before_the_first_commit(tmp_path: Path, git: Git, kind: str) -> None:
    git(tmp_path, "init", "-q", f"--object-format={kind}")
    (tmp_path / "a.txt").write_text("a\n")
    assert content(tmp_path) == set()
    git(tmp_path, "add", ".")
    before = state(tmp_path / ".git")
    assert content(tmp_path) == {("a.txt", b"a\n")}
    assert state(tmp_path / ".git") == before
    git(tmp_path, "commit", "-qm", "first")
    assert content(tmp_path) == set()
    (tmp_path / "b.txt").write_text("b\n")
    git(tmp_path, "add", ".")
    assert content(tmp_path) == {("b.txt", b"b\n")}


def test_what_hides_from_a_diff(repo: Path, git: Git) -> None:
    (repo / ".gitattributes").write_text("* -diff\n*.bin binary\n*.x diff=x -text\n")
    for key, value in (
        ("diff.x.textconv", "true"),
        ("diff.external", "true"),
        ("color.ui", "always"),
        ("diff.renames", "copies"),
        ("diff.ignoreSubmodules", "all"),
        ("diff.relative", "true"),
        ("diff.orderFile", "/nowhere"),
        ("core.quotePath", "true"),
        ("diff.noprefix", "true"),
    ):
        git(repo, "config", key, value)
    git(repo, "mv", "sub/b.txt", "renamed.txt")
    (repo / "utf16.bin").write_bytes("k".encode("utf-16"))
    (repo / "y.x").write_text("y")
    (repo / 'ünï "q"\tcode').write_text("q")
    (repo / "a.txt").unlink()
    (repo / "a.txt").symlink_to("target-text")
    git(repo, "add", ".")
    git(repo, "update-index", "--assume-unchanged", "y.x")
    git(repo, "update-index", "--skip-worktree", "utf16.bin")
    assert content(repo / "sub" if (repo / "sub").exists() else repo) == {
        (".gitattributes", (repo / ".gitattributes").read_bytes()),
        ("renamed.txt", b"b\n"),
        ("utf16.bin", "k".encode("utf-16")),
        ("y.x", b"y"),
        ('ünï "q"\tcode', b"q"),
        ("a.txt", b"target-text"),
    }
    assert [entry.mode for entry in staged(str(repo)).entries if entry.path == "a.txt"] == ["120000"]


def test_deleted_and_intended_entries_have_no_bytes(repo: Path, git: Git) -> None:
    git(repo, "rm", "-q", "a.txt")
    (repo / "later.txt").write_text("later\n")
    git(repo, "add", "-N", "later.txt")
    assert content(repo) == set()
    assert staged(str(repo)).skipped == []


def test_a_submodule_is_named(repo: Path, git: Git) -> None:
    git(repo, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},mod")
    found = staged(str(repo))
    assert found.entries == []
    assert [(skip.path, skip.incomplete) for skip in found.skipped] == [("mod", False)]


def test_a_conflict_is_read_from_every_side(repo: Path, git: Git) -> None:
    git(repo, "checkout", "-qb", "other")
    (repo / "a.txt").write_text("theirs\n")
    (repo / "clean.txt").write_text("clean\n")
    git(repo, "add", ".")
    git(repo, "commit", "-qam", "other")
    git(repo, "checkout", "-q", "main")
    (repo / "a.txt").write_text("ours\n")
    git(repo, "commit", "-qam", "main")
    git(repo, "merge", "other", code=1)
    sides = {("a.txt", b"a\n"), ("a.txt", b"ours\n"), ("a.txt", b"theirs\n")}
    assert content(repo) == sides | {("clean.txt", b"clean\n")}
    assert content(repo, str(repo / "sub")) == set()
    (repo / "a.txt").write_text("resolved\n")
    git(repo, "add", "a.txt")
    assert content(repo) == {("a.txt", b"resolved\n"), ("clean.txt", b"clean\n")}


def test_a_linked_worktree_has_an_index_of_its_own(repo: Path, git: Git, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    git(repo, "worktree", "add", "-q", "-b", "w", str(linked))
    (linked / "w.txt").write_text("w\n")
    git(linked, "add", ".")
    assert content(linked) == {("w.txt", b"w\n")}
    assert content(repo) == set()


@pytest.mark.parametrize("how", [("-am", "x"), ("-m", "x", "--", "a.txt"), ("-m", "x")])
def test_inside_of_a_real_commit_hook(repo: Path, git: Git, tmp_path: Path, how: tuple[str, ...]) -> None:
    """git commit -a and git commit PATH name another index in GIT_INDEX_FILE."""
    import sys

    linked = tmp_path / "linked"
    git(repo, "worktree", "add", "-q", "-b", "w", str(linked))
    out = tmp_path / "out"
    hook = repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    code = (
        "import sys; from allo_keyscan.sources.index import staged;"
        "open(sys.argv[1], 'w').write(' '.join(entry.path for entry in staged('.').entries))"
    )
    package = Path(__file__).parents[2]
    hook.write_text(f"#!/bin/sh\nPYTHONPATH='{package}' exec '{sys.executable}' -c \"{code}\" '{out}'\n")
    hook.chmod(0o755)
    for tree in (repo, linked):
        out.unlink(missing_ok=True)
        (tree / "a.txt").write_text(f"changed in {tree.name}\n")
        (tree / "sub" / "b.txt").write_text("staged\n")
        git(tree, "add", "sub/b.txt")
        wanted = {"sub/b.txt"}
        if how[0] == "-am":
            wanted = {"a.txt", "sub/b.txt"}
        elif "--" in how:
            wanted = {"a.txt"}
        git(tree / "sub" if "--" not in how else tree, "commit", "-q", *how)
        assert set(out.read_text().split()) == wanted


def test_another_index_of_the_environment(repo: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "new.txt").write_text("new\n")
    git(repo, "add", "new.txt")
    git(repo, "read-tree", "HEAD", GIT_INDEX_FILE=".git/other")
    git(
        repo,
        "update-index",
        "--add",
        "--cacheinfo",
        f"100644,{git(repo, 'rev-parse', 'HEAD:a.txt')},x",
        GIT_INDEX_FILE=".git/other",
    )
    monkeypatch.chdir(repo)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/other")
    assert content(repo) == {("x", b"a\n")}
    monkeypatch.chdir(repo.parent)
    assert {path for path, _ in content(repo)} == {"new.txt"}


def test_what_cannot_be_asked(repo: Path, tmp_path: Path, git: Git) -> None:
    with pytest.raises(GitError, match="not a git repository"):
        staged(str(tmp_path))
    with pytest.raises(KeyscanError, match="outside of the repository"):
        staged(str(repo), [str(tmp_path)])
    (repo / ".git" / "refs" / "heads" / "main").write_text("1" * 40 + "\n")
    with pytest.raises(GitError, match="HEAD"):
        staged(str(repo))
