"""A real interrupt amid a real search: exit code 130, what was found is shown and marked, no process is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from checkout import ROOT, environment
from hiding import masked
from hooks.repositories import Repository
from samples import PREFIX, key

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")

FILES = 40_000
"""Each holds a placeholder, so each is read as a whole: 2 s, of which the first tenths pass before the interrupt."""


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    made = Repository.make(tmp_path_factory.mktemp("long"))
    more = "and so on\n" * 60  # more than a pipe takes, so that git is there as long as the search
    often = f"k={key(2)}\n"  # wherever a search begins, it soon meets one
    lines = [
        f"blob\nmark :{number}\ndata <<END\n{number} k={PREFIX}your_key_here\n{'' if number % 50 else often}{more}END\n"
        for number in range(1, FILES)
    ]
    lines.append("commit refs/heads/main\ncommitter A <a@example.org> 0 +0000\ndata 1\nx\n")
    lines += [f"M 644 :{number} folder{number % 90}/{number}.env\n" for number in range(1, FILES)]
    lines.append(f"M 644 inline aaa.env\ndata <<END\n{key()}\nEND\n")
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=made.root, env=made.env, input="".join(lines).encode(), check=True
    )
    made.git("read-tree", "HEAD")
    return made


def session(leader: int) -> dict[int, str]:
    """The processes of a session, with what each runs; those that only wait to be reaped are left out."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state = (entry / "stat").read_text().rpartition(")")[2].split()
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if int(state[3]) == leader and state[0] != "Z":
                found[int(entry.name)] = command
    return found


def interrupted(repo: Repository, *arguments: str, everybody: bool) -> tuple[int, Any]:
    """Run until git reads objects, interrupt then; the exit code and the report."""
    process = subprocess.Popen(
        [sys.executable, "-m", "allo_keyscan", *arguments, "--format", "json"],
        cwd=repo.root,
        env=environment(Path(os.devnull)) | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,
    )
    end = time.monotonic() + 60
    while not any("--batch" in one and "--batch-check" not in one for one in session(process.pid).values()):
        assert time.monotonic() < end, "no object is read"
        assert process.poll() is None, "it ended before the interrupt"
        time.sleep(0.005)
    time.sleep(0.3)
    (os.killpg if everybody else os.kill)(process.pid, signal.SIGINT)
    out, said = process.communicate(timeout=30)
    end = time.monotonic() + 5
    while session(process.pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert session(process.pid) == {}
    assert "Traceback" not in said.decode()
    return process.returncode, json.loads(out)


@pytest.mark.parametrize("everybody", [True, False], ids=["the whole group", "the parent alone"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_history(repo: Repository, everybody: bool, jobs: str) -> None:
    code, report = interrupted(repo, "scan", "--history", "-j", jobs, everybody=everybody)
    assert (code, report["complete"]) == (130, False)
    assert masked(key(2)) in {one["masked"] for one in report["findings"]}
    assert report["summary"]["objects"] < FILES


@pytest.mark.parametrize("everybody", [True, False], ids=["the whole group", "the parent alone"])
def test_commits(repo: Repository, everybody: bool) -> None:
    code, report = interrupted(repo, "scan", "--commits", "HEAD", everybody=everybody)
    assert (code, report["complete"]) == (130, False)
    assert report["summary"]["objects"] < FILES


@pytest.mark.parametrize("everybody", [True, False], ids=["the whole group", "the parent alone"])
def test_audit(repo: Repository, everybody: bool) -> None:
    code, report = interrupted(repo, "audit", everybody=everybody)
    (one,) = report["repositories"]
    assert (code, report["complete"], one["complete"]) == (130, False, False)
    assert masked(key(2)) in {leak["masked"] for leak in one["keys"]}
    assert any("interrupted" in skip["reason"] for skip in one["skipped"])
