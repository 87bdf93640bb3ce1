"""Which keys does each scanner find, and what does it report that is none? Writes the tables of docs/comparison.md.

python benchmarks/compare.py            # all of it; every scanner must be on PATH, or named by its variable
python benchmarks/compare.py --ours     # our own column alone; the others stay as they were measured

GITLEAKS, BETTERLEAKS, KINGFISHER and DETECT_SECRETS name programs that are not on PATH. Each scanner is given one rule
for the prefix, and the settings with which it finds most. A scanner is a row of SCANNERS, a form is one of
benchmarks/forms.py and plant.py, a hiding place of git one of tests/hiding.py.
"""

from __future__ import annotations

import argparse
import datetime
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import forms
from measure import Command, environment
from peers import PREFIX, ours

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests"))

from hiding import Hidden, masked, secret  # noqa: E402

PAGE = ROOT / "docs" / "comparison.md"
OURS = "allo-keyscan"
GROUPS = ("A key in a file", "A key in git", "No key of Allo's")
BY_PYTHON = {f"{forms.FOLDER}/file.zst": (3, 14)}
"""What we read from a version of Python on: the cell says so, whatever Python runs."""

PATTERN = rf"\b{PREFIX}[A-Za-z0-9]{{8,}}"
_ENTROPY = 3.0
_MARKED = re.compile(r"(?<=<!-- begin: measured -->\n).*(?=<!-- end: measured -->)", re.DOTALL)

Cells = dict[str, dict[str, str]]
"""By group and row, `yes`, `no` or what else there is to say."""


@dataclass(frozen=True)
class Scanner:
    """Arguments that ask for the version; what makes, of program, folder for the rule and target, commands to run."""

    version: Sequence[str]
    tree: Callable[[str, Path, str], Sequence[Command]]
    history: Callable[[str, Path, str], Sequence[Command]]


def _leaks_rule(folder: Path, entropy: str) -> str:
    path = folder / "leaks.toml"
    path.write_text(
        "[[rules]]\nid = 'allo'\ndescription = 'Allo API key'\n"
        f"regex = '''{PATTERN}'''\n{entropy}\nkeywords = ['{PREFIX}']\n",
        encoding="utf-8",
    )
    return str(path)


_DEPTH = ("--max-decode-depth", "8", "--max-archive-depth", "8", "--no-banner")
_EVERYTHING = "--log-opts=--all --reflog --full-history -m --text"


def _gitleaks(program: str, folder: Path, *words: str) -> Command:
    rule = _leaks_rule(folder, f"entropy = {_ENTROPY}")
    return Command(words[0], (program, *words, "-c", rule, *_DEPTH, "-f", "json", "-r", "-"))


def _betterleaks(program: str, folder: Path, *words: str) -> Command:
    # What its own rules ask: enough entropy, and no text that a tokenizer knows well.
    doubt = f'entropy(finding["secret"]) < {_ENTROPY} || tokenRatio(finding["secret"]) >= 2.5'
    rule = _leaks_rule(folder, f"filter = '{doubt}'")
    return Command(words[0], (program, *words, "-c", rule, *_DEPTH, "--jsonl", "-o", "-"))


def _kingfisher(program: str, folder: Path, *words: str) -> Command:
    rules = folder / "kingfisher"
    rules.mkdir(exist_ok=True)
    (rules / "allo.yml").write_text(
        "rules:\n  - name: Allo API key\n    id: kingfisher.allo.1\n"
        f"    pattern: '({PATTERN})'\n    min_entropy: {_ENTROPY}\n    confidence: medium\n"
        f"    examples: ['{PREFIX}{'Zx8' * 3}Qv2mLp9RkT']\n",
        encoding="utf-8",
    )
    alone = ("--rules-path", str(rules), "--load-builtins", "false", "--no-validate", "--no-update-check")
    most = ("--confidence", "low", "--extraction-depth", "0", "--no-limits", "--no-ignore", "--no-dedup")
    return Command("scan", (program, "scan", *words, *alone, *most, "--format", "jsonl"))


