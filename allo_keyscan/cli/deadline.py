"""A time limit for the whole run, kept by the system's clock: no loop has to ask what time it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from allo_keyscan.errors import TimeUp


@contextmanager
def deadline(seconds: float | None) -> Iterator[None]:
    """What is done inside ends with TimeUp once the seconds are over; None or 0 is no limit.

    Only in the main thread. A forked process has no alarm of its own: whoever started it ends it.
    """
    if not seconds:
        yield
        return
    import signal  # here: a hook starts without it

    number: int = getattr(signal, "SIGALRM", signal.SIGTERM)  # Windows has no alarm
    before = signal.signal(number, _ring)
    stop = _alarm(seconds, number)
    try:
        yield
    finally:
        stop()
        signal.signal(number, before)


def _ring(_number: int, _frame: object) -> None:
    raise TimeUp


def _alarm(seconds: float, number: int) -> Callable[[], object]:
    """Start the clock; what it gives back stops it."""
    import signal

    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
        return lambda: signal.setitimer(signal.ITIMER_REAL, 0)
    import _thread
    import threading

    timer = threading.Timer(seconds, _thread.interrupt_main, (number,))
    timer.daemon = True
    timer.start()
    return timer.cancel
