"""action.yml and the workflows: what their checkers say, and what the action's scripts do where they run for real."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from built import Built
from checkout import ROOT, environment
from ci.remotes import Remote
from ci.steps import Job, github, load, steps_of

ACTION = ROOT / "action.yml"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
_TOOLS = Path(sys.executable).parent


@pytest.mark.parametrize(
    ("schema", "files"),
    [("vendor.github-actions", [ACTION]), ("vendor.github-workflows", WORKFLOWS)],
    ids=["action", "workflows"],
)
def test_the_schema_takes_it(schema: str, files: list[Path]) -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (done.returncode, files != []) == (0, True), done.stdout


def test_zizmor_finds_nothing() -> None:
    audit = ["--offline", "--no-progress", "--no-config", "--format=json", *map(str, [ACTION, *WORKFLOWS])]
    done = subprocess.run(
        [str(_TOOLS / "zizmor"), *audit],
        env=environment(Path(os.devnull)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert [(one["ident"], one["desc"]) for one in json.loads(done.stdout)] == [], done.stderr


@pytest.mark.parametrize("path", [ACTION, *WORKFLOWS], ids=lambda path: path.name)
def test_what_others_wrote_is_pinned_and_its_version_told(path: Path) -> None:
    used = {step["uses"] for step in steps_of(path) if "uses" in step} - {"./"}
    told = re.findall(r"uses: (\S+@[0-9a-f]{40}) # v\d+\.\d+\.\d+$", path.read_text("utf-8"), re.MULTILINE)
    assert used == set(told) != set()


def test_inputs_reach_scripts_as_variables_alone() -> None:
    steps = list(steps_of(ACTION))
    assert [step["name"] for step in steps if "${{" in step.get("run", "")] == []
    whole = load(ACTION)
    used = set(re.findall(r"inputs\.([\w-]+)", ACTION.read_text("utf-8")))
    assert used == set(whole["inputs"])
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) and one["description"] for name, one in whole["inputs"].items())


def test_the_upload_comes_before_the_failure_and_whatever_happened() -> None:
    *_, look, upload, fail = steps_of(ACTION)
    assert (look["id"], upload["if"].startswith("always() && "), fail["if"]) == ("look", True, "always()")
    assert upload["uses"].startswith("github/codeql-action/upload-sarif@")
    assert set(upload["with"]) == {"sarif_file", "category"}


# -- its scripts ------------------------------------------------------------------------------------------------------


def job(change: Remote, folder: Path, name: str = "pull_request", base: str = "main", **inputs: str) -> Job:
    """The action in a clone of the change; of its steps that install, only the result is there."""
    repo = change.clone(folder / "clone")
    shas = {"base": {"sha": change.ids.get(base, base)}, "head": {"sha": change.ids["topic"]}}
    document = {"before": change.ids.get(base, base), "after": change.ids["topic"], "pull_request": shas}
    env = repo.env | github(folder / "event.json", name, document, GITHUB_STEP_SUMMARY=str(folder / "summary.md"))
    made = Job.of(ACTION, repo.root, folder / "temp", env, **inputs)
    made.known["steps.install.outputs.bin"] = str(_TOOLS)
    return made


def test_a_pull_request_with_a_key_fails_after_all_was_written(change: Remote, tmp_path: Path) -> None:
    done = job(change, tmp_path).run("Look")
    assert (done.codes, done.outputs) == (
        {"Look": 0},
        {"sarif-file": "allo-keyscan.sarif", "findings": "1", "exit-code": "1"},
    )
    assert done.out.startswith("::error file=gone.txt,line=1,")
    assert "`gone.txt" in (tmp_path / "summary.md").read_text()
    (result, *rest) = json.loads((tmp_path / "clone" / "allo-keyscan.sarif").read_text())["runs"][0]["results"]
    assert (result["ruleId"], rest) == ("AK001", [])
    assert done.run("Fail where there is something to act on").codes.popitem()[1] == 1


def test_a_push_without_findings_passes(change: Remote, tmp_path: Path) -> None:
    done = job(change, tmp_path, "push", base="topic").run("Look", "Fail where there is something to act on")
    assert set(done.codes.values()) == {0}
    assert done.outputs == {"sarif-file": "allo-keyscan.sarif", "findings": "0", "exit-code": "0"}


def test_every_input_reaches_the_tool(change: Remote, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('fail-on = "never"\n')
    (tmp_path / "base").write_text('{"allo-keyscan-baseline": 1}\n')
    done = job(change, tmp_path, base="gone", config=str(tmp_path / "settings.toml"))
    done.known |= {"inputs.base": change.ids["main"], "inputs.sarif-file": "../it's here.sarif"}
    done.known |= {"inputs.annotations": "false", "inputs.summary": "false", "inputs.scopes": "false"}
    assert done.run("Look").outputs == {"sarif-file": "../it's here.sarif", "findings": "1", "exit-code": "0"}
    assert "gone.txt:1:1: AK001" in done.out
    assert not (tmp_path / "summary.md").exists()
    assert [one["automationDetails"]["id"] for one in runs(tmp_path / "it's here.sarif")] == ["allo-keyscan/scan/"]
    done.known |= {"inputs.config": "", "inputs.fail-on": "error", "inputs.baseline": str(tmp_path / "base")}
    assert done.run("Look").outputs["exit-code"] == "1"
    done.known["inputs.exclude"] = "*.md\n*.txt\n"
    assert done.run("Look").outputs["exit-code"] == "0"
    done.known |= {"inputs.base": "", "inputs.exclude": "", "inputs.allow-incomplete": "true"}
    done.env["GITHUB_EVENT_PATH"] = str(tmp_path / "no event")
    assert done.run("Look").outputs["findings"] == "1"


def runs(path: Path) -> Any:
    return json.loads(path.read_text())["runs"]


def test_hostile_inputs_are_words_and_no_commands(change: Remote, tmp_path: Path) -> None:
    done = job(change, tmp_path, exclude="$(touch pwned)\n`touch pwned`\n; touch pwned", config='x"; touch pwned; "')
    done.run("Look", "Fail where there is something to act on")
    assert done.codes == {"Look": 0, "Fail where there is something to act on": 2}
    assert done.outputs == {"sarif-file": "", "findings": "", "exit-code": "2"}
    assert not list(tmp_path.rglob("pwned"))


def test_a_step_that_never_ran_fails_the_job(change: Remote, tmp_path: Path) -> None:
    assert job(change, tmp_path).run("Fail where there is something to act on").codes.popitem()[1] == 2


@pytest.mark.slow
def test_the_action_installs_and_runs_what_it_installed(
    change: Remote, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = job(change, tmp_path)
    made.known |= {"steps.python.outputs.python-path": sys.executable, "steps.install.outputs.bin": ""}
    # A wheel for the checkout that it was built of, which test_dockerfile.py installs: pip takes either.
    made.known["github.action_path"] = str(Built.once(tmp_path_factory).wheel)
    made.env["PIP_NO_DEPS"] = "1"
    made.run("Install")
    assert made.codes == {"Install": 0}, made.err
    (site,) = (tmp_path / "temp" / "allo-keyscan").glob("lib/python*/site-packages")
    (site / "zz_borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    made.run("Look")
    assert (made.codes, made.outputs["findings"]) == ({"Install": 0, "Look": 0}, "1"), made.err
    assert (site / "allo_keyscan" / "rules" / "ci.toml").is_file()
