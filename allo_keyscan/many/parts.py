"""Saved reports of audits, of shards and others, into one: nothing twice, and what is missing named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from allo_keyscan.model import Audited, AuditReport, Shard, Skipped, Summary
from allo_keyscan.saved.documents import Part

_SHOWN = 10


class Merged(NamedTuple):
    """The report, and what to tell of how it was put together."""

    report: AuditReport
    remarks: tuple[str, ...]


def merge(parts: Sequence[tuple[str, Part]]) -> Merged:
    """Reports by the names of their files, into one in the order given.

    A repository that several of them have alike is one entry. Of one that could be read here and not there, what was
    read counts; where both were and differ, both stay.
    """
    remarks: list[str] = []
    versions = sorted(set().union(*(part.versions for _, part in parts)))
    if len(versions) > 1:
        remarks.append(
            f"written by several versions of allo-keyscan ({', '.join(versions)}), which may find different things"
        )
    shards = sorted({shard for _, part in parts for shard in part.report.shards})
    found = _joined([one for _, part in parts for one in part.report.repositories], remarks)
    here = {f"shard {shard}" for shard in shards}
    gaps = [skip for _, part in parts for skip in part.report.skipped if not skip.path.startswith("shard ")]
    gaps += _missing(shards, here)
    return Merged(AuditReport(found, tuple(shards), tuple(dict.fromkeys(gaps))), tuple(remarks))


def _missing(shards: Sequence[Shard], here: Iterable[str]) -> Iterator[Skipped]:
    """The shards that are not here; for lists that are not the same, and for each way to divide them."""
    lists = sorted({(shard.of, shard.names) for shard in shards})
    if len(lists) > 1:
        yield Skipped(".", "these are shards of several lists, or of one that was divided in several ways")
    for count in sorted({count for count, _ in lists}):
        for number in range(1, count + 1):
            if (name := f"shard {number}/{count}") not in here:
                yield Skipped(name, "no part of this shard is among the files: what it holds was not looked at")


def _joined(ones: Iterable[Audited], remarks: list[str]) -> tuple[Audited, ...]:
    kept: dict[str, list[Audited]] = {}
    twice: set[str] = set()
    for one in ones:
        known = kept.setdefault(one.path, [])
        if one._replace(attempts=1) in [other._replace(attempts=1) for other in known]:
            twice.add(one.path)
            continue
        known.append(one)
    for path, known in kept.items():
        best = [one for one in known if _looked_at(one)]
        if best and len(best) < len(known):
            remarks.append(f"{path}: one part could not read it, another could: that one counts")
            known[:] = best
        if len(known) > 1:
            remarks.append(f"{path}: {len(known)} parts say different things of it: all of them are kept")
    if twice:
        remarks.append(f"in several parts alike, which is once enough: {', '.join(sorted(twice)[:_SHOWN])}")
    return tuple(one for known in kept.values() for one in known)


def _looked_at(one: Audited) -> bool:
    """Whether anything of it was looked at."""
    nothing = Summary()
    seen = one.work_tree.summary != nothing or one.history.summary != nothing
    return not one.error and (one.complete or seen or bool(one.findings))
