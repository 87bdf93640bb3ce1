"""Settings: which file counts, what each key reads, what is said of a bad one; and the schema, which says the same."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
from checkout import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from allo_keyscan import config
from allo_keyscan.cache import FOLDER_VARIABLE
from allo_keyscan.cli import COMMANDS
from allo_keyscan.cli.group import cli
from allo_keyscan.cli.variables import VARIABLES
from allo_keyscan.config import SETTINGS, Config, kinds, load, places, size
from allo_keyscan.config.schema import NAME, schema, text
from allo_keyscan.errors import KeyscanError
from allo_keyscan.report import FORMATS

EVERYTHING = """
allow-incomplete = true
cache = false
force-exclude = true
jobs = 2.0
output-format = "sarif"
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
        allow_incomplete=True,
        cache=False,
        force_exclude=True,
        jobs=2,
        output_format="sarif",
        exclude=("vendor/",),
        ignore=("AK004",),
        per_file_ignores=(("tests/", ("AK001", "leaked-key")),),
        baseline=str(path.parent / "accepted.jsonl"),
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
        ("zzz = 1", "unknown key 'zzz' (known: allow-incomplete, archives, "),
        ("exclude = 'a'", "exclude: must be a list of strings"),
        ("fail-on = 'sometimes'", "fail-on: must be one of error, warning, note, never"),
        ("gitignore = 'no'", "gitignore: must be true or false"),
        ("max-file-size = 'big'", "max-file-size: is not a size: write 500, or a text such as 20K, 1.5M or 2G"),
        ("jobs = 0", "jobs: must be a whole number, at least 1"),
        ("output-format = 'xml'", "output-format: must be one of text, json, "),
        ("per-file-ignores = { 'a' = ['x'], 'b' = 'y' }", "per-file-ignores: 'b': must be a table of lists"),
        ("scopes = { 'enf:A' = ['x'] }", "scopes: 'enf:A': must be a list of scopes, or a table of such lists"),
        ("timeout = true", "timeout: must be a number of seconds"),
        ("timeout = -1", "timeout: must be a number of seconds"),
        ("baseline = 3", "baseline: must be a string"),
        ("per-file-ignores = 3", "per-file-ignores: must be a table of lists"),
        ("exclude = [", "not valid TOML: "),
        ("exclude = ['']", "exclude: must be a list of strings that are not empty"),
    ],
)
def test_a_bad_setting_is_named_with_its_file(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / ".allo-keyscan.toml"
    path.write_text(text)
    with pytest.raises(KeyscanError) as raised:
        load(str(tmp_path))
    assert str(raised.value).startswith(f"{path}: {said}")


def test_a_named_file_must_be_there_and_be_ours(tmp_path: Path) -> None:
    with pytest.raises(KeyscanError, match=r"gone\.toml: cannot be read: No such file"):
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


@pytest.mark.parametrize("text", ["", "M", "-1", "1.2.3", "inf", "nan", "20X", "1e400", "1_0", "٣", "5 i"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        size(text)


def test_settings_and_their_defaults_are_those_of_config() -> None:
    assert {one.field: one.default for one in SETTINGS} | {"source": None, "folder": None} == Config()._asdict()
    assert list(kinds.FORMATS) == list(FORMATS)
    assert VARIABLES["cache_dir"] == FOLDER_VARIABLE


@pytest.mark.parametrize("text", ["tool = 3", "[tool]\nallo-keyscan = 3"])
def test_a_table_that_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"{text}  # allo-keyscan")
    if text == "tool = 3":
        assert load(str(tmp_path)) == Config()
    else:
        with pytest.raises(KeyscanError, match=r"tool\.allo-keyscan must be a table"):
            load(str(tmp_path))


def test_isolated_from_the_project_a_named_file_counts_still(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.allo-keyscan]\nfail-on = 'never'\n")
    own = tmp_path / "own.toml"
    own.write_text("fail-on = 'note'\n")
    assert load(str(tmp_path), isolated=True) == Config()
    assert load(str(tmp_path), str(own), isolated=True).fail_on == "note"


VALIDATOR = Draft7Validator(schema())
# Values that loaders and schemas like to see differently; each is tried under every key.
ODD = """
0, 1, -1, 1.0, 1.5, -0.0, 1e6, 1e400, 1e7, 10000001, inf, -inf, nan, 9007199254740993, true, false,
"", " ", "a", "warning", "Warning", "json", "xml", "500", "20K", "20 kB", "1.5MiB", "1e3", "0x10", "1_000",
"5 i", "-1", "inf",
"1234567890123456", "90", "٣", "5\\n", [], [""], ["a"], ["a", 1], [["a"]], [true], {}, {"" = ["a"]},
{a = ["b"]}, {a = "b"},
{a = [""]}, {declared = ["TAGS_READ"]}, {"env:A" = []}, {"env:" = []}, {"enf:A" = []}, {"env:A B" = []},
{declared = "A"},
1979-05-27, 07:32:00
"""
VALUES = tomllib.loads("values = [" + ODD + "]")["values"]


def loads(table: dict[str, Any]) -> bool:
    """Whether the loader takes a table."""
    try:
        config._read("x.toml", table)
    except KeyscanError:
        return False
    return True


@pytest.mark.parametrize("key", [*(one.key for one in SETTINGS), "unknown-key"])
def test_loader_and_schema_agree_on_odd_values(key: str) -> None:
    taken = [value for value in VALUES if loads({key: value})]
    assert [str(value) for value in taken] == [str(value) for value in VALUES if VALIDATOR.is_valid({key: value})]
    assert len(taken) < len(VALUES)
    assert bool(taken) is (key != "unknown-key")


WORDS = st.text("1.K \nB:a", max_size=5)
TOML = st.recursive(
    st.integers() | st.floats() | WORDS | st.sampled_from(VALUES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.just("env:A"), inner, max_size=2),
    max_leaves=4,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([one.key for one in SETTINGS]), TOML, max_size=2))
def test_loader_and_schema_agree(table: dict[str, Any]) -> None:
    assert loads(table) is VALIDATOR.is_valid(table)


def of_commands() -> dict[str, set[str]]:
    """Each environment variable, and the commands that have its option; `config show` has them all."""
    found: dict[str, set[str]] = {name: set() for name in VARIABLES.values()}
    for name in set(COMMANDS) - {"config"}:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        for one in command.commands.values() if isinstance(command, click.Group) else [command]:
            for option in one.params:
                if option.envvar:
                    found[str(option.envvar)].add(name)
    return found


def test_the_settings_of_the_documents_are_these() -> None:
    document = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    rows = [line.strip("|").split("|") for line in document.splitlines() if re.match(r"\| `[a-z-]+` \|", line)]
    shown = [[cell.strip(" `") for cell in row] for row in rows]
    kept = [
        [
            one.key,
            "" if one.default is None else json.dumps(one.default),
            "`, `".join(one.commands),
            one.what,
        ]
        for one in SETTINGS
    ]
    assert [[key, default.replace("{}", "[]"), commands, what] for key, default, commands, what in shown] == kept
    (block,) = re.findall(r"```toml\n(.*?)```", document, re.DOTALL)
    VALIDATOR.validate(tomllib.loads(block)["tool"]["allo-keyscan"])
    table = re.findall(r"^\| `(ALLO_KEYSCAN_\w+)` \| [^|]* \| ([^|]*) \|$", document, re.MULTILINE)
    assert {name: set(re.findall(r"`([\w-]+)`", commands)) for name, commands in table} == of_commands()


def test_everything_that_loads_above_fits_the_schema() -> None:
    VALIDATOR.validate(tomllib.loads(EVERYTHING))
    assert set(tomllib.loads(EVERYTHING)) == {one.key for one in SETTINGS}


def test_the_schema_is_draft_07_and_the_committed_one() -> None:
    found = schema()
    Draft7Validator.check_schema(found)
    assert (found["$schema"], found["additionalProperties"]) == ("http://json-schema.org/draft-07/schema#", False)
    titles = [found["title"], *(one["title"] for one in found["properties"].values())]
    assert titles == [title.lower() for title in titles]
    assert json.loads(text()) == found
    assert (ROOT / NAME).read_text("utf-8") == text(), "run: allo-keyscan config schema > allo-keyscan.schema.json"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nkey = 2", 2),
        ("a = '''\nkey = 1\n'''\nkey = [\n  1,\n]", 4),
        ("# key\n\nkey = [ # [\n  1,\n]\n", 3),
        ("[key]\na = 1", 1),
        ("a = 1\n[key.inner]\nb = 1", 2),
        ("a = 'key'\nkey.b = 2\nkey.c = 3", 2),
        ('"key" = 1', 1),
        ("a = 1\r\nkey = 1\r\n", 2),
        ('"k\\u0065y" = 1', None),
        ('"k\\u0065y" = 1\nb = "key"', None),
    ],
)
def test_the_line_of_a_key(text: str, line: int | None) -> None:
    assert places.lines(text, (), ["key"]) == ({} if line is None else {"key": line})


def test_the_line_of_a_key_in_its_own_table() -> None:
    text = "[tool.other]\nkey = 1\n[tool]\nours = { key = 2 }\n"
    assert places.lines(text, ("tool", "ours"), ["key"]) == {"key": 4}
