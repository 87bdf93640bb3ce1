"""The engine of one machine: some jobs at once, each in a process of its own."""

from __future__ import annotations

import selectors
from collections.abc import Callable, Iterator, Sequence

from allo_keyscan.many.jobs import NOT_BEGUN, Ended, Interrupts, Job
from allo_keyscan.many.process import Child

_EVERY = 0.1  # seconds between two looks at processes that say nothing


class Local:
    """Runs `at_once` jobs side by side, by `entry` (`module:function`), each for `limit` seconds at most."""

    def __init__(self, entry: str, at_once: int, limit: float | None) -> None:
        self._entry = entry
        self._at_once = at_once
        self._limit = limit

    def run(self, jobs: Sequence[Job], stop: Callable[[], bool] | None = None) -> Iterator[Ended]:
        """How each job ended, as it ends. `stop` is asked now and then whether to end as by an interrupt."""
        waiting = iter(jobs)
        running: list[Child] = []
        told = False
        with Interrupts() as interrupts, selectors.DefaultSelector() as selector:
            selector.register(interrupts, selectors.EVENT_READ)
            try:
                while True:
                    if not told and (interrupts.asked or (stop is not None and stop())):
                        told = True
                        selector.unregister(interrupts)
                        for child in running:
                            child.stop()
                    while not told and len(running) < self._at_once and (job := next(waiting, None)) is not None:
                        try:
                            child = Child(self._entry, job, self._limit)
                        except OSError as error:
                            yield Ended(job.name, failure=f"no process could be started for it: {error.strerror}")
                            continue
                        running.append(child)
                        selector.register(child, selectors.EVENT_READ)
                    if not running:
                        break
                    selector.select(_EVERY)
                    for child in [*running]:
                        fd = child.fileno()
                        ended = child.look()
                        if ended is not None:
                            selector.unregister(fd)
                            running.remove(child)
                            yield ended
                for job in waiting:
                    yield Ended(job.name, failure=NOT_BEGUN, attempts=0, interrupted=True)
            finally:
                for child in running:
                    child.end()
