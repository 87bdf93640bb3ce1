"""The order in which git reads objects fastest: what is made from another one before it."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from allo_keyscan.sources.history import objects as module
from allo_keyscan.sources.history.ahead import NAMES
from allo_keyscan.sources.history.home import Home, home
from allo_keyscan.sources.history.objects import COMMIT, NUMBER, list_objects
from allo_keyscan.sources.history.order import depth_first

ROWS = [
    # (object, what it is made from), as a pack lists them
    ("a", ""),
    ("b", "a"),
    ("c", ""),
    ("d", "b"),
    ("e", "a"),
    ("f", "d"),
    ("g", "x"),  # of another pack
    ("h", "i"),
    ("i", ""),
]


def listed(rows: list[tuple[str, str]]) -> bytes:
    return "".join(f"{oid * 40} {(base or '0') * 40}\n" for oid, base in rows).encode()


def test_each_base_is_right_behind_all_that_is_made_from_it() -> None:
    places, runs = depth_first(listed(ROWS), 40)
    assert "".join(ROWS[place][0] for place in places) in ("icfdbeahg", "icefdbagh", "icfdbeagh", "icefdbahg")
    assert not runs


def test_a_list_of_nothing() -> None:
    assert list(depth_first(b"", 40).places) == []


@pytest.mark.parametrize("width", [40, 64])
def test_many_versions_are_a_run(width: int) -> None:
    digits = [f"{number:016x}".ljust(width, "0") for number in range(1, 20_000)]
    bases = ["0" * width if number % 100 == 0 else digits[number - 1] for number in range(len(digits))]
    rows = "".join(f"{oid} {base}\n" for oid, base in zip(digits, bases, strict=True)).encode()
    places, runs = depth_first(rows, width)
    assert sorted(places) == list(range(len(digits)))
    assert [place % 100 for place in places[runs[1][0] : runs[1][1]]] == list(range(99, -1, -1))
    assert runs == [(0, 99), *((first, first + 100) for first in range(99, len(digits), 100))]


@pytest.fixture
def packed(git: Callable[..., str], tmp_path: Path) -> Home:
    git(tmp_path, "init", "-q")
    lines = [f"line {number} of a text\n" for number in range(700)]
    for version in range(70):
        lines[version * 9] = f"version {version}\n"
        (tmp_path / "text").write_text("".join(lines))
        git(tmp_path, "add", "text")
        git(tmp_path, "commit", "-q", "-m", f"{version}")
    git(tmp_path, "repack", "-adfq", "--depth=100", "--window=100")
    return home(str(tmp_path))


def test_the_objects_of_a_pack(packed: Home, git: Callable[..., str]) -> None:
    objects, skipped = list_objects(packed)
    names = ["cat-file", "--batch-all-objects", "--unordered"]
    every = git(Path(packed.cwd), *names, "--batch-check=%(objectname)").split()
    bases = dict(
        line.split() for line in git(Path(packed.cwd), *names, "--batch-check=%(objectname) %(deltabase)").splitlines()
    )
    order = objects.ids.decode().split()
    assert sorted(order) == sorted(every)
    assert not skipped
    deltas = [oid for oid in order if bases[oid].strip("0")]
    assert len(deltas) > 60
    assert all(order.index(oid) < order.index(bases[oid]) for oid in deltas)
    (run,) = objects.runs
    texts = git(Path(packed.cwd), "rev-parse", *(f"HEAD~{back}:text" for back in range(70))).split()
    assert {objects.id(number) for number in range(run.first, run.last)} == set(texts)
    assert 12_000 < run.size < 20_000


def test_commits_are_named_in_the_order_of_the_pack(packed: Home, git: Callable[..., str]) -> None:
    objects, _ = list_objects(packed)
    check = "--batch-check=%(objectname) %(objecttype)"
    said = git(Path(packed.cwd), "cat-file", "--batch-all-objects", "--unordered", check)
    rows = [line.split() for line in said.splitlines()]
    kinds = dict(rows)
    for number in range(len(objects)):
        objects.kinds[number] = NUMBER[kinds[objects.id(number)].encode()]
    assert objects.of_kind(COMMIT) == [oid for oid, kind in rows if kind == "commit"]


def test_where_git_cannot_tell_bases_names_are_listed_as_they_come(
    packed: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    healthy, _ = list_objects(packed)
    missing = f"--batch-check=%(objectname){' ' * 75}missing"  # of a length that does not show in their sum
    monkeypatch.setattr(module, "LIST", (*NAMES[:2], missing, *NAMES[3:]))
    objects, skipped = list_objects(packed)
    assert sorted(objects.ids.split()) == sorted(healthy.ids.split())
    assert objects.ids != healthy.ids
    assert not skipped


def test_ordering_many_objects_takes_little_more_memory_than_their_ids() -> None:
    rows = "".join(f"{number:040x} {0:040x}\n" for number in range(50_000)).encode()
    places = depth_first(rows, 40).places
    tracemalloc.start()
    try:
        ids = module._ordered(rows, 40, places)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert ids.split() == [rows[place * 82 : place * 82 + 40] for place in places]
    assert peak < 2 * len(ids)
