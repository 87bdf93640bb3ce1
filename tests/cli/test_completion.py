"""`allo-keyscan completion`: the script, sourced by each shell that is here, completes commands, options and names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.conftest import Keyscan
from click.shell_completion import ShellComplete, get_completion_class

from allo_keyscan.cli import COMMANDS
from allo_keyscan.cli.completion import SHELLS
from allo_keyscan.cli.group import cli
from allo_keyscan.report import FORMATS, formats_of

# Each gets the script's path and the words so far, and prints what its shell would offer: a line each.
_ASK = {
    "bash": """
source "$1"; shift
compopt() { case "$*" in *filenames*|*default*) echo FILES;; esac; }
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
"$(complete -p allo-keyscan | sed 's/.*-F \\([^ ]*\\) .*/\\1/')" allo-keyscan
printf '%s\\n' "${COMPREPLY[@]}"
""",
    "zsh": """
compdef() { function_of_it=$1 }
_describe() { print -l -- ${completions_with_descriptions%%:*} }
compadd() { print -l -- $completions }
_path_files() { print FILES }
source "$1"; shift
words=("$@"); CURRENT=$#
$function_of_it
""",
    "fish": """
source $argv[1]
complete -C (string join -- ' ' $argv[2..]) | string replace -r '\\t.*' ''
true
""",
}
Complete = Callable[..., set[str]]


@pytest.fixture(params=sorted(_ASK))
def complete(request: pytest.FixtureRequest, tmp_path: Path, keyscan: Keyscan) -> Complete:
    """What a shell offers for the last of some words, in a folder with the file zed.txt."""
    shell = shutil.which(request.param)
    if shell is None:
        pytest.skip(f"{request.param} is not installed")
    (tmp_path / "zed.txt").touch()
    (tmp_path / "script").write_text(keyscan("completion", request.param).out)
    (tmp_path / "ask").write_text(_ASK[request.param])
    bare = {"bash": ("--norc",), "zsh": ("-f",), "fish": ("--no-config",)}[request.param]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def ask(*words: str) -> set[str]:
        done = subprocess.run(
            [shell, *bare, "ask", "./script", "allo-keyscan", *words],
            cwd=tmp_path,
            env=os.environ | {"PATH": path, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        found = set(done.stdout.split())
        return {"FILES"} if "zed.txt" in found else found - {""}

    return ask


def test_commands_options_choices_names_and_files(complete: Complete) -> None:
    assert complete("scan", "zed") == {"FILES"}
    assert complete("con") == {"config"}
    assert complete("scopes", "--format", "s") == {"sarif"}
    assert complete("explain", "TAGS_") == {"TAGS_READ", "TAGS_WRITE"}


def offered(*words: str) -> dict[str, str]:
    """The words that click gives a shell, and the kind of each."""
    found = ShellComplete(cli, {}, "allo-keyscan", "_X").get_completions(list(words[:-1]), words[-1])
    return {one.value: one.type for one in found}


def test_every_command_is_offered_with_its_help_and_none_is_imported() -> None:
    code = (
        "import sys; from click.shell_completion import ShellComplete; from allo_keyscan.cli.group import cli; "
        "found = ShellComplete(cli, {}, 'x', 'X').get_completions([], ''); "
        "print(*(one.value for one in found)); "
        "print(*(one.help for one in found), sep='|'); "
        "print('allo_keyscan.cli.scan' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert done == [" ".join(sorted(COMMANDS)), "|".join(COMMANDS[name] for name in sorted(COMMANDS)), "False"]


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"baseline", "config", "report"}))
def test_options_of_lazy_commands_are_offered(command: str) -> None:
    assert {"--help"} <= set(offered(command, "--"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("scan", "--format", ""), dict.fromkeys(formats_of("scan"), "plain")),
        (("report", "show", "--format", ""), dict.fromkeys(FORMATS, "plain")),
        (("scopes", "--fail-on", "n"), {"note": "plain", "never": "plain"}),
        (("completion", ""), dict.fromkeys(SHELLS, "plain")),
        (("audit", "x"), {"x": "file"}),
        (("report", "x"), {"x": "file"}),
        (("report", "m"), {"merge": "plain", "m": "file"}),
        (("baseline", "create", "x"), {"x": "file"}),
        (("config", "show", "x"), {"x": "file"}),
        (("scan", "--config", "x"), {"x": "file"}),
        (("scan", "--baseline", "x"), {"x": "file"}),
        (("scan", "--output", "x"), {"x": "file"}),
        (("scan", "--rules", "x"), {"x": "dir"}),
        (("scan", "--cache-dir", "x"), {"x": "dir"}),
        (("explain", "ak00"), dict.fromkeys(["AK001", "AK002", "AK003", "AK004"], "plain")),
        (("explain", "leaked"), {"leaked-key": "plain"}),
        (("explain", "tags_w"), {"TAGS_WRITE": "plain"}),
        (("explain", "/v2/api/tag"), {"/v2/api/tags": "plain"}),
        (("explain", "put", "/v2/api/w"), {"/v2/api/webhooks/{webhook_id}": "plain"}),
        (("explain", "TAGS_READ", ""), {}),
    ],
    ids=str,
)
def test_what_is_offered(words: tuple[str, ...], expected: dict[str, str]) -> None:
    assert offered(*words) == expected


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_every_shell_has_its_script(shell: str, keyscan: Keyscan) -> None:
    if get_completion_class(shell) is None:
        assert "the installed click does not know this shell" in keyscan("completion", shell).err
        return
    done = keyscan("completion", shell)
    assert (done.code, f"{shell}_complete" in done.out) == (0, True)


def test_an_unknown_shell_is_refused_by_name(keyscan: Keyscan) -> None:
    assert keyscan("completion").err.splitlines()[1:3] == ["error: Missing argument 'SHELL'. Choose from:", "  bash,"]
    done = keyscan("completion", "tcsh")
    assert (done.code, "'tcsh' is not one of 'bash', 'zsh', 'fish', 'powershell'" in done.err) == (2, True)
