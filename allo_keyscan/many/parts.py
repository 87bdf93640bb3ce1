"""Saved reports of audits, of shards and others, into one: nothing twice, and what is missing named."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from allo_keyscan import saved
from allo_keyscan.errors import KeyscanError
from allo_keyscan.model import Audited, AuditReport, Shard, Skipped, Summary

SCHEMA_VERSION = 1
_SHOWN = 10


class Part(NamedTuple):
    """One file: its report, and the versions of this program that wrote it."""

    report: AuditReport
    versions: frozenset[str]


class Merged(NamedTuple):
    """The report, and what to tell of how it was put together."""

    report: AuditReport
    remarks: tuple[str, ...]


def read(name: str, text: str) -> Part:
    """A file that `audit` wrote as JSON or as JSON lines, several of these one after the other too.

    Where its end is missing, that stands in the report. Raises KeyscanError, with file and line, for anything else.
    """
    try:
        whole = json.loads(text)
    except ValueError:
        whole = None
    except RecursionError:
        raise _wrong(name, 1) from None
    if isinstance(whole, dict) and isinstance(whole.get("repositories"), list):
        return _document(name, whole)
    return _lines(name, text)


def _document(name: str, whole: dict[str, Any]) -> Part:
    check(name, 1, whole)
    try:
        report = AuditReport(
            tuple(map(saved.audited, whole["repositories"])),
            saved.shards(whole["shards"]),
            saved.skipped(whole["skipped"]),
        )
        return Part(report, frozenset({str(whole["tool"]["version"])}))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise _wrong(name, 1) from None


def _lines(name: str, text: str) -> Part:
    found: list[Audited] = []
    shards: list[Shard] = []
    skipped: list[Skipped] = []
    versions: set[str] = set()
    since, ended = 0, False
    for number, line in lines(text):
        try:
            one = json.loads(line)
        except (ValueError, RecursionError):
            if line.endswith("\n"):
                raise _wrong(name, number) from None
            ended = False  # half a line: whoever wrote it was stopped
            break
        check(name, number, one)
        try:
            versions.add(str(one["tool"]["version"]))
            if "path" in one:
                found.append(saved.audited(one))
                since, ended = since + 1, False
                continue
            shards += saved.shards(one["shards"])
            skipped += saved.skipped(one["skipped"])
            if one["repositories"] != since:
                reason = f"it counts {one['repositories']} repositories and has {since}"
                skipped.append(Skipped(name, reason))
            since, ended = 0, True
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            raise _wrong(name, number) from None
    if not ended:
        skipped.append(Skipped(name, "it has no last line: the run that wrote it was stopped, and --resume ends it"))
    return Part(AuditReport(tuple(found), tuple(shards), tuple(skipped)), frozenset(versions))


def lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that hold something, with their numbers; each with its end, where it has one."""
    pieces = text.split("\n")
    for number, line in enumerate(pieces, 1):
        if line.strip():
            yield number, line + ("\n" if number < len(pieces) else "")


def check(name: str, number: int, one: object) -> None:
    """Raises KeyscanError for what is no document, or one of another version."""
    if not isinstance(one, dict) or "tool" not in one:
        raise _wrong(name, number)
    if one.get("schema_version") != SCHEMA_VERSION:
        raise KeyscanError(
            f"{name}:{number}: schema version {one.get('schema_version')!r} is not {SCHEMA_VERSION}: take the "
            "allo-keyscan that wrote it"
        )


def _wrong(name: str, number: int) -> KeyscanError:
    return KeyscanError(f"{name}:{number}: no JSON of `allo-keyscan audit` (--format json or jsonl)")


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
