"""What others copy into their pipelines: it fits their schemas, and GitLab's job runs as it stands."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from checkout import ROOT
from ci.remotes import Remote
from ci.steps import load, load_all
from hooks.repositories import Done, Repository

TEMPLATE = ROOT / "templates" / "allo-keyscan.yml"
GUIDE = (ROOT / "docs" / "ci.md").read_text("utf-8")


def valid(schema: str, *files: Path) -> str:
    """What check-jsonschema has against files; "" where it takes them."""
    transform = ("--data-transform", "gitlab-ci") if schema.endswith("gitlab-ci") else ()
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *transform, *map(str, files)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def section(title: str) -> str:
    """The YAML that the guide shows under a title."""
    found = re.search(rf"^## {title}$.*?^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def filled(**given: str) -> Any:
    """The template's job with its inputs in their places, as GitLab puts them there before it reads the YAML."""
    head, body = TEMPLATE.read_text("utf-8").split("\n---\n")
    inputs = {name: one["default"] for name, one in load_all(head)[0]["spec"]["inputs"].items()}
    inputs |= {name.replace("_", "-"): value for name, value in given.items()}

    def put(place: re.Match[str]) -> str:
        value = inputs[place[1]]
        return str(value).lower() if isinstance(value, bool) else value

    return load_all(re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", put, body))[0]


@pytest.mark.parametrize(
    ("schema", "title"),
    [
        ("vendor.github-workflows", "GitHub Actions"),
        ("vendor.gitlab-ci", "GitLab CI"),
        ("vendor.azure-pipelines", "Azure Pipelines"),
        ("vendor.bitbucket-pipelines", "Bitbucket Pipelines"),
    ],
)
def test_what_the_guide_shows_fits_its_schema(schema: str, title: str, tmp_path: Path) -> None:
    (tmp_path / "shown.yml").write_text(section(title))
    assert valid(schema, tmp_path / "shown.yml") == ""


def test_the_template_fits_its_schema(tmp_path: Path) -> None:
    head, body = TEMPLATE.read_text("utf-8").split("\n---\n")
    for name, text in (("spec", head), ("job", body)):
        (tmp_path / f"{name}.yml").write_text(text)
    assert valid("vendor.gitlab-ci", tmp_path / "spec.yml", tmp_path / "job.yml") == ""
    assert set(re.findall(r"inputs\.([\w-]+)", body)) == set(load_all(head)[0]["spec"]["inputs"])


def test_the_guide_names_every_input() -> None:
    for title, inputs in (
        ("GitHub Actions", load(ROOT / "action.yml")["inputs"]),
        ("GitLab CI", load_all(TEMPLATE.read_text("utf-8").split("\n---\n")[0])[0]["spec"]["inputs"]),
    ):
        told = GUIDE.partition(f"\n## {title}\n")[2].partition("\n## ")[0].rpartition("Its inputs are ")[2]
        assert set(inputs) - set(re.findall(r"`([\w-]+)`", told)) == set()


def gitlab(change: Remote, folder: Path, since: str, **inputs: str) -> tuple[Repository, Done]:
    """The template's job in a clone: its variables, its script in one shell; what it installs is there already."""
    repo = change.clone(folder / "clone")
    (job,) = filled(**inputs).values()
    assert "${" not in "".join(job["script"])
    env = {"GITLAB_CI": "true", "CI": "true", "CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "1"}
    env |= {"CI_PROJECT_DIR": str(repo.root), "CI_MERGE_REQUEST_DIFF_BASE_SHA": change.ids[since]}
    env |= {"HOME": str(folder), "PATH": f"{Path(sys.executable).parent}:{repo.env['PATH']}"}
    env |= {name: str(value) for name, value in job["variables"].items() if value is not None}
    script = "\n".join([job["before_script"][0], *job["script"]])
    return repo, repo.run("bash", "-eo", "pipefail", "-c", script, **env)


def test_the_job_of_a_merge_request_with_a_key_fails_with_both_reports(change: Remote, tmp_path: Path) -> None:
    repo, done = gitlab(change, tmp_path, "main")
    assert (done.code, "gone.txt:1:1: AK001 leaked-key" in done.said) == (1, True), done.said
    (job,) = filled().values()
    reports = job["artifacts"]["reports"]
    names = ("codequality", "secret_detection")
    quality, keys = (json.loads((repo.root / reports[name]).read_text()) for name in names)
    assert [one["location"]["path"] for one in quality] == ["gone.txt"]
    assert [one["location"]["file"] for one in keys["vulnerabilities"]] == ["gone.txt"]
    assert f"safe.directory={repo.root}" in repo.run("git", "config", "--global", "--list").said


def test_the_job_of_a_clean_merge_request_passes(change: Remote, tmp_path: Path) -> None:
    assert gitlab(change, tmp_path, "topic")[1].code == 0


def test_inputs_reach_the_tool_as_words(change: Remote, tmp_path: Path) -> None:
    (tmp_path / "base").write_text('{"allo-keyscan-baseline": 1}\n')
    hostile = {"base": change.ids["main"], "scopes": "false", "baseline": str(tmp_path / "base")}
    _, done = gitlab(change, tmp_path, "topic", **hostile, fail_on="never")
    assert (done.code, "AK001" in done.said, "scopes:" in done.said) == (0, True, False), done.said
    _, done = gitlab(change, tmp_path / "again", "main", base="'$(touch pwned)'")
    assert (done.code, list(tmp_path.rglob("pwned"))) == (2, []), done.said
