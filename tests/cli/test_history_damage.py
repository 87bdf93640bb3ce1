"""Repositories that lack something: it is said in words, what can be read is read, and no answer is clean."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.conftest import Keyscan, Run
from hooks.repositories import Repository
from samples import key

Damage = Callable[[Repository], str]
"""Does it, and gives a part of what must be said of it."""


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """Three commits without a key, each of a file in a folder of its own, and a branch that leads to the second."""
    made = Repository.of(tmp_path, *((f"folder{number}/file.txt", f"{number} nothing\n" * 9) for number in range(3)))
    made.git("branch", "older", "HEAD~1")
    return made


def scan(keyscan: Keyscan, folder: Path, *more: str, **environment: str) -> Run:
    return keyscan("scan", *(more or ("--history",)), "--format", "json", cwd=folder, **environment)


def reasons(run: Run) -> list[str]:
    return [f"{skip['path']}: {skip['reason']}" for skip in run.json["skipped"]]


def loose(repo: Repository, name: str) -> Path:
    oid = repo.git("rev-parse", name)
    path = repo.root / ".git" / "objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    return path


def lose(name: str) -> Damage:
    def do(repo: Repository) -> str:
        oid = repo.git("rev-parse", name)
        loose(repo, name).unlink()
        return oid

    return do


def lose_what_only_the_index_names(repo: Repository) -> str:
    repo.stage("staged.txt", "staged\n")
    return lose(":staged.txt")(repo)


def lose_what_only_a_log_names(repo: Repository) -> str:
    repo.stage("reset.txt", "reset\n")
    repo.commit_unchecked()
    repo.git("reset", "-q", "--hard", "HEAD^")
    lose("HEAD@{1}")(repo)
    return ".git/logs/HEAD: names commits that are not here"


def lose_what_another_worktree_has_staged(repo: Repository) -> str:
    other = repo.worktree("other")
    other.stage("staged.txt", "staged there\n")
    oid = other.git("rev-parse", ":staged.txt")
    (repo.root / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    return oid


def lose_where_another_worktree_stands(repo: Repository) -> str:
    other = repo.worktree("other")
    other.git("checkout", "-q", "--detach")
    other.stage("there.txt", "there\n")
    other.commit_unchecked()
    oid = other.git("rev-parse", "HEAD:there.txt")
    repo.git("update-ref", "-d", "refs/heads/other")
    shutil.rmtree(repo.root / ".git" / "worktrees" / "other" / "logs")
    (repo.root / ".git" / "worktrees" / "other" / "index").unlink()
    (repo.root / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    return oid


def lose_a_pack(repo: Repository) -> str:
    repo.git("gc", "-q")
    for path in (repo.root / ".git" / "objects" / "pack").iterdir():
        path.unlink()
    return "missing object" if repo.head is None else repo.head


def spoil_a_loose_object(repo: Repository) -> str:
    path = loose(repo, "HEAD:folder1/file.txt")
    path.write_bytes(path.read_bytes()[:9] + b"\0" * 9)
    return "folder1/file.txt: a damaged object"


def empty_a_loose_object(repo: Repository) -> str:
    path = loose(repo, "HEAD:folder1")
    path.write_bytes(b"")
    return f"{path.parent.name}{path.name}"


def pack_of(repo: Repository, suffix: str) -> Path:
    repo.git("-c", "core.compression=0", "gc", "-q")
    (path,) = (repo.root / ".git" / "objects" / "pack").glob(f"*{suffix}")
    path.chmod(0o644)
    return path


def spoil_a_pack(repo: Repository) -> str:
    path = pack_of(repo, ".pack")
    data = path.read_bytes()
    at = data.index(b"2 nothing\n2 nothing\n")
    path.write_bytes(data[:at] + b"X" * 20 + data[at + 20 :])
    return "folder2/file.txt: a damaged object"


def cut_a_pack(repo: Repository) -> str:
    path = pack_of(repo, ".pack")
    repo.stage("later.txt", "later\n")
    repo.commit_unchecked()
    path.write_bytes(path.read_bytes()[:-30])
    return "packfile"


def lose_a_packs_table(repo: Repository) -> str:
    pack_of(repo, ".idx").unlink()
    return "here"


def cut_the_index(repo: Repository) -> str:
    path = repo.root / ".git" / "index"
    path.write_bytes(path.read_bytes()[:-40])
    return ".git/index: damaged"


def cut_the_index_in_two(repo: Repository) -> str:
    path = repo.root / ".git" / "index"
    path.write_bytes(path.read_bytes()[:150])
    return ".git/index: damaged"


def overwrite_the_index(repo: Repository) -> str:
    (repo.root / ".git" / "index").write_bytes(b"DIRC damaged")
    return ".git/index: not read"


def cut_the_index_of_another_worktree(repo: Repository) -> str:
    repo.worktree("other")
    path = repo.root / ".git" / "worktrees" / "other" / "index"
    path.write_bytes(path.read_bytes()[:-100])
    return ".git/worktrees/other/index: "


def lose_an_alternate(repo: Repository) -> str:
    repo.write(".git/objects/info/alternates", f"{repo.root.parent}/gone/.git/objects\n")
    return "gone/.git/objects"


def point_a_ref_at_nothing(repo: Repository) -> str:
    repo.write(".git/refs/heads/lost", "1" * 40 + "\n")
    return f"missing object {'1' * 40}"


def spoil_a_ref(repo: Repository) -> str:
    repo.write(".git/refs/heads/lost", "no id\n")
    return "refs/heads/lost"


def lose_a_commit_that_only_a_tag_names(repo: Repository) -> str:
    oid = repo.git("commit-tree", "-m", "tagged", "HEAD^{tree}")
    repo.git("tag", "-a", "-m", "a commit", "tagged", oid)
    return lose("tagged^{}")(repo)


def lose_a_file_that_only_a_tag_names(repo: Repository) -> str:
    repo.write("tagged.txt", "tagged\n")
    repo.git("tag", "-a", "-m", "a file", "tagged", repo.git("hash-object", "-w", "tagged.txt"))
    return lose("tagged^{}")(repo)


DAMAGES: list[Damage] = [
    lose("HEAD:folder1/file.txt"),
    lose("HEAD:folder1"),
    lose("HEAD~1^{tree}"),
    lose("HEAD~2"),
    lose_what_only_the_index_names,
    lose_what_only_a_log_names,
    lose_what_another_worktree_has_staged,
    lose_where_another_worktree_stands,
    spoil_a_loose_object,
    empty_a_loose_object,
    spoil_a_pack,
    cut_a_pack,
    cut_the_index,
    cut_the_index_in_two,
    overwrite_the_index,
    cut_the_index_of_another_worktree,
    lose_an_alternate,
    point_a_ref_at_nothing,
    spoil_a_ref,
    lose_a_commit_that_only_a_tag_names,
    lose_a_file_that_only_a_tag_names,
]
NAMES = ["a lost file", "a lost folder", "a lost tree", "a lost commit", *(one.__name__ for one in DAMAGES[4:])]


@pytest.mark.parametrize("damage", DAMAGES, ids=NAMES)
def test_damage_is_no_clean_answer_and_hides_nothing_else(repo: Repository, keyscan: Keyscan, damage: Damage) -> None:
    said = damage(repo)
    run = keyscan("audit", "--format", "json", cwd=repo.root)
    (one,) = run.json["repositories"]
    assert (run.code, one["keys"], one["complete"]) == (3, [], False)
    assert any(said in f"{skip['path']}: {skip['reason']}" for skip in one["skipped"]), one["skipped"]
    repo.write("dangling", key())
    oid = repo.git("hash-object", "-w", "dangling").rpartition("\n")[2]
    (repo.root / "dangling").unlink()
    run = scan(keyscan, repo.root)
    assert (run.code, [one["path"] for one in run.json["findings"]]) == (1, [f".git/objects/{oid}"])
    assert not run.json["complete"]


def test_a_whole_repository_is_a_clean_answer(repo: Repository, keyscan: Keyscan) -> None:
    repo.worktree("other").stage("staged.txt", "staged there\n")
    repo.stage("staged.txt", "staged\n")
    repo.git("stash", "-q")
    repo.git("commit", "-q", "--amend", "-m", "amended")
    for arguments in ((), ("gc", "-q"), ("config", "index.version", "4"), ("update-index", "--split-index")):
        if arguments:
            repo.git(*arguments)
        run = scan(keyscan, repo.root)
        assert (run.code, reasons(run)) == (0, []), arguments


def test_what_only_garbage_names_is_not_missed(repo: Repository, keyscan: Keyscan) -> None:
    """`git prune` may take away an old object that a newer one names which nothing leads to either."""
    repo.stage("garbage.txt", "garbage\n")
    repo.git("write-tree")
    lose(":garbage.txt")(repo)
    repo.git("reset", "-q")
    (repo.root / "garbage.txt").unlink()
    assert scan(keyscan, repo.root).code == 0


@pytest.mark.parametrize("damage", [lose_a_pack, lose_a_packs_table])
def test_a_repository_that_lost_everything(repo: Repository, keyscan: Keyscan, damage: Damage) -> None:
    damage(repo)
    assert scan(keyscan, repo.root).code in (2, 3)
    assert keyscan("audit", cwd=repo.root).code in (2, 3)


def an_empty_repository(repo: Repository) -> None:
    shutil.rmtree(repo.root / ".git")
    repo.git("init", "-q")


def an_empty_bare_repository(repo: Repository) -> None:
    shutil.rmtree(repo.root / ".git")
    repo.git("init", "-q", "--bare", ".")


def staged_before_the_first_commit(repo: Repository) -> None:
    an_empty_repository(repo)
    repo.git("add", ".")


def a_worktree_whose_folder_and_branch_are_gone(repo: Repository) -> None:
    other = repo.worktree("other")
    other.stage("there.txt", "there\n")
    shutil.rmtree(other.root)
    repo.git("update-ref", "-d", "refs/heads/other")


def a_conflict(repo: Repository) -> None:
    repo.branch_with("side", "conflict.txt", "theirs\n")
    repo.stage("conflict.txt", "ours\n")
    repo.commit_unchecked()
    repo.git("merge", "-q", "side", code=1)


def a_file_that_is_only_meant_to_be_added(repo: Repository) -> None:
    repo.write("later.txt", "later\n")
    repo.git("add", "-N", "later.txt")
    repo.write("nothing", "")


def another_repositorys_commit(repo: Repository) -> None:
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")


def without_a_checksum_in_the_index(repo: Repository) -> None:
    path = repo.root / ".git" / "index"
    path.write_bytes(path.read_bytes()[:-20] + bytes(20))  # as index.skipHash of later gits has it


@pytest.mark.parametrize(
    "state",
    [
        an_empty_repository,
        an_empty_bare_repository,
        staged_before_the_first_commit,
        a_worktree_whose_folder_and_branch_are_gone,
        a_conflict,
        a_file_that_is_only_meant_to_be_added,
        another_repositorys_commit,
        without_a_checksum_in_the_index,
    ],
)
def test_what_is_unusual_is_not_damaged(
    repo: Repository, keyscan: Keyscan, state: Callable[[Repository], None]
) -> None:
    state(repo)
    run = scan(keyscan, repo.root)
    assert (run.code, run.json["complete"]) == (0, True), reasons(run)
