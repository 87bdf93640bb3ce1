"""The command as a user runs it: a process of its own, apart from the machine's settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hooks.repositories import Repository
from leaky import leaky
from warm import Server


@dataclass(frozen=True)
class Run:
    """How one run ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, read as JSON."""
        return json.loads(self.out)

    @property
    def places(self) -> list[tuple[str, str, int]]:
        """Rule, path and line of each finding."""
        return [(one["rule"], one["path"], one["start"]["line"]) for one in self.json["findings"]]


Keyscan = Callable[..., Run]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Many keys, each elsewhere, and code that needs scopes (leaky.py)."""
    return leaky(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def clean(tmp_path: Path) -> Repository:
    """One commit with nothing in it to find."""
    return Repository.of(tmp_path, ("a.txt", "nothing here\n"))


@pytest.fixture
def keyscan(tmp_path: Path, warm: Server) -> Keyscan:
    """`keyscan(*arguments, cwd=, stdin=, **environment)` runs the command: loaded already, or from the start where
    the environment steers Python."""

    def call(*arguments: str, cwd: Path | None = None, stdin: bytes = b"", **environment: str) -> Run:
        dropped = ("GIT_", "CI", "GITHUB_", "PRE_COMMIT", "NO_COLOR", "FORCE_COLOR", "CLICOLOR")
        env = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
        env |= {"HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1", "PYTHONWARNINGS": "error"}
        if any(name.startswith("PYTHON") for name in environment):
            command = [sys.executable, "-m", "allo_keyscan", *arguments]
            done = subprocess.run(
                command, cwd=cwd or tmp_path, env=env | environment, input=stdin, capture_output=True, timeout=60
            )
            return Run(done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr))
        code, out, err = warm.run(arguments, cwd or tmp_path, env | environment, stdin, 60)
        return Run(code, os.fsdecode(out), os.fsdecode(err))

    return call
