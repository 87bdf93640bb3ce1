"""Real `git commit` with plain hooks: what is staged decides, whatever git is set to hide."""

from __future__ import annotations

from pathlib import Path

import pytest
from hooks.repositories import Repository, assert_committed, assert_refused
from samples import body, key


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """One commit of `a.txt`; the hook scans what is staged."""
    made = Repository.make(tmp_path)
    made.hook("pre-commit", "scan", "--staged")
    made.stage("a.txt", "a\n")
    made.commit_unchecked()
    return made


def test_a_commit_with_a_key_is_refused_and_one_without_it_is_not(repo: Repository) -> None:
    before = repo.head
    repo.stage("src/app.py", f'\nkey = "{key()}"\n')
    done = repo.commit()
    assert_refused(repo, before, done, ["src/app.py:2:8"])
    assert body()[:12] not in done.said
    assert repo.git("diff", "--cached", "--name-only") == "src/app.py"
    repo.stage("src/app.py", "\nkey = None\n")
    assert_committed(repo, before, repo.commit())


def test_the_first_commit(tmp_path: Path) -> None:
    repo = Repository.make(tmp_path)
    repo.hook("pre-commit", "scan", "--staged")
    repo.stage("a", key())
    assert_refused(repo, None, repo.commit(), ["a:1:1"])
    repo.stage("a", "none\n")
    assert_committed(repo, None, repo.commit())


def test_amend(repo: Repository) -> None:
    before = repo.head
    repo.stage("b", f"\n\n{key()}")
    assert_refused(repo, before, repo.commit("--amend", "--no-edit"), ["b:3:1"])
    repo.stage("b", "none")
    assert_committed(repo, before, repo.commit("--amend", "--no-edit"))
    assert repo.git("rev-list", "--count", "HEAD") == "1"


def test_a_rename_is_looked_at_under_its_new_name(repo: Repository) -> None:
    repo.stage("old", key())
    repo.commit_unchecked()
    before = repo.head
    repo.git("mv", "old", "new")
    assert_refused(repo, before, repo.commit(), ["new:1:1"])


def test_a_rename_with_an_edit(repo: Repository) -> None:
    repo.stage("old", "line\n" * 50)
    repo.commit_unchecked()
    before = repo.head
    repo.git("mv", "old", "new")
    repo.stage("new", "line\n" * 50 + key())
    assert_refused(repo, before, repo.commit(), ["new:51:1"])


def test_deleting_the_file_of_a_key_is_let_through(repo: Repository) -> None:
    repo.stage("b", key())
    repo.commit_unchecked()
    before = repo.head
    repo.git("rm", "-q", "b")
    assert_committed(repo, before, repo.commit())


def test_a_merge_with_a_conflict(repo: Repository) -> None:
    repo.branch_with("other", "a.txt", "other\n")
    repo.stage("a.txt", "mine\n")
    repo.commit_unchecked()
    before = repo.head
    repo.git("merge", "-q", "other", code=1)
    repo.stage("a.txt", f"mine\nother\n{key()}\n")
    assert_refused(repo, before, repo.commit("--no-edit"), ["a.txt:3:1"])
    repo.stage("a.txt", "mine\nother\n")
    assert_committed(repo, before, repo.commit("--no-edit"))
    assert len(repo.git("rev-parse", "HEAD^@").split()) == 2


def test_a_key_that_a_conflicted_merge_brings_in_another_file(repo: Repository) -> None:
    repo.git("checkout", "-q", "-b", "other")
    repo.stage("leak", key())
    repo.stage("a.txt", "other\n")
    repo.commit_unchecked()
    repo.git("checkout", "-q", "main")
    repo.stage("a.txt", "mine\n")
    repo.commit_unchecked()
    before = repo.head
    repo.git("merge", "-q", "other", code=1)
    repo.stage("a.txt", "both\n")
    assert_refused(repo, before, repo.commit("--no-edit"), ["leak:1:1"])


def test_a_merge_without_a_conflict_is_the_other_hooks_work(repo: Repository) -> None:
    repo.hook("pre-merge-commit", "scan", "--staged")
    repo.branch_with("other", "leak", key())
    repo.stage("b", "mine\n")
    repo.commit_unchecked()
    before = repo.head
    assert_refused(repo, before, repo.run("git", "merge", "--no-edit", "other"), ["leak:1:1"])


def test_a_linked_worktree_has_an_index_of_its_own(repo: Repository) -> None:
    other = repo.worktree("linked")
    other.stage("there", key(1))
    repo.stage("here", key(2))
    before = repo.head
    assert_refused(other, before, other.commit(), ["there:1:1"])
    assert_refused(repo, before, repo.commit(), ["here:1:1"])


def test_from_a_folder_below_the_root(repo: Repository) -> None:
    repo.write("sub/clean", "clean")
    repo.stage("leak", key())
    before = repo.head
    below = Repository(repo.root / "sub", repo.env)
    assert_refused(below, before, below.commit(), ["leak:1:1"])


def test_files_named_like_options_switch_nothing_off(repo: Repository) -> None:
    for name in ("--exit-zero", "-h", "--help", "-"):
        repo.stage(name, "clean")
    repo.stage("leak", key())
    before = repo.head
    assert_refused(repo, before, repo.commit(), ["leak:1:1"])
    repo.stage("-h", key())
    assert_refused(repo, before, repo.commit(), ["leak:1:1", "-h:1:1"])


