"""The command line: click and the only printing. One module a command, imported when that command runs.

`COMMANDS` is the list of them, with the line that `--help` shows, so that help imports nothing.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module

import click

from allo_keyscan import __version__
from allo_keyscan.errors import ExitCode, KeyscanError

COMMANDS = {
    "baseline": "Accept findings, by value: create, update, prune.",
    "scan": "Find leaked Allo API keys.",
    "scopes": "Say which scopes the Allo API calls in Python code need.",
}


class _Lazy(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"allo_keyscan.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS, 1)
            path = f"; to scan a path: allo-keyscan scan {name}" if os.path.exists(name) else ""
            hint = f"; did you mean {near[0]!r}?" if near else path or f" (commands: {', '.join(sorted(COMMANDS))})"
            ctx.fail(f"No such command {name!r}{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="allo-keyscan", message="%(prog)s %(version)s")
def cli() -> None:
    """Find leaked Allo API keys, and the scopes that Python code needs, without running it."""


def harmless(arguments: Sequence[str]) -> list[str]:
    """The arguments with files that are named like options made paths.

    pre-commit passes the names of staged files bare: a file called `--exit-zero` or `-h` must not switch the hook off.
    """
    if not os.environ.get("PRE_COMMIT"):
        return list(arguments)
    return [
        os.path.join(os.curdir, argument) if argument.startswith("-") and os.path.lexists(argument) else argument
        for argument in arguments
    ]


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns its exit code (errors.ExitCode) and prints no traceback."""
    from allo_keyscan.cli.output import say

    try:
        result = cli.main(harmless(arguments), prog_name="allo-keyscan", standalone_mode=False)
        return int(result) if isinstance(result, int) else ExitCode.CLEAN
    except click.exceptions.Abort:
        say("interrupted")
        return ExitCode.INTERRUPTED
    except KeyboardInterrupt:
        say("interrupted")
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        usage = f"{context.get_usage()}\n" if context is not None else ""
        say(f"{usage}error: {error.format_message()}")
        return ExitCode.CANNOT_RUN
    except KeyscanError as error:
        say(f"error: {error}")
        return ExitCode.CANNOT_RUN
    except Exception as error:  # noqa: BLE001 (an exception's own text could quote what was read)
        say(_defect(error))
        return ExitCode.CANNOT_RUN


def _defect(error: Exception) -> str:
    lines, trace = [f"internal error: {type(error).__name__}; please report these places:"], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"  {os.path.basename(code.co_filename)}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return "\n".join(lines)