def _detect_secrets(program: str, folder: Path, target: str) -> Command:
    plugin = folder / "allo_plugin.py"
    plugin.write_text(
        "import re\nfrom detect_secrets.plugins.base import RegexBasedDetector\n\n"
        "class AlloDetector(RegexBasedDetector):\n    secret_type = 'Allo API key'\n"
        f"    denylist = [re.compile(r'{PATTERN}')]\n",
        encoding="utf-8",
    )
    listing = subprocess.run((program, "scan", "--list-all-plugins"), capture_output=True, text=True, check=True)
    off = [part for name in listing.stdout.split() for part in ("--disable-plugin", name)]
    # It finds nothing outside of the folder that it is started in.
    return Command("scan", (program, "scan", "--all-files", "-p", str(plugin), *off, "."), cwd=target)


SCANNERS: Mapping[str, Scanner] = {
    OURS: Scanner(
        ("--version",),
        lambda _program, _folder, target: [ours(target)],
        lambda _program, _folder, target: [ours("--history", "--no-cache", target)],
    ),
    "kingfisher": Scanner(
        ("--version",),
        lambda program, folder, target: [_kingfisher(program, folder, target, "--git-history", "none")],
        lambda program, folder, target: [
            _kingfisher(program, folder, target, "--git-history", "full"),
            _kingfisher(program, folder, target, "--staged"),
        ],
    ),
    "betterleaks": Scanner(
        ("version",),
        lambda program, folder, target: [_betterleaks(program, folder, "fs", target)],
        lambda program, folder, target: [
            _betterleaks(program, folder, "git", target, "--include", "commit-messages,tag-messages,reflogs"),
            _betterleaks(program, folder, "git", target, _EVERYTHING),
            _betterleaks(program, folder, "git", target, "--staged"),
        ],
    ),
    "gitleaks": Scanner(
        ("version",),
        lambda program, folder, target: [_gitleaks(program, folder, "dir", target)],
        lambda program, folder, target: [
            _gitleaks(program, folder, "git", target),
            _gitleaks(program, folder, "git", target, _EVERYTHING),
            _gitleaks(program, folder, "git", target, "--staged"),
        ],
    ),
    "detect-secrets": Scanner(
        ("--version",),
        lambda program, folder, target: [_detect_secrets(program, folder, target)],
        lambda _program, _folder, _target: [],
    ),
}


def program(name: str) -> str:
    """The path of a scanner; ends the run where there is none."""
    if name == OURS:
        return ours().argv[0]
    variable = name.upper().replace("-", "_")
    found = shutil.which(os.environ.get(variable, name))
    if found is None:
        raise SystemExit(f"compare.py: no {name} on PATH, and {variable} names none")
    return os.path.abspath(found)


def output(command: Command, env: Mapping[str, str]) -> str:
    """What a command writes to standard output; its exit code says no more than that there were findings."""
    done = subprocess.run(
        command.argv,
        cwd=command.cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=600,
        check=False,
    )
    return done.stdout.decode("utf-8", "replace")


def version(name: str) -> str:
    """The version of a scanner, as it says itself."""
    done = subprocess.run((program(name), *SCANNERS[name].version), capture_output=True, text=True, check=True)
    return done.stdout.split()[-1]


def in_files(name: str, tree: Path, rule: Path) -> dict[str, str]:
    """Plant all forms and bait in an empty folder: by the path of each, the cell: does a scanner name it?"""
    expected = forms.plant(tree)
    commands = SCANNERS[name].tree(program(name), rule, str(tree))
    told = "\n".join(output(command, environment()) for command in commands)
    found = {path: re.search(rf"{re.escape(path)}(?![\w.-])", told) is not None for path in expected}
    if not found[expected[0]]:
        raise SystemExit(f"compare.py: {name} misses a plain key, so something is wrong with how it was run")
    cells = {path: "yes" if hit else "no" for path, hit in found.items()}
    for path, since in BY_PYTHON.items() if name == OURS else ():
        if found[path] == (sys.version_info >= since):
            cells[path] = "from Python " + ".".join(map(str, since))
    return cells


