"""The scanners we measure ourselves against, each with one rule for the prefix and nothing else switched on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from measure import Command

PREFIX = "ak_" + "live_"
_BODY = "[A-Za-z0-9]{8,}"


def floor(tree: str) -> Command:
    """What a user would type without a scanner."""
    return Command("rg", ("rg", "-uuu", "-a", "-F", PREFIX, tree))


def ours(*arguments: str, name: str = "allo-keyscan", cwd: str | None = None) -> Command:
    """The installed command where there is one, so that its start counts as users have it."""
    script = Path(sys.executable).with_name("allo-keyscan")
    start = (str(script),) if script.exists() else (sys.executable, "-m", "allo_keyscan")
    return Command(name, (*start, "scan", "--quiet", *arguments), cwd=cwd)


def scanners(target: str, folder: Path) -> list[Command]:
    """Every peer on PATH, its rule file in `folder`, for a tree or a file."""
    makers = {"kingfisher": _kingfisher, "betterleaks": _betterleaks, "detect-secrets": _detect_secrets}
    found = []
    for name, make in makers.items():
        program = shutil.which(name)
        if program is not None:
            found += make(program, target, folder)
    return found


def histories(target: str, folder: Path) -> list[Command]:
    """Those peers that read a history, for a repository: the same commands, told to."""
    found = []
    for one in scanners(target, folder):
        words = list(one.argv)
        if one.name.startswith("kingfisher"):
            words[words.index("none")] = "full"
        elif one.name.startswith("betterleaks"):
            words[words.index("fs")] = "git"
        else:
            continue
        found.append(Command(one.name, words))
    return found


def _kingfisher(program: str, target: str, folder: Path) -> list[Command]:
    rules = folder / "kingfisher"
    rules.mkdir(exist_ok=True)
    (rules / "allo.yml").write_text(
        "rules:\n"
        "  - name: Allo API key\n"
        "    id: kingfisher.allo.1\n"
        f"    pattern: '({PREFIX}{_BODY})'\n"
        "    min_entropy: 0.0\n"
        "    confidence: medium\n"
        f"    examples: ['{PREFIX}{'Zx8' * 8}']\n",
        encoding="utf-8",
    )
    base = (
        *(program, "scan", target, "--rules-path", str(rules), "--load-builtins", "false", "--no-validate"),
        *("--git-history", "none", "--no-ignore", "--format", "jsonl", "--no-dedup", "--no-update-check"),
    )
    return [
        Command("kingfisher --turbo", (*base, "--turbo", "--no-extract-archives")),
        Command("kingfisher", base),
    ]


def _betterleaks(program: str, target: str, folder: Path) -> list[Command]:
    config = folder / "betterleaks.toml"
    config.write_text(
        "[[rules]]\nid = 'allo'\ndescription = 'Allo API key'\n"
        f"regex = '''{PREFIX}{_BODY}'''\nkeywords = ['{PREFIX}']\n",
        encoding="utf-8",
    )
    base = (program, "fs", target, "-c", str(config), "--no-banner", "--jsonl", "-o", "-")
    return [
        Command("betterleaks, no decoding", (*base, "--max-decode-depth", "0", "--max-archive-depth", "0")),
        Command("betterleaks", base),
    ]


def _detect_secrets(program: str, target: str, folder: Path) -> list[Command]:
    plugin = folder / "allo_plugin.py"
    plugin.write_text(
        "import re\nfrom detect_secrets.plugins.base import RegexBasedDetector\n\n"
        "class AlloDetector(RegexBasedDetector):\n"
        "    secret_type = 'Allo API key'\n"
        f"    denylist = [re.compile(r'{PREFIX}{_BODY}')]\n",
        encoding="utf-8",
    )
    listing = subprocess.run((program, "scan", "--list-all-plugins"), capture_output=True, text=True, check=True)
    off = [part for name in listing.stdout.split() for part in ("--disable-plugin", name)]
    # It finds nothing outside of the folder that it is started in.
    place, inside = (target, ".") if Path(target).is_dir() else os.path.split(target)
    return [Command("detect-secrets", (program, "scan", "--all-files", "-p", str(plugin), *off, inside), cwd=place)]
