"""What is kept between runs: found again, never trusted when broken, never in the way, and bounded."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from allo_keyscan import cache as module
from allo_keyscan.cache import Cache, default_folder

ROOT = Path(__file__).parents[1]


def entries(folder: Path) -> list[Path]:
    return sorted((folder / "facts-1").iterdir())


def test_what_was_put_is_found_by_the_next_run(tmp_path: Path) -> None:
    Cache(str(tmp_path / "c"), "1").put("k", b"value")
    assert Cache(str(tmp_path / "c"), "1").get("k") == b"value"
    assert Cache(str(tmp_path / "c"), "1").get("other") is None
    assert Cache(str(tmp_path / "c"), "2").get("k") is None, "another version has entries of its own"


def test_the_folder_is_the_users_own_and_left_out_of_git_and_backups(tmp_path: Path) -> None:
    Cache(str(tmp_path / "c"), "1").put("k", b"value")
    assert (tmp_path / "c").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "c" / "facts-1").stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in entries(tmp_path / "c")] == [0o600]
    assert (tmp_path / "c" / ".gitignore").read_text().splitlines()[-1] == "*"
    assert (tmp_path / "c" / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "noise", "swap"])
def test_a_broken_entry_is_thrown_away(tmp_path: Path, damage: str) -> None:
    cache = Cache(str(tmp_path), "1")
    cache.put("a", b"value of a" * 50)
    cache.put("b", b"value of b" * 50)
    path = tmp_path / "facts-1" / "a"
    data = path.read_bytes()
    path.write_bytes(
        {
            "cut": data[:-3],
            "flip": data[:20] + bytes([data[20] ^ 1]) + data[21:],
            "empty": b"",
            "noise": os.urandom(300),
            "swap": (tmp_path / "facts-1" / "b").read_bytes(),
        }[damage]
    )
    assert Cache(str(tmp_path), "1").get("a") is None
    assert not path.exists()
    assert Cache(str(tmp_path), "1").get("b") == b"value of b" * 50


def test_a_folder_that_others_can_write_into_is_not_used(tmp_path: Path) -> None:
    Cache(str(tmp_path), "1").put("k", b"value")
    (tmp_path / "facts-1").chmod(0o777)
    assert Cache(str(tmp_path), "1").get("k") is None


def test_a_link_in_the_place_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "facts-1").symlink_to(tmp_path / "elsewhere")
    Cache(str(tmp_path / "c"), "1").put("k", b"value")
    assert [*(tmp_path / "elsewhere").iterdir()] == []


def test_a_folder_that_cannot_be_made_or_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    blocked = Cache(str(tmp_path / "file" / "c"), "1")
    blocked.put("k", b"value")
    assert blocked.get("k") is None
    blocked.tidy()
    full = Cache(str(tmp_path), "1")
    full.put("before", b"value")

    def no_space(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", no_space)
    full.put("k", b"value")
    assert [path.name for path in entries(tmp_path)] == ["before"], "nothing half-written stays"


def test_old_entries_go_when_there_is_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 40_000)
    cache = Cache(str(tmp_path), "1")
    for number in range(10):
        cache.put(f"k{number}", os.urandom(5_000))
        os.utime(tmp_path / "facts-1" / f"k{number}", (time.time() - 1000 + number,) * 2)
    cache.tidy()
    assert [path.name for path in entries(tmp_path)] == ["k5", "k6", "k7", "k8", "k9"]


def test_generations_that_nobody_used_for_long_go_and_other_folders_stay(tmp_path: Path) -> None:
    for name in ("facts-0", "facts-recent", "mine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_text("")
    for name in ("facts-0", "mine"):
        os.utime(tmp_path / name, (time.time() - 100 * 86_400,) * 2)
    cache = Cache(str(tmp_path), "1")
    cache.put("k", b"value")
    cache.tidy()
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"facts-1", "facts-recent", "mine"}


def test_what_is_used_counts_as_new(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path), "1")
    cache.put("k", b"value")
    path = tmp_path / "facts-1" / "k"
    os.utime(path, (time.time() - 100 * 86_400,) * 2)
    assert cache.get("k") == b"value"
    assert path.stat().st_mtime > time.time() - 60


def test_many_at_once_see_an_entry_whole_or_not_at_all(tmp_path: Path) -> None:
    values = [bytes([number]) * 200_000 for number in range(8)]

    def work(number: int) -> set[bytes | None]:
        cache = Cache(str(tmp_path), "1")
        seen: set[bytes | None] = set()
        for _ in range(30):
            cache.put("k", values[number])
            seen.add(cache.get("k"))
        return seen

    with ThreadPoolExecutor(8) as pool:
        seen = set().union(*pool.map(work, range(8)))
    assert seen <= {*values}


@pytest.mark.parametrize(
    ("env", "platform", "folder"),
    [
        ({"ALLO_KEYSCAN_CACHE_DIR": "/x/y", "XDG_CACHE_HOME": "/c"}, "linux", "/x/y"),
        ({"XDG_CACHE_HOME": "/c"}, "linux", "/c/allo-keyscan"),
        ({"XDG_CACHE_HOME": "relative"}, "linux", "~/.cache/allo-keyscan"),
        ({}, "linux", "~/.cache/allo-keyscan"),
        ({"XDG_CACHE_HOME": "/c"}, "darwin", "~/Library/Caches/allo-keyscan"),
        ({"LOCALAPPDATA": "/l"}, "win32", "/l/allo-keyscan"),
    ],
)
def test_the_place_is_the_platforms(env: dict[str, str], platform: str, folder: str) -> None:
    assert default_folder(env, platform) == os.path.expanduser(folder)


SCOPES = (sys.executable, "-m", "allo_keyscan", "scopes", "--format", "json", ".")


def run(tree: Path, folder: Path, *arguments: str) -> tuple[int, bytes]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "ALLO_KEYSCAN_CACHE_DIR": str(folder)}
    done = subprocess.run([*SCOPES, *arguments], cwd=tree, env=env, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    return done.returncode, done.stdout


def test_a_warm_run_says_the_same_whatever_became_of_the_cache(tmp_path: Path) -> None:
    tree, folder = tmp_path / "tree", tmp_path / "c"
    tree.mkdir()
    for path in (ROOT / "tests" / "cases" / "scopes").glob("*.py"):
        (tree / path.name).write_bytes(path.read_bytes())
    plain = run(tree, folder, "--no-cache")
    assert not folder.exists()
    assert run(tree, folder) == plain
    kept = [path for path in folder.glob("facts-*/*") if path.is_file()]
    assert len(kept) > 5
    assert run(tree, folder) == plain
    for number, path in enumerate(kept):
        path.write_bytes(kept[0].read_bytes() if number % 2 else b"broken")
    assert run(tree, folder) == plain
    assert run(tree, tmp_path / "tree" / "handed_over.py") == plain, "a file where the folder should be"
    (tree / "requests_class.py").write_text("")
    assert run(tree, folder) == run(tree, folder, "--no-cache") != plain
