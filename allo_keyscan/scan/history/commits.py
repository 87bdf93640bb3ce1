"""The commits of a range or of a push: their messages, and every file and name that they add."""

from __future__ import annotations

import os
from collections.abc import Iterable

from allo_keyscan.model import Commit, Origin, Skipped, Summary
from allo_keyscan.scan.blob import Tally
from allo_keyscan.scan.history.advice import IN_NAME
from allo_keyscan.scan.reading import Reader
from allo_keyscan.sources.git import GitError
from allo_keyscan.sources.history.commits import describe
from allo_keyscan.sources.history.home import Home
from allo_keyscan.sources.history.ranges import Added, Publication, Pushed, added, contents
from allo_keyscan.sources.objects import Missing, read_blobs, read_whole


def search_commits(home: Home, what: Publication, reader: Reader, jobs: int, tally: Tally) -> None:
    """Search what commits add, one after the other as they were made, and what is published beside them.

    Raises GitError, and KeyscanError where a folder cannot be read.
    """
    steps, whole = added(home, what.commits, jobs)
    if not whole:
        tally.skipped.append(Skipped(".git/objects", "damaged commits or trees: what they add was not read"))
    people = _messages(home, [*(step.commit for step in steps), *what.tags], reader, tally)
    everything = [*steps, *contents(home, what.others)]
    _names(everything, people, reader, tally)
    _contents(home, everything, people, reader, tally)
    tally.summary = tally.summary._replace(files=0).plus(Summary(commits=len(steps)))


def search_names(pushed: Iterable[Pushed], reader: Reader, tally: Tally) -> None:
    """Search the names that a push gives to refs; what it deletes it does not publish."""
    for one in pushed:
        if one.oid and one.remote:
            reader.text(os.fsencode(one.remote), Origin(f".git/{one.remote}"), tally)


def _messages(home: Home, oids: list[str], reader: Reader, tally: Tally) -> dict[str, Commit]:
    people = {}
    for oid, one in read_whole(oids, home.cwd, own=home.own):
        if isinstance(one, Missing):
            tally.skipped.append(Skipped(f".git/objects/{oid}", f"a damaged object: {one.reason}"))
            continue
        people[oid] = describe(oid, one.data)
        reader.text(one.data, Origin(f".git/objects/{oid}", None, people[oid]), tally)
    return people


def _names(steps: Iterable[Added], people: dict[str, Commit], reader: Reader, tally: Tally) -> None:
    seen = set()
    for step in steps:
        for path in step.paths:
            if path not in seen:
                seen.add(path)
                part = Tally()
                reader.text(os.fsencode(path), Origin(path, None, people.get(step.commit)), part)
                tally.findings += [one._replace(message=f"{one.message} ({IN_NAME})") for one in part.findings]


def _contents(home: Home, steps: Iterable[Added], people: dict[str, Commit], reader: Reader, tally: Tally) -> None:
    """Each object once for each path, in the first commit that puts it there."""
    first: dict[str, dict[str, str]] = {}
    for step in steps:
        for oid, path in step.files:
            first.setdefault(oid, {}).setdefault(path, step.commit)
    told: set[tuple[str, str]] = set()
    for oid, one in read_blobs(first, home.cwd, own=home.own):
        places = [(path, Origin(path, None, people.get(commit))) for path, commit in first[oid].items()]
        if isinstance(one, Missing):
            tally.skipped += [Skipped(path, f"a damaged object: {one.reason}") for path, _ in places]
            continue
        part = Tally()
        try:
            data = None if len(places) == 1 else one.read()
            for _, origin in places:
                reader.stream(one.pieces() if data is None else iter((data,)), origin, part)
        except GitError as error:
            part.skipped += [Skipped(path, f"a damaged object: {error}") for path, _ in places]
        # A key that stays in a file through many versions is one finding, in the first of them.
        new = [finding for finding in part.findings if (finding.fingerprint, finding.rule) not in told]
        told |= {(finding.fingerprint, finding.rule) for finding in new}
        part.findings = [finding for finding in new if finding.rule != "unused-ignore"]
        part.summary = part.summary._replace(objects=1)
        tally.add(part)
