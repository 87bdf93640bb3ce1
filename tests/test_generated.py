"""What is generated and committed is what the code and the rules make today; the examples of rule pages are real."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from checkout import ROOT
from generated import FOLDERS, generated
from keys.test_rules import fill

from allo_keyscan.api import Report, ScopesReport, analyze_paths, scan_paths
from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.findings import FindingRule, finding_rules
from allo_keyscan.cli import COMMANDS
from allo_keyscan.cli.group import cli
from allo_keyscan.cli.variables import VARIABLES

MADE = generated()
RULES = finding_rules(rules_dir())


@pytest.mark.parametrize("name", MADE)
def test_what_is_committed_is_what_would_be_made(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == MADE[name], "run: python tests/generated.py"


def test_nothing_is_left_over() -> None:
    there = {str(path.relative_to(ROOT)) for folder in FOLDERS for path in (ROOT / folder).rglob("*")}
    assert there - set(MADE) == set()


PAGES = sorted(name for name in MADE if name.endswith(".1"))


LINTS = {"groff": ("-man", "-ww", "-z"), "mandoc": ("-T", "lint", "-W", "warning")}


@pytest.mark.parametrize("name", LINTS)
def test_the_manual_is_without_a_warning(name: str) -> None:
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    done = subprocess.run([program, *LINTS[name], *PAGES], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def manual(name: str) -> str:
    """A page, with its hyphens as they are typed."""
    return MADE[f"man/man1/{name}.1"].replace("\\-", "-")


def test_the_manual_has_every_command_and_every_variable() -> None:
    assert {f"allo-keyscan-{name}" for name in COMMANDS} | {"allo-keyscan"} == {Path(name).stem for name in PAGES}
    for command in COMMANDS:
        assert f"\\fBallo-keyscan-{command}(1)\\fR" in manual("allo-keyscan")
    for variable in VARIABLES.values():
        assert f"\\fB{variable}\\fR\nStands for --" in manual("allo-keyscan")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_manual_of_a_command_has_its_options(command: str) -> None:
    leaf = cli.get_command(click.Context(cli), command)
    assert leaf is not None
    every = leaf.commands.values() if isinstance(leaf, click.Group) else [leaf]
    options = [option for one in every for option in one.params if isinstance(option, click.Option)]
    names = {name for option in options for name in (*option.opts, *option.secondary_opts)}
    assert {name for name in names if f"\\fB{name}\\fR" not in manual(f"allo-keyscan-{command}")} == set()
    assert all(option.help for option in options)


def shown(rule: FindingRule) -> tuple[str, str]:
    """The example that is reported and the one that is not, as the page of a rule has them."""
    page = (ROOT / "docs" / "rules" / f"{rule.code}.md").read_text("utf-8")
    first, second = re.findall(r"^```\w+\n(.*?)\n```$", page, re.MULTILINE | re.DOTALL)
    return first, second


def marked(text: str) -> str:
    """An example of a page with the marks of rules files in place of what it says of them."""
    words = {"32 letters and digits": "key", "40 hex digits": "secret", "as in the documentation": "example"}
    for said, mark in words.items():
        text = re.sub(rf"\w*<{said}>", f"{{{mark}}}", text)
    return text


def reported(rule: FindingRule, text: str, folder: Path, settings: str = "") -> bool:
    """Whether a rule's command reports it of an example; keys with but one scope are given for calls."""
    (folder / "own.toml").write_text(settings)
    example = folder / "example"
    example.mkdir(exist_ok=True)
    file = example / ("settings.conf" if rule.command == "scan" else "app.py")
    file.write_bytes((b"import requests\n" if rule.command == "scopes" else b"") + fill(marked(text)) + b"\n")
    config = folder / "own.toml"
    found: Report | ScopesReport = (
        scan_paths([example], config=config)
        if rule.command == "scan"
        else analyze_paths([example], config=config, granted=["TAGS_READ"])
    )
    return rule.code in {one.code for one in found.findings}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_the_examples_of_a_page_are_what_it_says(rule: FindingRule, tmp_path: Path) -> None:
    first, second = shown(rule)
    assert reported(rule, first, tmp_path)
    assert not reported(rule, second, tmp_path)
    assert not reported(rule, first, tmp_path, f'ignore = ["{rule.code}"]')
    assert not reported(rule, first, tmp_path, f'per-file-ignores = {{ "*" = ["{rule.code}"] }}')
