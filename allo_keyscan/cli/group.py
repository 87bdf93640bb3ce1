"""The click group: the commands, imported when they are used, and what is said of a bad command line."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module

import click
from click.shell_completion import CompletionItem

from allo_keyscan import __version__
from allo_keyscan.cli import COMMANDS
from allo_keyscan.cli.output import say
from allo_keyscan.errors import ExitCode


class Group(click.Group):
    """A group that shows the first sentence of each command whole, and names the nearest where none is so called."""

    def lines(self) -> dict[str, str]:
        """The commands, each with its line of help."""
        return {name: command.get_short_help_str(limit=1000) for name, command in self.commands.items()}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(sorted(self.lines().items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, known = args[0], self.lines()
        if name not in known and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, known, 1)
            hint = (
                f"; did you mean {near[0]!r}?"
                if near
                else self.hint(name) or f" (commands: {', '.join(sorted(known))})"
            )
            ctx.fail(f"No such command {name!r}{hint}")
        return super().resolve_command(ctx, args)

    def hint(self, name: str) -> str:  # noqa: ARG002
        """What is said, after the message, of a name that is near to no command."""
        return ""


class _Lazy(Group):
    """A group whose commands are imported when they are used."""

    def lines(self) -> dict[str, str]:
        return COMMANDS

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"allo_keyscan.cli.{cmd_name.replace('-', '_')}").command
        return command if isinstance(command, click.Command) else None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands with the lines of --help, so that none is imported; and options."""
        named = [CompletionItem(name, help=line) for name, line in COMMANDS.items() if name.startswith(incomplete)]
        return [*sorted(named, key=lambda one: str(one.value)), *click.Command.shell_complete(self, ctx, incomplete)]

    def hint(self, name: str) -> str:
        return f"; to scan a path: allo-keyscan scan {name}" if os.path.exists(name) else ""


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="allo-keyscan", message="%(prog)s %(version)s")
def cli() -> None:
    """Find leaked Allo API keys, and the scopes that Python code needs, without running it."""


def main(arguments: Sequence[str]) -> int:
    """Run one command line; usage errors are said here."""
    try:
        result = cli.main(list(arguments), prog_name="allo-keyscan", standalone_mode=False)
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        if isinstance(error, click.exceptions.NoArgsIsHelpError):
            say(error.format_message())
            return ExitCode.CANNOT_RUN
        usage = f"{context.get_usage()}\n" if context is not None else ""
        say(f"{usage}error: {error.format_message().removesuffix('.')}".replace("\t", "  "))
        return ExitCode.CANNOT_RUN
    return int(result) if isinstance(result, int) else ExitCode.CLEAN
