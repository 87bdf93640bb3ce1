"""Python sources -> the calls on Allo's API, and the scopes each key needs for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from allo_keyscan.cache import Cache
from allo_keyscan.catalog.api import ApiRules
from allo_keyscan.model import (
    Call,
    Finding,
    Remark,
    ScopesReport,
    Skipped,
    Summary,
    Suppressed,
    Tests,
)
from allo_keyscan.modules import search as searched
from allo_keyscan.needs.findings import findings
from allo_keyscan.needs.held import Held
from allo_keyscan.needs.keys import Seen, Signed, key_needs, smallest
from allo_keyscan.suppress import silenced

Source = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search of some files gave."""

    calls: tuple[Call, ...]
    unresolved: tuple[Signed, ...]
    unparsed: tuple[Skipped, ...]
    remarks: tuple[Remark, ...] = ()
    test_calls: int = 0


@dataclass(frozen=True, slots=True)
class Silence:
    """What silences findings: ignore comments in `texts` (by path), and settings."""

    texts: Mapping[str, bytes]
    configured_away: Callable[[Finding], bool]


def scopes_report(
    sources: Sequence[Source],
    rules: ApiRules,
    held: Held | Iterable[str] | None = None,
    *,
    skipped: Sequence[Skipped] = (),
    tests: Collection[str] = (),
    jobs: int = 1,
    cache: Cache | None = None,
) -> ScopesReport:
    """What some Python files need of Allo.

    `held` are the scopes granted or declared, None where nothing is known of them: then nothing is missing or too much.
    `skipped` is what the caller could not read, `tests` the paths that are counted and otherwise left out. Facts that
    are in `cache` are not read again, and up to `jobs` processes read the others.
    """
    found = search(sources, rules, tests=tests, jobs=jobs, cache=cache)
    return judge(found, sources, rules, held, skipped=skipped, tests=tests)


def search(
    sources: Sequence[Source],
    rules: ApiRules,
    *,
    tests: Collection[str] = (),
    jobs: int = 1,
    cache: Cache | None = None,
) -> Found:
    """The calls of some Python files; the arguments are those of scopes_report."""
    seen = searched(dict(sources), rules, tests=tests, jobs=jobs, cache=cache)
    if seen.found is None:
        return Found((), (), seen.unread)
    unresolved = tuple(Signed(item.call, item.key) for item in seen.found.unresolved)
    return Found(seen.found.calls, unresolved, seen.unread, seen.found.remarks, seen.test_calls)


def judge(
    found: Found,
    sources: Sequence[Source],
    rules: ApiRules,
    held: Held | Iterable[str] | None,
    *,
    skipped: Sequence[Skipped] = (),
    tests: Collection[str] = (),
    silence: Silence | None = None,
) -> ScopesReport:
    """The report of what was found in some sources, against the scopes that keys have."""
    if held is not None and not isinstance(held, Held):
        held = Held.everywhere(held)
    not_read = tuple(sorted([*skipped, *found.unparsed], key=lambda skip: (skip.path, skip.reason)))
    seen = Seen(found.calls, found.unresolved, not_read)
    keys = key_needs(seen, rules, held)
    shown, suppressed = _heard(findings(seen, found.remarks, keys, rules, held), silence)
    return ScopesReport(
        calls=found.calls,
        unresolved=tuple(
            sorted({item.call for item in found.unresolved}, key=lambda one: (one.path, one.line, one.reason))
        ),
        keys=keys,
        required_scopes=smallest((scope for call in found.calls for scope in call.scopes), rules),
        findings=tuple(shown),
        skipped=not_read,
        summary=Summary(files=len(sources), bytes=sum(len(source) for _, source in sources)),
        suppressed=suppressed,
        tests=Tests(len(tests), found.test_calls),
    )


def _heard(found: list[Finding], silence: Silence | None) -> tuple[list[Finding], Suppressed]:
    """The findings that are not silenced, and how many are."""
    if silence is None:
        return found, Suppressed()
    left = [one for one in found if not silence.configured_away(one)]
    commented = set(silenced(left, silence.texts))
    shown = [one for one in left if one not in commented]
    return shown, Suppressed(comments=len(left) - len(shown), config=len(found) - len(left))
