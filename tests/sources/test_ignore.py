"""Excludes: gitignore's meaning, told from git itself, and errors that name the line."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from allo_keyscan.errors import KeyscanError
from allo_keyscan.sources.ignore import Ignore, Rules

Git = Callable[..., str]

PATTERNS = [
    ["*.log"],
    ["build/"],
    ["build"],
    ["/build"],
    ["/build/"],
    ["a/b"],
    ["a/**"],
    ["**/b"],
    ["a/**/b"],
    ["a/*/b"],
    ["*"],
    ["**"],
    ["*.log", "!keep.log"],
    ["*", "!*/", "!*.txt"],
    ["/*", "!/a", "/a/*", "!/a/b"],
    ["build", "!build/x.txt"],
    ["b?"],
    ["[ab]"],
    ["x.*"],
    ["\\#hash", "\\!bang"],
    ["trail   ", "esc\\ "],
    ["# comment", "", "x.txt"],
    ["*.tar.gz", "!a/*.tar.gz"],
    ["a/b/"],
    ["a*/x.log"],
    ["*/", "!a/"],
    ["**/", "!build/"],
    ["/**", "!/a", "!/a/**"],
    ["**/*"],
    ["*/*"],
    ["?/"],
    ["a/*", "!a/b"],
    ["*e*.*x*"],
    ["*[a-l]*[!a-k]*"],
    ["*?i*d*"],
    ["a[!x]b"],
    ["/a[!x]b", "[!a-z]*"],
    ["**/*u*l*/**/*t*t*"],
]
PATHS = [
    "x.txt", "x.log", "keep.log", "build/x.txt", "build/keep.log", "a/b", "c/b", "a/x.log", "a/build/x.txt", "c/build",
    "a/c/b", "a/c/d/b", "a/d.tar.gz", "d.tar.gz", "b1", "d/b/x.txt", "#hash", "!bang", "trail", "esc ", "ab/x.log",
]  # fmt: skip


@pytest.mark.parametrize("patterns", PATTERNS, ids=" ".join)
def test_as_git_has_it(tmp_path: Path, git: Git, patterns: list[str]) -> None:
    git(tmp_path, "init", "-q")
    for name in PATHS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / ".git" / "info" / "exclude").write_text("\n".join(patterns) + "\n")
    kept = set(git(tmp_path, "ls-files", "-z", "--others", "--exclude-standard").split("\0")) - {""}
    (tmp_path / ".allo-keyscanignore").write_text("\r\n".join(patterns) + "\r\n")
    for ignore in (Ignore(str(tmp_path)), Ignore(str(tmp_path), patterns, files=False)):
        assert set(ignore.keep("", PATHS)) == kept
        assert {path for path in PATHS if not ignore.matches(path)} == kept
    (tmp_path / ".allo-keyscanignore").unlink()
    below = [name[2:] for name in PATHS if name.startswith("a/")]
    assert {f"a/{name}" for name in Ignore(str(tmp_path), patterns).keep("a/", below)} == {
        name for name in kept if name.startswith("a/")
    }


def test_what_comes_last_decides(tmp_path: Path) -> None:
    (tmp_path / ".allo-keyscanignore").write_text("*.txt\n!a.cfg\n")
    ignore = Ignore(str(tmp_path), ["a.cfg", "!b.txt"], config=["*.cfg", "!c.cfg"])
    assert ignore.keep("", ["a.txt", "b.txt", "a.cfg", "b.cfg", "c.cfg"]) == ["b.txt", "c.cfg"]


def test_nothing_excluded_costs_nothing(tmp_path: Path) -> None:
    ignore = Ignore(str(tmp_path))
    names = ["a", "b"]
    assert not ignore
    assert ignore.keep("", names) is names
    assert not ignore.matches("a")


def test_names_that_are_not_utf_8_or_hold_line_ends(tmp_path: Path) -> None:
    (tmp_path / ".allo-keyscanignore").write_bytes(b"\xef\xbb\xbfcaf\xe9*\n")
    ignore = Ignore(str(tmp_path), ["x*y"])
    assert ignore.keep("", ["caf\udce9.txt", "café.txt", "x\ny", "x\ny\n"]) == ["café.txt", "x\ny\n"]


@pytest.mark.parametrize("line", ["!", "\\", "foo\\", "[z-a]", "[open", "/", "[[:alpha:]]x"])
def test_a_bad_pattern_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    file = tmp_path / ".allo-keyscanignore"
    file.write_text(f"good\n# comment\n{line}\n")
    with pytest.raises(KeyscanError) as caught:
        Ignore(str(tmp_path))
    assert str(caught.value).startswith(f"{file.resolve()}:3: ")
    with pytest.raises(KeyscanError, match=r"^--exclude:2: "):
        Ignore(str(tmp_path), ["good", line], files=False)
    with pytest.raises(KeyscanError, match=r"^pyproject\.toml: exclude:1: "):
        Ignore(str(tmp_path), config=[line], config_name="pyproject.toml", files=False)
    assert not Rules([line], ".gitignore", strict=False)


def test_a_folder_for_an_ignore_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / ".allo-keyscanignore").mkdir()
    with pytest.raises(KeyscanError, match="cannot be read"):
        Ignore(str(tmp_path))


def test_plain_names_do_not_load_pathspec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pathspec", None)
    assert Ignore(str(tmp_path), ["*.lock", "vendor/", "name", "!other"]).keep("", ["vendor/x", "a.lock", "b"]) == ["b"]


def test_stars_of_a_hostile_repository_take_no_time(tmp_path: Path) -> None:
    for line in ("*a" * 30 + "*b", "*[ab]" * 30 + "*c", "/x/" + "*a" * 30 + "*b", "*?" * 30 + "*\\b"):
        ignore = Ignore(str(tmp_path), [line])
        assert ignore.keep("", ["x/" + "a" * 255]) == ["x/" + "a" * 255]
        assert ignore.keep("", ["x/" + "a" * 200 + "c" + "ab" * 20 + "bc"[line[-1] == "c"]]) == []
    with pytest.raises(KeyscanError, match="is not a pattern"):
        Ignore(str(tmp_path), ["**/a/" * 6])
