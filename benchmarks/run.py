"""Measure allo-keyscan against what a user would otherwise run. Each part prints Markdown; README.md keeps the answers.

python benchmarks/run.py tree --tree DIR      # DIR from benchmarks/corpus.py
python benchmarks/run.py bare --tree DIR      # the floor of this approach; any git work tree
python benchmarks/run.py hook
python benchmarks/run.py memory --tree DIR
python benchmarks/run.py search --tree DIR
python benchmarks/run.py scopes
python benchmarks/run.py history --tree REPO  # REPO from benchmarks/deep.py, or any clone
python benchmarks/run.py again --tree REPO    # a second search, after ten new commits
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from deep import add, body
from measure import Command, interleaved, machine, once, table, watched_mb
from peers import floor, histories, ours, scanners
from plant import FORMS, named, plant, sheet
from scopes import scopes

from allo_keyscan.cache import FOLDER_VARIABLE


def tree(given: argparse.Namespace) -> int:
    """The whole tree: time against rg, and the planted keys that each command finds."""
    expected = sheet(given.tree)
    with tempfile.TemporaryDirectory() as folder:
        target = str(given.tree)
        commands = [floor(target), ours(target), *scanners(target, Path(folder))]
        warm, counted = interleaved(commands, given.rounds, given.limit, slow=given.slow)
    print(f"{machine()}; {given.tree.name}; ratios to rg\n\n{table(counted, 'rg')}\n")
    for name, run in warm.items():
        print(f"{name}: {named(run.output, expected)} of {len(expected)} planted keys")
    missed = [path for path in expected if path.encode() not in warm["allo-keyscan"].output]
    print(f"missed by us: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


def bare(given: argparse.Namespace) -> int:
    """The floor: what reading every file, and searching it, takes from Python; and the whole scan beside it."""
    target, script = str(given.tree), str(Path(__file__).with_name("bare.py"))
    commands = [
        floor(target),
        Command("read only", (sys.executable, script, target)),
        Command("read and search", (sys.executable, script, target, "search")),
        ours(target),
    ]
    _, counted = interleaved(commands, given.rounds, given.limit, slow=given.slow)
    print(f"{machine()}; {given.tree.name}; ratios to rg\n\n{table(counted, 'rg')}")
    return 0


def hook(given: argparse.Namespace) -> int:
    """One staged file, start-up included, against a Python that does nothing."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "module.c"
        file.write_bytes(b"int main(void) { return 0; }\n" * 200)
        rules = Path(folder) / "rules"
        rules.mkdir()
        commands = [
            Command("python -c pass", (sys.executable, "-c", "pass")),
            ours(str(file)),
            Command("python -m allo_keyscan", (sys.executable, "-m", "allo_keyscan", "scan", "--quiet", str(file))),
            Command("import click", (sys.executable, "-c", "import click")),
            *scanners(str(file), rules),
        ]
        _, counted = interleaved(commands, given.rounds, given.limit, slow=given.slow)
        loaded = once(_modules(str(file)), given.limit).output.decode().split()
    print(f"{machine()}; one file; ratios to a bare Python\n\n{table(counted, 'python -c pass')}\n")
    print(f"libcst loaded: {'libcst' in loaded}")
    return 1 if "libcst" in loaded else 0


def _modules(file: str) -> Command:
    code = "import sys; from allo_keyscan.cli import run; run(sys.argv[1:]); print(*sys.modules)"
    return Command("modules", (sys.executable, "-c", code, "scan", "--quiet", file))


