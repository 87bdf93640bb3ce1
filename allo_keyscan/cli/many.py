"""What `audit` does for many repositories: names in, an engine over them, each answer written as it comes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from hashlib import blake2b
from typing import Any

from allo_keyscan import __version__
from allo_keyscan.audit import Totals, stopped, unread
from allo_keyscan.catalog import rules_dir
from allo_keyscan.cli import job
from allo_keyscan.cli.audited import deliver, exit_code, summarize, summarize_all
from allo_keyscan.cli.auditing import look
from allo_keyscan.cli.output import say, write
from allo_keyscan.cli.resolve import read_bytes
from allo_keyscan.cli.verifying import Verifier
from allo_keyscan.errors import KeyscanError
from allo_keyscan.many import shards
from allo_keyscan.many.jobs import INTERRUPTED, NOT_BEGUN, Ended, Engine, Job
from allo_keyscan.many.journal import Journal
from allo_keyscan.many.local import Local
from allo_keyscan.model import Audited, AuditReport, Shard
from allo_keyscan.report import audit_jsonl
from allo_keyscan.report.redact import mask_keys_of, redact
from allo_keyscan.saved import values
from allo_keyscan.scan.parallel import usable_processors

# What decides an answer; the other options decide how it is shown and made.
_DECIDING = (
    *("baseline", "config_file", "exclude", "fail_on", "force_exclude", "isolated", "max_file_size", "no_archives"),
    *("no_gitignore", "no_ignores", "timeout", "verify", "verify_all", "api_url"),
)
_FILES = ("baseline", "config_file")


def named(repositories: Iterable[str], file: str | None) -> dict[str, str]:
    """The repositories of a command line and of a list, each once, with where it is named: `FILE:LINE: ` or "".

    A list has one path a line, from the current folder; blank lines and those that begin with # do not count. Raises
    KeyscanError where it cannot be read, or names none.
    """
    found = dict.fromkeys(repositories, "")
    if file is None:
        return found
    data = read_bytes(file)
    shown = "standard input" if file == "-" else file
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        path = os.fsdecode(line.strip())
        if b"\0" in line:
            raise KeyscanError(f"{shown}:{number}: a NUL byte: this is no list of paths, one a line")
        if path and not path.startswith("#"):
            found.setdefault(path, f"{shown}:{number}: ")
    if not found:
        raise KeyscanError(f"{shown}: names no repository: one path a line is expected")
    return found


def audit_many(names: dict[str, str], given: dict[str, Any]) -> int:
    """Look at all of them, write, and decide the exit code.

    Raises KeyscanError where it cannot begin, or what was found cannot be written.
    """
    mask_keys_of(rules_dir(given["rules"]))
    wanted, shard = list(names), None
    if given["shard"] is not None:
        wanted, shard = shards.shard(wanted, *shards.parse(given["shard"]))
    run = _Run(wanted, shard, given)
    try:
        run.begin()
        left = [name for name in wanted if name not in run.taken]
        if given["verify"]:
            for found in _one_by_one(left, names, given):
                run.add(found)
            return run.end()
        engine, make = _engine(given, len(left))
        with closing(_ended(engine, [make(name) for name in left])) as ended:
            for one in ended:
                run.add(_audited(one, names))
        return run.end()
    finally:
        run.close()


def _one_by_one(left: Sequence[str], names: dict[str, str], given: dict[str, Any]) -> Iterator[Audited]:
    """Each repository in this process, where its keys can be asked about: no raw key crosses a process border."""
    verifier = Verifier(given, rules_dir(given["rules"]))
    interrupted = False
    for name in left:
        if interrupted:
            yield stopped(name, NOT_BEGUN, interrupted=True)
            continue
        try:
            found = look(name, {**given, "quiet": True}, verifier)
        except KeyscanError as error:
            yield unread(name, f"{names[name]}{error}")
        except KeyboardInterrupt:
            interrupted = True
            yield stopped(name, INTERRUPTED, interrupted=True)
        else:
            interrupted = found.interrupted
            yield found


def _ended(engine: Engine, jobs: Sequence[Job]) -> Generator[Ended]:
    yield from engine.run(jobs)


def _engine(given: dict[str, Any], jobs: int) -> tuple[Engine, Callable[[str], Job]]:
    """The engine, and what makes a job for it of a repository's name."""
    limit = given["timeout"]
    if given["engine"] == "dask":
        from allo_keyscan.many.cluster import Cluster

        # A worker's current folder is another one.
        there = {name: given[name] and os.path.abspath(given[name]) for name in ("rules", "cache_dir", *_FILES)}
        told = {**given, **there, "jobs": given["jobs"] or 1, "quiet": True}
        cluster = Cluster(job.ENTRY, given["scheduler"], limit)
        return cluster, lambda name: Job(name, job.order(os.path.abspath(name), told))
    processes = given["jobs"] or usable_processors()
    at_once = max(1, min(processes, jobs))
    told = {**given, "jobs": max(1, processes // at_once), "quiet": True}
    return Local(job.ENTRY, at_once, limit), lambda name: Job(name, job.order(name, told))


def _audited(one: Ended, names: dict[str, str]) -> Audited:
    """What is said of a job's repository, whichever way it ended."""
    if one.interrupted and not one.answer:
        return stopped(one.name, one.failure, interrupted=True)._replace(attempts=one.attempts)
    failure = one.failure
    if one.answer:
        try:
            found = values.audited(json.loads(one.answer))
        except (*values.UNREADABLE, RecursionError):
            failure = "its process gave no answer that can be read"
        else:
            error = found.error and names[one.name] + found.error
            return found._replace(path=one.name, attempts=one.attempts, error=error)
    return unread(one.name, f"{names[one.name]}{one.name}: {failure}")._replace(attempts=one.attempts)


class _Run:
    """What becomes of the answers: lines as they come, or every other format at the end, in the order given."""

    def __init__(self, names: Sequence[str], shard: Shard | None, given: dict[str, Any]) -> None:
        self._names = names
        self._given = given
        self._shards = () if shard is None else (shard,)
        self._streams = given["format_name"] == "jsonl"
        self._keeps = not self._streams or bool(given["reports"])
        self._kept: dict[str, Audited] = {}
        self._totals = Totals()
        self._journal: Journal | None = None
        self._conditions = _conditions(given)
        self.taken: set[str] = set()

    def begin(self) -> None:
        """Open the file of lines, and take over what counts of an earlier run."""
        file = self._given["output"]
        if not self._streams or file in (None, "-"):
            return
        self._journal = Journal(file, self._conditions)
        if not self._given["resume"]:
            self._journal.begin()
            return
        self._journal.resume(frozenset(self._names), self._count)
        self.taken = self._journal.taken
        again = self._journal.again
        if not self._given["quiet"]:
            redo = f", {again:,} done again (failed, interrupted, or made by another version, rules or options)"
            say(f"resumed: {len(self.taken):,} of {len(self._names):,} taken over from {file}{redo if again else ''}")

    def add(self, one: Audited) -> None:
        """Take one answer, and write it if answers are written as they come."""
        self._count(one)
        if self._streams:
            self._write(audit_jsonl.line(one, conditions=self._conditions(one.path)))
        if not self._given["quiet"] or one.error:
            summarize(one, self._given["verbose"])

    def end(self) -> int:
        """Write what comes last, and give the exit code."""
        report = AuditReport(tuple(self._kept[name] for name in self._names if name in self._kept), self._shards)
        if self._streams:
            self._write(audit_jsonl.last(self._totals, report))
        deliver(report, self._given, streamed=self._streams)
        if not self._given["quiet"]:
            summarize_all(self._totals, ())
        return exit_code(self._totals, allow_incomplete=self._given["allow_incomplete"])

    def close(self) -> None:
        """Nothing more will come."""
        if self._journal is not None:
            self._journal.close()

    def _count(self, one: Audited) -> None:
        self._totals.add(one)
        if self._keeps:
            self._kept[one.path] = one

    def _write(self, line: str) -> None:
        if self._journal is None:
            write(line)
        else:
            self._journal.write(redact(line).encode())


def _conditions(given: dict[str, Any]) -> Callable[[str], str]:
    """A digest of what an answer depends on, for each repository: also where its name leads from here.

    The settings in the repository itself are part of it, and like its commits they may change.
    """
    made = blake2b(digest_size=16)
    told: list[object] = [__version__, [[name, given[name]] for name in _DECIDING]]
    folder = rules_dir(given["rules"])
    for path in [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(".toml")] + [
        given[name] for name in _FILES if given[name]
    ]:
        try:
            with open(path, "rb") as file:
                told.append(blake2b(file.read(), digest_size=16).hexdigest())
        except OSError:
            told.append(None)  # who needs it will say so
    made.update(json.dumps(told).encode())

    def conditions(name: str) -> str:
        own = made.copy()
        own.update(os.fsencode(os.path.abspath(name)))
        return own.hexdigest()

    return conditions
