"""The whole history: every object searched, what was found given its places, commits and refs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from allo_keyscan.model import Origin
from allo_keyscan.scan.blob import Tally
from allo_keyscan.scan.history.search import Search
from allo_keyscan.scan.parallel import Meanwhile, Pool
from allo_keyscan.scan.reading import Reader
from allo_keyscan.sources.history.files import text_files
from allo_keyscan.sources.history.home import Home, gaps, submodules
from allo_keyscan.sources.history.index import Index, read_index
from allo_keyscan.sources.history.lost import walk
from allo_keyscan.sources.history.objects import COMMIT, Objects, list_objects
from allo_keyscan.sources.history.refs import Ref, list_refs
from allo_keyscan.sources.listing import Root

if TYPE_CHECKING:
    from allo_keyscan.scan.history.kept import Kept, Known
    from allo_keyscan.sources.history.commits import Heads

_AT_ONCE = 2
"""Segments that are worth another process."""


class Machine(NamedTuple):
    """What searches: a reader, whether it opens archives, how many processes there may be, and what is kept of a
    repository between runs."""

    reader: Reader
    archives: bool
    jobs: int
    kept: Kept | None = None


def history(home: Home, machine: Machine, tally: Tally, progress: Meanwhile | None = None) -> None:
    """Search everything that a repository keeps. Raises GitError where it cannot be read at all.

    Cut short by an interrupt or the time limit, what was found by then is in the tally, with ids for names.
    """
    with walk(home) as walking:
        _history(home, machine, tally, progress)
        tally.skipped += walking.end()


def _history(home: Home, machine: Machine, tally: Tally, progress: Meanwhile | None) -> None:
    every, skipped = list_objects(home)
    tally.skipped += skipped
    objects, known = (every, None) if machine.kept is None else machine.kept.sort_out(every)
    found, beside = Tally(), Tally()
    named = False
    try:
        with _everything(home, objects, machine, found, progress):
            # What lies beside the objects is read, and the rest of this loaded, while the other processes are at those.
            from allo_keyscan.scan.history.lives import tell
            from allo_keyscan.sources.history.commits import heads, passed

            refs, lost = list_refs(home)
            index = read_index(home)
            tally.skipped += [*lost, *index.skipped, *gaps(home), *submodules(home, index.submodules())]
            _beside(home, refs, index, machine.reader, beside)
        if machine.kept is not None and known is not None:
            machine.kept.keep(known, objects)

        def all_commits() -> Heads:
            return heads(home, _commits(every, objects, known), passed(objects))

        names = tell(home, all_commits, refs, index, machine.reader, machine.jobs, found, beside)
        named = True
    finally:
        if not named:
            from allo_keyscan.scan.history.lives import unnamed

            names = unnamed(found)
            names.findings.extend(beside.findings)
            names.skipped.extend(beside.skipped)
        tally.findings += names.findings
        tally.skipped += names.skipped
        tally.placeholders += found.placeholders + beside.placeholders
        tally.suppressed = tally.suppressed.plus(found.suppressed).plus(beside.suppressed)
        tally.summary = tally.summary.plus(found.summary)
        if known is not None:
            tally.summary = tally.summary.plus(known.summary())


def _everything(home: Home, objects: Objects, machine: Machine, tally: Tally, progress: Meanwhile | None) -> Pool:
    """A pool that searches every object once it is left."""
    segments = objects.segments(machine.jobs)
    search = Search(home, objects, machine.reader, archives=machine.archives)

    def work(numbers: Iterable[tuple[str, str]], part: Tally) -> None:
        for number, _ in numbers:
            search.segment(segments[int(number)], part)

    def tell(done: int, _total: int) -> None:
        if progress is not None:
            progress(segments[done].first if done < len(segments) else len(objects), len(objects))

    pool = Pool(work, machine.jobs, tally, tell, worth=_AT_ONCE, ending=search.close)
    for number in range(len(segments)):
        pool.add(Root("", "", [str(number)]))
    return pool


def _commits(every: Objects, read: Objects, known: Known | None) -> Iterator[str]:
    """The ids of all commits in the order in which git listed them, whichever of them were read now."""
    if known is None or read is every:
        yield from read.of_kind(COMMIT)
        return
    commits = {*read.of_kind(COMMIT), *known.commits()}
    listed = enumerate(every.ids.decode("ascii").split("\n"))
    yield from every.as_listed(number for number, oid in listed if oid in commits)


def _beside(home: Home, refs: Iterable[Ref], index: Index, reader: Reader, tally: Tally) -> None:
    """The text files of the git directories, and the names of these, of refs and of what is staged."""
    files = list(text_files(home, tally.skipped))
    reader.files(files, tally)
    names = [shown for _, shown in files]  # a log is named after its ref, and another worktree's refs are files
    names += [f".git/{ref.full}" for ref in refs if ref.kind not in ("reflog", "head")]
    for name in dict.fromkeys(names):
        reader.text(os.fsencode(name.removeprefix(".git/")), Origin(name), tally)
    for text in index.texts():
        part = Tally()
        reader.text(text, Origin(".git/index"), part)
        if part.findings:
            from allo_keyscan.scan.history.lives import search_staged_names

            search_staged_names(index.names, reader, tally)
