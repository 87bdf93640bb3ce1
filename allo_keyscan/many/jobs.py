"""The nouns that engines share."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from types import FrameType, TracebackType
from typing import NamedTuple, Protocol

INTERRUPTED = "interrupted while it was looked at"
NOT_BEGUN = "interrupted before this repository was looked at"


class Job(NamedTuple):
    """One repository: its name, and what its process is told on standard input."""

    name: str
    order: str


class Ended(NamedTuple):
    """How a job ended: with what its process wrote, or with why it wrote nothing; begun `attempts` times."""

    name: str
    answer: str = ""
    failure: str = ""
    attempts: int = 1
    interrupted: bool = False


class Engine(Protocol):
    """Runs jobs. After an interrupt it stops what runs, and yields the jobs that are left as interrupted."""

    def run(self, jobs: Sequence[Job]) -> Iterator[Ended]:
        """How each job ended, as it ends, in any order; each exactly once."""
        ...


class Interrupts:
    """While it is open the first Ctrl-C is only noted, so that no answer is lost; the second one ends everything.

    Where interrupts are ignored, as in a shell's background jobs, they stay so.
    """

    def __init__(self) -> None:
        self.asked = False
        self._source, self._sink = os.pipe()
        os.set_blocking(self._sink, False)

    def fileno(self) -> int:
        """Readable once there was one."""
        return self._source

    def __enter__(self) -> Interrupts:
        here = threading.current_thread() is threading.main_thread()
        self._before = signal.getsignal(signal.SIGINT) if here else signal.SIG_IGN
        if self._before is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._before is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, self._before)
        os.close(self._source)
        os.close(self._sink)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        with suppress(OSError):
            os.write(self._sink, b"x")
