"""One job in a process of its own: whatever happens to it, somebody else is left to say so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import IO, cast

from allo_keyscan.many.jobs import INTERRUPTED, Ended, Job

GRACE = 10.0
"""Seconds for a process to end by itself, with what it has, after its time is up or somebody interrupts."""

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# -P: nothing is imported from the current folder, which may be one that is audited.
_START = "import sys; sys.path.append(sys.argv[1]); from {module} import {function}; {function}()"
_PIECE = 1 << 20
_PARENT_DIED = 1  # PR_SET_PDEATHSIG, man 2 prctl


class Child:
    """A process that runs `entry` (`module:function`) on one job. Its group holds all that it starts.

    Raises OSError where no process can be started.
    """

    def __init__(self, entry: str, job: Job, limit: float | None) -> None:
        module, _, function = entry.partition(":")
        code = _START.format(module=module, function=function)
        self._job = job
        self._limit = limit
        self._begun = time.monotonic()
        self._end: float | None = self._begun + limit + GRACE if limit else None
        self._killed = self._stopped = False
        self._pieces: list[bytes] = []
        self._process = subprocess.Popen(  # noqa: S603 (ourselves)
            [sys.executable, "-P", "-c", code, os.path.dirname(_PACKAGE), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it answers for itself; what else it might say could quote what it read
            process_group=None if sys.platform == "win32" else 0,
        )
        self._source, sink = cast("IO[bytes]", self._process.stdout), cast("IO[bytes]", self._process.stdin)
        os.set_blocking(self.fileno(), False)
        with suppress(OSError), sink:
            sink.write(job.order.encode("utf-8", "surrogateescape"))

    def fileno(self) -> int:
        """Readable when there is something to `look` at."""
        return self._source.fileno()

    def look(self) -> Ended | None:
        """How it ended, once it has; ends it if its time is over."""
        self._read()
        if not self._has_ended():
            if self._end is not None and time.monotonic() > self._end:
                self._killed = True
                self._kill()
            return None
        self._kill()  # what it started
        self._read()
        code = self._process.wait()
        self._source.close()
        answer = b"".join(self._pieces).decode("utf-8", "replace")
        if code == 0 and answer.endswith("\n"):
            return Ended(self._job.name, answer)
        if self._stopped:
            return Ended(self._job.name, failure=INTERRUPTED, interrupted=True)
        return Ended(self._job.name, failure=self._failure(code))

    def stop(self) -> None:
        """Ask it to end with what it has, soon."""
        self._stopped = True
        self._end = time.monotonic() + GRACE
        with suppress(OSError):
            self._process.send_signal(signal.SIGINT)

    def end(self) -> None:
        """End it, whatever it does."""
        self._kill()
        self._process.wait()

    def _read(self) -> None:
        with suppress(BlockingIOError):
            while piece := os.read(self.fileno(), _PIECE):
                self._pieces.append(piece)

    def _has_ended(self) -> bool:
        """Whether it has; asked before its exit code is, so that its number, and its group's, are still its own."""
        if not hasattr(os, "waitid"):
            return self._process.poll() is not None
        with suppress(ChildProcessError):
            return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        return True

    def _kill(self) -> None:
        if self._process.returncode is not None:
            return
        with suppress(OSError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)

    def _failure(self, code: int) -> str:
        took = time.monotonic() - self._begun
        if self._killed:
            return (
                f"it did not end within the time limit of {self._limit:g} s: its process was killed after {took:.0f} s"
            )
        if code >= 0:
            return f"its process ended with exit code {code} and without an answer"
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        hint = ": out of memory? Fewer at once (-j) need less" if name == "SIGKILL" else ""
        return f"its process was ended by {name} after {took:.0f} s{hint}"


def end_with(parent: int) -> None:
    """From now on this process does not outlive its parent, whose number it was told; where the system can do that."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PARENT_DIED, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
