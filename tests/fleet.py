"""Some repositories for `audit` to look at together, and a git that does what a test wants."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from checkout import ROOT, environment
from hooks.repositories import Repository
from samples import key

MARK = "KEYSCAN_TEST_RUN"


class Fleet:
    """Some repositories, a list of them, and a git in front of git that can be told what to do in one of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names = ["alpha", "beta", "gamma", "delta"]
        for number, name in enumerate(self.names):
            (folder / name).mkdir()
            made = Repository.make(folder / name)
            made.stage("a.txt", f"file {number}\n")
            if name == "alpha":
                made.stage("leak.env", f"ALLO_API_KEY={key(7)}\n")
            made.commit_unchecked()
        self.paths = [str(next((folder / name).rglob(".git")).parent) for name in self.names]
        self.list = folder / "list"
        self.list.write_text("# the fleet\n\n" + "".join(f"{path}\n" for path in self.paths))

    def env(self, victim: str = "none", action: str = ":") -> dict[str, str]:
        """An environment in which git notes what it is asked, and does an action of the shell's in the victim first."""
        tools = self.folder / "tools"
        tools.mkdir(exist_ok=True)
        git = tools / "git"
        git.write_text(
            f'#!/bin/sh\necho "$*" >>{shlex.quote(str(self.folder / "seen"))}\n'
            f'case "$*" in */{victim}/*) {action};; esac\nexec {shutil.which("git")} "$@"\n'
        )
        git.chmod(0o755)
        return environment(Path(os.devnull)) | {
            "PYTHONPATH": str(ROOT),
            "PATH": f"{tools}:{os.environ['PATH']}",
            MARK: str(self.folder),
        }

    def begin(self, env: dict[str, str], *arguments: str, alone: bool = True) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "allo_keyscan", "audit", "--repos-file", str(self.list), *arguments],
            cwd=self.folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=not alone,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,
        )

    def run(self, env: dict[str, str], *arguments: str) -> tuple[int, str, str]:
        process = self.begin(env, *arguments)
        out, err = process.communicate(timeout=100)
        assert "Traceback" not in err.decode()
        return process.returncode, out.decode(), err.decode()

    def log(self) -> str:
        """What git was asked since somebody last asked for what was seen."""
        file = self.folder / "seen"
        return file.read_text() if file.exists() else ""

    def seen(self) -> set[str]:
        """The repositories in which git was run since this was asked last."""
        found = {name for name in self.names if f"/{name}" in self.log()}
        (self.folder / "seen").unlink(missing_ok=True)
        return found


def entries(text: str) -> dict[str, Any]:
    """The lines of repositories by the names of their folders."""
    return {Path(one["path"]).parent.name: one for one in told(text)[:-1]}


def told(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def until(happened: Callable[[], object], what: str) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def left(fleet: Fleet) -> list[str]:
    """The processes of a run that are still there, by their command lines."""
    found = []
    for one in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={fleet.folder}".encode() in (one / "environ").read_bytes().split(b"\0"):
                found.append((one / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found
