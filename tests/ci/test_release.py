"""How a release is made, and which versions of Python and of dependencies it is held against."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from checkout import ROOT, environment
from ci.steps import load, steps_of

from allo_keyscan import __version__

RELEASE = ROOT / ".github" / "workflows" / "release.yml"
_TOOLS = Path(sys.executable).parent


def script(name: str) -> str:
    """The script of a step of the release."""
    (found,) = (step["run"] for step in steps_of(RELEASE) if step.get("name") == name)
    assert isinstance(found, str)
    return found


def test_only_the_job_that_publishes_may_ask_for_a_token() -> None:
    whole = load(RELEASE)
    assert (whole["permissions"], whole["jobs"]["publish"]["environment"]["name"]) == ({}, "pypi")
    assert {name: job["permissions"] for name, job in whole["jobs"].items()} == {
        "build": {"contents": "read"},
        "publish": {"id-token": "write"},
    }
    assert [step for step in whole["jobs"]["publish"]["steps"] if "run" in step] == []


def test_a_tag_that_is_not_the_version_is_not_released(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "CHANGELOG.md"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    with open(tmp_path / "CHANGELOG.md", "a") as changes:
        changes.write(f"\n## [{__version__}]\n")
    check = script("The tag is the version, and the changelog has it")

    def code(tag: str) -> int:
        env = environment(Path(os.devnull)) | {"TAG": tag, "PATH": f"{_TOOLS}:{os.environ['PATH']}"}
        done = subprocess.run(["bash", "-ec", check], cwd=tmp_path, env=env, capture_output=True, check=False)
        return done.returncode

    assert [code(tag) for tag in (f"v{__version__}", "v9.9.9", "v$(touch pwned)")] == [0, 1, 1]
    assert not (tmp_path / "pwned").exists()
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n")
    assert code(f"v{__version__}") == 1


def test_the_matrix_runs_every_python_that_is_declared_and_the_lowest_versions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [one.rpartition(" ")[2] for one in project["classifiers"] if "Python :: 3." in one]
    matrix = load(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["run"]["strategy"]["matrix"]
    assert matrix["python"] == declared
    assert matrix["include"] == [{"python": declared[0], "versions": "lowest"}]
    done = subprocess.run([ROOT / ".ci" / "lowest", "--print"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [one.replace(">=", "==") for one in project["dependencies"]]
