"""Settings: which file counts, what each key reads, and what is said of a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest

from allo_keyscan.config import Config, load, size
from allo_keyscan.errors import KeyscanError

EVERYTHING = """
exclude = ["vendor/"]
ignore = ["AK004"]
baseline = "accepted.jsonl"
fail-on = "note"
max-file-size = "2M"
gitignore = false
archives = false
timeout = 90
per-file-ignores = { "tests/" = ["AK001", "leaked-key"] }
scopes = { declared = ["TAGS_READ"], "env:ALLO_API_KEY" = [] }
"""


def expected(path: Path) -> Config:
    return Config(
        exclude=("vendor/",),
        ignore=("AK004",),
        per_file_ignores=(("tests/", ("AK001", "leaked-key")),),
        baseline="accepted.jsonl",
        fail_on="note",
        max_file_size=2 << 20,
        gitignore=False,
        archives=False,
        timeout=90.0,
        scopes=(("declared", ("TAGS_READ",)), ("env:ALLO_API_KEY", ())),
        source=str(path),
        folder=str(path.parent),
    )


def test_every_key_of_its_own_file(tmp_path: Path) -> None:
    path = tmp_path / ".allo-keyscan.toml"
    path.write_text(EVERYTHING)
    assert load(str(tmp_path)) == expected(path)


def test_every_key_of_pyproject(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("[tool.other]\nx = 1\n[tool.allo-keyscan]" + EVERYTHING)
    assert load(str(tmp_path)) == expected(path)


def test_the_nearest_file_wins_and_nothing_merges(tmp_path: Path) -> None:
    (tmp_path / ".allo-keyscan.toml").write_text('ignore = ["AK001"]\n')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.allo-keyscan]\nfail-on = 'error'\n")
    found = load(str(inner))
    assert (found.fail_on, found.ignore, found.folder) == ("error", (), str(tmp_path / "a"))


def test_a_pyproject_without_our_table_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".allo-keyscan.toml").write_text('ignore = ["AK001"]\n')
    inner = tmp_path / "a"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("[project]\nname = 'x'\ndependencies = ['allo-keyscan']\n")
    assert load(str(inner)).ignore == ("AK001",)


def test_the_search_ends_at_the_repositorys_root(tmp_path: Path) -> None:
    (tmp_path / ".allo-keyscan.toml").write_text('ignore = ["AK001"]\n')
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    assert load(str(tmp_path / "repo")) == Config()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('exlude = ["a"]', "unknown key 'exlude'; did you mean 'exclude'?"),
        ("zzz = 1", "unknown key 'zzz' (known: archives, "),
        ("exclude = 'a'", "exclude: must be a list of strings"),
        ("fail-on = 'sometimes'", "fail-on: must be one of error, warning, note, never"),
        ("gitignore = 'no'", "gitignore: must be true or false"),
        ("max-file-size = 'big'", "max-file-size: 'big' is not a size: write 500, 20K, 1.5M or 2G"),
        ("timeout = true", "timeout: must be a number of seconds"),
        ("timeout = -1", "timeout: must be a number of seconds"),
        ("baseline = 3", "baseline: must be a string"),
        ("per-file-ignores = 3", "per-file-ignores: must be a table of lists"),
        ("exclude = [", "not valid TOML: "),
    ],
)
def test_a_bad_setting_is_named_with_its_file(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / ".allo-keyscan.toml"
    path.write_text(text)
    with pytest.raises(KeyscanError) as raised:
        load(str(tmp_path))
    assert str(raised.value).startswith(f"{path}: {said}")


def test_a_named_file_must_be_there_and_be_ours(tmp_path: Path) -> None:
    with pytest.raises(KeyscanError, match=r"gone\.toml: No such file"):
        load(str(tmp_path), str(tmp_path / "gone.toml"))
    path = tmp_path / "pyproject.toml"
    path.write_text("[project]\nname = 'x'\n")
    with pytest.raises(KeyscanError, match=r"has no \[tool\.allo-keyscan\] table"):
        load(str(tmp_path), str(path))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", 0), ("500", 500), ("20K", 20480), ("20 kB", 20480), ("1.5MiB", 3 << 19), ("2G", 2 << 30), ("1t", 1 << 40)],
)
def test_sizes(text: str, expected: int) -> None:
    assert size(text) == expected


@pytest.mark.parametrize("text", ["", "M", "-1", "1.2.3", "inf", "nan", "20X", "1e400"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        size(text)
