"""Build a deep history to measure on, with `git fast-import`: edits of real files, branches, merges, tags.

python benchmarks/deep.py REPO --commits 20000                # about 90,000 objects
python benchmarks/deep.py REPO --commits 110000               # about 500,000
python benchmarks/deep.py REPO --commits 20000 --keys 50      # and a key in each of 50 commits, half of them taken out
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from string import ascii_letters, digits
from typing import IO

from peers import PREFIX

FILES = 900
_SUFFIXES = (".py", ".py", ".py", ".c", ".js", ".md")
_START = 1_500_000_000


def _sources(seed: random.Random) -> list[tuple[str, list[bytes]]]:
    """Names three folders deep, and the lines of real files."""
    library = Path(sysconfig.get_path("stdlib"))
    paths = [path for path in sorted(library.rglob("*.py")) if 1000 < path.stat().st_size < 100_000]
    found = []
    for number, path in enumerate(seed.sample(paths, min(FILES, len(paths)))):
        folder = f"part{number % 7}/area{number % 61}"
        found.append((f"{folder}/file{number}{seed.choice(_SUFFIXES)}", path.read_bytes().splitlines(keepends=True)))
    return found


def body(number: int) -> bytes:
    """What stands behind the prefix in a planted key."""
    return "".join(random.Random(number).choices(ascii_letters + digits, k=32)).encode()


def _edits(commits: int, seed: random.Random, files: int) -> list[list[int]]:
    """The files that each commit changes: few of them often, most seldom."""
    return [
        sorted(
            {
                min(files - 1, int(seed.paretovariate(0.6)) - 1 + seed.randrange(20))
                for _ in range(seed.choice((1, 1, 2)))
            }
        )
        for _ in range(commits)
    ]


def history(commits: int, keys: int, seed: int = 1) -> Iterator[bytes]:
    """The stream for `git fast-import`. Versions of a file come one behind the other, so that deltas are small."""
    source = random.Random(seed)
    files = _sources(source)
    edits = _edits(commits, source, len(files))
    planted = {commits * (2 * number + 1) // (2 * keys): body(number) for number in range(keys)}
    uses: list[list[int]] = [[] for _ in files]
    for commit, changed in enumerate(edits):
        for number in changed:
            uses[number].append(commit)
    mark, marks = 1, {}
    for number, (_, lines) in enumerate(files):
        text = list(lines)
        for commit in (-1, *uses[number]):
            at = source.randrange(len(text))
            new = [b"    value%d = %d\n" % (commit, source.randrange(10**6))] * source.choice((1, 2))
            text[at : at + source.choice((0, 1, 2))] = new
            key = planted.get(commit) if commit >= 0 and number == edits[commit][0] else None
            held = b"".join((*text, b'key = "%s%s"\n' % (PREFIX.encode(), key) if key else b""))
            yield b"blob\nmark :%d\ndata %d\n" % (mark, len(held)) + held + b"\n"
            marks[number, commit] = mark
            mark += 1
    yield from _commits(files, edits, marks, mark)


def _commits(
    files: list[tuple[str, list[bytes]]], edits: list[list[int]], marks: dict[tuple[int, int], int], first: int
) -> Iterator[bytes]:
    for commit in range(len(edits)):
        side, back = commit % 40 in (20, 21, 22), commit % 40 == 23
        message = b"Change %d\n\nWhy it was changed.\n" % commit
        who = b"Person %d <p%d@example.org> %d +0000" % (commit % 30, commit % 30, _START + commit * 600)
        yield b"commit refs/heads/%s\nmark :%d\n" % (b"side" if side else b"main", first + commit)
        yield b"author %s\ncommitter %s\ndata %d\n%s" % (who, who, len(message), message)
        if commit % 40 == 20:
            yield b"from :%d\n" % (first + commit - 1)
        elif back:
            yield b"from :%d\nmerge :%d\n" % (first + commit - 4, first + commit - 1)
        if commit == 0:
            for number, (name, _) in enumerate(files):
                yield b"M 100644 :%d %s\n" % (marks[number, -1], name.encode())
        for number in edits[commit]:
            yield b"M 100644 :%d %s\n" % (marks[number, commit], files[number][0].encode())
        yield b"\n"
        if commit % 1000 == 999:
            yield b"reset refs/tags/v%d\nfrom :%d\n\n" % (commit // 1000, first + commit)


def add(repo: Path, commits: int, seed: int) -> None:
    """Commits on top of the main branch of any repository, each of them one new file in a folder of its own."""
    process = subprocess.Popen(("git", "-C", repo, "fast-import", "--quiet", "--force"), stdin=subprocess.PIPE)
    feed: IO[bytes] | None = process.stdin
    assert feed is not None
    with feed:
        for number in range(commits):
            text = b"value = %d\n" % (seed * 1000 + number) * 100
            who = b"Person <p@example.org> %d +0000" % (_START * 2 + number)
            feed.write(b"commit HEAD\nauthor %s\ncommitter %s\ndata 3\nnew\n" % (who, who))
            if number == 0:
                feed.write(b"from HEAD^0\n")
            feed.write(b"M 100644 inline new/file%d-%d.py\ndata %d\n%s\n" % (seed, number, len(text), text))
    if process.wait():
        raise SystemExit("git fast-import failed")


def build(repo: Path, commits: int, keys: int) -> None:
    """A bare repository, packed as a clone would be."""
    subprocess.run(("git", "init", "-q", "--bare", "-b", "main", repo), check=True)
    process = subprocess.Popen(("git", "-C", repo, "fast-import", "--quiet", "--depth=50"), stdin=subprocess.PIPE)
    feed: IO[bytes] | None = process.stdin
    assert feed is not None
    with feed:
        for piece in history(commits, keys):
            feed.write(piece)
    if process.wait():
        raise SystemExit("git fast-import failed")
    subprocess.run(("git", "-C", repo, "repack", "-adq"), check=True)


def main() -> int:
    """Build one."""
    parser = argparse.ArgumentParser(description="Build a deep history to measure on.")
    parser.add_argument("repo", type=Path)
    parser.add_argument("--commits", type=int, default=20_000)
    parser.add_argument("--keys", type=int, default=0)
    given = parser.parse_args()
    if given.repo.exists():
        parser.error(f"{given.repo} exists")
    build(given.repo, given.commits, given.keys)
    return subprocess.run(("git", "-C", given.repo, "count-objects", "-v"), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
