"""`allo-keyscan config`: the settings in force, where each comes from, and what goes before what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.conftest import Keyscan
from click.testing import CliRunner
from samples import key

from allo_keyscan.cli.config import command
from allo_keyscan.cli.variables import VARIABLES
from allo_keyscan.config import SETTINGS
from allo_keyscan.config.schema import text

TABLE = """[project]
name = "shop"

[tool.allo-keyscan]
fail-on = "error"  # the file's
exclude = [
    "vendor/",
]
cache = false

[tool.allo-keyscan.scopes]
declared = ["TAGS_READ"]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with settings, in which commands run."""
    (tmp_path / "pyproject.toml").write_text(TABLE)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES.values():
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def shown(*arguments: str, **environment: str) -> dict[str, tuple[object, str, str | None]]:
    """Value, source and place of each setting, as `config show` gives them in JSON."""
    done = CliRunner(env=environment).invoke(command, ["show", "--format", "json", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    return {one["key"]: (one["value"], one["source"], one["place"]) for one in found["settings"]}


def test_every_setting_is_shown_with_its_file_and_line(project: Path) -> None:
    found = shown()
    assert set(found) == {"cache-dir", *(one.key for one in SETTINGS)}
    assert found["fail-on"] == ("error", "file", "pyproject.toml:5")
    assert found["exclude"] == (["vendor/"], "file", "pyproject.toml:6")
    assert found["cache"] == (False, "file", "pyproject.toml:9")
    assert found["scopes"] == ({"declared": ["TAGS_READ"]}, "file", "pyproject.toml:11")
    assert found["archives"] == (True, "default", None)


def test_the_command_line_goes_before_the_environment_and_that_before_the_file(project: Path) -> None:
    (project / "pyproject.toml").write_text(TABLE.replace("cache = false", 'cache = false\nbaseline = "b"\njobs = 5'))
    assert shown()["jobs"] == (5, "file", "pyproject.toml:11")
    environment = {VARIABLES["jobs"]: "3", VARIABLES["baseline"]: "c", VARIABLES["no_cache"]: "0"}
    found = shown(**environment)
    assert found["jobs"] == (3, "environment", "ALLO_KEYSCAN_JOBS")
    assert found["baseline"] == ("c", "environment", "ALLO_KEYSCAN_BASELINE")
    assert found["cache"] == (True, "environment", "ALLO_KEYSCAN_NO_CACHE")
    found = shown("-j", "2", "--no-cache", "--archives", "--exclude", "x", "--output-format", "csv", **environment)
    assert found["jobs"] == (2, "command line", "--jobs")
    assert found["cache"] == (False, "command line", "--no-cache")
    assert found["archives"] == (True, "command line", "--archives")
    assert found["exclude"] == (["vendor/", "x"], "file and command line", "pyproject.toml:6, --exclude")
    assert found["output-format"] == ("csv", "command line", "--output-format")
    assert shown(**{VARIABLES["jobs"]: ""})["jobs"] == (5, "file", "pyproject.toml:11")


def test_which_file_counts(project: Path) -> None:
    (project / "other.toml").write_text("fail-on = 'note'\n")
    assert shown("--config", "other.toml")["fail-on"] == ("note", "file", "other.toml:1")
    assert shown(**{VARIABLES["config_file"]: "other.toml"})["fail-on"] == ("note", "file", "other.toml:1")
    assert shown("--isolated")["fail-on"] == ("warning", "default", None)
    assert shown("--isolated", "--config", "other.toml")["fail-on"][0] == "note"
    inner = project / "inner"
    inner.mkdir()
    (inner / ".allo-keyscan.toml").write_text("jobs = 7\n")
    assert shown("inner")["jobs"] == (7, "file", "inner/.allo-keyscan.toml:1")


def test_text_for_people(project: Path) -> None:
    done = CliRunner().invoke(command, ["show"])
    lines = done.stdout.splitlines()
    assert lines[0] == f"# {project / 'pyproject.toml'}"
    assert [line.split() for line in lines if line.startswith("fail-on ")] == [
        ["fail-on", '"error"', "pyproject.toml:5"]
    ]
    assert [line.split("  ")[0] for line in lines[1:]] == sorted(["cache-dir", *(one.key for one in SETTINGS)])


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("fial-on = 'note'", "pyproject.toml: unknown key 'fial-on'; did you mean 'fail-on'?"),
        ("ignore = ['leeked-key']", "ignore: unknown rule 'leeked-key'; did you mean 'leaked-key'?"),
        ("exclude = ['[a']", "pyproject.toml: exclude:1: "),
        ("scopes = ['TAGS_RAED']", "scopes: declared: unknown scope 'TAGS_RAED'; did you mean 'TAGS_READ'?"),
    ],
)
def test_settings_that_cannot_be_used(tmp_path: Path, keyscan: Keyscan, table: str, said: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.allo-keyscan]\n{table}\n")
    for arguments in (("config", "show"), ("scopes",)):
        done = keyscan(*arguments)
        assert (done.code, done.out) == (2, "")
        assert said in done.err


def test_the_schema_is_printed(project: Path) -> None:
    assert CliRunner().invoke(command, ["schema"]).stdout == text()


def test_variables_hold_for_a_scan_and_the_quick_way_too(tmp_path: Path, keyscan: Keyscan) -> None:
    (tmp_path / "a.txt").write_text(f"a = {key()}\n")
    (tmp_path / "own.toml").write_text('output-format = "csv"\nfail-on = "never"\n')
    plain = keyscan("scan", "--force-exclude", "a.txt")
    assert (plain.code, plain.out[:8]) == (1, "a.txt:1:")
    named = keyscan("scan", "--force-exclude", "a.txt", ALLO_KEYSCAN_CONFIG="own.toml")
    assert (named.code, named.out.startswith('"kind","severity",')) == (0, True)
    both = keyscan(
        *("scan", "--force-exclude", "a.txt"),
        ALLO_KEYSCAN_CONFIG="own.toml",
        ALLO_KEYSCAN_OUTPUT_FORMAT="json",
        ALLO_KEYSCAN_OUTPUT_FILE="out.json",
    )
    assert (both.code, both.out) == (0, "")
    assert json.loads((tmp_path / "out.json").read_text())["findings"][0]["path"] == "a.txt"
    over = keyscan("scan", "a.txt", "--format", "text", ALLO_KEYSCAN_OUTPUT_FORMAT="json")
    assert over.out == plain.out
    assert keyscan("baseline", "create", "a.txt", ALLO_KEYSCAN_BASELINE="known.jsonl").code == 0
    assert keyscan("scan", "a.txt", ALLO_KEYSCAN_BASELINE="known.jsonl").code == 0


def test_a_bad_variable_is_named(tmp_path: Path, keyscan: Keyscan) -> None:
    done = keyscan("scan", "--force-exclude", "a.txt", ALLO_KEYSCAN_JOBS="many")
    assert (done.code, "env var: 'ALLO_KEYSCAN_JOBS'" in done.err) == (2, True)


def test_a_format_of_another_command_is_refused_before_anything_is_read(tmp_path: Path, keyscan: Keyscan) -> None:
    (tmp_path / ".allo-keyscan.toml").write_text('output-format = "jsonl"\n')
    done = keyscan("scopes")
    assert (done.code, done.out) == (2, "")
    assert "output-format: 'jsonl' is no format of scopes: give --format text, json, sarif" in done.err
    assert keyscan("scan").out.startswith('{"schema_version"')