def memory(given: argparse.Namespace) -> int:
    """Peak memory on the tree, and on the same bytes in few files and in ten times as many."""
    print(f"{machine()}\n\n| what | files | sum of PSS, MB | largest RSS, MB |\n|---|---|---|---|")
    total, single = watched_mb(ours(str(given.tree)))
    print(f"| {given.tree.name} | | {total:.0f} | {single:.0f} |")
    for files in (2_000, 20_000):
        with tempfile.TemporaryDirectory(dir=given.tree.parent) as folder:
            for number in range(files):
                part = Path(folder) / f"folder{number // 500}"
                if number % 500 == 0:
                    part.mkdir()
                (part / f"file{number}.txt").write_bytes(b"a line of text\n" * (2_000_000 // files))
            total, single = watched_mb(ours(folder))
        print(f"| 30 MB of text | {files:,} | {total:.0f} | {single:.0f} |")
    return 0


def search(given: argparse.Namespace) -> int:
    """The multi-literal pass over text in memory: every literal, and one more than the fast path takes."""
    from ahocorasick_rs import BytesAhoCorasick, MatchKind

    from allo_keyscan.catalog import rules_dir
    from allo_keyscan.keys.detect import Detector

    pieces: list[bytes] = []
    for folder, _, names in os.walk(given.tree):
        pieces += [Path(folder, name).read_bytes() for name in names if name.endswith(".c")]
        if sum(map(len, pieces)) > 128 << 20:
            break
    literals = list(Detector(rules_dir()).finder.literals)
    more = [b"some-literal-%02d" % number for number in range(65 - len(literals))]
    print(f"{machine()}\n\n| literals | GB/s |\n|---|---|")
    for chosen in (literals[:1], literals[:8], literals[:32], literals, literals + more):
        find = BytesAhoCorasick(chosen, matchkind=MatchKind.LeftmostFirst).find_matches_as_indexes
        seconds = []
        for _ in range(3):
            start = time.process_time()
            for piece in pieces:
                find(piece)
            seconds.append(time.process_time() - start)
        print(f"| {len(chosen)} | {sum(map(len, pieces)) / min(seconds) / 1e9:.1f} |")
    return 0


def _cat_file(repo: str) -> Command:
    floor = ("git", "-C", repo, "cat-file", "--batch-all-objects", "--batch", "--buffer", "--unordered")
    return Command("git cat-file", ("sh", "-c", '"$@" > /dev/null', "sh", *floor))


def history(given: argparse.Namespace) -> int:
    """A whole history, as ratios to git writing every object once to nowhere, and the planted keys found."""
    target = str(given.tree)
    own = ours("--history", "--no-cache", target)
    with tempfile.TemporaryDirectory() as folder:
        commands = [_cat_file(target), own, *histories(target, Path(folder))]
        warm, counted = interleaved(commands, given.rounds, given.limit, slow=given.slow)
    total, single = watched_mb(own)
    print(f"{machine()}; {given.tree.name}; ratios to git cat-file\n\n{table(counted, 'git cat-file')}\n")
    print(f"allo-keyscan: sum of PSS with git's own {total:.0f} MB, largest RSS {single:.0f} MB")
    planted = [body(number) for number in range(given.keys)]
    for name, run in warm.items():
        # Ours shows the ends of a key alone.
        shown = [key[-4:] if name == own.name else key for key in planted]
        print(f"{name}: {sum(key in run.output for key in shown)} of {given.keys} planted keys")
    return 0


def again(given: argparse.Namespace) -> int:
    """A second search of a history to which ten commits were added, with and without what the first one kept."""
    with tempfile.TemporaryDirectory() as folder:
        repo, kept, used = (os.path.join(folder, name) for name in ("repo", "kept", "used"))
        subprocess.run(("git", "clone", "-q", "--mirror", str(given.tree), repo), check=True)
        once(Command("first", ours("--history", repo).argv, {FOLDER_VARIABLE: kept}), given.limit)
        size = sum(path.stat().st_size for path in Path(kept).rglob("clean-*"))
        add(Path(repo), 10, seed=1)
        renewed = 'rm -rf "$0" && cp -r "$1" "$0" && shift && exec "$@"'
        second = ours("--history", "--format", "json", repo)
        commands = [
            _cat_file(repo),
            ours("--history", "--format", "json", "--no-cache", repo, name="all of it"),
            Command("only what is new", ("sh", "-c", renewed, used, kept, *second.argv), {FOLDER_VARIABLE: used}),
        ]
        warm, counted = interleaved(commands, given.rounds, given.limit, slow=given.slow)
        shutil.rmtree(used)
    print(f"{machine()}; {given.tree.name}; ratios to git cat-file\n\n{table(counted, 'git cat-file')}\n")
    same = warm["all of it"].output == warm["only what is new"].output
    print(f"kept: {size / 1e6:.1f} MB; answers are the same: {same}")
    return 0 if same else 1


def check(given: argparse.Namespace) -> int:
    """No timing: every planted form is found in a tree of nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        expected = plant(Path(folder))
        output = once(ours(folder), given.limit).output
    missed = [path for path in expected if path.encode() not in output]
    print(f"{len(expected) - len(missed)} of {len(FORMS)} planted keys; missed: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


def main() -> int:
    """Run one part."""
    parser = argparse.ArgumentParser(
        description="Measure allo-keyscan; needs rg on PATH, and takes what peers are there."
    )
    parts = {"tree": tree, "bare": bare, "hook": hook, "memory": memory, "search": search, "check": check}
    parts |= {"history": history, "again": again}
    parts["scopes"] = lambda given: scopes(given.rounds, given.limit)
    parser.add_argument("part", choices=parts)
    parser.add_argument("--tree", type=lambda text: Path(text).absolute(), help="from benchmarks/corpus.py")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--keys", type=int, default=50, help="planted by deep.py in the repository")
    parser.add_argument("--limit", type=float, default=60, help="seconds after which a peer is given up")
    parser.add_argument("--slow", type=float, default=10, help="seconds beyond which a peer runs in one round only")
    given = parser.parse_args()
    if given.tree is None and given.part in ("tree", "bare", "memory", "search", "history", "again"):
        parser.error(f"{given.part} needs --tree")
    return parts[given.part](given)


if __name__ == "__main__":
    sys.exit(main())
