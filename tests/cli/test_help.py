"""What a newcomer meets first: --help of every command, half a command line, and words that are misspelt."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from cli.conftest import Keyscan
from click.testing import CliRunner

from allo_keyscan.cli.group import cli


def _walk(command: click.Command, name: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield name
    if isinstance(command, click.Group):
        context = click.Context(command)
        for one in command.list_commands(context):
            found = command.get_command(context, one)
            assert found is not None
            yield from _walk(found, (*name, one))


ALL = list(_walk(cli))


def _help(name: tuple[str, ...]) -> str:
    done = CliRunner().invoke(cli, [*name, "--help"], prog_name="allo-keyscan", terminal_width=78)
    assert done.exit_code == 0
    return done.output


@pytest.mark.parametrize("name", ALL, ids=" ".join)
def test_help_fits_a_terminal_and_breaks_off_nowhere(name: tuple[str, ...]) -> None:
    lines = _help(name).splitlines()
    assert [line for line in lines if len(line) > 80] == []
    assert [line for line in lines if line.endswith("...") and not line.startswith("Usage:")] == []


def test_options_of_the_same_meaning_are_told_in_the_same_words() -> None:
    shared = ("-h", "-q", "-v", "-j", "--api-url", "--cache-dir", "--color", "--config", "--exclude", "--format",
              "--isolated", "--max-file-size", "--output", "--report", "--rules", "--verify")  # fmt: skip
    told: dict[str, set[str]] = {}
    for name in ALL:
        command: click.Command | None = cli
        for one in name:
            assert isinstance(command, click.Group)
            command = command.get_command(click.Context(command), one)
        for option in command.params if command else ():
            if isinstance(option, click.Option) and option.opts[0] in shared and name[:1] != ("report",):
                told.setdefault(option.opts[0], set()).add(str(option.help).partition("[default")[0].partition(":")[0])
    differing = {name: words for name, words in told.items() if len({one.strip(" .") for one in words}) > 1}
    assert differing == {}


@pytest.mark.parametrize("name", [(), ("baseline",), ("report",)], ids=str)
def test_a_group_alone_shows_its_help_once_and_exits_2(keyscan: Keyscan, name: tuple[str, ...]) -> None:
    done = keyscan(*name)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("Usage:") == 1
    assert "error" not in done.err.splitlines()[0]
    assert done.err.rstrip("\n") == _help(name).rstrip("\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("baseline", "creat"), "error: No such command 'creat'; did you mean 'create'?\n"),
        (("baseline", "xyz"), "error: No such command 'xyz' (commands: create, prune, update)\n"),
        (("mapping", "dif"), "error: No such command 'dif'; did you mean 'diff'?\n"),
        (("explain",), "error: Missing argument 'WHAT...'\n"),
        (("scan", "--format", "html5", "--exclude"), "error: Option '--exclude' requires an argument\n"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_the_same_way_in_every_command(
    keyscan: Keyscan, arguments: tuple[str, ...], said: str
) -> None:
    done = keyscan(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith(said)
