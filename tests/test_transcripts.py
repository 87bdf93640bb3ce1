"""Every command that a document shows is run, in the document's order, and prints what the document says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT, once
from demo import copied, made_in, shop
from hooks.repositories import Repository
from transcripts import Shown, agrees, shown

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return made_in(once(tmp_path_factory, "demo", shop))


def typed(one: Shown, repo: Repository, tools: Path) -> str:
    """What a terminal shows of a command."""
    env = repo.env | {"PATH": f"{tools}:{repo.env['PATH']}", "HOME": str(repo.root.parents[1]), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", one.command],
        cwd=repo.root,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=120,
    )
    printed = done.stdout.decode()
    assert done.returncode in (0, 1), f"{one.command} ended with {done.returncode}: {printed}"
    return printed


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the command."""
    folder = tmp_path_factory.mktemp("tools")
    command = folder / "allo-keyscan"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m allo_keyscan "$@"\n')
    command.chmod(0o755)
    return folder


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_happens_as_written(document: Path, project: Repository, tools: Path, tmp_path: Path) -> None:
    commands = list(shown(document.read_text("utf-8")))
    if not commands:
        pytest.skip("shows no command")
    repo = copied(project, tmp_path / "home" / "code")
    wrong = []
    for one in commands:
        printed = typed(one, repo, tools)
        if one.output is not None and not agrees(one.output, printed):
            wrong.append(f"{document.name}:{one.line}: $ {one.command}\n{printed}")
    assert not wrong, "\n".join(wrong)


def test_a_transcript_is_told_from_what_was_printed() -> None:
    (one, two) = shown("x\n```console\n$ a \\\n  b\n1\n…\n3\n$ c\n```\n")
    assert (one, two) == (Shown("a b", ("1", "…", "3"), 3), Shown("c", None, 8))
    assert one.output is not None
    assert [agrees(one.output, text) for text in ("1\n3\n", "1\n2\n2\n3", "1\n2\n", "0\n1\n3\n")] == [
        True,
        True,
        False,
        False,
    ]
