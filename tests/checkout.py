"""This checkout: its files as git lists them, copies that tests may build and commit in, and folders made only once."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PERSON = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}
_DROPPED = ("GIT_", "CI", "GITHUB_", "PRE_COMMIT", "PYTEST", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "VIRTUAL_ENV")


def environment(git_config: Path) -> dict[str, str]:
    """The machine's environment less what steers git, pre-commit and us; pip keeps its own settings."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(_DROPPED)}
    env |= {"GIT_CONFIG_GLOBAL": str(git_config), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
    return env


def files() -> list[str]:
    """The paths of the project: tracked, or new and not ignored; those that are deleted in the work tree are not."""
    listing = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=ROOT, env=environment(Path(os.devnull)), capture_output=True, check=True)
    names = sorted(set(os.fsdecode(done.stdout).split("\0")) - {""})
    return [name for name in names if os.path.lexists(ROOT / name)]


def copy(target: Path) -> Path:
    """The project's files, copied."""
    for name in files():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name, follow_symlinks=False)
    return target


def clone(target: Path) -> Path:
    """A clone of a repository whose one commit is the project as it is now."""
    source = copy(target.with_name(f"{target.name}-source"))
    env = environment(Path(os.devnull)) | PERSON
    for arguments in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-q", "--no-verify", "-m", "now"]):
        subprocess.run(["git", *arguments], cwd=source, env=env, check=True, capture_output=True)
    subprocess.run(["git", "clone", "-q", str(source), str(target)], env=env, check=True, capture_output=True)
    return target


def once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], object]) -> Path:
    """A folder that the first of the test processes to get here builds, for all of them."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / name
    with open(shared / f"{name}.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".built").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            build(folder)
            (folder / ".built").touch()
    return folder
