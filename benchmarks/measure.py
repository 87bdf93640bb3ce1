"""Whole processes, timed in turn: wall, cpu and peak memory of each run, and ratios within each round."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from threading import Timer


@dataclass(frozen=True)
class Command:
    """A command under a short name."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    cwd: str | None = None


@dataclass(frozen=True)
class Run:
    """One finished process (and the children it waited for)."""

    wall: float
    cpu: float
    peak_mb: float
    code: int
    output: bytes


class TooSlow(Exception):
    """The command was still running at the limit."""


def once(command: Command, limit: float) -> Run:
    """Run to the end, keeping standard output; raises TooSlow after `limit` seconds."""
    with tempfile.TemporaryFile() as sink:
        start = time.perf_counter()
        process = subprocess.Popen(
            command.argv,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.DEVNULL,
            cwd=command.cwd,
            env=environment() | dict(command.environment),
            start_new_session=True,
        )
        timer = Timer(limit, os.killpg, (process.pid, signal.SIGKILL))
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode == -signal.SIGKILL:
            raise TooSlow(command.name)
        sink.seek(0)
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode, sink.read())


def environment() -> dict[str, str]:
    """This process's environment, less what would make Python compile its modules at every start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def interleaved(
    commands: Sequence[Command], rounds: int, limit: float, slow: float
) -> tuple[dict[str, Run], dict[str, list[Run]]]:
    """A warm-up of each command, then rounds of all in turn; those that took `slow` seconds run in the first only.

    Gives the warm-up runs, with their output, and the counted ones; a command beyond `limit` is in neither.
    """
    warm: dict[str, Run] = {}
    for command in commands:
        try:
            warm[command.name] = once(command, limit)
        except TooSlow:
            print(f"{command.name}: stopped after {limit:.0f} s")
    counted: dict[str, list[Run]] = {name: [] for name in warm}
    for number in range(rounds):
        for command in commands:
            if command.name in warm and (number == 0 or warm[command.name].wall < slow):
                counted[command.name].append(once(command, limit * 2))
    return warm, counted


def table(counted: Mapping[str, Sequence[Run]], first: str) -> str:
    """Medians, and the medians of the ratios to `first` within each round, as Markdown."""
    lines = ["| what | wall s | x | cpu s | x cpu | peak MB | runs |", "|---|---|---|---|---|---|---|"]
    base = counted[first]
    for name, runs in counted.items():
        wall = median(one.wall / other.wall for one, other in zip(runs, base, strict=False))
        cpu = median(one.cpu / other.cpu for one, other in zip(runs, base, strict=False))
        lines.append(
            f"| {name} | {median(one.wall for one in runs):.3f} | {wall:.2f} | {median(one.cpu for one in runs):.3f}"
            f" | {cpu:.2f} | {max(one.peak_mb for one in runs):.0f} | {len(runs)} |"
        )
    return "\n".join(lines)


def machine() -> str:
    """Cores and load: what the reader needs to judge wall times by."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores, load {os.getloadavg()[0]:.1f}, pages of {resource.getpagesize()} bytes"


def proportional_mb(pid: int) -> float:
    """The proportional memory of a process and all its descendants (Linux): pages that several map are split."""
    total = 0.0
    for one in (pid, *descendants(pid)):
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
    return total


def descendants(pid: int) -> list[int]:
    """Processes below `pid`, from /proc."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    below = [int(child) for child in children]
    return below + [deeper for child in below for deeper in descendants(child)]


def watched_mb(command: Command) -> tuple[float, float]:
    """The greatest sum of proportional memory while a command runs, and its greatest single resident set."""
    process = subprocess.Popen(
        command.argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment() | dict(command.environment),
    )
    most = 0.0
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        most = max(most, proportional_mb(process.pid))
        time.sleep(0.01)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return most, usage.ru_maxrss / 1024
