"""The whole scan of a work tree, of the index, or of a stream: tallies -> one sorted report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from allo_keyscan.baseline import Entry, entry
from allo_keyscan.errors import KeyscanError, TimeUp
from allo_keyscan.model import Finding, Origin, Report, Skipped, Suppressed
from allo_keyscan.scan import parallel
from allo_keyscan.scan.blob import Tally
from allo_keyscan.scan.reading import Reader, cut_short
from allo_keyscan.sources.git import GitError
from allo_keyscan.sources.ignore import Ignore
from allo_keyscan.sources.index import staged
from allo_keyscan.sources.listing import Listing, Root
from allo_keyscan.sources.objects import Missing, read_blobs

_SCISSORS = re.compile(rb"^.{1,8} -{24} >8 -{24}\r?$", re.MULTILINE)


def work_tree(
    listing: Listing, reader: Reader, jobs: int, tally: Tally, progress: parallel.Meanwhile | None = None
) -> None:
    """Search every file of a listing; `progress` is called with how many files are done, and of how many."""
    found = Tally()
    given: list[Root] = []
    try:
        with parallel.Pool(reader.files, jobs, found, progress) as pool:
            for files in _noted(listing.known(), given, reader):
                pool.add(files)
            while not listing.ready() and pool.step():
                pass
            rest = _noted(listing.rest(), given, reader)
            if not listing.retracted:
                for files in rest:
                    pool.add(files)
        if listing.retracted:
            found = Tally()
            with parallel.Pool(reader.files, jobs, found, progress) as pool:
                for files in rest:
                    pool.add(files)
        _recall(found.findings, given, reader)
    finally:
        tally.add(found)
    tally.skipped += listing.skipped
    reader.links(listing.links, tally)


def _noted(some: Iterable[Root], given: list[Root], reader: Reader) -> Iterator[Root]:
    """The same files; they are kept in mind where somebody will want the raw keys in them."""
    for one in some:
        if reader.vault is not None:
            given.append(one)
        yield one


def _recall(findings: Iterable[Finding], given: Iterable[Root], reader: Reader) -> None:
    """Read again here what other processes found, where a vault is to have the raw keys: these cross no border."""
    vault = reader.vault
    if vault is None:
        return
    paths = {one.origin.path for one in findings if one.key and one.key not in vault}
    for files in given if paths else ():
        names = [name for name in files.names if files.prefix + name in paths]
        reader.files(files._replace(names=names).pairs(), Tally())


def index(folder: str, paths: Sequence[str], ignore: Ignore, reader: Reader, tally: Tally) -> None:
    """Search the blobs in git's index that differ from HEAD, whatever the work tree holds.

    Raises KeyscanError where `folder` is in no repository.
    """
    found = staged(folder, paths)
    tally.skipped += found.skipped
    shown: dict[str, list[str]] = {}
    for one in found.entries:
        if not ignore.matches(one.path):
            shown.setdefault(one.oid, []).append(one.path)
    for oid, blob in read_blobs(shown, folder):
        where = shown[oid]
        if isinstance(blob, Missing):
            tally.skipped += [Skipped(path, "its object is missing from the repository") for path in where]
            continue
        try:
            if len(where) == 1:
                reader.stream(blob.pieces(), Origin(where[0]), tally)
            else:
                data = blob.read()
                for path in where:
                    reader.stream(iter((data,)), Origin(path), tally)
        except GitError as error:
            tally.skipped += [Skipped(path, str(error)) for path in where]


def stream(pieces: Iterator[bytes], name: str, reader: Reader, tally: Tally) -> None:
    """Search one stream, shown under a name."""
    try:
        reader.stream(pieces, Origin(name), tally)
    except TimeUp:
        tally.skipped.append(cut_short(name))
        raise


def commit_messages(paths: Iterable[str], reader: Reader, tally: Tally) -> None:
    """Search commit messages in files up to git's scissors line: below it `git commit -v` shows the diff.

    Raises KeyscanError for a file that cannot be read.
    """
    for path in paths:
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError as error:
            raise KeyscanError(f"{path}: cannot be read: {error.strerror}") from None
        reader.stream(iter((_SCISSORS.split(data, 1)[0],)), Origin(path), tally)


def report(
    tally: Tally, hide: Callable[[str], str], accepted: Iterable[Entry] = (), *, interrupted: bool = False
) -> Report:
    """The sorted report of what was found, less what a baseline accepts; `hide` masks keys in the names of files."""
    known = {one.fingerprint for one in accepted}
    findings = [
        one._replace(origin=_hidden(one.origin, hide)) for one in tally.findings if one.fingerprint not in known
    ]
    skipped = {skip._replace(path=hide(skip.path)) for skip in tally.skipped}
    baseline = Suppressed(baseline=len(tally.findings) - len(findings))
    return Report(
        findings=tuple(sorted(findings, key=_order)),
        placeholders=tally.placeholders,
        suppressed=tally.suppressed.plus(baseline),
        skipped=tuple(sorted(skipped, key=lambda skip: (skip.path, skip.reason))),
        summary=tally.summary,
        interrupted=interrupted,
    )


def entries(report: Report) -> frozenset[Entry]:
    """What a baseline must hold to accept a report's findings."""
    return frozenset(entry(one) for one in report.findings)


def _hidden(origin: Origin, hide: Callable[[str], str]) -> Origin:
    return origin._replace(path=hide(origin.path), member=None if origin.member is None else hide(origin.member))


def _order(one: Finding) -> tuple[str, str, int, int, str, str]:
    return (one.origin.path, one.origin.member or "", one.start.line, one.start.column, one.code, one.fingerprint)
