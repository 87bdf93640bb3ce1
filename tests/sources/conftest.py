"""Real git repositories, apart from the machine's own git settings."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

PERSON = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


@pytest.fixture(autouse=True)
def apart(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings but ours, and nobody's name: the scanner must not need one."""
    for name in os.environ:
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    (home / "config").write_text(
        '[init]\n\tdefaultBranch = main\n[protocol "file"]\n\tallow = always\n[advice]\n\taddEmbeddedRepo = false\n'
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def git() -> Callable[..., str]:
    """`git(folder, *args, code=0, **environment)`: what git says, run plainly as a user would."""

    def call(folder: Path, *args: str, code: int = 0, data: bytes | None = None, **extra: str) -> str:
        env = {**os.environ, **PERSON, **extra}
        done = subprocess.run(["git", *args], cwd=folder, env=env, capture_output=True, input=data, check=False)
        assert done.returncode == code, done.stderr.decode()
        return os.fsdecode(done.stdout).strip()

    return call


@pytest.fixture
def repo(tmp_path: Path, git: Callable[..., str]) -> Path:
    """A repository with one commit of `a.txt` and `sub/b.txt`."""
    root = (tmp_path / "repo").resolve()
    (root / "sub").mkdir(parents=True)
    git(root, "init", "-q")
    (root / "a.txt").write_text("a\n")
    (root / "sub" / "b.txt").write_text("b\n")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    return root
