"""The whole history: every object searched, what was found given its places, commits and refs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import NamedTuple

from allo_keyscan.model import Origin
from allo_keyscan.scan.blob import Tally
from allo_keyscan.scan.history.lives import search_staged_names, tell, unnamed
from allo_keyscan.scan.history.search import LARGEST, Search
from allo_keyscan.scan.parallel import Meanwhile, Pool
from allo_keyscan.scan.reading import Reader
from allo_keyscan.sources.history.files import text_files
from allo_keyscan.sources.history.home import Home, gaps, submodules
from allo_keyscan.sources.history.index import Index, read_index
from allo_keyscan.sources.history.lost import walk
from allo_keyscan.sources.history.objects import COMMIT, Objects, list_objects
from allo_keyscan.sources.history.refs import Ref, list_refs
from allo_keyscan.sources.listing import Root

_LEAST, _MOST = 16 << 20, 64 << 20
"""Bytes of a segment: what a process claims at a time. Its git goes on, but not from where it left off."""
_SHARES = 6
"""Segments for each process, so that none waits long for the last one."""
_AT_ONCE = 2
"""Segments that are worth another process."""


class Machine(NamedTuple):
    """What searches: a reader, whether it opens archives, and how many processes there may be."""

    reader: Reader
    archives: bool
    jobs: int


def history(home: Home, machine: Machine, tally: Tally, progress: Meanwhile | None = None) -> None:
    """Search everything that a repository keeps. Raises GitError where it cannot be read at all.

    Cut short by an interrupt or the time limit, what was found by then is in the tally, with ids for names.
    """
    with walk(home) as walking:
        _history(home, machine, tally, progress)
        tally.skipped += walking.end()


def _history(home: Home, machine: Machine, tally: Tally, progress: Meanwhile | None) -> None:
    objects, skipped = list_objects(home)
    refs, lost = list_refs(home)
    index = read_index(home)
    tally.skipped += [*skipped, *lost, *index.skipped, *gaps(home), *submodules(home, index.submodules())]
    found, beside = Tally(), Tally()
    named = False
    try:
        _beside(home, refs, index, machine.reader, beside)
        _everything(home, objects, machine, found, progress)
        commits = (objects.id(number) for number in objects.of_kind(COMMIT))
        names = tell(home, commits, refs, index, machine.reader, machine.jobs, found, beside)
        named = True
    finally:
        if not named:
            names = unnamed(found)
            names.findings.extend(beside.findings)
            names.skipped.extend(beside.skipped)
        tally.findings += names.findings
        tally.skipped += names.skipped
        tally.placeholders += found.placeholders + beside.placeholders
        tally.suppressed = tally.suppressed.plus(found.suppressed).plus(beside.suppressed)
        tally.summary = tally.summary.plus(found.summary)


def _everything(home: Home, objects: Objects, machine: Machine, tally: Tally, progress: Meanwhile | None) -> None:
    share = objects.weight() // (machine.jobs * _SHARES)
    segments = objects.segments(min(max(share, _LEAST), _MOST), LARGEST)
    search = Search(home, objects, machine.reader, archives=machine.archives)

    def work(numbers: Iterable[tuple[str, str]], part: Tally) -> None:
        for number, _ in numbers:
            search.segment(segments[int(number)], part)

    def tell(done: int, _total: int) -> None:
        if progress is not None:
            progress(objects.begin(segments[done]) if done < len(segments) else objects.ends[-1], objects.ends[-1])

    with Pool(work, machine.jobs, tally, tell, worth=_AT_ONCE, ending=search.close) as pool:
        for number in range(len(segments)):
            pool.add(Root("", "", [str(number)]))


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
            search_staged_names(index.names, reader, tally)
