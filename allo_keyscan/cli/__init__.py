"""The command line: click and the only printing. One module a command, imported when that command runs.

`COMMANDS` is the list of them, with the line that `--help` shows, so that help imports nothing. A hook's command line
goes by cli/quick, past click, whose import takes four times as long as a bare interpreter's start.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from allo_keyscan.errors import ExitCode, KeyscanError

COMMANDS = {
    "audit": "Say where keys of whole repositories live, and which scopes they need.",
    "baseline": "Accept findings, by value: create, update, prune.",
    "ci": "Search what is new in a pipeline, its files and its scopes, and show it there.",
    "completion": "Print the script that has a shell complete commands and options.",
    "config": "Show the settings in force and where each comes from, and their schema.",
    "explain": "Say what a rule, an endpoint or a scope means.",
    "explain-error": "Say what an error answer of the API means, and which calls here it is about.",
    "fix": "Take hard-coded keys out of code and configuration.",
    "mapping": "Compare the rules' endpoints with those that the API lists: diff, update.",
    "report": "Turn saved JSON into another format, and merge that of `audit`.",
    "scan": "Find leaked Allo API keys.",
    "scopes": "Say which scopes the Allo API calls in Python code need.",
    "verify": "Ask the API whether a key works, and what it opens: the only network access.",
}


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
    if None in (sys.stdin, sys.stdout, sys.stderr):
        _occupy()
    try:
        return _dispatch(harmless(arguments))
    except KeyboardInterrupt:
        _say("interrupted")
        return ExitCode.INTERRUPTED
    except KeyscanError as error:
        _say(f"error: {error}")
        return ExitCode.CANNOT_RUN
    except Exception as error:  # noqa: BLE001 (an exception's own text could quote what was read)
        _say(defect(error))
        return ExitCode.CANNOT_RUN


def _occupy() -> None:
    """Have nothing that is opened from now on take the number of a standard stream that was closed.

    Python has None for such a stream, so that nothing is read from it or written to it.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)


def _say(message: str) -> None:
    from allo_keyscan.cli.output import say  # it reads rules: a third of the start, which git need not wait for

    say(message)


def _dispatch(arguments: Sequence[str]) -> int:
    from allo_keyscan.cli import quick

    known = quick.parse(arguments)
    if known is not None:
        names = quick.ahead(*known)
        from allo_keyscan.cli.search import search

        return search(*known, names)
    from allo_keyscan.cli.group import main

    return main(arguments)


def defect(error: Exception) -> str:
    """What is said of a defect of our own: its kind and places, never its text, which could quote what was read."""
    lines, trace = [f"internal error: {type(error).__name__}; please report these places:"], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"  {os.path.basename(code.co_filename)}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return "\n".join(lines)
