"""`scopes` as a user runs it: declared scopes, what --check fails on, --write, ignore comments and settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.conftest import Keyscan

HEAD = 'import os, requests\nB = "https://api.withallo.com/v2/api"\n'
TAGS = 'requests.get(B + "/tags", headers={"Authorization": "Api-Key " + os.environ["ALLO_A"]})\n'
USERS = 'requests.get(B + "/users", headers={"Authorization": "Api-Key " + os.environ["ALLO_B"]})\n'
OPEN = 'def f(p):\n    requests.get(B + p, headers={"Authorization": "Api-Key " + os.environ["ALLO_A"]})\n'


def project(folder: Path, source: str, settings: str = "", name: str = "pyproject.toml") -> Path:
    (folder / "app.py").write_text(HEAD + source, "utf-8")
    if settings:
        (folder / name).write_text(settings, "utf-8")
    return folder / name


def declared(**scopes: str) -> str:
    lines = [
        f'"env:{name}" = [{", ".join(f"{chr(34)}{one}{chr(34)}" for one in text.split())}]'
        for name, text in scopes.items()
    ]
    return "\n".join(["[tool.allo-keyscan.scopes]", *lines, ""])


def test_each_key_is_checked_against_its_own_declaration(tmp_path: Path, keyscan: Keyscan) -> None:
    project(tmp_path, TAGS + USERS, declared(ALLO_A="TAGS_READ", ALLO_B="USERS_READ"))
    assert keyscan("scopes", "--check").code == 0
    project(tmp_path, TAGS + USERS, declared(ALLO_A="USERS_READ", ALLO_B="TAGS_READ"))
    done = keyscan("scopes", "--check", "--format", "json")
    assert (done.code, done.places) == (
        1,
        [
            ("missing-scope", "app.py", 3),
            ("missing-scope", "app.py", 4),
            ("unused-scope", "pyproject.toml", 2),
            ("unused-scope", "pyproject.toml", 3),
        ],
    )


@pytest.mark.parametrize(
    ("settings", "source", "codes"),
    [
        (declared(ALLO_A="USERS_READ"), TAGS, {"error": 1, "warning": 1, "note": 1, "never": 0}),
        (declared(ALLO_A="TAGS_READ USERS_READ"), TAGS, {"error": 0, "warning": 1, "note": 1, "never": 0}),
        (declared(ALLO_A="TAGS_READ USERS_READ"), TAGS + OPEN, {"error": 0, "warning": 0, "note": 1, "never": 0}),
        (declared(ALLO_A="TAGS_READ"), TAGS, {"error": 0, "warning": 0, "note": 0, "never": 0}),
    ],
    ids=["missing", "unused", "not observed", "as it should be"],
)
def test_what_check_fails_on(
    tmp_path: Path, keyscan: Keyscan, settings: str, source: str, codes: dict[str, int]
) -> None:
    project(tmp_path, source, settings)
    assert {level: keyscan("scopes", "--check", "--fail-on", level).code for level in codes} == codes
    assert keyscan("scopes", "--check").code == codes["warning"]
    assert keyscan("scopes").code == 0
    (tmp_path / "pyproject.toml").write_text('[tool.allo-keyscan]\nfail-on = "never"\n' + settings, "utf-8")
    assert keyscan("scopes", "--check").code == 0


def test_fail_on_without_check_is_no_silent_wish(tmp_path: Path, keyscan: Keyscan) -> None:
    project(tmp_path, TAGS)
    done = keyscan("scopes", "--fail-on", "error")
    assert (done.code, done.out) == (2, "")
    assert "--check" in done.err


def test_check_with_nothing_to_compare_says_so(tmp_path: Path, keyscan: Keyscan) -> None:
    project(tmp_path, TAGS)
    assert "no scopes are declared or granted" in keyscan("scopes", "--check").err
    project(tmp_path, TAGS, "[tool.allo-keyscan.scopes]\ndeclared = []\n")
    done = keyscan("scopes", "--check")
    assert (done.code, "no scopes are declared" in done.err) == (1, False)


# -- ignore comments and settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["AK102", "missing-scope"])
def test_a_comment_silences_a_finding_on_its_call_and_is_counted(tmp_path: Path, keyscan: Keyscan, rule: str) -> None:
    source = TAGS.replace("\n", f"  # allo-keyscan: ignore[{rule}]\n")
    source += f"# allo-keyscan: ignore[{rule}] for now\n" + USERS + USERS.replace("users", "tags")
    project(tmp_path, source)
    done = keyscan("scopes", "--check", "--granted", "BILLING", "--no-ignores", "--format", "json")
    assert [line for name, _, line in done.places if name == "missing-scope"] == [3, 5, 6]
    done = keyscan("scopes", "--check", "--granted", "BILLING", "--format", "json")
    assert [line for name, _, line in done.places if name == "missing-scope"] == [6]
    assert done.json["suppressed"] == {"comments": 2, "config": 0}
    assert "2 suppressed (2 by comments)" in done.err


def test_a_comment_for_another_rule_silences_nothing(tmp_path: Path, keyscan: Keyscan) -> None:
    project(tmp_path, TAGS.replace("\n", "  # allo-keyscan: ignore[AK103]\n"))
    assert keyscan("scopes", "--check", "--granted", "TAGS_WRITE", "--fail-on", "error").code == 1


def test_a_comment_silences_a_declared_scope_in_its_file(tmp_path: Path, keyscan: Keyscan) -> None:
    settings = declared(ALLO_A="TAGS_READ USERS_READ")
    project(tmp_path, TAGS, settings)
    assert keyscan("scopes", "--check").code == 1
    project(tmp_path, TAGS, settings.rstrip("\n") + "  # allo-keyscan: ignore[unused-scope]\n")
    assert keyscan("scopes", "--check").code == 0


def test_settings_silence_rules_everywhere_and_by_path(tmp_path: Path, keyscan: Keyscan) -> None:
    def settings(text: str) -> str:
        return f"[tool.allo-keyscan]\n{text}\n" + declared(ALLO_A="")

    for text in ('ignore = ["AK102"]', 'per-file-ignores = { "app.py" = ["missing-scope"] }'):
        project(tmp_path, TAGS, settings(text))
        done = keyscan("scopes", "--check", "--format", "json")
        assert (done.code, done.places, done.json["suppressed"]["config"]) == (0, [], 1)
        assert keyscan("scopes", "--check", "--no-ignores").code == 1
    project(tmp_path, TAGS, settings('per-file-ignores = { "tests/" = ["missing-scope"] }'))
    assert keyscan("scopes", "--check").code == 1


def test_scan_does_not_call_a_comment_for_scopes_unused(tmp_path: Path, keyscan: Keyscan) -> None:
    """Only `scopes` can tell whether it silences anything."""
    project(tmp_path, TAGS.replace("\n", "  # allo-keyscan: ignore[AK102]\n"))
    assert keyscan("scan", ".", "--format", "json").places == []
    project(tmp_path, TAGS.replace("\n", "  # allo-keyscan: ignore[AK001]\n"))
    assert keyscan("scan", ".", "--format", "json").places == [("unused-ignore", "app.py", 3)]


# -- declaring -------------------------------------------------------------------------------------------------------


def test_write_declares_the_scopes_of_each_key_and_changes_nothing_the_second_time(
    tmp_path: Path, keyscan: Keyscan
) -> None:
    file = project(tmp_path, TAGS + USERS, '[project]\nname = "x"  # odd\n')
    done = keyscan("scopes", "--write")
    wanted = '[project]\nname = "x"  # odd\n\n' + declared(ALLO_A="TAGS_READ", ALLO_B="USERS_READ")
    assert (done.code, file.read_text("utf-8")) == (0, wanted)
    assert [line for line in done.err.splitlines() if "pyproject" in line] == [
        "pyproject.toml: env:ALLO_A: + TAGS_READ",
        "pyproject.toml: env:ALLO_B: + USERS_READ",
    ]
    before = file.stat().st_mtime_ns
    done = keyscan("scopes", "--write", "--check")
    assert (done.code, file.read_text("utf-8"), file.stat().st_mtime_ns) == (0, wanted, before)
    assert "stay as they are" in done.err


def test_a_new_scope_is_one_line_of_diff(tmp_path: Path, keyscan: Keyscan) -> None:
    settings = '[tool.allo-keyscan.scopes]\n"env:ALLO_A" = [\n    "TAGS_READ",  # the tag cloud\n]\n'
    file = project(tmp_path, TAGS + USERS.replace("ALLO_B", "ALLO_A"), settings)
    keyscan("scopes", "--write")
    assert file.read_text("utf-8") == settings.replace("]\n", "]\n").replace("cloud\n", 'cloud\n    "USERS_READ",\n')


def test_write_drops_what_nothing_needs_and_says_so(tmp_path: Path, keyscan: Keyscan) -> None:
    file = project(tmp_path, TAGS, declared(ALLO_A="BILLING TAGS_READ", ALLO_B="USERS_READ"))
    done = keyscan("scopes", "--write")
    assert file.read_text("utf-8") == declared(ALLO_A="TAGS_READ")
    assert "pyproject.toml: env:ALLO_A: - BILLING" in done.err
    assert "pyproject.toml: env:ALLO_B: - USERS_READ" in done.err


@pytest.mark.parametrize(
    "broken", [OPEN, "", "def f(:\n"], ids=["an unresolved call", "an unknown endpoint", "no Python"]
)
def test_write_never_drops_a_scope_that_may_be_needed(tmp_path: Path, keyscan: Keyscan, broken: str) -> None:
    settings = declared(ALLO_A="BILLING TAGS_READ")
    file = project(tmp_path, TAGS + (broken or TAGS.replace("/tags", "/nothing")), settings)
    if "(:" in broken:
        (tmp_path / "other.py").write_text(HEAD + broken, "utf-8")
        project(tmp_path, TAGS, settings)
    done = keyscan("scopes", "--write")
    assert file.read_text("utf-8") == settings
    assert "kept BILLING: not observed" in done.err


def test_write_into_the_projects_own_settings_file(tmp_path: Path, keyscan: Keyscan) -> None:
    file = project(tmp_path, TAGS, 'exclude = ["x/"] # y\n', ".allo-keyscan.toml")
    keyscan("scopes", "--write")
    wanted = 'exclude = ["x/"] # y\n\n' + declared(ALLO_A="TAGS_READ").replace("tool.allo-keyscan.", "")
    assert file.read_text("utf-8") == wanted
    assert keyscan("scopes", "--check").code == 0


def test_write_makes_a_settings_file_where_there_is_none(tmp_path: Path, keyscan: Keyscan) -> None:
    project(tmp_path, TAGS)
    assert "+ TAGS_READ" in keyscan("scopes", "--write").err
    assert (tmp_path / ".allo-keyscan.toml").read_text("utf-8") == '[scopes]\n"env:ALLO_A" = ["TAGS_READ"]\n'


def test_one_list_for_all_keys_keeps_its_form(tmp_path: Path, keyscan: Keyscan) -> None:
    file = project(tmp_path, TAGS + USERS, '[tool.allo-keyscan]\nscopes = ["TAGS_READ"]  # all\n')
    assert keyscan("scopes", "--check").code == 1
    keyscan("scopes", "--write")
    assert file.read_text("utf-8") == '[tool.allo-keyscan]\nscopes = ["TAGS_READ", "USERS_READ"]  # all\n'
    assert keyscan("scopes", "--check").code == 0


def test_write_that_cannot_be_done_exits_two_and_leaves_the_file(tmp_path: Path, keyscan: Keyscan) -> None:
    file = project(tmp_path, TAGS, "tool = { other = 1 }\n")
    done = keyscan("scopes", "--write")
    assert (done.code, file.read_text("utf-8")) == (2, "tool = { other = 1 }\n")
    assert "pyproject.toml" in done.err
    for arguments in (["--isolated"], ["--granted", "TAGS_READ"]):
        assert keyscan("scopes", "--write", *arguments).code == 2


def test_quiet_says_nothing(tmp_path: Path, keyscan: Keyscan) -> None:
    project(tmp_path, TAGS, "[project]\n")
    assert keyscan("scopes", "--write", "--check", "-q").err == ""


def test_a_name_that_is_no_key_is_refused(tmp_path: Path, keyscan: Keyscan) -> None:
    project(tmp_path, TAGS, '[tool.allo-keyscan.scopes]\nALLO_A = ["TAGS_READ"]\n')
    done = keyscan("scopes")
    assert done.code == 2
    assert "'ALLO_A'" in done.err
    assert "env:NAME" in done.err