def in_git(name: str, hidden: Hidden, rule: Path) -> dict[str, str]:
    """By each hiding place, the cell that says whether a scanner's output has its key, which ours alone masks."""
    commands = SCANNERS[name].history(program(name), rule, str(hidden.repo.root))
    told = "\n".join(output(command, hidden.repo.env) for command in commands)
    shown = masked if name == OURS else str
    return {place: ("yes" if shown(secret(place)) in told else "no") if commands else "–" for place in hidden.paths}


def column(name: str) -> Cells:
    """A scanner's cells, by group and row."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for part in ("rule", "tree"):
            (place / part).mkdir()
        files = in_files(name, place / "tree", place / "rule")
        git = in_git(name, Hidden(place / "git"), place / "rule")
    by_group: tuple[dict[str, str], ...] = ({}, git, {})
    for path, cell in files.items():
        kind, _, row = path.partition("/")
        by_group[0 if kind == forms.FOLDER else 2][row] = cell
    return dict(zip(GROUPS, by_group, strict=True))


def _count(cells: Sequence[str]) -> str:
    return "–" if "–" in cells else f"**{cells.count('yes')}**"


def written(columns: Mapping[str, Cells], day: str) -> str:
    """The tables, by the head of each column its cells; the first row of each table counts."""
    lines = [f"Measured on {day}.", ""]
    for group in GROUPS:
        cells = {head: column[group] for head, column in columns.items()}
        rows = list(next(iter(cells.values())))
        counts = [_count(list(one.values())) for one in cells.values()]
        lines += [f"| {group} | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
        lines += [f"| **of {len(rows)}** | {' | '.join(counts)} |"]
        lines += [f"| {row} | {' | '.join(one[row] for one in cells.values())} |" for row in rows]
        lines += [""]
    return "\n".join(lines)


def read(page: str) -> tuple[dict[str, Cells], str]:
    """What `written` wrote, by the head of each column its cells, and the day; ValueError where there is nothing."""
    found = _MARKED.search(page)
    day = found and re.search(r"^Measured on (\S+)\.$", found[0], re.MULTILINE)
    if found is None or day is None:
        raise ValueError("docs/comparison.md has no tables between its marks")
    columns: dict[str, Cells] = {}
    for block in found[0].split("\n\n"):
        lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines() if line[0] == "|"]
        if lines:
            (group, *heads), _, _, *rows = lines
            for number, head in enumerate(heads, 1):
                columns.setdefault(head, {})[group] = {row[0]: row[number] for row in rows}
    return columns, day[1]


def main() -> int:
    """Measure, and write the tables."""
    parser = argparse.ArgumentParser(description="Write the tables of docs/comparison.md.")
    parser.add_argument("--ours", action="store_true", help="our own column alone")
    given = parser.parse_args()
    page = PAGE.read_text("utf-8")
    if given.ours:
        columns, day = read(page)
        columns[OURS] = column(OURS)
        rows = {head: {group: list(cells) for group, cells in one.items()} for head, one in columns.items()}
        if any(one != rows[OURS] for one in rows.values()):
            parser.error("there are new rows, and --ours knows nothing of the other scanners")
    else:
        day = datetime.datetime.now(datetime.UTC).date().isoformat()
        versions = {name: version(name) for name in SCANNERS}
        if versions["gitleaks"] == versions["betterleaks"]:
            parser.error("this gitleaks is betterleaks under another name: GITLEAKS names the real one")
        heads = {name: name if name == OURS else f"{name} {versions[name]}" for name in SCANNERS}
        columns = {head: column(name) for name, head in heads.items()}
    tables = written(columns, day)
    PAGE.write_text(_MARKED.sub(lambda _: tables, page), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
