"""The Dockerfile's own steps, without Docker: each in its order, in a folder that stands for the image's root.

What only a system of its own can take (packages, users) is left out by name; everything else runs.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest
from built import ENV, Built
from checkout import ROOT
from dockerfile_parse import DockerfileParser
from hooks.repositories import Repository
from samples import key

_SYSTEM = re.compile(r"apt-get |rm -rf /var/lib/apt|useradd ")
_FOLDERS = re.compile(r"(?<![\w.])/(?=build\b|opt/|src\b)")


class Image:
    """What the steps leave behind below `root`; `context` is the folder that is built."""

    def __init__(self, root: Path, context: Path) -> None:
        self.root, self.context = root, context
        self.env = {**ENV, "GIT_CONFIG_SYSTEM": str(root / "gitconfig"), "HOME": str(root)}
        del self.env["GIT_CONFIG_NOSYSTEM"]
        self.user = "root"
        self.entry: list[str] = []
        self.work = root
        self.left_out: list[str] = []
        self.said: list[str] = []

    def build(self, file: Path) -> Image:
        """All steps of a file, in order."""
        for step in DockerfileParser(str(file)).structure:
            getattr(self, f"do_{step['instruction'].lower()}")(step["value"])
        return self

    def here(self, text: str) -> str:
        """A text in which paths of the image are below our root."""
        return _FOLDERS.sub(f"{self.root}/", text)

    def do_comment(self, _: str) -> None:
        """Nothing to do."""

    def do_from(self, value: str) -> None:
        """A stage; its files stay where they are, so that one stage can copy from the other."""
        assert re.fullmatch(r"python:3\.\d+-slim( AS \w+)?", value)
        self.user = "root"

    def do_copy(self, value: str) -> None:
        """Files of the context that .dockerignore lets in."""
        words = value.split()
        if words[0].startswith("--from="):
            assert Path(self.here(words[1])).is_dir()
            return
        *names, target = words
        for name in names:
            source, into = self.context / name, Path(self.here(target))
            into.parent.mkdir(parents=True, exist_ok=True)
            assert not ignored(name), f"{name} is not in the context"
            if source.is_dir():
                shutil.copytree(source, into)
            else:
                into.mkdir(exist_ok=True)
                shutil.copy2(source, into)

    def do_run(self, value: str) -> None:
        """A command; parts that need a system of their own are left out."""
        parts = value.split(" && ")
        self.left_out += [part for part in parts if _SYSTEM.match(part)]
        script = " && ".join(self.here(part) for part in parts if not _SYSTEM.match(part))
        done = subprocess.run(["sh", "-ec", script], cwd=self.work, env=self.env, capture_output=True, check=False)
        assert done.returncode == 0, os.fsdecode(done.stderr)
        self.said.append(os.fsdecode(done.stdout))

    def do_env(self, value: str) -> None:
        """A variable, which may speak of another."""
        name, _, given = value.partition("=")
        self.env[name] = re.sub(r"\$(\w+)", lambda found: self.env[found[1]], self.here(given).strip('"'))

    def do_user(self, value: str) -> None:
        """Who runs what follows."""
        self.user = value

    def do_workdir(self, value: str) -> None:
        """The folder of what follows."""
        self.work = Path(self.here(value))
        self.work.mkdir(exist_ok=True)

    def do_entrypoint(self, value: str) -> None:
        """What `docker run` starts."""
        self.entry = json.loads(value)

    def do_cmd(self, value: str) -> None:
        """Its arguments where none are given."""
        assert isinstance(json.loads(value), list)

    def run(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
        """`docker run` in a folder that belongs to somebody else, as git sees it."""
        path = shutil.which(self.entry[0], path=self.env["PATH"])
        assert path is not None
        env = self.env | {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}
        return subprocess.run([path, *arguments], cwd=cwd, env=env, capture_output=True, check=False, timeout=60)


def ignored(name: str) -> bool:
    """Whether .dockerignore keeps what stands at the top out of the context: its last pattern that fits decides."""
    out = False
    for line in (ROOT / ".dockerignore").read_text().split():
        if fnmatch(name, line.removeprefix("!")):
            out = not line.startswith("!")
    return out


def test_the_context_is_what_the_package_is_made_of() -> None:
    assert sorted(name for name in os.listdir(ROOT) if not ignored(name)) == [
        "LICENSE", "README.md", "allo-keyscan.schema.json", "allo_keyscan", "man", "pyproject.toml", "rules",
    ]  # fmt: skip


@pytest.mark.slow
def test_the_steps_make_what_runs(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    tree = Built.once(tmp_path_factory).tree
    image = Image(tmp_path / "image", tree)
    image.root.mkdir()
    image.build(ROOT / "Dockerfile")
    assert (image.user, image.work, image.entry) == ("keyscan", image.root / "src", ["allo-keyscan"])
    assert [part.split()[0] for part in image.left_out] == ["apt-get", "apt-get", "rm", "useradd"]
    version, git = image.said[-1].splitlines()
    assert (version.split()[0], git.split()[:2]) == ("allo-keyscan", ["git", "version"])

    repo = Repository.of(tmp_path, ("a.txt", key()))
    image.env["CI"] = "1"
    done = image.run("ci", cwd=repo.root)
    assert (done.returncode, b"a.txt:1:1: AK001" in done.stdout) == (1, True), done.stderr
    (image.root / "gitconfig").unlink()  # without its step git refuses, and so do we
    refused = image.run("ci", cwd=repo.root)
    assert (refused.returncode, b"safe.directory" in refused.stderr) == (2, True), refused.stderr
