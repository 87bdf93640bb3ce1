"""The engine of many machines: each job a task on Dask Distributed, which gives those of a lost worker to others.

A task starts a process as on one machine (process.py), so that its worker survives whatever a repository does. How
often a job was begun is told by the workers themselves, as events: where that is more than once, a worker was lost. A
job that loses more workers than the scheduler allows (its setting `allowed-failures`, 3 by default) is given up and
named.
"""

from __future__ import annotations

import logging
import os
import queue
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from allo_keyscan.errors import KeyscanError
from allo_keyscan.many.jobs import INTERRUPTED, NOT_BEGUN, Ended, Interrupts, Job
from allo_keyscan.many.local import Local

if TYPE_CHECKING:
    from distributed import Client, Future

_CONNECT = 20.0  # seconds to wait for the scheduler, and for its first worker
_ALONE = 60.0  # seconds without any worker, after which nobody waits for one any more
_EVERY = 0.5
_CHECK = 5.0

Answer = tuple[str, str, bool]


class Cluster:
    """Runs jobs on the workers of a scheduler, each by `entry` (`module:function`), for `limit` seconds at most.

    The paths that jobs name must lead to the same on every worker, and this program must be installed there. Raises
    KeyscanError where Dask Distributed is not installed, and `run` where no scheduler or no worker answers.
    """

    def __init__(self, entry: str, address: str, limit: float | None) -> None:
        try:
            import distributed
        except ImportError:
            raise KeyscanError(
                "--engine dask needs Dask Distributed: pip install 'allo-keyscan[dask]', here and where the workers run"
            ) from None
        logging.disable(logging.CRITICAL)  # what it logs of tasks and lost connections is told in our own words
        self._dask = distributed
        self._entry = entry
        self._address = address
        self._limit = limit

    def run(self, jobs: Sequence[Job]) -> Iterator[Ended]:
        """How each job ended, as it ends."""
        if not jobs:
            return
        with Interrupts() as interrupts, self._connect() as client:
            yield from _Tasks(client, self._entry, self._limit).run(jobs, interrupts)

    def _connect(self) -> Client:
        try:
            client = self._dask.Client(self._address, timeout=_CONNECT, set_as_default=False)
        except (OSError, ValueError):  # a time-out is an OSError
            raise KeyscanError(f"--scheduler {self._address}: no Dask scheduler answers there") from None
        try:
            client.wait_for_workers(1, timeout=_CONNECT)
        except OSError:
            client.close()
            raise KeyscanError(f"--scheduler {self._address}: it has no worker: start one with `dask worker`") from None
        return client


class _Tasks:
    """The jobs of one run on one client."""

    def __init__(self, client: Client, entry: str, limit: float | None) -> None:
        self._client = client
        self._task = (entry, limit)
        self._topic = f"allo-keyscan-{os.urandom(8).hex()}"
        self._begun: Counter[str] = Counter()
        self._done: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._names: dict[str, str] = {}
        self._alone: float | None = None

    def run(self, jobs: Sequence[Job], interrupts: Interrupts) -> Iterator[Ended]:
        self._client.subscribe_topic(self._topic, self._note)
        futures = [self._submit(number, job) for number, job in enumerate(jobs)]
        checked = time.monotonic()
        try:
            while self._names:
                with suppress(queue.Empty):
                    future = self._done.get(timeout=_EVERY)
                    name = self._names.pop(future.key, None)
                    if name is not None:
                        yield self._ended(name, future)
                    continue
                if interrupts.asked:
                    yield from self._left(INTERRUPTED, interrupted=True)
                elif time.monotonic() - checked > _CHECK:
                    checked = time.monotonic()
                    if self._is_alone():
                        yield from self._left("no worker is left to look at it")
        finally:
            with suppress(Exception):  # the scheduler may be gone; what was found counts all the same
                self._client.cancel(futures, force=True)

    def _submit(self, number: int, job: Job) -> Future:
        key = f"{self._topic}-{number}"
        self._names[key] = job.name
        future = self._client.submit(_work, *self._task, job, self._topic, key=key, pure=False, retries=0)
        future.add_done_callback(self._done.put)
        return future

    def _note(self, event: tuple[float, Any]) -> None:
        self._begun[event[1]] += 1

    def _ended(self, name: str, future: Future) -> Ended:
        attempts = max(1, self._begun[name])
        if future.status == "finished":
            answer, failure, interrupted = future.result()
            return Ended(name, answer, failure, attempts, interrupted)
        if future.status != "error":
            return Ended(name, failure="the scheduler lost it", attempts=attempts)
        error = future.exception()
        kind = type(error).__name__
        if kind == "KilledWorker":
            times = f"{attempts} times" if attempts > 1 else "once"
            return Ended(name, failure=f"the worker that looked at it was lost, {times}: given up", attempts=attempts)
        hint = ": is allo-keyscan, in this version, installed there?" if isinstance(error, ImportError) else ""
        return Ended(name, failure=f"its worker failed with {kind}{hint}", attempts=attempts)

    def _left(self, failure: str, *, interrupted: bool = False) -> Iterator[Ended]:
        for name in self._names.values():
            attempts = self._begun[name]
            said = NOT_BEGUN if interrupted and not attempts else failure
            yield Ended(name, failure=said, attempts=attempts, interrupted=interrupted)
        self._names.clear()

    def _is_alone(self) -> bool:
        """Whether there has been no worker for too long."""
        try:
            workers = self._client.nthreads()
        except Exception:  # noqa: BLE001 (no scheduler, then; Dask has many ways to say so)
            workers = {}
        now = time.monotonic()
        self._alone = None if workers else self._alone or now
        return self._alone is not None and now - self._alone > _ALONE


def _work(entry: str, limit: float | None, job: Job, topic: str) -> Answer:
    """What a worker does: the job in a process of its own, until that ends or nobody wants to know any more."""
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()
    worker.log_event(topic, job.name)

    def unwanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state == "cancelled"

    (one,) = Local(entry, 1, limit).run([job], unwanted)
    return one.answer, one.failure, one.interrupted
