"""What is kept of a history between runs: only new objects are read, and nobody can tell from the answers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.conftest import Keyscan, Run
from hiding import Hidden, masked
from hooks.repositories import Repository
from samples import EXAMPLE, PREFIX, body, key

from allo_keyscan.cache import FOLDER_VARIABLE
from allo_keyscan.catalog import rules_dir
from allo_keyscan.scan.blob import Scanner
from allo_keyscan.scan.history.kept import Kept, folder_cache
from allo_keyscan.scan.reading import Reader
from allo_keyscan.sources.history.home import home
from allo_keyscan.sources.history.objects import list_objects

ASSEMBLED = f'KEY = "{PREFIX[:4]}" + "{PREFIX[4:]}{body(7)}"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of its own."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """Three commits: of a key, of a placeholder, of neither."""
    return Repository.of(tmp_path, ("leak.env", f"{key()}\n"), ("example.md", f"{EXAMPLE}\n"), ("clean.txt", "clean\n"))


def scan(keyscan: Keyscan, where: Path, *more: str) -> Run:
    return keyscan("scan", "--history", "--format", "json", *more, cwd=where)


def to_read(repo: Repository, folder: Path, rules: str | None = None, manner: str | None = None) -> set[str]:
    """The ids of the objects that a run would read now."""
    here, rules = home(str(repo.root)), rules or rules_dir()
    manner = manner or Reader(Scanner(rules)).manner()
    objects, _ = Kept(folder_cache(str(folder)), here, rules, manner).sort_out(list_objects(here)[0])
    return set(objects.ids.decode().split())


def every(repo: Repository) -> set[str]:
    return set(repo.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)").split())


def of(repo: Repository, *names: str) -> set[str]:
    return {repo.git("rev-parse", name) for name in names}


def test_a_second_run_reads_what_is_new_and_what_has_something_to_tell(
    repo: Repository, keyscan: Keyscan, folder: Path
) -> None:
    assert to_read(repo, folder) == every(repo)
    scan(keyscan, repo.root)
    told = of(repo, "HEAD:leak.env", "HEAD:example.md")
    assert to_read(repo, folder) == told
    repo.stage("new.txt", "new\n")
    repo.commit_unchecked("new")
    assert to_read(repo, folder) == told | of(repo, "HEAD", "HEAD^{tree}", "HEAD:new.txt")


def test_answers_are_the_same_with_and_without(tmp_path: Path, keyscan: Keyscan, folder: Path) -> None:
    hidden = Hidden(tmp_path / "hidden")
    for step in range(2):
        plain = scan(keyscan, hidden.repo.root, "--no-cache")
        assert not folder.exists() or step
        for _ in range(2):
            run = scan(keyscan, hidden.repo.root)
            assert (run.code, run.json) == (plain.code, plain.json)
        hidden.commit(f"more{step}.env", key(step))


def test_a_name_that_makes_a_clean_text_a_key(repo: Repository, keyscan: Keyscan, folder: Path) -> None:
    repo.stage("notes.txt", ASSEMBLED)
    repo.commit_unchecked()
    assert masked(key(7)) not in [one["masked"] for one in told(scan(keyscan, repo.root), "notes.txt")]
    repo.stage("code.py", ASSEMBLED)
    repo.commit_unchecked()
    (one,) = told(scan(keyscan, repo.root), "code.py")
    assert one["masked"] == masked(key(7))


def told(run: Run, path: str) -> list[dict[str, str]]:
    return [one for one in run.json["findings"] if one["path"] == path]


def test_other_rules_another_manner_or_another_repository_know_nothing_of_it(
    repo: Repository, keyscan: Keyscan, folder: Path, tmp_path: Path
) -> None:
    scan(keyscan, repo.root)
    rules = shutil.copytree(rules_dir(), tmp_path / "rules")
    same = len(to_read(repo, folder))
    with open(rules / "keys.toml", "a", encoding="utf-8") as file:
        file.write("# another\n")
    assert same < len(every(repo))
    assert to_read(repo, folder, rules=str(rules)) == every(repo)
    manner = Reader(Scanner(rules_dir()), archives=False).manner()
    assert to_read(repo, folder, manner=manner) == every(repo)
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "other"))
    other = Repository(tmp_path / "other", repo.env)
    assert to_read(other, folder) == every(other)


def _flipped(data: bytes) -> bytes:
    return data[:40] + bytes((data[40] ^ 1,)) + data[41:]


@pytest.mark.parametrize("damage", [_flipped, lambda data: data[:-9], lambda _: b""])
def test_a_damaged_file_is_thrown_away(
    repo: Repository, keyscan: Keyscan, folder: Path, damage: Callable[[bytes], bytes]
) -> None:
    plain = scan(keyscan, repo.root).json
    (kept,) = folder.rglob("clean-*")
    kept.write_bytes(damage(kept.read_bytes()))
    assert to_read(repo, folder) == every(repo)
    assert not kept.exists()
    assert scan(keyscan, repo.root).json == plain
    assert len(to_read(repo, folder)) == 2


def test_it_is_its_users_alone(repo: Repository, keyscan: Keyscan, folder: Path) -> None:
    scan(keyscan, repo.root)
    (kept,) = folder.rglob("clean-*")
    assert kept.stat().st_mode & 0o077 == 0
    assert kept.parent.stat().st_mode & 0o077 == 0
    kept.parent.chmod(0o777)
    assert to_read(repo, folder) == every(repo)


def test_objects_that_are_gone_are_forgotten(repo: Repository, keyscan: Keyscan, folder: Path) -> None:
    scan(keyscan, repo.root)
    (kept,) = folder.rglob("clean-*")
    size = kept.stat().st_size
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.git("reflog", "expire", "--expire=now", "--all")
    repo.git("gc", "-q", "--prune=now")
    plain = scan(keyscan, repo.root, "--no-cache").json
    assert scan(keyscan, repo.root).json == plain
    assert kept.stat().st_size < size
