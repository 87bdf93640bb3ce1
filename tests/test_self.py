"""The project's own files hold no key, and the tool says so: tests build theirs from parts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from checkout import ROOT, environment, files


def test_this_repository_is_clean() -> None:
    command = [sys.executable, "-m", "allo_keyscan", "scan", *files(), "--format", "json", "--no-ignores", "--isolated"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(Path(os.devnull)), capture_output=True, text=True, check=False
    )
    report = json.loads(done.stdout)
    assert [(one["rule"], one["path"], one["start"]) for one in report["findings"]] == []
    assert (done.returncode, report["complete"]) == (0, True), done.stderr
    assert report["summary"]["files"] == len(files()) > 100


def test_the_command_of_the_readme_says_so_too() -> None:
    command = [sys.executable, "-m", "allo_keyscan", "scan", "."]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(Path(os.devnull)), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.startswith("0 findings")
