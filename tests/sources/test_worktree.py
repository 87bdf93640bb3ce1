"""Which files of a tree are listed: exact sets, from real repositories and real folders."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from allo_keyscan.errors import KeyscanError
from allo_keyscan.sources.git import GitError
from allo_keyscan.sources.ignore import Ignore
from allo_keyscan.sources.worktree import Listing, link_text, list_files

Git = Callable[..., str]
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def shown(listing: Listing) -> set[str]:
    """What a reader would open, each asserted to be there once; links that git does not tell apart are left out."""
    found = [name for path, name in listing.files() if os.path.isfile(path) and not os.path.islink(path)]
    assert len(found) == len(set(found))
    return set(found)


def put(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def skips(listing: Listing) -> set[tuple[str, str, bool]]:
    return {(skip.path, skip.reason, skip.incomplete) for skip in listing.skipped}


def test_in_a_repository_tracked_and_untracked_files_but_not_ignored_ones(repo: Path) -> None:
    put(repo, "new.txt", "build/x.o", "sub/new.txt", ".gitignore", "sub/.gitignore", "sub/y.tmp")
    (repo / ".gitignore").write_text("build/\n")
    (repo / "sub" / ".gitignore").write_text("*.tmp\n")
    listing = list_files([str(repo)])
    assert shown(listing) == {"a.txt", "sub/b.txt", "new.txt", "sub/new.txt", ".gitignore", "sub/.gitignore"}
    assert listing.skipped == []
    everything = list_files([str(repo)], gitignore=False)
    assert shown(everything) == shown(listing) | {"build/x.o", "sub/y.tmp"}


def test_tracked_files_count_though_ignored(repo: Path, git: Git) -> None:
    put(repo, "k.env")
    git(repo, "add", "k.env")
    (repo / ".gitignore").write_text("*.env\n")
    assert shown(list_files([str(repo)])) == {"a.txt", "sub/b.txt", "k.env", ".gitignore"}


def test_a_folder_of_a_repository_is_shown_from_the_repositorys_top(repo: Path) -> None:
    put(repo, "sub/deep/c.txt", "subway/d.txt")
    assert shown(list_files([str(repo / "sub")])) == {"sub/b.txt", "sub/deep/c.txt"}


def test_an_ignored_folder_named_by_the_user_is_read(repo: Path) -> None:
    put(repo, "build/x.o", "build/deep/y.o")
    (repo / ".gitignore").write_text("build/\n")
    assert shown(list_files([str(repo / "build")])) == {"build/x.o", "build/deep/y.o"}
    assert shown(list_files([str(repo / "build" / "deep")])) == {"build/deep/y.o"}


def test_a_deleted_file_is_no_file(repo: Path) -> None:
    (repo / "a.txt").unlink()
    listing = list_files([str(repo)])
    assert shown(listing) == {"sub/b.txt"}
    assert listing.skipped == []


def test_a_link_in_place_of_a_tracked_folder_is_not_followed(repo: Path, tmp_path: Path) -> None:
    put(tmp_path, "outside/b.txt")
    (repo / "sub" / "b.txt").unlink()
    (repo / "sub").rmdir()
    (repo / "sub").symlink_to(tmp_path / "outside")
    assert {name for _, name in list_files([str(repo)]).files()} == {"a.txt", "sub"}


def test_each_file_of_a_conflicted_merge_once(repo: Path, git: Git) -> None:
    git(repo, "checkout", "-qb", "other")
    (repo / "a.txt").write_text("other\n")
    git(repo, "commit", "-qam", "other")
    git(repo, "checkout", "-q", "main")
    (repo / "a.txt").write_text("main\n")
    git(repo, "commit", "-qam", "main")
    git(repo, "merge", "other", code=1)
    assert shown(list_files([str(repo)])) == {"a.txt", "sub/b.txt"}


def test_a_submodule_and_a_nested_repository_are_entered(repo: Path, git: Git, tmp_path: Path) -> None:
    lib = tmp_path / "lib"
    lib.mkdir()
    git(lib, "init", "-q")
    put(lib, "lib.txt", ".gitignore")
    (lib / ".gitignore").write_text("*.o\n")
    git(lib, "add", ".")
    git(lib, "commit", "-qm", "lib")
    git(repo, "submodule", "add", "-q", str(lib), "mod")
    git(repo, "commit", "-qm", "mod")
    git(repo, "clone", "-q", str(lib), "nest/ed")
    put(repo, "mod/new.txt", "mod/x.o", "nest/ed/new.txt", "nest/ed/x.o")
    here = {"a.txt", "sub/b.txt", ".gitmodules"}
    inner = {f"{place}/{name}" for place in ("mod", "nest/ed") for name in ("lib.txt", "new.txt", ".gitignore")}
    listing = list_files([str(repo)])
    assert shown(listing) == here | inner
    assert listing.skipped == []
    assert shown(list_files([str(repo / "nest")])) == {"nest/ed/lib.txt", "nest/ed/new.txt", "nest/ed/.gitignore"}
    ignore = Ignore(str(repo), ["mod"])
    assert shown(list_files([str(repo)], ignore=ignore)) == here | {name for name in inner if name[:3] != "mod"}
    bare = list_files([str(repo)], gitignore=False)
    assert shown(bare) == here | inner | {"mod/x.o", "nest/ed/x.o"}


def test_a_submodule_that_is_not_checked_out_is_told(repo: Path, git: Git, tmp_path: Path) -> None:
    git(repo, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},mod")
    (repo / "mod").mkdir()
    listing = list_files([str(repo)])
    assert shown(listing) == {"a.txt", "sub/b.txt"}
    assert skips(listing) == {("mod", "submodule is not checked out", False)}
    assert skips(list_files([str(repo / "mod")])) == {("mod", "submodule is not checked out", False)}
    put(repo, "mod/loose.txt")
    assert shown(list_files([str(repo / "mod")])) == {"mod/loose.txt"}
    assert shown(list_files([str(repo)])) == {"a.txt", "sub/b.txt", "mod/loose.txt"}


def test_the_environment_of_a_hook_does_not_reach_a_nested_repository(
    repo: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(repo, "init", "-q", "nested")
    put(repo, "nested/n.txt")
    git(repo / "nested", "add", ".")
    git(repo / "nested", "commit", "-qm", "n")
    monkeypatch.chdir(repo)
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert shown(list_files(["."])) == {"a.txt", "sub/b.txt", "nested/n.txt"}
    assert shown(list_files(["sub"])) == {"sub/b.txt"}
    assert shown(list_files(["nested"])) == {"n.txt"}


def test_a_linked_worktree(repo: Path, git: Git, tmp_path: Path) -> None:
    git(repo, "worktree", "add", "-q", "-b", "w", str(tmp_path / "linked"))
    put(tmp_path, "linked/w.txt")
    assert shown(list_files([str(tmp_path / "linked")])) == {"a.txt", "sub/b.txt", "w.txt"}
    assert shown(list_files([str(tmp_path / "linked")], gitignore=False)) == {"a.txt", "sub/b.txt", "w.txt"}


def test_a_sparse_checkout(repo: Path, git: Git) -> None:
    git(repo, "sparse-checkout", "set", "--no-cone", "/a.txt")
    listing = list_files([str(repo)])
    assert not (repo / "sub" / "b.txt").exists()
    assert shown(listing) == {"a.txt"}
    assert listing.skipped == []


def test_links_are_text_and_are_not_followed(repo: Path, git: Git, tmp_path: Path) -> None:
    put(tmp_path, "outside.txt")
    (repo / "tracked").symlink_to("../outside.txt")
    git(repo, "add", "tracked")
    (repo / "loop").symlink_to(".")
    (repo / "in").symlink_to("a.txt")
    listing = list_files([str(repo)])
    assert shown(listing) == {"a.txt", "sub/b.txt"}
    assert listing.links == [("tracked", "../outside.txt")]
    assert {name for _, name in listing.files()} == {"a.txt", "sub/b.txt", "loop", "in"}
    assert link_text(str(repo / "in")) == "a.txt"
    assert link_text(str(repo / "a.txt")) is None
    plain = list_files([str(repo)], gitignore=False)
    assert shown(plain) == {"a.txt", "sub/b.txt"}
    assert set(plain.links) == {("tracked", "../outside.txt"), ("loop", "."), ("in", "a.txt")}


@pytest.mark.skipif(sys.platform != "linux", reason="other file systems refuse such names")
def test_names_that_are_not_utf_8_or_hold_line_ends(repo: Path, git: Git, tmp_path: Path) -> None:
    odd = [b"caf\xe9.txt", b"line\nend.txt", b"tab\there", b" 100644", b"\xff/\xfe"]
    for root in (repo, tmp_path / "plain"):
        for name in odd:
            path = os.path.join(os.fsencode(root), name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(b"x")
    names = {os.fsdecode(name) for name in odd}
    assert shown(list_files([str(repo)])) == names | {"a.txt", "sub/b.txt"}
    git(repo, "add", ".")
    assert shown(list_files([str(repo)])) == names | {"a.txt", "sub/b.txt"}
    assert shown(list_files([str(tmp_path / "plain")])) == names


def test_outside_of_git_each_gitignore_counts(tmp_path: Path) -> None:
    put(
        tmp_path,
        ".gitignore",
        "x.log",
        "keep.log",
        "build/x",
        "a/.gitignore",
        "a/y.log",
        "a/z.txt",
        "a/only/here",
        "b/only/here",
    )
    (tmp_path / ".gitignore").write_text("*.log\nbuild/\n!keep.log\n[broken\n")
    (tmp_path / "a" / ".gitignore").write_text("!y.log\n/only\n*.txt\n")
    kept = {".gitignore", "keep.log", "a/.gitignore", "a/y.log", "b/only/here"}
    assert shown(list_files([str(tmp_path)])) == kept
    everything = kept | {"x.log", "build/x", "a/z.txt", "a/only/here"}
    assert shown(list_files([str(tmp_path)], gitignore=False)) == everything


def test_outside_of_git_a_repository_is_read_as_one(repo: Path, git: Git) -> None:
    put(repo, ".gitignore", "x.o")
    (repo / ".gitignore").write_text("*.o\n")
    git(repo, "add", "-f", "x.o")
    put(repo.parent, "loose.txt", "fake/.git/x", "fake/y")
    assert shown(list_files([str(repo.parent)])) == {
        "loose.txt",
        "fake/y",
        "repo/a.txt",
        "repo/sub/b.txt",
        "repo/x.o",
        "repo/.gitignore",
    }


def test_git_s_own_files_are_read_only_when_named(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo)
    put(repo, ".git/COMMIT_EDITMSG", ".git/hooks/mine")
    assert shown(list_files([".git/COMMIT_EDITMSG"])) == {".git/COMMIT_EDITMSG"}
    assert ".git/hooks/mine" in shown(list_files([".git/hooks"]))


def test_a_named_file_is_read_though_ignored_unless_excludes_are_forced(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo)
    put(repo, "x.o", "sub/y.o")
    (repo / ".gitignore").write_text("*.o\n")
    ignore = Ignore(str(repo), ["*.o", "repo"])
    assert shown(list_files(["x.o", "./sub/y.o"], ignore=ignore)) == {"x.o", "sub/y.o"}
    assert shown(list_files(["x.o", "sub/y.o", "a.txt"], ignore=ignore, force_exclude=True)) == {"a.txt"}
    assert shown(list_files(["x.o"], force_exclude=True)) == {"x.o"}


def test_a_named_folder_is_read_though_excluded_unless_excludes_are_forced(repo: Path) -> None:
    put(repo, "sub/c.log", "sub/deep/sub/d.txt")
    for pattern in ("sub/", "sub", "/sub/", "/sub", "s?b"):
        ignore = Ignore(str(repo), [pattern, "*.log"])
        assert shown(list_files([str(repo)], ignore=ignore)) == {"a.txt"}
        found = shown(list_files([str(repo / "sub")], ignore=ignore))
        assert {"sub/b.txt"} <= found <= {"sub/b.txt", "sub/deep/sub/d.txt"}
        assert shown(list_files([str(repo / "sub")], ignore=ignore, force_exclude=True)) == set()


def test_excludes_never_match_folders_above_the_project(tmp_path: Path, git: Git) -> None:
    root = tmp_path / "build" / "project"
    put(root, "x.py", "build/y.py")
    for _ in range(2):
        ignore = Ignore(str(root), ["build", "project"])
        assert shown(list_files([str(root)], ignore=ignore)) == {"x.py"}
        assert shown(list_files([str(root / "x.py")], ignore=ignore, force_exclude=True)) <= {
            str(root / "x.py"),
            "x.py",
        }
        other = Ignore(str(tmp_path / "elsewhere"), ["build", "project"])
        assert shown(list_files([str(root)], ignore=other)) == {"x.py"}
        git(root, "init", "-q")


def test_the_ignore_files_of_the_project_and_of_the_scanned_folder(repo: Path) -> None:
    put(repo, "x.lock", "sub/y.lock", "sub/fixture/k.txt", "sub/other/fixture/k.txt")
    (repo / ".allo-keyscanignore").write_text("# generated\n*.lock\n")
    (repo / "sub" / ".allo-keyscanignore").write_text("/fixture/\n")
    ignore = Ignore(str(repo))
    own = {".allo-keyscanignore"}
    assert shown(list_files([str(repo / "sub")], ignore=ignore)) == {
        f"sub/{name}" for name in own | {"b.txt", "other/fixture/k.txt"}
    }
    whole = {"a.txt", "sub/b.txt", "sub/fixture/k.txt", "sub/other/fixture/k.txt", "sub/.allo-keyscanignore"}
    assert shown(list_files([str(repo)], ignore=ignore)) == own | whole
    assert shown(list_files([str(repo)], ignore=Ignore(str(repo), files=False))) == own | whole | {
        "x.lock",
        "sub/y.lock",
    }


def test_the_scanned_folder_s_ignore_file_counts_alone(repo: Path) -> None:
    (repo / "sub" / ".allo-keyscanignore").write_text("b.*\n")
    assert shown(list_files([str(repo / "sub")], ignore=Ignore(str(repo)))) == {"sub/.allo-keyscanignore"}
    assert shown(list_files([str(repo / "sub")], ignore=Ignore(str(repo.parent)))) == {"sub/.allo-keyscanignore"}


def test_a_file_in_place_of_a_folder_and_the_other_way_round(repo: Path, git: Git) -> None:
    git(repo, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},mod")
    put(repo, "mod", "a.txt2")
    (repo / "a.txt").unlink()
    put(repo, "a.txt/now/a/folder")
    listing = list_files([str(repo)])
    assert shown(listing) == {"mod", "a.txt2", "a.txt/now/a/folder", "sub/b.txt"}
    assert listing.skipped == []
    assert shown(list_files([str(repo / "a.txt")])) == {"a.txt/now/a/folder"}


def test_a_way_through_a_link_is_the_system_s(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "x.txt")
    (repo / "away").symlink_to(tmp_path / "repo" / "sub")
    monkeypatch.chdir(repo)
    assert [path for path, _ in list_files(["away/../a.txt"]).files()] == ["away/../a.txt"]
    assert shown(list_files(["away"])) == {"sub/b.txt"}


def test_arguments_that_overlap_are_read_once(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo)
    assert shown(list_files([".", "sub", "./a.txt", "a.txt"])) == {"a.txt", "sub/b.txt"}
    assert shown(list_files(["sub", "a.txt"])) == {"sub/b.txt", "a.txt"}
    (repo / "link").symlink_to("a.txt")
    both = list_files(["link", "a.txt"])
    assert {name for _, name in both.files()} == {"a.txt"}
    assert both.links == [("link", "a.txt")]
    assert list(list_files(["link"]).files()) == [(str(repo / "a.txt"), "link")]


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(KeyscanError, match=r"nowhere.*: no such file or directory"):
        list_files([str(tmp_path / "nowhere")])
    put(tmp_path, "file")
    with pytest.raises(KeyscanError, match="no such file or directory"):
        list_files([str(tmp_path / "file" / "x")])


def test_a_broken_link_and_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "nowhere").symlink_to("gone")
    (tmp_path / "circle").symlink_to("circle")
    named = list_files([str(tmp_path / "nowhere"), str(tmp_path / "circle")])
    assert [target for _, target in named.links] == ["gone", "circle"]
    assert len(named) == 0
    assert set(list_files([str(tmp_path)]).links) == {("nowhere", "gone"), ("circle", "circle")}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_what_is_no_regular_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind("socket")
        reason = "not a regular file"
        assert skips(list_files(["."])) == {("pipe", reason, False), ("socket", reason, False)}
        assert skips(list_files(["pipe"])) == {("pipe", reason, True)}


@pytest.mark.skipif(AS_ROOT or not hasattr(os, "geteuid"), reason="nothing is closed to root")
def test_a_closed_folder_is_told(repo: Path, tmp_path: Path) -> None:
    put(tmp_path, "plain/closed/x", "plain/y")
    put(repo, "shut/x")
    for folder in (tmp_path / "plain" / "closed", repo / "shut"):
        folder.chmod(0)
    try:
        plain = list_files([str(tmp_path / "plain")])
        inside = list_files([str(repo)])
    finally:
        for folder in (tmp_path / "plain" / "closed", repo / "shut"):
            folder.chmod(0o755)
    assert shown(plain) == {"y"}
    assert skips(plain) == {("closed", "Permission denied", True)}
    assert shown(inside) == {"a.txt", "sub/b.txt"}
    assert skips(inside) == {("shut", "Permission denied", True)}


def test_no_git_is_said_and_has_a_way_out(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repo))
    with pytest.raises(GitError, match=r"git is not on PATH: install git; files alone .*--no-gitignore"):
        list_files([str(repo)])
    assert shown(list_files([str(repo)], gitignore=False)) == {"a.txt", "sub/b.txt"}
    outside = list_files([str(repo.parent)])
    assert shown(outside) == set()
    assert [(skip.path, skip.incomplete) for skip in outside.skipped] == [("repo", True)]


def test_the_module_costs_next_to_nothing_to_import() -> None:
    code = (
        "import sys; import allo_keyscan.sources.worktree, allo_keyscan.sources.index;"
        "print([m for m in ('subprocess', 'pathlib', 'tempfile', 'pathspec', 'threading') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, cwd=Path(__file__).parents[2], check=True
    )
    assert done.stdout.strip() == b"[]"


def test_a_file_has_one_name_however_it_is_asked_for(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways = {
        ".": ["sub/b.txt", "./sub/b.txt", str(repo / "sub" / "b.txt"), "sub"],
        "sub": ["b.txt", "../sub/b.txt", "."],
    }
    for folder, arguments in ways.items():
        monkeypatch.chdir(repo / folder)
        for argument in arguments:
            assert shown(list_files([argument])) == {"sub/b.txt"}
