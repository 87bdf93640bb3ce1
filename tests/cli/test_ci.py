"""`ci` as a pipeline runs it: variables, a real clone, and what it writes where."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from canaries import leaks
from ci.remotes import Remote
from cli.conftest import Keyscan, Run
from hooks.repositories import Repository
from leaky import APP
from runners import commands
from samples import PREFIX, body, key

SETTINGS = '[tool.allo-keyscan.scopes]\n"env:ALLO_API_KEY" = ["TAGS_READ"]\n'
GITHUB = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main"}


@pytest.fixture(scope="module")
def change(tmp_path_factory: pytest.TempPathFactory) -> Remote:
    """A pull request that brings a key and takes it out again, one that stays, and a call whose scope is missing."""
    origin = Repository.of(tmp_path_factory.mktemp("change"), ("pyproject.toml", SETTINGS), ("old.txt", "nothing\n"))
    ids = {"main": origin.git("rev-parse", "HEAD")}
    origin.git("checkout", "-q", "-b", "topic")
    for name, content in (("gone.txt", key(1)), ("stays.txt", f"k = {key(2)}\n"), ("shop/app.py", APP)):
        origin.stage(name, content)
        origin.commit_unchecked()
    origin.git("rm", "-q", "gone.txt")
    origin.commit_unchecked("Take it out")
    ids["topic"] = origin.git("rev-parse", "HEAD")
    return Remote(origin, ids)


@pytest.fixture
def pull(change: Remote, keyscan: Keyscan, tmp_path: Path) -> Keyscan:
    """`pull(*arguments, **variables)` runs `ci` in a clone of the pull request, as GitHub would."""
    repo = change.clone(tmp_path / "clone")
    event = tmp_path / "event.json"
    shas = {"base": {"sha": change.ids["main"]}, "head": {"sha": change.ids["topic"]}}
    event.write_text(json.dumps({"pull_request": shas}))

    def call(*arguments: str, **variables: str) -> Run:
        return keyscan("ci", *arguments, cwd=repo.root, **{**GITHUB, "GITHUB_EVENT_PATH": str(event), **variables})

    return call


def test_a_pull_request_on_github(pull: Keyscan, change: Remote, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("Before.\n")
    done = pull("-v", "--report", "sarif:../out.sarif", GITHUB_STEP_SUMMARY=str(summary))
    assert done.code == 1
    named = [line.split("file=")[1].split(",")[:2] for line in done.out.splitlines() if line.startswith("::error")]
    # The key that is gone stands where its commit put it; the one that stays is told once, at its line of today.
    assert named[:2] == [["gone.txt", "line=1"], ["stays.txt", "line=1"]]
    assert [file for file, _ in named[2:]] == ["shop/app.py"] * len(named[2:])
    assert len(named) > 2
    told = summary.read_text()
    assert told.startswith("Before.\n## allo-keyscan: leaked keys\n")
    assert "## allo-keyscan: scopes\n" in told
    assert "`gone.txt" in told
    runs = json.loads((tmp_path / "out.sarif").read_text())["runs"]
    assert [run["automationDetails"]["id"] for run in runs] == ["allo-keyscan/scan/", "allo-keyscan/scopes/"]
    where = "4 commits: since " + change.ids["main"][:12]
    assert done.err.splitlines()[0] == f"GitHub Actions, pull-request: {where} (pull_request.base.sha)"


def test_keys_alone_and_scopes_that_are_not_declared(pull: Keyscan, change: Remote, tmp_path: Path) -> None:
    alone = pull("--no-scopes", "--format", "json")
    assert (alone.code, alone.json["scopes"], len(alone.json["scan"]["findings"])) == (1, None, 2)
    loose = pull("--isolated", "--format", "json", "--exclude", "*.txt")
    assert (loose.code, loose.json["scan"]["findings"], loose.json["scopes"]["declared"]) == (0, [], False)
    assert len(loose.json["scopes"]["calls"]) > 2
    assert "no scopes are declared" in loose.err
    strict = pull("--format", "json", "--exclude", "*.txt")
    assert (strict.code, strict.json["scan"]["findings"], strict.json["scopes"]["declared"]) == (1, [], True)


def test_a_baseline_and_levels(pull: Keyscan, tmp_path: Path) -> None:
    accepted = tmp_path / "base"
    pull("--no-scopes", "--format", "json", "--output", str(tmp_path / "found.json"))
    rows = json.loads((tmp_path / "found.json").read_text())["scan"]["findings"]
    entries = [json.dumps({name: one[name] for name in ("rule", "fingerprint", "path")}) for one in rows]
    accepted.write_text('{"allo-keyscan-baseline": 1}\n' + "".join(f"{entry}\n" for entry in entries))
    assert pull("--no-scopes", "--baseline", str(accepted)).code == 0
    assert pull("--fail-on", "never").code == 0
    assert pull("--exit-zero").code == 0


@pytest.mark.parametrize(
    ("variables", "named", "files"),
    [
        (
            {"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "1", "CI_MERGE_REQUEST_DIFF_BASE_SHA": "{main}"},
            "GitLab CI, pull-request: 4 commits",
            ["gl-code-quality-report.json", "gl-secret-detection-report.json"],
        ),
        (
            {"TF_BUILD": "True", "BUILD_REASON": "PullRequest", "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"},
            "Azure Pipelines, pull-request: 4 commits",
            [],
        ),
        ({"CI": "1", "JENKINS_URL": "x", "CHANGE_ID": "1", "CHANGE_TARGET": "main"}, "Jenkins, pull-request: 4", []),
        ({"CI": "1"}, "CI, push: 4 commits", []),
    ],
    ids=["gitlab", "azure", "jenkins", "any"],
)
def test_other_pipelines(
    variables: dict[str, str], named: str, files: list[str], change: Remote, keyscan: Keyscan, tmp_path: Path
) -> None:
    repo = change.clone(tmp_path / "clone")
    before = set(os.listdir(repo.root))
    env = {name: change.fill(value) for name, value in variables.items()}
    done = keyscan("ci", "-v", "--report", "junit:../junit.xml", cwd=repo.root, **env)
    assert done.code == 1
    assert done.err.startswith(named)
    assert sorted(set(os.listdir(repo.root)) - before) == files
    assert '<failure type="error"' in (tmp_path / "junit.xml").read_text()
    if "TF_BUILD" in env:
        assert "##vso[task.logissue type=error;sourcepath=gone.txt;linenumber=1;columnnumber=1;code=AK001;]" in done.out
    else:
        assert "gone.txt:1:1: AK001 leaked-key" in done.out
        assert commands(done.out) == []
    if files:
        issues, keys = (json.loads((repo.root / name).read_text()) for name in files)
        assert {one["location"]["path"] for one in issues} == {"gone.txt", "stays.txt", "shop/app.py"}
        assert [one["location"]["file"] for one in keys["vulnerabilities"]] == ["gone.txt", "stays.txt"]
        again = keyscan("ci", "--no-files", cwd=repo.root, **env)
        assert (again.code, again.out.count("AK001")) == (1, 2)


def test_a_shallow_clone_is_incomplete_and_says_what_to_set(change: Remote, keyscan: Keyscan, tmp_path: Path) -> None:
    repo = change.clone(tmp_path / "clone", "--depth=1", only="refs/heads/topic")
    (repo.root / "stays.txt").unlink()
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"base": {"sha": change.ids["main"]}}}))
    env = {**GITHUB, "GITHUB_EVENT_PATH": str(event)}
    done = keyscan("ci", "--isolated", cwd=repo.root, **env)
    assert done.code == 3
    assert "not in this shallow clone: give actions/checkout `fetch-depth: 0`" in done.err
    assert done.out.startswith("::warning title=allo-keyscan::incomplete: 1 place could not be looked at")
    assert keyscan("ci", "--isolated", "--allow-incomplete", cwd=repo.root, **env).code == 0
    event.write_text("[" * 100_000)
    broken = keyscan("ci", "--isolated", cwd=repo.root, **env)
    assert (broken.code, "GITHUB_EVENT_PATH: is not JSON" in broken.err) == (3, True)
    assert keyscan("ci", "--base", change.ids["main"], cwd=repo.root, **env).code == 2


@pytest.mark.parametrize(
    ("arguments", "variables", "said"),
    [
        ([], {}, "no pipeline is recognised by its variables (GitHub Actions, "),
        (["--base", "--upload-pack=x"], {}, "error: --base --upload-pack=x: no commit of this repository"),
        (["--report", "html:x"], {"CI": "1"}, "'html:x' is not FORMAT:FILE"),
        (["--report", "json:gone/x"], {"CI": "1"}, "error: gone/x: cannot be written"),
        ([], {"GITHUB_ACTIONS": "1", "GITHUB_STEP_SUMMARY": "gone/x"}, "error: gone/x: cannot be written"),
        (["--rules", "."], {"CI": "1"}, "a rules folder needs this file"),
    ],
    ids=range(6),
)
def test_what_cannot_run(
    arguments: list[str], variables: dict[str, str], said: str, clean: Repository, keyscan: Keyscan
) -> None:
    done = keyscan("ci", *arguments, cwd=clean.root, **variables)
    assert (done.code, said in done.err) == (2, True), done.err


def test_outside_of_a_repository(keyscan: Keyscan, tmp_path: Path) -> None:
    done = keyscan("ci", cwd=tmp_path, CI="1")
    assert (done.code, "not a git repository" in done.err) == (2, True)


def test_findings_win_over_a_file_that_cannot_be_written(clean: Repository, keyscan: Keyscan) -> None:
    clean.write("a.txt", key())
    done = keyscan("ci", "--report", "json:gone/x", cwd=clean.root, CI="1")
    assert (done.code, "gone/x: cannot be written" in done.err, "AK001" in done.out) == (1, True, True)


def test_no_variable_or_name_becomes_a_command_or_tells_a_key(tmp_path: Path, keyscan: Keyscan) -> None:
    repo = Repository.of(tmp_path, ("a.txt", "x\n"))
    canary = PREFIX + body(100)
    repo.write(f"::x::{canary}.py", f"k = '{canary}'  # ##[add-mask]\n")
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", f"##vso[task.x]\n\n{canary}", GIT_AUTHOR_NAME=f"::error::{canary}")
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"before": f"##[group]{canary}", "after": f"::add-mask::\n{canary}"}))
    env = {"GITHUB_ACTIONS": "1", "GITHUB_EVENT_NAME": "push", "GITHUB_REF_NAME": f"::x::{canary}"}
    forms = ("json", "sarif", "gitlab", "gitlab-secret-detection", "azure", "junit", "csv", "markdown", "text")
    reports = [word for form in forms for word in ("--report", f"{form}:{tmp_path}/{form}")]
    done = keyscan("ci", "-vv", *reports, cwd=repo.root, GITHUB_EVENT_PATH=str(event), **env)
    assert done.code == 1
    assert set(commands(done.out)) <= {"error", "warning", "notice"}
    assert commands(done.err) == []
    assert "GITHUB" not in done.out
    assert "before ('#" in done.err
    written = [(tmp_path / form).read_bytes() for form in forms]
    assert [leaks(data) for data in (done.out.encode(), done.err.encode(), *written)] == [[]] * (2 + len(forms))
    assert all(PREFIX.encode() in data for data in written)
