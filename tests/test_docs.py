"""The documents say what is so: commands parse, paths exist, tables and settings are the code's."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from checkout import ROOT

from allo_keyscan import __version__, config
from allo_keyscan.cli import COMMANDS
from allo_keyscan.cli.group import cli
from allo_keyscan.errors import ExitCode
from allo_keyscan.report import FORMATS

README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARKED = re.compile(r"^<!-- command: (\w+) -->\n```sh\n(.*?)```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"[\w.*-]*/[\w./*-]*|[\w*-]+\.(?:py|toml|md|ya?ml|jsonl)|\.[\w-]+ignore|\.[\w-]+\.(?:toml|jsonl)")

# What stands in the reader's project and not in ours. Each must be named somewhere, or go from here.
READERS_OWN = {
    "public/",
    "/",
    ".allo-keyscan.toml",
    ".allo-keyscanignore",
    ".git/hooks/pre-commit",
    ".git/hooks/pre-push",
    ".git/objects/ID",
}


def fences(text: str, language: str) -> list[str]:
    return [body for name, body in _FENCE.findall(text) if name == language]


def commands(text: str) -> Iterator[list[str]]:
    """The arguments of every `allo-keyscan` in console blocks and in code within lines."""
    blocks = [block for language in ("console", "sh") for block in fences(text, language)]
    lines = [line.removeprefix("$ ").removeprefix("exec ") for block in blocks for line in block.splitlines()]
    lines += [code for code in _CODE.findall(_FENCE.sub("", text)) if "…" not in code]
    for line in lines:
        if line.startswith("allo-keyscan ") and "--help" not in line:
            words = shlex.split(line, comments=True)[1:]
            ends = [place for place, word in enumerate(words) if word in ("|", ">", "&&", ";", "<")]
            yield words[: ends[0]] if ends else words


def parse(arguments: list[str]) -> str:
    """The name of the command whose options the arguments are; click raises where they are not."""
    command: click.Command = cli
    context = click.Context(cli, info_name="allo-keyscan")
    name = ""
    while isinstance(command, click.Group):
        found, inner, arguments = command.resolve_command(context, arguments)
        assert inner is not None, arguments
        command, name = inner, f"{name} {found}".strip()
    command.make_context(name, list(arguments), parent=context)
    return name


def table(first: str, second: str) -> list[list[str]]:
    """The rows of the README's table whose head begins with two columns."""
    lines = README.splitlines()
    heads = [number for number, line in enumerate(lines) if line.startswith(f"| {first} | {second} |")]
    assert len(heads) == 1, f"the README has {len(heads)} tables | {first} | {second} |"
    rows = []
    for line in lines[heads[0] + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    assert rows
    return rows


def test_every_command_in_the_documents_parses() -> None:
    shown = {parse(arguments).split()[0] for path in DOCUMENTS for arguments in commands(path.read_text("utf-8"))}
    assert shown == set(COMMANDS)
    with pytest.raises(click.NoSuchOption):
        parse(["scan", "--no-such-option"])


def test_the_two_commands_are_one_line_each() -> None:
    marked = dict(_MARKED.findall(README))
    assert set(marked) == {"scan", "test"}
    for command in marked.values():
        assert command.count("\n") == 1
    assert parse(marked["scan"].partition(".venv/bin/allo-keyscan ")[2].split()) == "scan"


def paths(text: str) -> Iterator[str]:
    """Paths of links within the project, and of code within lines that looks like a path."""
    prose = _FENCE.sub("", text)
    yield from (link.partition("#")[0] for link in _LINK.findall(prose) if "://" not in link and link[0] != "#")
    for code in _CODE.findall(prose):
        if _PATH.fullmatch(code):
            yield code


def exists(name: str, folder: Path) -> bool:
    """Whether a path is one of the project: from its root, the package, or the document; a module goes without .py."""
    for base in (ROOT, ROOT / "allo_keyscan", folder):
        if "*" in name and any(base.glob(name)):
            return True
        module, dot, attribute = name.rpartition(".")
        if any((base / f"{name}{suffix}").exists() for suffix in ("", ".py")):
            return True
        if dot and (base / f"{module}.py").is_file() and attribute in (base / f"{module}.py").read_text("utf-8"):
            return True
    return False


def test_every_path_in_the_documents_exists() -> None:
    named = {(name, path) for path in DOCUMENTS for name in paths(path.read_text("utf-8"))}
    assert len(named) > 20
    assert {name for name, _ in named} >= READERS_OWN
    missing = {
        f"{path.name}: {name}" for name, path in named if name not in READERS_OWN and not exists(name, path.parent)
    }
    assert missing == set()


def test_the_findings_table_is_the_rules() -> None:
    rules = tomllib.loads((ROOT / "rules" / "findings.toml").read_text("utf-8"))["finding"]
    shown = [tuple(row[:3]) for row in table("code", "rule")]
    assert shown == [(rule["code"], rule["name"], rule["severity"]) for rule in rules]


def test_the_formats_table_is_the_code_and_each_has_its_section() -> None:
    shown = [tuple(row) for row in table("format", "of")]
    assert shown == [
        (f"`{name}`", ", ".join(f"`{kind}`" for kind in entry.of), entry.what) for name, entry in FORMATS.items()
    ]
    heads = re.findall(r"^## (.+)$", (ROOT / "docs" / "formats.md").read_text("utf-8"), re.MULTILINE)
    named = {name for head in heads for name in head.split(" and ")}
    assert set(FORMATS) - named == {"text", "json", "jsonl"}, "docs/json.md has JSON, and text is what the README shows"


def test_the_exit_code_table_is_the_code() -> None:
    rows = table("code", "meaning")
    assert [int(row[0]) for row in rows] == sorted(ExitCode)
    assert all(row[1] for row in rows)


def test_the_settings_shown_load(tmp_path: Path) -> None:
    shown = next(block for block in fences(README, "toml") if "[tool.allo-keyscan]" in block)
    (tmp_path / "pyproject.toml").write_text(shown)
    assert config.load(str(tmp_path)).source == str(tmp_path / "pyproject.toml")
    assert set(tomllib.loads(shown)["tool"]["allo-keyscan"]) <= {one.key for one in config.SETTINGS}


def test_the_manifest_is_valid_and_the_documents_name_its_hooks() -> None:
    manifest = ROOT / ".pre-commit-hooks.yaml"
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(manifest)], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b""), done.stdout
    offered = set(re.findall(r"^- id: (\S+)$", manifest.read_text("utf-8"), re.MULTILINE))
    shown = "\n".join(fences(README, "yaml"))
    assert set(re.findall(r"- id: (\S+)$", shown, re.MULTILINE)) <= offered
    assert {name for name in offered if f"`{name}`" not in README and f"id: {name}\n" not in shown} == set()
    assert f"rev: v{__version__}\n" in shown


def test_every_entry_of_the_manifest_parses() -> None:
    entries = re.findall(r"^  entry: allo-keyscan (.+)$", (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"), re.M)
    assert {parse([*entry.split(), "a.txt"]).split()[0] for entry in entries} == {"scan", "scopes"}
