"""The facts of many files: from the cache, from worker processes, or read here when they are asked for.

What comes from a cache or a worker are bytes without any text (calls/encode); the text comes from the source. So a
key stands in neither.
"""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeVar, cast

from allo_keyscan import __version__, answers
from allo_keyscan.cache import Cache
from allo_keyscan.calls.facts import ModuleFacts
from allo_keyscan.calls.interpreter import uncollected
from allo_keyscan.calls.layout import Layout
from allo_keyscan.calls.outcome import Searched
from allo_keyscan.calls.read import read_module
from allo_keyscan.calls.selection import Look, select
from allo_keyscan.calls.source import NOTEBOOK, ParseFailure, Source, python_of, searchable
from allo_keyscan.calls.told import Share, Told, alone
from allo_keyscan.catalog.api import ApiRules
from allo_keyscan.model import Skipped

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

Read = ModuleFacts | ParseFailure
_Tested = tuple[int, tuple[Skipped, ...]]
Work = tuple[str, bytes]
_Batch = TypeVar("_Batch")
_Result = TypeVar("_Result")

_WORTH_A_PROCESS = 200_000
"""Bytes for each worker, below which starting one takes longer than it saves; a spawned one starts slower."""
_WORTH_A_SPAWN = 2_000_000
_WORTH_A_COUNT = 200_000
_BATCH = 100_000
_WORTH_SHARING, _SHARES = 20, 8
"""Modules whose calls are looked at by several processes, and how often each of these is given some."""


