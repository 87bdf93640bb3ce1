"""A pipeline's steps, run as their runner would: the scripts of action.yml by bash, with its variables."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

_EXPRESSION = re.compile(r"\$\{\{ *([^}]*?) *\}\}")


def load_all(text: str) -> list[Any]:
    """The documents of a YAML text."""
    return list(YAML(typ="safe", pure=True).load_all(text))


def load(path: Path) -> Any:
    """A YAML file of one document."""
    (document,) = load_all(path.read_text("utf-8"))
    return document


def steps_of(path: Path) -> Iterator[Any]:
    """The steps of an action, or of every job of a workflow."""
    whole = load(path)
    for job in whole["jobs"].values() if "jobs" in whole else [whole["runs"]]:
        yield from job["steps"]


@dataclass
class Job:
    """The steps that have run: their outputs, exit codes, and what was written. `known` answers expressions."""

    action: Any
    workspace: Path
    temp: Path
    env: dict[str, str]
    known: dict[str, str]
    codes: dict[str, int] = field(default_factory=dict)
    out: str = ""
    err: str = ""

    @classmethod
    def of(cls, path: Path, workspace: Path, temp: Path, env: Mapping[str, str], **inputs: str) -> Job:
        """A job that uses an action with some inputs, the others as they are by default."""
        action = load(path)
        known = {f"inputs.{name}": str(given["default"]) for name, given in action["inputs"].items()}
        given = {f"inputs.{name.replace('_', '-')}": value for name, value in inputs.items()}
        assert given.keys() <= known.keys(), given
        temp.mkdir(exist_ok=True)
        return cls(action, workspace, temp, dict(env), {**known, **given, "github.action_path": str(path.parent)})

    def filled(self, text: str) -> str:
        """A text with the values of its expressions; one that nobody knows is empty, as in GitHub's runner."""
        return _EXPRESSION.sub(lambda found: self.known.get(found[1], ""), text)

    def run(self, *names: str) -> Job:
        """Run steps by their names, as `bash` runs them: each ends at its first failure."""
        steps = {step["name"]: step for step in self.action["runs"]["steps"]}
        for name in names:
            step = steps[name]
            assert (step["shell"], _EXPRESSION.search(step["run"])) == ("bash", None)
            outputs = self.temp / "outputs"
            outputs.write_text("")
            env = {key: self.filled(str(value)) for key, value in step.get("env", {}).items()}
            env |= {"GITHUB_OUTPUT": str(outputs), "RUNNER_TEMP": str(self.temp)}
            script = self.temp / "script.sh"
            script.write_text(step["run"])
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
                cwd=self.workspace,
                env=self.env | env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=300,
            )
            self.codes[name] = done.returncode
            self.out, self.err = os.fsdecode(done.stdout), os.fsdecode(done.stderr)
            for line in outputs.read_text().splitlines():
                output, _, value = line.partition("=")
                self.known[f"steps.{step.get('id')}.outputs.{output}"] = value
        return self

    @property
    def outputs(self) -> dict[str, str]:
        """What the action gives to the job."""
        return {name: self.filled(given["value"]) for name, given in self.action["outputs"].items()}


def github(event: Path, name: str, document: Any, **variables: str) -> dict[str, str]:
    """The variables of a GitHub run; the event document is written to a file."""
    event.write_text(json.dumps(document))
    given = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(event)}
    return given | variables
