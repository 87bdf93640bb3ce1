"""What is known of commits once they have passed by in a search: the same as git tells of them."""

import os
import subprocess
from pathlib import Path

import pytest

from allo_keyscan.catalog import rules_dir
from allo_keyscan.scan.blob import Scanner, Tally
from allo_keyscan.scan.history.search import Search
from allo_keyscan.scan.reading import Reader
from allo_keyscan.sources.history import stream
from allo_keyscan.sources.history.commits import graph, heads, numbered, passed
from allo_keyscan.sources.history.home import home
from allo_keyscan.sources.history.objects import COMMIT, Segment, list_objects

pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="no memory without a name that processes share")


def fast_import(commits: int) -> bytes:
    """A history whose commits have a parent, or two, or none."""
    lines = []
    for number in range(1, commits + 1):
        message = f"commit {number} of many\n" * (number % 5)
        lines.append(f"commit refs/heads/main\nmark :{number}\ncommitter A <a@example.org> {number * 60} +0000\n")
        lines.append(f"data {len(message)}\n{message}")
        if number % 50 == 0:
            lines[-2] = lines[-2].replace("main", "root")
        elif number > 1:
            lines.append(f"from :{number - 1}\n" + (f"merge :{number - 2}\n" if number % 7 == 0 else ""))
        lines.append(f"M 644 inline file{number % 9}\ndata 4\n{number:04}\n\n")
    return "".join(lines).encode()


def test_heads_of_commits_that_passed_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_WINDOW", 4000)
    subprocess.run(["git", "init", "-q", "--bare", tmp_path], check=True)
    subprocess.run(["git", "-C", tmp_path, "fast-import", "--quiet"], input=fast_import(300), check=True)
    here = home(str(tmp_path))
    objects, _ = list_objects(here)
    search = Search(here, objects, Reader(Scanner(rules_dir())), archives=True)
    search.segment(Segment(0, len(objects)), Tally())
    search.close()
    commits = objects.of_kind(COMMIT)
    known = passed(objects)
    assert len(commits) == 300
    assert sorted(known) == sorted(commits)
    asked = graph(here, commits)
    assert numbered(heads(here, commits, known)) == asked
    some = dict(list(known.items())[::3])
    assert numbered(heads(here, commits, some)) == asked
    assert {len(parents) for parents in asked.parents} == {0, 1, 2}
