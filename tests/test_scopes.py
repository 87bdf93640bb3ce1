"""The scopes report: which file matters, what each key needs, what is missing or too much, and the command's exit."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from samples import key
from warm import Server

from allo_keyscan.calls.selection import is_seed
from allo_keyscan.catalog.api import api_rules
from allo_keyscan.cli import run
from allo_keyscan.model import Place, ScopesReport, Skipped
from allo_keyscan.scopes import scopes_report
from allo_keyscan.sources.listing import Listing
from allo_keyscan.sources.worktree import list_files

ROOT = Path(__file__).parents[1]
FOLDER = str(ROOT / "rules")
RULES = api_rules(FOLDER)
HEAD = 'import os, requests\nB = "https://api.withallo.com/v2/api"\n'


def auth(name: str) -> str:
    return f'headers={{"Authorization": "Api-Key " + os.environ["{name}"]}}'


TWO_KEYS = (
    HEAD
    + f'requests.get(B + "/tags", {auth("ALLO_A")})\n'
    + f'requests.get(B + "/users", {auth("ALLO_A")})\n'
    + f'requests.get(B + "/users/7", {auth("ALLO_A")})\n'
    + f'requests.put(B + "/conversations/33/action", {auth("ALLO_B")})\n'
    + f"def f(path):\n    requests.get(B + path, {auth('ALLO_B')})\n"
)


def report(*sources: str, held: list[str] | None = None) -> ScopesReport:
    return scopes_report([(f"m{number}.py", one.encode()) for number, one in enumerate(sources)], RULES, held)


def found(result: ScopesReport) -> list[tuple[str, str, str, int]]:
    return [(one.rule, one.severity, one.message.split(" ")[0], one.start.line) for one in result.findings]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (b"URL = 'https://api.withallo.com'", True),
        (b"requests.get(base + '/v2/api/tags')", True),
        (b"key = os.environ['ALLO_API_KEY']", True),
        (b"settings.allo.key", True),
        (b"import requests\nrequests.get('https://example.com/v2/users')", False),
        (b"SHALLOW_COPY = allowed(Allocation)", False),
        (b"", False),
    ],
)
def test_a_seed_speaks_of_allo(source: bytes, wanted: bool) -> None:
    assert is_seed(source, RULES) is wanted


def test_a_run_over_files_that_do_not_matter_never_loads_libcst() -> None:
    program = (
        "import sys; from allo_keyscan.catalog.api import api_rules; from allo_keyscan.scopes import scopes_report;"
        f"scopes_report([('a.py', b'x = 1')], api_rules({FOLDER!r})); print('libcst' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert result.stdout == "False\n"


def test_the_costly_halves_of_libcst_are_never_used() -> None:
    """Its matchers and metadata providers cost several times the parse; libcst itself loads the latter's modules."""
    for path in (ROOT / "allo_keyscan" / "calls").glob("*.py"):
        assert not re.search(r"import.*(metadata|matchers)|libcst\.(metadata|matchers)", path.read_text("utf-8")), path
    program = (
        "import sys; from allo_keyscan.catalog.api import api_rules; from allo_keyscan.scopes import scopes_report;"
        f"r = scopes_report([('a.py', {TWO_KEYS.encode()!r})], api_rules({FOLDER!r}));"
        "print(len(r.calls), 'libcst.matchers' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert result.stdout == "4 False\n"


def test_each_key_has_its_own_scopes() -> None:
    result = report(TWO_KEYS)
    assert [(key.key, key.required_scopes, key.calls, key.unresolved) for key in result.keys] == [
        ("env:ALLO_A", ("TAGS_READ", "USERS_READ"), 3, 0),
        ("env:ALLO_B", ("CONVERSATIONS_READ",), 1, 1),
    ]
    assert result.required_scopes == ("CONVERSATIONS_READ", "TAGS_READ", "USERS_READ")
    assert [(one.path, one.line) for one in result.unresolved] == [("m0.py", 8)]
    assert "f.path" in result.unresolved[0].reason
    assert [(one.rule, one.start.line) for one in result.findings] == [("scope-conflict", 6), ("unresolved-call", 8)]
    assert all(key.missing == key.excess == key.not_observed == () for key in result.keys)


def test_missing_and_excess_against_what_is_granted() -> None:
    result = report(TWO_KEYS, held=["TAGS_READ", "CONVERSATIONS_READ", "BILLING"])
    first, second = result.keys
    assert (first.missing, first.excess) == (("USERS_READ",), ("BILLING", "CONVERSATIONS_READ"))
    assert (second.missing, second.excess, second.not_observed) == ((), (), ("BILLING", "TAGS_READ"))
    assert second.blockers == (Place("m0.py", 8),)
    assert found(result) == [
        ("unused-scope", "note", "BILLING", 3),
        ("missing-scope", "error", "GET", 4),
        ("missing-scope", "error", "GET", 5),
        ("scope-conflict", "note", "PUT", 6),
        ("unresolved-call", "note", "may", 8),
    ]
    assert "m0.py:8" in result.findings[0].message, "the call that blocks the verdict is named"


def test_excess_is_a_warning_once_nothing_is_unresolved() -> None:
    resolved = TWO_KEYS[: TWO_KEYS.index("def f")]
    result = report(resolved, held=["TAGS_READ", "USERS_READ", "CONVERSATIONS_READ", "SMS_SEND"])
    assert found(result) == [("unused-scope", "warning", "SMS_SEND", 3), ("scope-conflict", "note", "PUT", 6)]


def test_a_scope_that_a_source_names_in_conflict_is_not_too_much() -> None:
    source = HEAD + 'requests.put(B + "/conversations/33/action")\n'
    result = report(source, held=["CONVERSATIONS_READ", "CONVERSATIONS_WRITE"])
    assert found(result) == [("scope-conflict", "note", "PUT", 3)]
    assert result.calls[0].conflict == ("CONVERSATIONS_WRITE",)
    alone = report(source, held=["CONVERSATIONS_WRITE"])
    assert found(alone) == [("missing-scope", "error", "PUT", 3), ("scope-conflict", "note", "PUT", 3)]


def test_a_wider_scope_covers_a_narrower_one(tmp_path: Path) -> None:
    for name in ("scopes.toml", "clients.toml", "api.toml", "findings.toml"):
        (tmp_path / name).write_bytes((ROOT / "rules" / name).read_bytes())
    endpoints = (ROOT / "rules" / "endpoints.toml").read_text("utf-8").replace("TAGS_READ", "CONTACTS_READ")
    (tmp_path / "endpoints.toml").write_text(endpoints.replace("TAGS_WRITE", "CONTACTS_READ_WRITE"), "utf-8")
    rules = api_rules(str(tmp_path))
    read = HEAD + 'requests.get(B + "/tags")\n'
    both = read + 'requests.post(B + "/conversations/items/1/tags")\n'

    def run(source: str, held: list[str]) -> ScopesReport:
        return scopes_report([("a.py", source.encode())], rules, held)

    assert run(read, ["CONTACTS_READ_WRITE"]).findings == ()
    assert run(read, ["CONTACTS_READ_WRITE", "CONTACTS_READ"]).keys[0].excess == ("CONTACTS_READ_WRITE",)
    assert run(both, ["CONTACTS_READ"]).keys[0].missing == ("CONTACTS_READ_WRITE",)
    assert run(both, []).required_scopes == ("CONTACTS_READ_WRITE",)


def test_scopes_declared_without_any_call_are_too_much() -> None:
    result = report("x = 1\n", held=["TAGS_READ"])
    assert [(one.rule, str(one.origin)) for one in result.findings] == [("unused-scope", ".")]


def test_a_file_that_does_not_parse_is_skipped_and_makes_the_answer_incomplete() -> None:
    result = report(HEAD + "def f(:\n", TWO_KEYS)
    assert [(skip.path, "line 3" in skip.reason) for skip in result.skipped] == [("m0.py", True)]
    assert not result.complete
    assert {call.path for call in result.calls} == {"m1.py"}
    assert report("def f(:\n", TWO_KEYS).complete, "a file that cannot matter is not parsed, so it lacks nothing"


def test_what_the_caller_could_not_read_is_in_the_report() -> None:
    result = scopes_report([], RULES, skipped=[Skipped("a.py", "permission denied")])
    assert not result.complete


def test_processes_give_the_same_report() -> None:
    padding = "# " + "x" * 400_000 + "\n"
    sources = [(f"m{number}.py", (padding + TWO_KEYS).encode()) for number in range(4)]
    alone = scopes_report(sources, RULES, ["TAGS_READ"])
    assert scopes_report(sources, RULES, ["TAGS_READ"], jobs=2) == alone
    assert len(alone.calls) == 16


# -- the command ---------------------------------------------------------------------------------------------------


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(warm: Server) -> Command:
    def call(*arguments: str, cwd: Path) -> tuple[int, str, str]:
        code, out, err = warm.run(["scopes", *arguments], cwd, os.environ, b"", 60)
        return code, out.decode(), err.decode()

    return call


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(TWO_KEYS, "utf-8")
    (tmp_path / "notes.txt").write_text(TWO_KEYS, "utf-8")
    (tmp_path / "tool").write_text("#!/usr/bin/env python3\n" + HEAD + 'requests.get(B + "/tags")\n', "utf-8")
    return tmp_path


def test_json_is_the_contract(project: Path, command: Command) -> None:
    code, output, _ = command("--format", "json", cwd=project)
    result = json.loads(output)
    assert code == 0
    assert list(result) == [
        "schema_version",
        "tool",
        "calls",
        "unresolved",
        "keys",
        "required_scopes",
        "findings",
        "suppressed",
        "skipped",
        "complete",
        "summary",
    ]
    assert result["summary"]["files"] == 2
    assert [(call["path"], call["line"]) for call in result["calls"]] == [
        ("app.py", 3),
        ("app.py", 4),
        ("app.py", 5),
        ("app.py", 6),
        ("tool", 4),
    ]
    assert command("--format", "json", cwd=project)[1] == output


def test_check_decides_the_exit(project: Path, command: Command) -> None:
    assert command(cwd=project)[0] == 0
    assert command("--granted", "TAGS_READ", cwd=project)[0] == 0
    assert command("--granted", "TAGS_READ", "--check", cwd=project)[0] == 1
    assert command("--granted", "TAGS_READ,USERS_READ,CONVERSATIONS_READ", "--check", cwd=project)[0] == 0
    (project / "pyproject.toml").write_text('[tool.allo-keyscan.scopes]\ndeclared = ["TAGS_READ"]\n', "utf-8")
    assert command("--check", cwd=project)[0] == 1
    assert command("--check", "--isolated", cwd=project)[0] == 0


def test_what_cannot_run_exits_two_and_says_what(project: Path, command: Command) -> None:
    for arguments, said in [
        (["nowhere.py"], "nowhere.py"),
        (["--granted", "tags"], "'tags'"),
        (["--granted", "TAG_READ"], "--granted: unknown scope 'TAG_READ'; did you mean 'TAGS_READ'?"),
        (["--granted", "TAGS READ"], "'TAGS READ'"),
        (["--rules", "norules"], "norules"),
        (["--config", "none.toml"], "none.toml"),
    ]:
        code, output, error = command(*arguments, cwd=project)
        assert (code, output) == (2, "")
        assert said in error


def test_a_declared_scope_that_does_not_exist_is_told_the_nearest(project: Path, command: Command) -> None:
    (project / "pyproject.toml").write_text('[tool.allo-keyscan.scopes]\ndeclared = ["TAGS_RAED"]\n', "utf-8")
    code, output, error = command(cwd=project)
    assert (code, output) == (2, "")
    assert "pyproject.toml: scopes: declared: unknown scope 'TAGS_RAED'; did you mean 'TAGS_READ'?" in error


def test_a_file_that_cannot_be_parsed_exits_three(project: Path, command: Command) -> None:
    (project / "broken.py").write_text(HEAD + "def f(:\n", "utf-8")
    code, output, error = command("--format", "json", cwd=project)
    assert code == 3
    assert json.loads(output)["skipped"][0]["path"] == "broken.py"
    assert "broken.py" in error
    assert command("--allow-incomplete", cwd=project)[0] == 0
    assert command("--exclude", "broken.py", cwd=project)[0] == 0
    assert command("--check", "--granted", "BILLING", cwd=project)[0] == 1, "findings win over incompleteness"


def test_a_named_file_is_python_whatever_its_name(project: Path, command: Command) -> None:
    result = json.loads(command("notes.txt", "--format", "json", cwd=project)[1])
    assert len(result["calls"]) == 4


def test_output_goes_to_a_file(project: Path, command: Command) -> None:
    code, output, _ = command("--format", "json", "--output", "out.json", cwd=project)
    assert (code, output) == (0, "")
    assert len(json.loads((project / "out.json").read_text("utf-8"))["calls"]) == 5


def test_a_literal_key_is_named_by_fingerprint_only(project: Path, command: Command) -> None:
    secret = key(length=20)
    source = HEAD + f'requests.get(B + "/tags", headers={{"Authorization": "Api-Key {secret}"}})\n'
    source += f'requests.get(B + "/{secret}", headers={{}})\n'
    (project / "app.py").write_text(source, "utf-8")
    for arguments in ([], ["--format", "json"], ["-v"]):
        _, output, error = command(*arguments, cwd=project)
        assert "literal:" in output
        assert secret not in output + error
    with redirect_stdout(io.StringIO()):
        assert secret not in repr(report(source).keys)


def test_a_file_that_is_gone_once_it_is_opened_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stays.py").write_text(TWO_KEYS)
    (tmp_path / "goes.py").write_text(TWO_KEYS)

    def listed(*arguments: Any, **options: Any) -> Listing:
        listing = list_files(*arguments, **options)
        (tmp_path / "goes.py").unlink(missing_ok=True)
        return listing

    monkeypatch.setattr("allo_keyscan.cli.scopes.list_files", listed)
    answers = str(tmp_path / "answer.json")
    code = run(["scopes", "--isolated", "--quiet", "--format", "json", "--output", answers, str(tmp_path)])
    answer = json.loads(Path(answers).read_text())
    assert (code, answer["summary"]["files"], answer["skipped"]) == (0, 1, [])
