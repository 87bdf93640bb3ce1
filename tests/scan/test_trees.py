"""Real trees with planted keys: exactly these are found, at exactly these places, and nothing else."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from samples import PREFIX, body, key

from allo_keyscan.catalog import rules_dir
from allo_keyscan.model import Report
from allo_keyscan.scan import run
from allo_keyscan.scan.blob import Scanner, Tally
from allo_keyscan.scan.reading import Reader
from allo_keyscan.sources.worktree import list_files

STANDARD_LIBRARY = Path(os.__file__).parent


def scanned(root: Path, jobs: int = 2) -> Report:
    tally = Tally()
    run.work_tree(list_files([str(root)]), Reader(Scanner(rules_dir())), jobs, tally)
    return run.report(tally, str)


def places(report: Report) -> set[tuple[str, str | None, int, str | None]]:
    return {(one.origin.path, one.origin.member, one.start.line, one.encoding) for one in report.findings}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the interpreter's standard library (some 1,500 files, 40 MB) to plant keys in."""
    root = tmp_path_factory.mktemp("tree") / "lib"
    ignored = shutil.ignore_patterns("site-packages", "__pycache__", "test", "config-*", "lib-dynload")
    shutil.copytree(STANDARD_LIBRARY, root, ignore=ignored)
    return root


def test_the_standard_library_holds_no_key(library: Path) -> None:
    report = scanned(library)
    assert places(report) == set()
    assert [skip for skip in report.skipped if skip.incomplete] == []
    assert report.summary.files == sum(len(files) for _, _, files in os.walk(library))


def line_of(path: Path, text: str) -> int:
    return 1 + next(n for n, line in enumerate(path.read_text("utf-8").splitlines()) if text in line)


def plant(root: Path) -> set[tuple[str, str | None, int, str | None]]:
    """Plants one key in each of many places of a tree; returns where they are to be found."""
    expected: set[tuple[str, str | None, int, str | None]] = set()

    def append(name: str, text: str, encoding: str | None = None, mark: str | None = None) -> None:
        path = root / name
        path.write_text(path.read_text("utf-8") + text, "utf-8")
        expected.add((name, None, line_of(path, mark or text.strip()), encoding))

    append("json/decoder.py", f'\nTOKEN = "{key(1)}"\n')
    append("email/mime/text.py", f'\nJOINED = "ak_" + "live_" + "{body(2)}"\n', "assembled")
    append("http/client.py", f"\n# curl -H 'Authorization: Api-Key {key(3)}'\n")
    append("pydoc_data/topics.py", f"\nENCODED = {base64.b64encode(key(4).encode())!r}\n", "base64")
    append("LICENSE.txt", f"{key(5)}")  # the last byte, without a line end
    first = root / "first.cfg"
    first.write_text(f"{key(6)}\nrest\n")
    expected.add(("first.cfg", None, 1, None))
    wide = (root / "shutil.py").read_text("utf-8").splitlines()[:40]
    (root / "wide.txt").write_bytes("\n".join([*wide, f"é = {key(7)}"]).encode("utf-16"))
    expected.add(("wide.txt", None, 41, "utf-16"))
    with closing(sqlite3.connect(root / "keys.sqlite")) as database:
        database.execute("create table t (name text, value text)")
        database.executemany("insert into t values (?, ?)", [("x" * n, body(n)) for n in range(200)])
        database.execute("insert into t values ('allo', ?)", (key(8),))
        database.commit()
    data = (root / "keys.sqlite").read_bytes()
    expected.add(("keys.sqlite", None, 1 + data[: data.index(key(8).encode())].count(b"\n"), None))
    (root / "cells.ipynb").write_text(
        json.dumps({"cells": [{"source": ["x = 1\n"], "outputs": [{"text": [f"your key: {key(9)}\n"]}]}]}, indent=1)
    )
    expected.add(("cells.ipynb", None, line_of(root / "cells.ipynb", key(9)), None))
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz") as archive:
        info = tarfile.TarInfo("deep/er.env")
        text = f"A=1\nB={key(10)}\n".encode()
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text))
    with zipfile.ZipFile(root / "bundle.whl", "w", zipfile.ZIP_DEFLATED) as outer:
        for path in sorted((root / "json").glob("*.py")):
            outer.write(path, f"json/{path.name}")
        outer.writestr("inner.tar.xz", packed.getvalue())
    expected.add(("bundle.whl", "inner.tar.xz!deep/er.env", 2, None))
    expected.add(("bundle.whl", "json/decoder.py", line_of(root / "json/decoder.py", key(1)), None))
    (root / "decoys.py").write_text(
        f'peak_live_bytes = 1\nif value.startswith("{PREFIX}"):\n    pass\n'
        f'example = "{PREFIX}your_key_here"\nmake = lambda x: f"{PREFIX}{{x}}"\n'
    )
    return expected


def test_planted_keys_are_found_where_they_are_and_nothing_else(library: Path, tmp_path: Path) -> None:
    root = tmp_path / "tree"
    shutil.copytree(library, root)
    expected = plant(root)
    report = scanned(root)
    assert places(report) == expected
    assert report.placeholders >= 3


@pytest.mark.parametrize("way", [Path.touch, os.mkfifo], ids=["an empty file", "a pipe"])
def test_what_holds_nothing_stops_nothing(tmp_path: Path, way: Callable[[Path], None]) -> None:
    way(tmp_path / "0")
    (tmp_path / "1").write_text(key())
    assert places(scanned(tmp_path)) == {("1", None, 1, None)}


def test_a_file_that_shrinks_while_it_is_listed_is_read_as_it_is(tmp_path: Path) -> None:
    big = tmp_path / "big"
    big.write_bytes(b"x" * (9 << 20) + key().encode())
    listing = list_files([str(tmp_path)])
    big.write_bytes(b"y" * 100 + b" " + key(1).encode())
    tally = Tally()
    run.work_tree(listing, Reader(Scanner(rules_dir())), 1, tally)
    (finding,) = run.report(tally, str).findings
    assert (finding.masked[-4:], finding.start.column) == (key(1)[-4:], 102)


def test_a_worker_that_dies_loses_nothing(tmp_path: Path) -> None:
    for number in range(1000):
        (tmp_path / f"f{number:04}").write_text(key(number) if number % 10 == 0 else "clean")
    parent = os.getpid()
    reader = Reader(Scanner(rules_dir()))

    def work(files: object, tally: Tally) -> None:
        if os.getpid() != parent:
            os._exit(9)
        reader.files(files, tally)  # type: ignore[arg-type]

    from allo_keyscan.scan import parallel

    tally = Tally()
    with parallel.Pool(work, 3, tally) as pool:
        for files in list_files([str(tmp_path)]).rest():
            pool.add(files)
    report = run.report(tally, str)
    assert {one.origin.path for one in report.findings} == {f"f{number:04}" for number in range(0, 1000, 10)}
    assert report.summary.files == 1000


@pytest.mark.parametrize("lead", range(9))
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_wide_text_at_any_place_amid_other_data(tmp_path: Path, lead: int, codec: str) -> None:
    filler = "some text that is wide as well, and longer than a sample\n" * 100
    data = filler.encode(codec) + b"\x01\x02\x03\x04\x05\x06\x07\x08\x09"[:lead] + f" {key()} ".encode(codec)
    (tmp_path / "a.bin").write_bytes(data)
    (finding,) = scanned(tmp_path).findings
    assert finding.masked == f"{PREFIX}…{key()[-4:]}"
