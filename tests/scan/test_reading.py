"""Which files are looked at more closely than for a hit, and a scan that begins before git has named every file."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import key

from allo_keyscan.catalog import rules_dir
from allo_keyscan.scan import run
from allo_keyscan.scan.blob import Scanner, Tally
from allo_keyscan.scan.reading import Reader
from allo_keyscan.sources.containers import sniff
from allo_keyscan.sources.containers.sniffing import STARTS
from allo_keyscan.sources.names import parse, parse_records
from allo_keyscan.sources.worktree import list_files

SCANNER = Scanner(rules_dir())


class Watched(Reader):
    """A reader that says which files it looked at closely."""

    def __init__(self) -> None:
        super().__init__(SCANNER)
        self.closely: list[str] = []

    def _file(self, handle: int, got: int, shown: str, tally: Tally) -> int | None:  # noqa: ARG002
        self.closely.append(shown)
        return got


WATCHED = Watched()
MAGICS = [
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"BZh91AY&SY",
    b"\xfd7zXZ\0",
    b"]\0\0\x80\0" + b"\xff" * 8,
    b"!<arch>\n",
    b"%PDF-",
]
HEADS = st.one_of(
    st.sampled_from(
        [*MAGICS, *sorted(STARTS), b"\xff\xfea\0", b"\xfe\xff\0a", b"\0\0\xfe\xff", b"#!/usr/bin/python3\n"]
    ),
    st.sampled_from([b"x" * 257 + b"ustar", b"QUJD" * 19 + b"\nQUJD", b"ab/_-" * 12 + b"\r\nx", b"// a line\n", b""]),
    st.binary(max_size=4),
)


@given(HEADS, st.binary(max_size=300), st.sampled_from(["a.c", "a.py", "a.pyw", "a.pyi", "a.tar", "py"]))
def test_every_file_that_could_hold_something_without_a_hit_is_looked_at_closely(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, rest: bytes, name: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "one"
    data = head + rest
    path.write_bytes(data)
    WATCHED.closely.clear()
    WATCHED.files([(str(path), name)], Tally())
    if sniff(data[:512], name) or SCANNER.interesting(data[:512], data, name) or SCANNER.detector.hits(data):
        assert WATCHED.closely == [name]


def test_plain_text_is_not(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"// SPDX-License-Identifier: none\nstatic int a;\n")
    watched = Watched()  # its buffer is empty: what an earlier file left there may raise a doubt
    watched.files([(str(tmp_path / "a"), "a.c")], Tally())
    assert watched.closely == []


def git(root: Path, *arguments: str) -> None:
    subprocess.run(("git", "-C", str(root), *arguments), check=True, capture_output=True)


def found(root: Path) -> tuple[set[str], int]:
    tally = Tally()
    run.work_tree(list_files([str(root)]), Reader(SCANNER), 2, tally)
    report = run.report(tally, str)
    return {one.origin.path for one in report.findings}, report.summary.files


@pytest.fixture
def tracked(tmp_path: Path) -> Path:
    """A repository with enough tracked files for two processes, one key in each of two folders."""
    root = tmp_path / "tracked"
    (root / "sub").mkdir(parents=True)
    for number in range(600):
        (root / f"f{number}.txt").write_text("clean")
    (root / "f7.txt").write_text(key(7))
    (root / "sub" / "s.txt").write_text(key(8))
    git(root, "init", "-q")
    git(root, "add", ".")
    return root


@pytest.mark.parametrize("loose", [0, 1, 900])
def test_files_that_git_names_later_are_searched_once(tracked: Path, loose: int) -> None:
    for number in range(loose):
        (tracked / f"loose{number}.txt").write_text(key(number) if number % 300 == 0 else "clean")
    expected = {"f7.txt", "sub/s.txt"} | {f"loose{number}.txt" for number in range(0, loose, 300)}
    assert found(tracked) == (expected, 601 + loose)


def test_what_was_read_through_a_link_in_place_of_a_folder_does_not_count(tracked: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (tracked / "sub").rename(outside)
    os.symlink(outside, tracked / "sub")
    assert found(tracked) == ({"f7.txt"}, 601)  # the link's own text is a file to git


RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["100644", "100755", "120000", "160000"]),
        st.sampled_from("00000123"),
        st.sampled_from(["a", "a\tb", "x 1\ty", "120000 " + "a" * 40 + " 0\tq", "100644 " + "b" * 40 + " 0\tq", "ä\n"]),
    )
)


@given(RECORDS)
def test_the_fast_way_reads_what_git_lists_alike(records: Sequence[tuple[str, str, str]]) -> None:
    output = "".join(f"{mode} {'c' * 40} {stage}\t{name}{place}\0" for place, (mode, stage, name) in enumerate(records))
    assert parse(output) == parse_records(output)
