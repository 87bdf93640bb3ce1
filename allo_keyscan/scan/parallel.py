"""Many files over several processes. Forked workers claim small batches of names from one pipe until it is closed.

Each write to a pipe in packet mode is one batch, and each read claims one, so nobody waits and nobody shares memory.
The parent fills the pipe as names become known, works too where it is full or nothing new is known, and does again what
a worker that died had claimed. Where there is no such pipe (it is Linux'), or little to do, everything runs here.
"""

from __future__ import annotations

import gc
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType

from allo_keyscan.errors import TimeUp
from allo_keyscan.scan.blob import Tally
from allo_keyscan.sources.listing import Root

Work = Callable[[Sequence[tuple[str, str]], Tally], None]
Meanwhile = Callable[[int, int], None]

WORTH_A_FORK = 400
"""Fewer files than this are done sooner than a process is started."""

_BATCH = 64
_PACKET = 4096  # bytes: the most that a pipe keeps together
_ROOM = 1 << 20  # bytes of the pipe, a page for each packet: names for a third of a second
_UNTOLD = 16  # batches without a result that a worker tells of at once
_GRACE = 1.0  # seconds


def usable_processors() -> int:
    """Processors this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pool:
    """Does `work` on the files it is given, with up to `jobs` processes, into `tally`.

    Left by an exception, such as an interrupt, it ends its workers, and what was found by then is in the tally.
    `meanwhile` is called between two batches, with how many files are done, and of how many that are known. With fewer
    files than `worth` everything is done here. `ending` is called in each process when it has done its last batch.
    """

    def __init__(
        self,
        work: Work,
        jobs: int,
        tally: Tally,
        meanwhile: Meanwhile | None = None,
        *,
        worth: int = WORTH_A_FORK,
        ending: Callable[[], None] | None = None,
    ) -> None:
        self._work = work
        self._ending = ending or _nothing
        self._worth = worth
        self._others = jobs - 1 if sys.platform == "linux" else 0
        self._tally = tally
        self._meanwhile = meanwhile
        self._held: list[Root] = []
        self._claimed: dict[int, Root] = {}
        self._workers: list[_Worker] = []
        self._source = self._sink = -1
        self._number = self._known = self._done = 0

    def __enter__(self) -> Pool:
        return self

    def add(self, files: Root) -> None:
        """Have these searched too, now or later."""
        for start in range(0, len(files.names), _BATCH):
            batch = files._replace(names=files.names[start : start + _BATCH])
            self._known += len(batch.names)
            if self._workers:
                self._give(batch)
            elif self._others > 0:
                self._held.append(batch)
                if self._known >= self._worth:
                    self._start()
            else:
                self._do(batch)

    def step(self) -> bool:
        """Do one batch that nobody has claimed; whether there was one."""
        if not self._workers:
            if self._held:
                self._do(self._held.pop())
                return True
            return False
        try:
            packet = os.read(self._source, _PACKET)
        except BlockingIOError:
            return False
        if packet:
            self._do(self._claimed.pop(_number(packet)))
        return bool(packet)

    def finish(self) -> None:
        """Do what is left, and wait for the others."""
        if self._sink >= 0:
            os.close(self._sink)
            self._sink = -1
        while self.step():
            pass
        for worker in self._workers:
            self._settle(worker.drain(None))
        while self._claimed:  # by a worker that died
            self._do(self._claimed.popitem()[1])

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None:
                self.finish()
        except BaseException:
            kind = BaseException
            raise
        finally:
            self._ending()
            for end in (self._source, self._sink):
                if end >= 0:
                    os.close(end)
            if kind is not None:
                for worker in self._workers:
                    worker.stop()
            for worker in self._workers:
                if kind is not None:
                    worker.kill()
                worker.close()
                self._tally.add(worker.tally)

    def _start(self) -> None:
        ends = _packets()
        if ends is None:
            self._others = 0
        else:
            self._source, self._sink = ends
            gc.freeze()  # a collection after the fork would copy every page
            for _ in range(self._others):
                self._workers.append(_Worker.start(self._source, self._sink, self._work, self._ending))
        held, self._held = self._held, []
        for batch in held:
            if self._workers:
                self._give(batch)
            else:
                self._do(batch)

    def _give(self, batch: Root) -> None:
        """To whoever claims it first; where nobody does just now, it is done here."""
        packet = _packed(self._number, batch)
        if len(packet) > _PACKET:
            half = len(batch.names) // 2
            if half:
                self._give(batch._replace(names=batch.names[:half]))
                self._give(batch._replace(names=batch.names[half:]))
            else:
                self._do(batch)
            return
        try:
            os.write(self._sink, packet)
        except BlockingIOError:
            self._do(batch)
            return
        self._claimed[self._number] = batch
        self._number += 1
        if self._number % _UNTOLD == 0:
            self._drain()  # what is done need not be kept

    def _do(self, batch: Root) -> None:
        self._work(batch.pairs(), self._tally)
        self._done += len(batch.names)
        self._drain()
        if self._meanwhile is not None:
            self._meanwhile(self._done, self._known)

    def _drain(self) -> None:
        for worker in self._workers:
            self._settle(worker.drain(0))

    def _settle(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self._done += len(self._claimed.pop(number).names)


def _nothing() -> None:
    """Where there is nothing to end."""


def _packed(number: int, batch: Root) -> bytes:
    return number.to_bytes(4, "little") + os.fsencode("\0".join((batch.folder, batch.prefix, *batch.names)))


def _number(packet: bytes) -> int:
    return int.from_bytes(packet[:4], "little")


def _unpacked(packet: bytes) -> Root:
    folder, prefix, *names = os.fsdecode(packet[4:]).split("\0")
    return Root(folder, prefix, names)


def _packets() -> tuple[int, int] | None:
    """Both ends of a pipe in packet mode that blocks nobody; None on a system that has none, or only says so."""
    if sys.platform != "linux":
        return None
    from contextlib import suppress
    from fcntl import F_SETPIPE_SZ, fcntl

    try:
        source, sink = os.pipe2(os.O_DIRECT | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with suppress(OSError):  # the user's share of pipe memory may be used up
        fcntl(sink, F_SETPIPE_SZ, _ROOM)
    os.write(sink, b"1")
    os.write(sink, b"2")
    if os.read(source, 2) == b"1" and os.read(source, 2) == b"2":
        return source, sink
    os.close(source)
    os.close(sink)
    return None


class _Worker:
    """The parent's end of one forked process: what it has sent back so far."""

    __slots__ = ("_ended", "_held", "pid", "results", "tally")

    def __init__(self, pid: int, results: int) -> None:
        self.pid = pid
        self.results = results
        self.tally = Tally()
        self._held = bytearray()
        self._ended = False

    @classmethod
    def start(cls, source: int, filler: int, work: Work, ending: Callable[[], None]) -> _Worker:
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
            try:
                _serve(source, sink, work)
            finally:
                ending()
            code = 0
        finally:
            os._exit(code)

    def drain(self, timeout: float | None) -> Iterator[int]:
        """Take in what has arrived; with no timeout, everything until the worker ends. Gives the batches it did."""
        import select

        while not self._ended and (timeout is None or select.select([self.results], [], [], timeout)[0]):
            piece = os.read(self.results, 1 << 16)
            self._ended = not piece
            self._held += piece
        while len(self._held) >= 4:
            size = int.from_bytes(self._held[:4], "little")
            if len(self._held) < 4 + size:
                break
            import pickle

            # Our own forked child wrote it: nothing of it comes from outside.
            numbers, part = pickle.loads(bytes(self._held[4 : 4 + size]))  # noqa: S301
            del self._held[: 4 + size]
            self.tally.add(part)
            yield from numbers

    def stop(self) -> None:
        """Ask the process to send what it has and to end."""
        import signal

        os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End the process, having taken in what it sends within a short time."""
        import signal

        for _ in self.drain(_GRACE):
            pass
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


def _serve(source: int, sink: int, work: Work) -> None:
    """A worker's life: claim a batch, do it, and tell of it at once where something was found."""
    import select

    untold = _Untold(sink)
    try:
        while True:
            try:
                packet = os.read(source, _PACKET)
            except BlockingIOError:
                untold.tell()
                select.select([source], [], [])
                continue
            if not packet:
                break
            work(_unpacked(packet).pairs(), untold.part)
            untold.numbers.append(_number(packet))
            if untold.part.findings or untold.part.skipped or len(untold.numbers) >= _UNTOLD:
                untold.tell()
    except TimeUp:
        pass
    untold.tell()


def _stopped(_number: int, _frame: object) -> None:
    raise TimeUp


class _Untold:
    """What a worker has done since it last told of it."""

    def __init__(self, sink: int) -> None:
        self.numbers: list[int] = []
        self.part = Tally()
        self._sink = sink

    def tell(self) -> None:
        """Send it as one message; a signal to stop waits until that is out."""
        import pickle
        import signal

        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        payload = pickle.dumps((self.numbers, self.part), pickle.HIGHEST_PROTOCOL)
        data = len(payload).to_bytes(4, "little") + payload
        while data:
            data = data[os.write(self._sink, data) :]
        self.numbers, self.part = [], Tally()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
