"""How a run ends: the exit codes of every command, and the one error that means "could not run"."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The same for every command and every output format."""

    CLEAN = 0
    FINDINGS = 1
    CANNOT_RUN = 2
    INCOMPLETE = 3
    INTERRUPTED = 130


class TimeUp(BaseException):
    """The time limit was reached: like an interrupt, it ends everything but leaves what was found."""


class KeyscanError(Exception):
    """The run cannot start or go on: the message names the thing and the remedy, and never holds a raw key."""
