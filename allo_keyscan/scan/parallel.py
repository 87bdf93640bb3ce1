"""Many files over several processes. Forked workers claim small batches from one pipe until it is empty.

A pipe of batch numbers is the whole scheduler: reading four bytes is the claim, so nobody waits and nobody shares
memory. The parent works too, and does again what a worker that died had claimed. Where there is no fork, or little to
do, everything runs in this process.
"""

from __future__ import annotations

import gc
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Protocol

from allo_keyscan.errors import TimeUp
from allo_keyscan.scan.blob import Tally

Batch = Sequence[tuple[str, str]]
Work = Callable[[Batch, Tally], None]

_BATCH = 128
_BATCHES_EACH = 16  # at least, so that one slow batch at the end keeps nobody waiting for long
_MOST_BATCHES = 8000  # four bytes each: what a pipe takes without anybody reading
_GRACE = 1.0  # seconds
Meanwhile = Callable[[int, int], None]

WORTH_A_FORK = 400
"""Fewer files than this are done sooner than a process is started."""


class Files(Protocol):
    """Files as pairs, the path to open and the path to show."""

    def __len__(self) -> int:
        """How many."""

    def __getitem__(self, part: slice, /) -> Batch:
        """Some of them."""


def usable_processors() -> int:
    """Processors this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(files: Files, work: Work, jobs: int, tally: Tally, meanwhile: Meanwhile | None = None) -> None:
    """Do `work` on all files with up to `jobs` processes, into `tally`; an interrupt leaves there what was found.

    `meanwhile` is called between two batches, with how many files are done, and of how many.
    """
    size = max(min(_BATCH, -(-len(files) // (jobs * _BATCHES_EACH))), -(-len(files) // _MOST_BATCHES), 1)
    batches = _Batches(files, size)
    if jobs <= 1 or len(files) < WORTH_A_FORK or not hasattr(os, "fork") or sys.platform == "darwin":
        for number in range(len(batches)):
            work(batches[number], tally)
            if meanwhile is not None:
                meanwhile(min((number + 1) * size, len(files)), len(files))
        return
    gc.freeze()  # a collection after the fork would copy every page that holds the names
    tokens, filler = os.pipe()
    os.write(filler, b"".join(number.to_bytes(4, "little") for number in range(len(batches))))
    workers = [_Worker.start(tokens, filler, batches, work) for _ in range(min(jobs, len(batches)) - 1)]
    os.close(filler)
    mine: set[int] = set()
    try:
        while token := os.read(tokens, 4):
            number = int.from_bytes(token, "little")
            work(batches[number], tally)
            mine.add(number)
            for worker in workers:
                worker.drain(0)
            if meanwhile is not None:
                done = len(mine) + sum(len(worker.done) for worker in workers)
                meanwhile(min(done * size, len(files)), len(files))
        for worker in workers:
            worker.drain(None)
    except BaseException:
        _end(workers)
        raise
    finally:
        os.close(tokens)
        for worker in workers:
            worker.close()
            tally.add(worker.tally)
    undone = set(range(len(batches))) - mine - set().union(*(worker.done for worker in workers))
    for number in sorted(undone):
        work(batches[number], tally)


def _end(workers: Sequence[_Worker]) -> None:
    """End all processes, having taken in what they send within a short time."""
    for worker in workers:
        worker.stop()
    for worker in workers:
        worker.kill()


class _Batches:
    """Files by the number of their batch; a batch is put together when it is claimed."""

    __slots__ = ("_files", "_size")

    def __init__(self, files: Files, size: int) -> None:
        self._files = files
        self._size = size

    def __len__(self) -> int:
        return -(-len(self._files) // self._size)

    def __getitem__(self, number: int) -> Batch:
        return self._files[number * self._size : (number + 1) * self._size]


class _Worker:
    """The parent's end of one forked process: what it has sent back so far."""

    __slots__ = ("_ended", "_held", "done", "pid", "results", "tally")

    def __init__(self, pid: int, results: int) -> None:
        self.pid = pid
        self.results = results
        self.tally = Tally()
        self.done: set[int] = set()
        self._held = bytearray()
        self._ended = False

    @classmethod
    def start(cls, tokens: int, filler: int, batches: _Batches, work: Work) -> _Worker:
        results, sink = os.pipe()
        pid = _fork()
        if pid:
            os.close(sink)
            return cls(pid, results)
        code = 1
        import signal

        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its workers
            signal.signal(signal.SIGTERM, _stopped)
            os.close(filler)
            os.close(results)
            _serve(tokens, sink, batches, work)
            code = 0
        finally:
            os._exit(code)

    def drain(self, timeout: float | None) -> None:
        """Take in what has arrived; with no timeout, everything until the worker ends."""
        import select

        while not self._ended and (timeout is None or select.select([self.results], [], [], timeout)[0]):
            piece = os.read(self.results, 1 << 16)
            self._ended = not piece
            self._held += piece
        while len(self._held) >= 8:
            size = int.from_bytes(self._held[4:8], "little")
            if len(self._held) < 8 + size:
                break
            import pickle

            number = int.from_bytes(self._held[:4], "little")
            # Our own forked child wrote it: nothing of it comes from outside.
            part = pickle.loads(bytes(self._held[8 : 8 + size]))  # noqa: S301
            self.tally.add(part)
            self.done.add(number)
            del self._held[: 8 + size]

    def stop(self) -> None:
        """Ask the process to send what it has and to end."""
        import signal

        os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End the process, having taken in what it sends within a short time."""
        import signal

        self.drain(_GRACE)
        os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Wait for the end of the process."""
        os.close(self.results)
        os.waitpid(self.pid, 0)


def _fork() -> int:
    """`os.fork` although a thread waits for what a git says: it holds no lock that the new process would need."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _serve(tokens: int, sink: int, batches: _Batches, work: Work) -> None:
    import pickle

    while token := os.read(tokens, 4):
        number = int.from_bytes(token, "little")
        part, stopped = Tally(), False
        try:
            work(batches[number], part)
        except TimeUp:
            stopped = True
        payload = pickle.dumps(part, pickle.HIGHEST_PROTOCOL)
        data = token + len(payload).to_bytes(4, "little") + payload
        while data:
            data = data[os.write(sink, data) :]
        if stopped:
            return


def _stopped(_number: int, _frame: object) -> None:
    raise TimeUp
