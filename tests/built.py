"""The packages that users install, built once for all test processes."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from checkout import copy, environment, once

ENV = {name: value for name, value in environment(Path(os.devnull)).items() if not name.startswith("PYTHON")}


def run(*command: str | Path, cwd: Path, code: int = 0, **extra: str) -> str:
    """Standard output of a command that ends with `code`."""
    done = subprocess.run(command, cwd=cwd, env=ENV | extra, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@dataclass(frozen=True)
class Built:
    """A copy of the checkout that no other test builds in, and what `python -m build` made of it."""

    tree: Path
    wheel: Path
    sdist: Path

    def names(self, folder: str) -> set[str]:
        """The files of one folder of the tree, relative to the tree."""
        return {str(path.relative_to(self.tree)) for path in (self.tree / folder).rglob("*") if path.is_file()}

    @classmethod
    def once(cls, factory: pytest.TempPathFactory) -> Built:
        """An sdist, and the wheel that `build` makes of that sdist."""

        def build(folder: Path) -> None:
            tree = copy(folder / "tree")
            run(sys.executable, "-m", "build", "--outdir", folder / "dist", tree, cwd=folder)

        folder = once(factory, "packages", build)
        (wheel,), (sdist,) = (folder / "dist").glob("*.whl"), (folder / "dist").glob("*.tar.gz")
        return cls(folder / "tree", wheel, sdist)
