"""`audit` as a user runs it, on real repositories: one entry a key, its scopes, no false clean answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import demo
import pytest
from checkout import ROOT, environment
from cli.conftest import Keyscan, Run
from hooks.repositories import Repository
from leaky import CLIENT, LOCAL, LOOSE, PUSHED, masked
from samples import key


def audit(keyscan: Keyscan, *arguments: str | Path, cwd: Path | None = None) -> Run:
    return keyscan("audit", *map(str, arguments), "--format", "json", cwd=cwd)


def only(run: Run) -> Any:
    (one,) = run.json["repositories"]
    return one


def places(leak: Any) -> list[tuple[str, str, int]]:
    return [(place["where"], place["path"], place["start"]["line"]) for place in leak["places"]]


def test_a_key_is_one_entry_with_all_its_places(shop: Repository, keyscan: Keyscan) -> None:
    run = audit(keyscan, cwd=shop.root)
    leaks = {leak["masked"]: leak for leak in only(run)["keys"]}
    assert run.code == 1
    assert {name: places(leak) for name, leak in leaks.items()} == {
        masked(PUSHED): [("history", "deploy/prod.env", 2), ("history", "ci/settings.yaml", 1)],
        masked(LOCAL): [("history", "scripts/job.py", 1)],
        masked(CLIENT): [("work tree", "web/.env.production", 1), ("history", "web/.env.production", 1)],
        masked(LOOSE): [("work tree", "local.env", 1)],
    }
    lives = {
        name: (life["pushed"], life["in_work_tree"], life["in_index"], life["branches"])
        for name, leak in leaks.items()
        for life in [leak["history"]]
    }
    assert lives == {
        masked(PUSHED): (True, False, False, ["import", "main"]),
        masked(LOCAL): (False, False, False, ["import"]),
        masked(CLIENT): (False, True, True, ["main"]),
        masked(LOOSE): (False, True, False, []),
    }
    assert only(run)["keys"][0]["history"]["pushed"], "what others may have comes first"
    assert leaks[masked(CLIENT)]["rule"] == "client-side-key"
    assert (leaks[masked(PUSHED)]["used_as"], leaks[masked(LOOSE)]["used_as"]) == (
        ["env:ALLO_API_KEY"],
        ["env:ALLO_OTHER_KEY"],
    )
    assert leaks[masked(LOOSE)]["history"]["advice"].startswith("in no commit and not staged: take it out of local.env")


def test_scopes_are_those_of_the_scopes_command(shop: Repository, keyscan: Keyscan) -> None:
    told = only(audit(keyscan, cwd=shop.root))["scopes"]
    assert told.pop("declared") is True
    alone = keyscan("scopes", "--format", "json", cwd=shop.root).json
    assert told == {name: alone[name] for name in told}
    assert {one["rule"] for one in told["findings"]} == {
        "missing-scope",
        "undocumented-endpoint",
        "unresolved-call",
        "unused-scope",
    }
    assert [(one["path"], one["line"]) for one in told["unresolved"]] == [("shop/allo.py", 21)]


def test_a_folder_inside_and_the_git_directory_mean_the_whole_repository(shop: Repository, keyscan: Keyscan) -> None:
    whole = only(audit(keyscan, shop.root))
    for name in ("shop", ".git"):
        one = only(audit(keyscan, shop.root / name))
        assert {**one, "path": ""} == {**whole, "path": ""}


def test_a_bare_repository(shop: Repository, keyscan: Keyscan, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    shop.git("clone", "-q", "--mirror", "--no-local", str(shop.root), str(bare))
    run = audit(keyscan, bare)
    one = only(run)
    assert (run.code, one["bare"], one["complete"]) == (1, True, True)
    assert {leak["masked"] for leak in one["keys"]} == {masked(PUSHED), masked(LOCAL), masked(CLIENT)}
    assert [key["required_scopes"] for key in one["scopes"]["keys"]] == [
        ["TAGS_READ", "USERS_READ"],
        ["CONVERSATIONS_READ"],
    ]
    assert one["scopes"]["declared"] is False
    assert "bare" in one["skipped"][0]["reason"]
    (bare / "pyproject.toml").write_text("no settings of it = [")
    settings = shop.root / "pyproject.toml"
    assert only(audit(keyscan, bare, "--config", settings))["scopes"]["declared"] is True


def test_a_linked_worktree(clean: Repository, keyscan: Keyscan) -> None:
    other = clean.worktree("linked")
    other.write("here.env", key(7))
    clean.write("there.env", key(8))
    assert [places(leak) for leak in only(audit(keyscan, other.root))["keys"]] == [[("work tree", "here.env", 1)]]


def test_a_key_that_is_only_staged(clean: Repository, keyscan: Keyscan) -> None:
    clean.stage("staged.env", key(7))
    clean.write("staged.env", "nothing\n")
    (leak,) = only(audit(keyscan, cwd=clean.root))["keys"]
    assert (places(leak), leak["history"]["in_index"]) == ([("history", "staged.env", 1)], True)
    assert leak["history"]["advice"].startswith("only staged")


@pytest.mark.parametrize("form", ["text", "json", "markdown", "sarif", "html"])
def test_what_is_clean_and_what_is_not_in_every_format(clean: Repository, keyscan: Keyscan, form: str) -> None:
    assert keyscan("audit", "--format", form, cwd=clean.root).code == 0
    clean.git("clone", "-q", "--depth=1", f"file://{clean.root}", "shallow")
    clean.stage("b.txt", "b\n")
    clean.commit_unchecked()
    clean.git("clone", "-q", "--depth=1", f"file://{clean.root}", str(clean.root.with_name("shallow")))
    shallow = clean.root.with_name("shallow")
    run = keyscan("audit", "--format", form, cwd=shallow)
    assert (run.code, "a shallow clone" in run.out) == (3, True)
    assert keyscan("audit", "--format", form, "--allow-incomplete", cwd=shallow).code == 0


def test_no_repository_names_the_path_and_the_remedy(keyscan: Keyscan, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "file").write_text("x")
    run = audit(keyscan, plain)
    assert (run.code, run.out) == (2, "")
    assert f"{plain}: not a git repository" in run.err
    assert f"allo-keyscan scan {plain}" in run.err
    assert f"allo-keyscan scopes {plain}" in run.err
    for name in ("file", "missing"):
        run = audit(keyscan, plain / name)
        assert (run.code, run.out, str(plain / name) in run.err) == (2, "", True)


def test_one_that_cannot_be_read_costs_nothing_of_the_others(
    shop: Repository, clean: Repository, keyscan: Keyscan, tmp_path: Path
) -> None:
    run = audit(keyscan, tmp_path / "missing", clean.root, shop.root)
    first, second, third = run.json["repositories"]
    assert (run.code, run.json["complete"]) == (1, False)
    assert "does not exist" in first["error"]
    assert (second["keys"], second["complete"], len(third["keys"])) == ([], True, 4)
    assert audit(keyscan, tmp_path / "missing", clean.root).code == 2
    assert audit(keyscan, tmp_path / "missing", clean.root, "--allow-incomplete").code == 2
    (clean.root / "pyproject.toml").write_text("[tool.allo-keyscan]\nunknown = 1\n")
    run = audit(keyscan, clean.root, shop.root)
    assert (run.code, len(run.json["repositories"][1]["keys"])) == (1, 4)
    assert "unknown key" in run.json["repositories"][0]["error"]


CRASH = """
import os
from allo_keyscan.cli import auditing
real = auditing.search_history
def crash(paths, *more, **named):
    if paths[0] == os.environ["CRASHING"]:
        raise RuntimeError("what was read")
    return real(paths, *more, **named)
