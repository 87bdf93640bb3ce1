"""Hostile names and contents in the logs of CI runners: whatever is scanned, no line of any stream is a command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT
from hooks.repositories import Repository
from runners import commands, foreign
from samples import key

from allo_keyscan.report import Kind, formats_of

NAMES = (
    "::error::pwned.py",
    " ::add-mask::x.py",
    "##[add-mask]y.py",
    "##vso[task.complete result=Succeeded]z.py",
    "a\n::stop-commands::b.py",
    "c\r::warning::d.py",
    "-dash.py",
    "=1+1.py",
    "p%0A::error::q.py",
    "bad\udcff##[x].py",
    "broken\n::error::e.py",
)
CALL = (
    "import os, requests\nrequests.delete('https://api.withallo.com/v2/api/tags')\n"
    "requests.delete('https://api.withallo.com/v2/api/{}', headers={{'Authorization': os.environ['{}']}})\n"
)
COMMANDS: list[tuple[Kind, tuple[str, ...]]] = [
    ("scan", ("scan", ".")),
    ("scan", ("scan", "--history")),
    ("scan", ("scan", "--commits", "HEAD")),
    ("scopes", ("scopes", "--check", "--granted", "TAGS_READ")),
    ("audit", ("audit",)),
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Names, contents, messages and people that are commands; a file that is no Python, and a cut archive."""
    repo = Repository.make(tmp_path_factory.mktemp("hostile"))
    for number, name in enumerate(NAMES):
        evil = "::set-output name=a::b ##[group]c ##vso[task.x]d"
        text = (
            f'{evil}\nKEY = "{key(number)}"  # ##[add-mask]x ::error::y\n'
            if name.startswith("broken")
            else (CALL.format("##[x]tags", "::error::A") + f'KEY = "{key(number)}"  # {evil}\n')
        )
        (repo.root / name).write_text(text)
    (repo.root / "##[cut]\n::x::.zip").write_bytes(b"PK\x03\x04" + b"\0" * 40)
    (repo.root / "unused.py").write_text("x = 1  # allo-keyscan: ignore[::error::x]\n# allo-keyscan: ignore[AK001]\n")
    repo.git("add", "-A")
    message = "::set-env name=a::b\n\n##vso[task.x]"
    repo.git("commit", "-q", "-m", message, GIT_AUTHOR_NAME="##[add-mask]a", GIT_COMMITTER_NAME="::error::b")
    return repo


@pytest.mark.parametrize(("kind", "command"), COMMANDS, ids=[" ".join(command) for _, command in COMMANDS])
def test_no_line_is_a_command(hostile: Repository, kind: Kind, command: tuple[str, ...], tmp_path: Path) -> None:
    forms = list(formats_of(kind))
    reports = [word for form in forms for word in ("--report", f"{form}:{tmp_path}/{form}")]
    env = hostile.env | {"PYTHONPATH": str(ROOT), "GITHUB_ACTIONS": "true", "CI": "true", "TF_BUILD": "True"}
    done = subprocess.run(
        [sys.executable, "-m", "allo_keyscan", *command, *reports, "-vv", "--color", "always", "--no-cache"],
        cwd=hostile.root,
        env=env,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1, done.stderr
    assert commands(done.stdout.decode("utf-8", "replace")) == []
    assert commands(done.stderr.decode("utf-8", "replace")) == []
    for form in forms:
        told = (tmp_path / form).read_bytes().decode("utf-8", "surrogateescape")
        assert foreign(form, told) == set(), form
        # The names are there all the same, and not commands because nothing is.
        assert "add-mask" in told or form == "gitlab-secret-detection" or command[1] == "--commits", form
