"""Where words go: results to standard output or files, everything else to standard error, no raw key to either."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import Any

from allo_keyscan.errors import ExitCode, KeyscanError
from allo_keyscan.model import SEVERITIES, Finding, Report, Skipped, Suppressed
from allo_keyscan.report import Document, Rules, render
from allo_keyscan.report.redact import cleaned, redact
from allo_keyscan.report.text import printable

_SHOWN_SKIPS = 20
_LONG_WORD = re.compile(r"\S{16}")
"""What is searched for keys in any encoding: a summary has no such word, and a hook need not wait for the rules."""


def say(text: str) -> None:
    """One message to standard error; where nobody can read it, none. Its lines are none that a CI runner obeys."""
    try:
        lines = [printable(line) for line in (cleaned(text) if _LONG_WORD.search(text) else redact(text)).split("\n")]
        if sys.stderr is not None:
            sys.stderr.buffer.write(_bytes("\n".join(lines) + "\n"))
            sys.stderr.flush()
    except (OSError, ValueError):
        return


def write(text: str, file: str | None = None) -> None:
    """A result, to standard output or to a file.

    Raises KeyscanError where the file cannot be written.
    """
    data = _bytes(redact(text))
    if file is None or file == "-":
        if sys.stdout is None:  # it was closed before this process began
            raise KeyscanError("standard output: cannot be written: it is closed")
        try:
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        except OSError as error:
            # Python would complain again when it closes the stream. `| head` is no error: its reader has seen enough.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if not isinstance(error, BrokenPipeError):
                raise KeyscanError(f"standard output: cannot be written: {error.strerror}") from None
        return
    try:
        with open(file, "wb") as sink:
            sink.write(data)
    except OSError as error:
        raise KeyscanError(f"{file}: cannot be written: {error.strerror}") from None


def append(text: str, file: str) -> None:
    """A result behind what a file has already. Raises KeyscanError where it cannot be written."""
    try:
        with open(file, "ab") as sink:
            sink.write(_bytes(redact(text)))
    except OSError as error:
        raise KeyscanError(f"{file}: cannot be written: {error.strerror}") from None


def show(document: Document, rules: Rules, given: dict[str, Any]) -> None:
    """A document in the format and the reports that a command's options name.

    Raises KeyscanError where a file cannot be written.
    """
    color = given["output"] is None and wants_color(given["color"], 1)
    for name, file in given["reports"]:
        write(render(name, document, rules), file)
    write(render(given["format_name"], document, rules, color=color), given["output"])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def wants_color(choice: str, stream: int) -> bool:
    """Whether to colour what goes to file descriptor 1 or 2: --color, then NO_COLOR, FORCE_COLOR, then a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if any(os.environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return watched(stream) and os.environ.get("TERM") != "dumb"


def watched(stream: int) -> bool:
    """Whether a person looks at a stream: a terminal, and neither CI nor pre-commit (which lends its hooks one)."""
    try:
        terminal = os.isatty(stream)
    except OSError:
        return False
    return terminal and not os.environ.get("CI") and not os.environ.get("PRE_COMMIT")


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def sized(number: int) -> str:
    """Bytes as people write them."""
    for unit, scale in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if number >= scale:
            return f"{number / scale:.1f} {unit}"
    return counted(number, "byte")


def summarize(report: Report, *, verbose: int) -> None:
    """What was looked at, what was not, and what was seen but not reported."""
    say_skipped(report.skipped, verbose=verbose)
    parts = [counted(len(report.findings), "finding")]
    if report.placeholders:
        parts.append(counted(report.placeholders, "placeholder"))
    parts += hushed(report.suppressed)
    where = f"{counted(report.summary.files, 'file')} ({sized(report.summary.bytes)})"
    if report.summary.objects or report.summary.commits:
        objects, commits = counted(report.summary.objects, "object"), counted(report.summary.commits, "commit")
        files = f"{counted(report.summary.files, 'file')}, " if report.summary.files else ""
        where = f"{files}{objects} and {commits} ({sized(report.summary.bytes)})"
    say(f"{', '.join(parts)} in {where}")
    if not (report.summary.files or report.summary.objects or report.summary.commits):
        say("0 files were looked at: is the path right, or is everything ignored?")
    if report.interrupted:
        say("interrupted: what was found so far is shown, the rest was not looked at")
    elif not report.complete:
        missing = sum(skip.incomplete for skip in report.skipped)
        say(f"incomplete: {counted(missing, 'place')} could not be looked at")


def hushed(silent: Suppressed) -> list[str]:
    """How many findings are not reported, and what silences them; nothing where there are none."""
    reasons = [
        f"{number} by {what}"
        for number, what in ((silent.comments, "comments"), (silent.baseline, "baseline"), (silent.config, "config"))
        if number
    ]
    total = silent.comments + silent.baseline + silent.config
    return [f"{total} suppressed ({', '.join(reasons)})"] if reasons else []


def say_skipped(skipped: Sequence[Skipped], *, verbose: int) -> None:
    """The places that were not looked at, those that make the answer incomplete first."""
    ordered = sorted(skipped, key=lambda skip: not skip.incomplete)
    shown = ordered if verbose else ordered[:_SHOWN_SKIPS]
    for skip in shown:
        say(f"{'not read' if skip.incomplete else 'note'}: {printable(skip.path)}: {printable(skip.reason)}")
    if len(shown) < len(ordered):
        say(f"… and {counted(len(ordered) - len(shown), 'more place')} (-v shows all)")


def exit_code(report: Report, *, fail_on: str, exit_zero: bool, allow_incomplete: bool) -> ExitCode:
    """The one place that decides it: findings win over incompleteness."""
    if report.interrupted:
        return ExitCode.INTERRUPTED
    if any(counts(one, fail_on) for one in report.findings):
        return ExitCode.CLEAN if exit_zero else ExitCode.FINDINGS
    return ExitCode.CLEAN if report.complete or allow_incomplete else ExitCode.INCOMPLETE


def counts(one: Finding, fail_on: str) -> bool:
    """Whether a finding is at least as grave as `fail_on` says."""
    levels: tuple[str, ...] = (*SEVERITIES, "never")
    return levels.index(one.severity) >= levels.index(fail_on)