def facts_cache(folder: str) -> Cache:
    """The cache of facts and answers in a folder, apart for each Python and each make of the code that finds them."""
    make = blake2b(digest_size=8)
    package = os.path.dirname(__file__)
    with contextlib.suppress(OSError):  # inside an archive the version alone must do
        for part in (package, os.path.join(package, "calls"), os.path.join(package, "catalog")):
            for one in sorted(os.scandir(part), key=lambda one: one.name):
                if one.name.endswith(".py"):
                    status = one.stat()
                    make.update(f"{one.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    python = f"{sys.implementation.cache_tag or sys.implementation.name}-{sys.byteorder}"
    return Cache(folder, f"{__version__}-{make.hexdigest()}-{python}")


class Modules:
    """Facts by path; `prepare` reads many at once, and `read` is the reader that calls/analyze asks."""

    def __init__(self, files: Mapping[str, bytes], *, jobs: int = 1, cache: Cache | None = None) -> None:
        self._files = files
        self._jobs = jobs
        self._cache = cache
        self._ready: dict[str, bytes | ParseFailure] = {}
        self._read: dict[str, Read] = {}

    def prepare(self, paths: Iterable[str]) -> None:
        """Take facts from the cache, and have worker processes read the others where they are many."""
        missing = []
        for path in paths:
            data = self._cache.get(_key(path, self._files[path])) if self._cache is not None else None
            if data is not None:
                self._ready[path] = data
            else:
                missing.append(path)
        size = sum(len(self._files[path]) for path in missing)
        context = _context()
        jobs = min(self._jobs, size // (_WORTH_A_PROCESS if context == "fork" else _WORTH_A_SPAWN))
        if jobs > 1:
            batches = _batches([(path, self._files[path]) for path in missing])
            for path, found in _in_processes(batches, jobs, context, _read_all):
                self._ready[path] = found
                if isinstance(found, bytes) and self._cache is not None:
                    self._cache.put(_key(path, self._files[path]), found)

    def read(self, path: str, source: bytes) -> Read:
        """The facts of one of the files, the same object each time; or why there are none."""
        if path not in self._read:
            self._read[path] = self._facts(path, source)
        return self._read[path]

    def _facts(self, path: str, source: bytes) -> Read:
        ready = self._ready.pop(path, None)
        if isinstance(ready, ParseFailure):
            return ready
        if ready is None and self._cache is not None:
            ready = self._cache.get(_key(path, source))
        if ready is not None:
            from allo_keyscan.calls.decode import decode

            text = python_of(path, source)
            module = decode(path, ready, text) if isinstance(text, Source) else None
            if module is not None:
                return module
            if self._cache is not None:
                self._cache.drop(_key(path, source))
        found = read_module(path, source)
        if self._cache is not None and isinstance(found, ModuleFacts):
            data = _encoded(path, source, found)
            if data is not None:
                self._cache.put(_key(path, source), data)
        return found


def search(
    files: Mapping[str, bytes],
    rules: ApiRules,
    *,
    tests: Collection[str] = (),
    jobs: int = 1,
    cache: Cache | None = None,
) -> Searched:
    """The calls of a project's files. Its `tests` are looked at apart: what only they do is as if nobody did it."""
    if cache is None:
        return _searched(files, rules, tests, jobs, cache)
    name = answers.name(files, tests, rules.folder)
    kept = answers.get(cache, name)
    if kept is not None:
        return kept
    answer = _searched(files, rules, tests, jobs, cache)
    if answer.found is not None:  # else it was found at once
        answers.put(cache, name, answer, rules.folder)
        cache.tidy()
    return answer


def _searched(
    files: Mapping[str, bytes], rules: ApiRules, tests: Collection[str], jobs: int, cache: Cache | None
) -> Searched:
    looks = {path: Look(searchable(path, data), rules) for path, data in files.items()}
    code = {path: data for path, data in files.items() if path not in tests}
    entry = select({path: looks[path] for path in code}, Layout(code, rules.imports), rules)
    everything = select(looks, Layout(files, rules.imports), rules) if tests else entry
    tested = everything - code.keys()
    if not entry and not tested:
        return Searched()
    from allo_keyscan.calls.analyze import analyze  # not where no file matters

    modules = Modules(files, jobs=jobs, cache=cache)
    modules.prepare(sorted(entry | tested))

    def count() -> _Tested:
        with_tests = analyze(files.items(), rules, entry=everything, read=modules.read)
        calls = {(one.path, one.line, one.column) for one in with_tests.calls if one.path not in code}
        return len(calls), with_tests.unparsed

    size = sum(len(files[path]) for path in everything)
    apart = bool(tested) and jobs > 1 and size > _WORTH_A_COUNT and _context() == "fork"
    for path in sorted(everything) if apart else ():
        modules.read(path, files[path])  # once for both
    with _beside(count, apart=apart) as counted:
        share = _shared(jobs - apart) if _context() == "fork" else alone
        found = analyze(code.items(), rules, entry=entry, read=modules.read, share=share)
        test_calls, of_tests = counted() if tested else (0, ())
    unread = {skip.path: skip for skip in found.unparsed}
    for skip in of_tests:
        unread.setdefault(skip.path, skip._replace(incomplete=False))
    return Searched(found, tuple(unread[path] for path in sorted(unread)), test_calls)


@contextlib.contextmanager
def _beside(count: Callable[[], _Tested], *, apart: bool) -> Iterator[Callable[[], _Tested]]:
    """What gives the count: that of a forked process that is at it meanwhile if `apart`, else it is made when asked.

    Nothing but numbers, and paths that could not be read, comes back from that process.
    """
    if not apart:
        yield count
        return
    import multiprocessing

    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)

    def work() -> None:
        with contextlib.suppress(Exception):  # then it is counted here
            _leave_interrupts_alone()
            theirs.send(count())

    process = context.Process(target=work, daemon=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # as in _in_processes
        process.start()
    theirs.close()

    def counted() -> _Tested:
        try:
            return ours.recv()  # type: ignore[no-any-return]
        except EOFError:  # it died, perhaps for want of memory
            return count()

    try:
        yield counted
    finally:
        process.kill()
        process.join()
        ours.close()


def _key(path: str, source: bytes) -> str:
    """What facts are kept under; it says nothing of the source to who does not have it."""
    return blake2b(source, digest_size=20, person=b"notebook" if path.endswith(NOTEBOOK) else b"module").hexdigest()


def _encoded(path: str, source: bytes, module: ModuleFacts) -> bytes | None:
    from allo_keyscan.calls.encode import encode

    text = python_of(path, source)
    return encode(module, text) if isinstance(text, Source) else None


def _context() -> str:
    return "fork" if sys.platform.startswith("linux") else "spawn"


def _shared(jobs: int) -> Share:
    """Forked processes look at the modules of a program, some at a time; those of one that died are looked at here."""

    def share(count: int, work: Callable[[int], Told]) -> Iterator[Told]:
        found: dict[int, Told] = {}
        if jobs > 1 and count >= _WORTH_SHARING:
            size = max(1, count // (jobs * _SHARES))
            batches = (range(first, min(first + size, count)) for first in range(0, count, size))
            found |= _in_processes(
                batches, jobs, "fork", lambda numbers: [(number, work(number)) for number in numbers]
            )
        for number in range(count):
            yield found.pop(number) if number in found else work(number)

    return share


def _in_processes(
    batches: Iterator[_Batch], jobs: int, context: str, work: Callable[[_Batch], list[_Result]]
) -> Iterator[_Result]:
    """What worker processes make of batches, in any order; those that a worker had when it died are left out.

    Each worker has a connection of its own, whose other end is open in no other process, and there are no threads: one
    that is killed in the middle of an answer, by an interrupt or for want of memory, leaves nobody waiting.
    """
    import multiprocessing
    from multiprocessing.connection import wait

    how = multiprocessing.get_context(context)
    workers: dict[Connection, BaseProcess] = {}

    def busy(end: Connection) -> bool:
        batch = next(batches, None)
        if batch is not None:
            with contextlib.suppress(OSError):  # it died
                end.send(batch)
                return True
        return False

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # a thread may wait for git; it holds no lock of ours
            for _ in range(jobs):
                ours, theirs = how.Pipe()
                inherited = [*workers, ours] if context == "fork" else []
                process = how.Process(target=_serve, args=(theirs, inherited, work), daemon=True)  # type: ignore[attr-defined]
                process.start()
                theirs.close()
                workers[ours] = process
        waiting = [end for end in workers if busy(end)]
        while waiting:
            for end in cast("list[Connection]", wait(waiting)):
                try:
                    done = end.recv()
                except (EOFError, OSError):  # it died
                    waiting.remove(end)
                    continue
                if not busy(end):
                    waiting.remove(end)
                yield from done
    finally:
        for end, process in workers.items():
            process.kill()
            process.join()
            end.close()


def _serve(end: Connection, inherited: Sequence[Connection], work: Callable[[_Batch], list[_Result]]) -> None:
    """Work through the batches of a connection until it is closed; what fails here is done, and told, by the parent."""
    with contextlib.suppress(Exception):
        _leave_interrupts_alone()
        for other in inherited:  # else this process would keep them open after the parent
            other.close()
        while True:
            end.send(work(end.recv()))


def _leave_interrupts_alone() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its workers


def _batches(work: Sequence[Work]) -> Iterator[list[Work]]:
    """Large files first, small ones together, so that nobody waits long for the last."""
    batch: list[Work] = []
    size = 0
    for one in sorted(work, key=lambda one: (-len(one[1]), one[0])):
        batch.append(one)
        size += len(one[1])
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _read_all(batch: Sequence[Work]) -> list[tuple[str, bytes | ParseFailure]]:
    made: list[tuple[str, bytes | ParseFailure]] = []
    for path, source in batch:
        with uncollected():  # until the tree is gone
            found = read_module(path, source)
            data = found if isinstance(found, ParseFailure) else _encoded(path, source, found)
        if data is not None:
            made.append((path, data))
    return made