def test_nobodys_name_is_needed(repo: Repository) -> None:
    repo.stage("leak", key())
    nobody = {name: value for name, value in repo.env.items() if not name.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))}
    repo.git("config", "user.useConfigOnly", "true")
    alone = Repository(repo.root, nobody)
    assert "Please tell me who you are" in alone.commit().said
    done = alone.run("sh", ".git/hooks/pre-commit")
    assert_refused(repo, repo.head, done, ["leak:1:1"])


@pytest.mark.parametrize("attribute", ["-diff", "binary", "-text -diff -merge", "export-ignore linguist-generated"])
def test_attributes_hide_nothing(repo: Repository, attribute: str) -> None:
    repo.stage(".gitattributes", f"* {attribute}\n")
    repo.stage("a.txt", f"a\n{key()}\n")
    assert_refused(repo, repo.head, repo.commit(), ["a.txt:2:1"])


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (f"é\n{key()}\n".encode("utf-16"), "a.txt:2:1"),
        (f"é\n{key()}\n".encode("utf-16-be"), "a.txt:2:1"),
        (b"\0\0\1\n\0" + key().encode() + b"\0\0", "a.txt:2:2"),
    ],
    ids=["utf-16 with a mark", "utf-16 without", "nul"],
)
def test_bytes_that_git_calls_binary(repo: Repository, content: bytes, place: str) -> None:
    repo.stage("a.txt", content)
    assert_refused(repo, repo.head, repo.commit(), [place])


def test_settings_that_change_what_git_prints(repo: Repository) -> None:
    mark = repo.root / "ran"
    repo.git("config", "diff.hide.textconv", f"touch '{mark}'; echo nothing")
    repo.git("config", "diff.external", f"touch '{mark}'")
    repo.git("config", "color.ui", "always")
    repo.git("config", "core.quotePath", "true")
    repo.git("config", "diff.noprefix", "true")
    repo.git("config", "status.relativePaths", "true")
    repo.stage(".gitattributes", "* diff=hide\n")
    repo.stage("é b.txt", f" {key()}\n")
    assert_refused(repo, repo.head, repo.commit(), ["é b.txt:1:2"])
    assert not mark.exists()


def test_a_file_that_becomes_a_link_and_a_link_that_becomes_a_file(repo: Repository) -> None:
    before = repo.head
    (repo.root / "a.txt").unlink()
    (repo.root / "a.txt").symlink_to(f"x/{key()}")
    repo.git("add", "a.txt")
    assert_refused(repo, before, repo.commit(), ["a.txt:1:3"])
    (repo.root / "a.txt").unlink()
    (repo.root / "a.txt").symlink_to("nowhere")
    repo.git("add", "a.txt")
    assert_committed(repo, before, repo.commit())
    before = repo.head
    (repo.root / "a.txt").unlink()
    repo.stage("a.txt", f"\n{key()}")
    assert_refused(repo, before, repo.commit(), ["a.txt:2:1"])


def test_commit_all(repo: Repository) -> None:
    repo.write("a.txt", key())
    assert_refused(repo, repo.head, repo.commit("-a", "-m", "all"), ["a.txt:1:1"])


def test_commit_of_one_path_looks_at_what_that_commit_holds(repo: Repository) -> None:
    before = repo.head
    repo.stage("leak", key())
    repo.write("a.txt", "changed\n")
    assert_refused(repo, before, repo.commit("-m", "one", "leak"), ["leak:1:1"])
    assert_committed(repo, before, repo.commit("-m", "one", "a.txt"))
    assert repo.git("ls-tree", "--name-only", "HEAD") == "a.txt"
    assert repo.git("diff", "--cached", "--name-only") == "leak"


def test_a_fix_that_is_not_staged_hides_nothing(repo: Repository) -> None:
    repo.stage("a.txt", f"a\n{key()}\n")
    repo.write("a.txt", "fixed\n")
    assert_refused(repo, repo.head, repo.commit(), ["a.txt:2:1"])
    (repo.root / "a.txt").unlink()
    assert_refused(repo, repo.head, repo.commit(), ["a.txt:2:1"])


def test_a_key_that_is_not_staged_stops_nothing(repo: Repository) -> None:
    before = repo.head
    repo.stage("b", "clean\n")
    repo.write("b", key())
    repo.write("c", key())
    assert_committed(repo, before, repo.commit())


class TestMessage:
    @pytest.fixture(autouse=True)
    def hook(self, repo: Repository) -> None:
        repo.hook("commit-msg", "scan", "--commit-message", '"$@"')

    def test_a_key_in_it(self, repo: Repository) -> None:
        before = repo.head
        repo.stage("b", "clean")
        done = repo.commit("-m", f"subject\n\nwith {key()}")
        assert_refused(repo, before, done, [".git/COMMIT_EDITMSG:3:6"])
        assert_committed(repo, before, repo.commit("-m", "subject"))

    def test_the_diff_below_the_scissors_is_not_the_message(self, repo: Repository) -> None:
        repo.stage("b", key())
        repo.commit_unchecked()
        before = repo.head
        repo.stage("b", "clean")
        editor = repo.root.with_name("editor")
        editor.write_text('#!/bin/sh\nsed -i "1s/^/subject/" "$1"\ncp "$1" "$0.saw"\n')
        editor.chmod(0o755)
        assert_committed(repo, before, repo.commit("-v", GIT_EDITOR=str(editor)))
        assert key() in editor.with_name("editor.saw").read_text()

    def test_in_a_linked_worktree(self, repo: Repository) -> None:
        other = repo.worktree("linked")
        other.stage("b", "clean")
        done = other.commit("-m", key())
        git_dir = repo.root / ".git" / "worktrees" / "linked"
        assert_refused(other, repo.head, done, [f"{git_dir}/COMMIT_EDITMSG:1:1"])
