"""Repositories to commit in, by real git, apart from the machine's own git settings."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from checkout import PERSON, environment

_SETTINGS = '[init]\n\tdefaultBranch = main\n[protocol "file"]\n\tallow = always\n[advice]\n\tdetachedHead = false\n'


@dataclass(frozen=True)
class Done:
    """How a command ended; `said` is what it wrote to both streams."""

    code: int
    said: str


@dataclass(frozen=True)
class Repository:
    """A work tree with its git repository."""

    root: Path
    env: dict[str, str] = field(repr=False)

    @classmethod
    def make(cls, folder: Path) -> Repository:
        """A new repository without a commit."""
        settings = folder / "gitconfig"
        settings.write_text(_SETTINGS)
        made = cls((folder / "repo").resolve(), environment(settings) | PERSON)
        made.root.mkdir()
        made.git("init", "-q")
        return made

    @classmethod
    def of(cls, folder: Path, *files: tuple[str, str]) -> Repository:
        """A new repository with a commit for each file, a name with its content."""
        made = cls.make(folder)
        for name, content in files:
            made.stage(name, content)
            made.commit_unchecked()
        return made

    def run(self, *command: str, **extra: str) -> Done:
        """Any command in the work tree."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.env | extra,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=120,
        )
        return Done(done.returncode, os.fsdecode(done.stdout))

    def git(self, *arguments: str, code: int = 0, **extra: str) -> str:
        """What git says where it ends with `code`."""
        done = self.run("git", *arguments, **extra)
        assert done.code == code, done.said
        return done.said.strip()

    def write(self, name: str, content: bytes | str) -> None:
        """A file of the work tree."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def stage(self, name: str, content: bytes | str) -> None:
        """A file of the work tree and of the index."""
        self.write(name, content)
        self.git("add", "-f", "--", name)

    def commit(self, *arguments: str, **extra: str) -> Done:
        """`git commit` with the hooks; a message stands there unless one is given."""
        return self.run("git", "commit", *(arguments or ("-m", "change")), **extra)

    def commit_unchecked(self, message: str = "unchecked") -> None:
        """Commit what is staged, past the hooks."""
        self.git("commit", "-q", "--no-verify", "-m", message)

    def branch_with(self, branch: str, name: str, content: bytes | str) -> None:
        """A branch, off HEAD, with one commit past the hooks; HEAD stays where it is."""
        self.git("checkout", "-q", "-b", branch)
        self.stage(name, content)
        self.commit_unchecked()
        self.git("checkout", "-q", "-")

    def worktree(self, name: str) -> Repository:
        """A linked worktree on a branch of its own."""
        other = self.root.with_name(name)
        self.git("worktree", "add", "-q", "-b", name, str(other))
        return Repository(other, self.env)

    @property
    def head(self) -> str | None:
        """The commit of HEAD; None before the first."""
        done = self.run("git", "rev-parse", "-q", "--verify", "HEAD")
        return done.said.strip() if done.code == 0 else None

    def hook(self, name: str, *arguments: str) -> None:
        """A plain hook that runs `allo-keyscan` with arguments, and with git's own where `"$@"` is among them."""
        words = [argument if argument == '"$@"' else shlex.quote(argument) for argument in arguments]
        path = self.root / ".git" / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\nexec {shlex.quote(sys.executable)} -m allo_keyscan {' '.join(words)}\n")
        path.chmod(0o755)


def assert_refused(repo: Repository, before: str | None, done: Done, places: Sequence[str]) -> None:
    """The hook found exactly these places (`path:line:column`), the commit failed, and HEAD did not move."""
    found = [line.split(": AK", 1)[0] for line in done.said.splitlines() if ": AK" in line]
    assert (done.code, sorted(found), repo.head) == (1, sorted(places), before), done.said


def assert_committed(repo: Repository, before: str | None, done: Done) -> None:
    """The commit stands on top of what HEAD was, and nothing was found."""
    assert (done.code, ": AK" in done.said) == (0, False), done.said
    assert repo.head not in (None, before)
