"""`report FILE...` as a user runs it: saved JSON of every command in every format, and what is no such file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from cli.conftest import Keyscan
from hooks.repositories import Repository
from report.documents import EVIL, documents, shown
from samples import key

from allo_keyscan.report import Kind, formats_of, kind_of
from allo_keyscan.saved.documents import Part, read

COMMANDS: dict[Kind, list[tuple[str, ...]]] = {
    "scan": [("scan",), ("scan", "--history")],
    "scopes": [("scopes", "--check")],
    "audit": [("audit",)],
}


@pytest.mark.parametrize("kind", sorted(COMMANDS))
def test_a_saved_report_is_shown_as_the_run_itself_shows_it(
    shop: Repository, keyscan: Keyscan, tmp_path: Path, kind: Kind
) -> None:
    for command in COMMANDS[kind]:
        forms = list(formats_of(kind))
        wanted = [word for form in forms for word in ("--report", f"{form}:{tmp_path}/run.{form}")]
        run = keyscan(*command, *wanted, cwd=shop.root)
        assert run.code == 1
        for source in {"json", "jsonl"} & set(forms):
            again = [word for form in forms for word in ("--report", f"{form}:{tmp_path}/again.{form}")]
            fail = ("--fail-on", "warning") if kind == "scopes" else ()
            done = keyscan("report", f"{tmp_path}/run.{source}", *again, *fail, cwd=tmp_path)
            assert (done.code, done.out) == (1, (tmp_path / "run.text").read_text("utf-8"))
            for form in forms:
                before, after = ((tmp_path / f"{name}.{form}").read_bytes() for name in ("run", "again"))
                assert after == before, (source, form)


@pytest.mark.parametrize("text", ["x", *EVIL])
def test_every_document_comes_back_from_its_json_as_it_was(text: str) -> None:
    for document in documents(text):
        for source in {"json", "jsonl"} & set(formats_of(kind_of(document))):
            found = read("f", shown(source, document))
            back = found.report if isinstance(found, Part) else found
            for form in formats_of(kind_of(document)):
                assert shown(form, back) == shown(form, document), (kind_of(document), source, form)


def test_exit_codes_are_those_of_the_command(keyscan: Keyscan, tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text(key())
    (tmp_path / "note.py").write_text("x = 1  # allo-keyscan: ignore[AK001]\n")
    for name, arguments in (("leak", ["key.txt"]), ("note", ["note.py"]), ("clean", ["clean.txt"])):
        (tmp_path / "clean.txt").touch()
        keyscan("scan", *arguments, "--format", "json", "--output", f"{name}.json")
    told = json.loads((tmp_path / "clean.json").read_text())
    (tmp_path / "gap.json").write_text(
        json.dumps({**told, "skipped": [{"path": "a", "reason": "b", "incomplete": True}], "complete": False})
    )
    (tmp_path / "stopped.json").write_text(json.dumps({**told, "interrupted": True, "complete": False}))
    for name, more, code in (
        ("leak", [], 1),
        ("leak", ["--fail-on", "never"], 0),
        ("note", [], 0),
        ("note", ["--fail-on", "note"], 1),
        ("clean", [], 0),
        ("gap", [], 3),
        ("gap", ["--allow-incomplete"], 0),
        ("stopped", [], 130),
    ):
        for form in ("text", "github"):
            assert keyscan("report", f"{name}.json", "--format", form, *more).code == code, (name, more)


def test_fail_on_counts_for_saved_audits_and_scopes_too(shop: Repository, keyscan: Keyscan, tmp_path: Path) -> None:
    keyscan("audit", "--format", "json", "--output", f"{tmp_path}/audit.json", cwd=shop.root)
    keyscan("scopes", "--format", "json", "--output", f"{tmp_path}/scopes.json", cwd=shop.root)
    assert [keyscan("report", "audit.json", *more).code for more in ([], ["--fail-on", "never"])] == [1, 0]
    assert [keyscan("report", "scopes.json", *more).code for more in ([], ["--fail-on", "error"])] == [0, 1]


def test_several_audits_become_one_and_other_reports_do_not(keyscan: Keyscan, shop: Repository, tmp_path: Path) -> None:
    for name in ("a", "b"):
        keyscan("audit", str(shop.root), "--format", "jsonl", "--output", f"{name}.jsonl")
    merged = keyscan("report", "merge", "a.jsonl", "b.jsonl", "--format", "json")
    assert keyscan("report", "a.jsonl", "b.jsonl", "--format", "json").out == merged.out
    keyscan("scan", str(shop.root), "--format", "json", "--output", "c.json")
    done = keyscan("report", "a.jsonl", "c.json")
    assert (done.code, "several FILEs" in done.err) == (2, True)


def test_standard_input_is_read(keyscan: Keyscan, tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text(key())
    saved = keyscan("scan", "key.txt", "--format", "jsonl").out
    assert keyscan("report", "-", "--format", "csv", stdin=saved.encode()).out.count("\r\n") == 2


def test_json_lines_without_an_end_are_incomplete(keyscan: Keyscan, tmp_path: Path) -> None:
    (tmp_path / "note.py").write_text("x = 1  # allo-keyscan: ignore[AK001]\n" * 3)
    whole = keyscan("scan", "note.py", "--format", "jsonl").out
    for cut in (whole[: whole.rindex("{", 0, -200)], whole[:-300], "\n".join(whole.split("\n")[:2]) + "\n"):
        (tmp_path / "cut.jsonl").write_text(cut)
        done = keyscan("report", "cut.jsonl", "--format", "json")
        assert (done.code, done.json["complete"]) == (3, False)
        assert "no last line" in done.json["skipped"][0]["reason"]


@pytest.mark.parametrize(
    "text",
    [
        "x\n",
        "[]",
        "{}",
        "[" * 100_000,
        '{"findings": []}',
        '{"schema_version": 1, "tool": {}, "findings": [{}], "placeholders": 0}',
        '{"schema_version": 1, "tool": {}, "calls": [{}]}',
        '{"schema_version": 2, "tool": {}, "findings": []}',
        '{"rule": "x"}\n[]\n',
        '{"rule": "x"}\n',
    ],
)
def test_what_is_no_report_is_named(keyscan: Keyscan, tmp_path: Path, text: str) -> None:
    (tmp_path / "f.json").write_text(text)
    done = keyscan("report", "f.json")
    assert (done.code, done.out) == (2, "")
    assert re.match(r"error: f\.json:[12]: (no JSON of|schema version 2 is not 1)", done.err)


def test_json_of_a_command_that_has_no_report_is_told_what_is_read(keyscan: Keyscan) -> None:
    told = keyscan("explain", "AK001", "--format", "json").out.encode()
    done = keyscan("report", "-", stdin=told)
    assert (done.code, done.out) == (2, "")
    assert done.err == ("error: -:1: no JSON of `allo-keyscan` scan, scopes, audit or ci (--format json or jsonl)\n")


def test_a_rule_of_other_rules_is_named(keyscan: Keyscan, tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text(key())
    text = keyscan("scan", "key.txt", "--format", "json").out
    (tmp_path / "f.json").write_text(text.replace('"leaked-key"', '"new-rule"'))
    for form in ("text", "sarif"):
        done = keyscan("report", "f.json", "--format", form)
        assert (done.code, done.err) == (
            2,
            "error: unknown rule 'new-rule': --rules names the folder that it was found with\n",
        )


def test_a_format_that_the_report_cannot_have_is_named(keyscan: Keyscan, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    keyscan("scopes", "a.py", "--format", "json", "--output", "s.json")
    done = keyscan("report", "s.json", "--format", "gitlab-secret-detection")
    assert (done.code, done.err) == (
        2,
        "error: gitlab-secret-detection: a format of scan, audit and ci alone; s.json is of scopes\n",
    )


@pytest.mark.parametrize("kind", sorted(COMMANDS))
def test_no_format_shows_the_place_of_a_word_instead_of_the_word(
    shop: Repository, keyscan: Keyscan, tmp_path: Path, kind: Kind
) -> None:
    """`{revoke}` stood for the page where keys are revoked in SARIF's help and in GitLab's solution."""
    forms = formats_of(kind)
    keyscan(*COMMANDS[kind][-1], *(f"--report={form}:{tmp_path / form}" for form in forms), cwd=shop.root)
    assert [form for form in forms if "{revoke}" in (tmp_path / form).read_text("utf-8")] == []