auditing.search_history = crash
"""


def test_a_defect_met_in_one_costs_nothing_of_the_others(
    shop: Repository, clean: Repository, keyscan: Keyscan, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(CRASH)
    path = f"{tmp_path}{os.pathsep}{ROOT}"
    run = keyscan(
        *("audit", str(clean.root), str(shop.root), "--format", "json"), PYTHONPATH=path, CRASHING=str(clean.root)
    )
    first, second = run.json["repositories"]
    assert (run.code, len(second["keys"])) == (1, 4)
    assert "internal error: RuntimeError" in first["error"]
    assert "what was read" not in run.out + run.err


def test_a_damaged_index_is_named_and_the_history_is_read(clean: Repository, keyscan: Keyscan) -> None:
    clean.stage("leak.env", key(7))
    clean.commit_unchecked()
    (clean.root / ".git" / "index").write_bytes(b"DIRC damaged")
    run = audit(keyscan, cwd=clean.root)
    one = only(run)
    assert (run.code, one["complete"]) == (1, False)
    assert places(one["keys"][0])[-1] == ("history", "leak.env", 1)
    assert one["keys"][0]["history"]["branches"] == ["main"]
    assert any("could not be read" in skip["reason"] for skip in one["skipped"])


def test_a_damaged_index_is_no_clean_answer(clean: Repository, keyscan: Keyscan) -> None:
    (clean.root / ".git" / "index").write_bytes(b"DIRC damaged")
    assert audit(keyscan, cwd=clean.root).code == 3


def test_a_time_limit_ends_in_words(shop: Repository, clean: Repository, keyscan: Keyscan) -> None:
    run = audit(keyscan, clean.root, shop.root, "--timeout", "0.000001")
    assert (run.code, run.json["complete"]) == (3, False)
    for one in run.json["repositories"]:
        assert any("time limit" in skip["reason"] for skip in one["skipped"])


def test_fail_on(clean: Repository, keyscan: Keyscan) -> None:
    clean.write("a.py", "x = 1  # allo-keyscan: ignore[AK001]\n")
    codes = {level: audit(keyscan, clean.root, "--fail-on", level).code for level in ("warning", "note", "never")}
    assert codes == {"warning": 0, "note": 1, "never": 0}
    clean.write(".allo-keyscan.toml", 'fail-on = "note"\n')
    assert audit(keyscan, clean.root).code == 1
    assert audit(keyscan, clean.root, "--isolated").code == 0


def test_a_missing_scope_alone_is_a_finding(clean: Repository, keyscan: Keyscan) -> None:
    call = 'import os, requests\nH = {"Authorization": "Api-Key " + os.environ["K"]}\n'
    clean.write("a.py", call + 'requests.get("https://api.withallo.com/v2/api/tags", headers=H)\n')
    assert audit(keyscan, clean.root).code == 0
    clean.write(".allo-keyscan.toml", "[scopes]\ndeclared = []\n")
    run = audit(keyscan, clean.root)
    assert (run.code, [one["rule"] for one in only(run)["scopes"]["findings"]]) == (1, ["missing-scope"])


def test_excludes_baselines_and_ignores(shop: Repository, keyscan: Keyscan, tmp_path: Path) -> None:
    run = audit(keyscan, shop.root, "--exclude", "deploy/", "--exclude", "ci/", "--exclude", "local.env")
    assert {leak["masked"] for leak in only(run)["keys"]} == {masked(LOCAL), masked(CLIENT)}
    copy = Repository((tmp_path / "copy").resolve(), shop.env)
    shop.git("clone", "-q", str(shop.root), str(copy.root))
    assert keyscan("baseline", "create", cwd=copy.root).code == 0
    run = audit(keyscan, copy.root, "--baseline", copy.root / ".allo-keyscan-baseline.jsonl")
    one = only(run)
    assert masked(CLIENT) not in {leak["masked"] for leak in one["keys"]}
    assert (one["work_tree"]["suppressed"]["baseline"], one["history"]["suppressed"]["baseline"]) == (1, 1)


def test_nothing_is_written_into_a_repository(shop: Repository, keyscan: Keyscan, tmp_path: Path) -> None:
    def state() -> dict[str, tuple[int, int]]:
        found = {}
        for folder, _, names in os.walk(shop.root):
            for name in names:
                info = os.stat(os.path.join(folder, name))
                found[os.path.join(folder, name)] = (info.st_size, info.st_mtime_ns)
        return found

    before = state()
    keyscan("audit", str(shop.root), "--report", f"html:{tmp_path}/a.html", "--output", f"{tmp_path}/b")
    assert state() == before
    assert (tmp_path / "a.html").read_text("utf-8").startswith("<!doctype html>")
    assert masked(PUSHED) in (tmp_path / "b").read_text("utf-8")


def test_two_runs_give_the_same_bytes(shop: Repository, keyscan: Keyscan) -> None:
    for form in ("text", "json", "markdown", "sarif", "html"):
        first, second = (keyscan("audit", "--format", form, *more, cwd=shop.root).out for more in ((), ("-j", "1")))
        assert first == second, form


def test_an_interrupt_shows_what_was_found(shop: Repository, tmp_path: Path) -> None:
    git = tmp_path / "git"
    real = subprocess.run(["sh", "-c", "command -v git"], capture_output=True, text=True, check=True).stdout.strip()
    git.write_text(
        f'#!/bin/sh\ncase "$*" in *batch-all-objects*) touch {tmp_path}/there; exec sleep 60;; esac\nexec {real} "$@"\n'
    )
    git.chmod(0o755)
    env = environment(Path(os.devnull)) | {"PYTHONPATH": str(ROOT), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "allo_keyscan", "audit", ".", str(tmp_path), "-j", "1"],
        cwd=shop.root,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,
    )
    end = time.monotonic() + 60
    while not (tmp_path / "there").exists():
        assert time.monotonic() < end, "the history is not read"
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert masked(CLIENT) in out.decode()
    assert "interrupted: its history, its Python code was not looked at" in out.decode()
    assert "interrupted before this repository was looked at" in out.decode()


def test_a_key_that_code_sends_as_it_stands_is_tied_to_its_scopes(tmp_path: Path, keyscan: Keyscan) -> None:
    repo = demo.shop(tmp_path)
    (one,) = keyscan("audit", str(repo.root), "--format", "json").json["repositories"]
    (leak,) = one["keys"]
    (name,) = leak["used_as"]
    scopes = {needs["key"]: needs["required_scopes"] for needs in one["scopes"]["keys"]}
    assert (name.startswith("literal:"), scopes[name]) == (True, ["CONVERSATIONS_READ"])
    assert demo.KEY[-6:] not in name
    page = keyscan("audit", str(repo.root), "--format", "html").out
    row = next(row for row in page.split("<tr")[1:] if masked(demo.KEY) in row)
    assert "CONVERSATIONS_READ" in row
