"""allo_keyscan.api: what the commands find, as frozen values without a raw key; and docs/api.md, run."""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT
from click.testing import CliRunner
from samples import body, key

from allo_keyscan.api import KeyscanError, Report, ScopesReport, analyze_paths, scan_paths, scan_text
from allo_keyscan.cli.group import cli
from allo_keyscan.report import scan_json, scopes_json

CALL = "import os, requests\nH = {'Authorization': 'Api-Key ' + os.environ['ALLO_API_KEY']}\n"
CALL += "requests.get('https://api.withallo.com/v2/api/tags', headers=H)\n"


def places(report: Report) -> list[tuple[str, str, int, int]]:
    """Code, path, line and column of each finding."""
    return [(one.code, one.origin.path, one.start.line, one.start.column) for one in report.findings]


def command(name: str) -> object:
    """The JSON of a command in the current folder."""
    return json.loads(CliRunner().invoke(cli, [name, ".", "--format", "json", "-q"], catch_exceptions=False).stdout)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a key, one that a comment silences, a call, and settings; the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(f"a = {key(1)}\nb = {key(2)}  # allo-keyscan: ignore\n")
    (tmp_path / "left_out.txt").write_text(f"c = {key(3)}\n")
    (tmp_path / "app.py").write_text(CALL)
    (tmp_path / ".allo-keyscan.toml").write_text('exclude = ["left_out.txt"]\n[scopes]\ndeclared = ["USERS_READ"]\n')
    return tmp_path


def test_a_text_is_searched_under_its_name() -> None:
    assert places(scan_text(f"\nkey = {key()}\n", "a/b.env")) == [("AK001", "a/b.env", 2, 7)]
    assert places(scan_text(f'k = "{key()[:12]}" + "{key()[12:]}"\n', "a.py")) == [("AK001", "a.py", 1, 6)]
    assert places(scan_text(key().encode("utf-16"))) == [("AK001", "<text>", 1, 1)]
    assert places(scan_text("nothing \ud800")) == []
    silent = f"{key()}  # allo-keyscan: ignore"
    assert (scan_text(silent).suppressed.comments, places(scan_text(silent))) == (1, [])
    assert places(scan_text(silent, ignores=False)) == [("AK001", "<text>", 1, 1)]


def test_paths_give_what_the_command_gives(project: Path) -> None:
    report = scan_paths(["."])
    assert places(report) == [("AK001", "a.txt", 1, 5)]
    assert json.loads(scan_json.render(report)) == command("scan")
    alone = scan_paths([project], isolated=True, ignores=False)
    assert [one[1:3] for one in places(alone)] == [("a.txt", 1), ("a.txt", 2), ("left_out.txt", 1)]
    assert places(scan_paths([Path("a.txt"), "left_out.txt"], exclude=["a.txt"], max_file_size=3)) == []
    assert [skip.path for skip in scan_paths([Path("a.txt")], max_file_size=3).skipped] == ["a.txt"]


def test_code_gives_what_the_command_gives(project: Path) -> None:
    report = analyze_paths(["."])
    assert [(one.path, one.line, one.scopes, one.key) for one in report.calls] == [
        ("app.py", 3, ("TAGS_READ",), "env:ALLO_API_KEY")
    ]
    assert [one.code for one in report.findings] == ["AK103", "AK102"]
    assert json.loads(scopes_json.render(report)) == command("scopes")
    assert analyze_paths(["."], granted=["TAGS_READ"]).findings == ()
    (project / "app.py").write_text(
        CALL.replace("https://api", "http://api").replace("H)", "H)  # allo-keyscan: ignore")
    )
    silent, loud = (analyze_paths(["."], granted=["TAGS_READ"], ignores=one) for one in (True, False))
    assert ([one.code for one in silent.findings], [one.code for one in loud.findings]) == ([], ["AK108"])


def test_no_report_holds_a_raw_key(project: Path) -> None:
    (project / f"{key(4)}.py").write_text(CALL.replace("'Api-Key ' + os", f"'Api-Key {key(5)}', 'x': os"))
    reports: list[Report | ScopesReport] = [scan_paths(["."], ignores=False), analyze_paths(["."]), scan_text(key(6))]
    written = [text for one in reports for text in (repr(one), pickle.dumps(one).decode("latin-1"))]
    assert [number for number in range(1, 7) for text in written if body(number) in text] == []
    assert [one.start.line for one in reports[0].findings] == [1, 2, 2]


def test_reports_are_frozen(project: Path) -> None:
    report = scan_paths(["."])
    with pytest.raises(AttributeError):
        report.findings = ()  # type: ignore[misc]
    assert isinstance(hash(report), int)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: scan_paths(["gone"]), "gone: no such file"),
        (lambda: analyze_paths(["gone"]), "gone: no such file"),
        (lambda: scan_paths(["."], config="gone.toml"), "gone.toml: cannot be read: No such file"),
        (lambda: scan_paths(["."], baseline="gone.jsonl"), "gone.jsonl: cannot be read"),
        (
            lambda: analyze_paths(["."], granted=["TAGS_RAED"]),
            "granted: unknown scope 'TAGS_RAED'; did you mean 'TAGS_READ'",
        ),
        (lambda: scan_text("", rules="gone"), "gone: not a folder of rules files"),
    ],
)
def test_what_cannot_run_raises_keyscanerror(project: Path, call: object, said: str) -> None:
    assert callable(call)
    with pytest.raises(KeyscanError, match=re.escape(said)):
        call()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: scan_paths("src"), "paths must be several, as a list: ['src']"),
        (lambda: scan_paths(["."], exclude="*.md"), "exclude must be several, as a list: ['*.md']"),
        (lambda: analyze_paths(["."], granted="TAGS_READ"), "granted must be several, as a list: ['TAGS_READ']"),
    ],
)
def test_a_lone_string_is_a_slip(project: Path, call: object, said: str) -> None:
    assert callable(call)
    with pytest.raises(TypeError, match=re.escape(said)):
        call()


def test_importing_it_loads_no_command_line_and_no_parser() -> None:
    code = "import sys, allo_keyscan.api; print(*sorted({'click', 'libcst', 'tomlkit', 'pathspec'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_examples_of_the_document_print_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    document = (ROOT / "docs" / "api.md").read_text("utf-8")
    pairs = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", document, re.DOTALL)
    assert len(pairs) == document.count("```python") == 3
    for code, expected in pairs:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(code, "docs/api.md", "exec"), {})
        assert printed.getvalue() == expected
