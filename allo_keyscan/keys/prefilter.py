"""Where may any of many literals stand? One fast pass for more literals than such a pass takes: by parts they share.

A pass of up to 64 literals runs on SIMD, and one more takes ten times as long (benchmarks/README.md). Literals that are
made of one prefix have much in common: for the shipped rules 66 parts stand for 119 literals. Where a part is found, a
slower pass looks at the bytes around it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from allo_keyscan.keys.find import Hit, ordered

FAST = 64
"""Literals of a pass on SIMD."""
_SINGLES = 4
"""Literals that are found sooner one by one, at 45 GB/s each, than by one more pass, at 7 to 14."""
_SHORTEST = 4
"""Bytes of a part: shorter ones take twice as long."""
_COMMON = frozenset(b"etaoinsrlh")
"""Nothing but these ten letters, the most frequent of English, tells little: too many words hold it."""
_DENSE = 256
"""With a part in fewer bytes than this each, the slower pass looks at all of them."""


class Prefilter:
    """The compiled search for some literals."""

    def __init__(self, literals: Iterable[bytes]) -> None:
        every = list(dict.fromkeys(literals))
        shared = parts(every, FAST)
        rest = shared[FAST:]
        some = [[one] for one in rest] if len(rest) <= _SINGLES else [rest]
        self._passes = [_search(part) for part in (shared[:FAST], *some)]
        self._exact = _search(every)
        self._reach = max(map(len, every), default=0)

    def __call__(self, data: bytes | memoryview) -> list[int]:
        """Offsets such that each literal in `data` has one in it or right before or behind it; where there is no
        literal nearby, there is none."""
        hits = [hit for search in self._passes for hit in search(data)]
        if len(hits) > len(data) // _DENSE:
            return [start for _, start, _ in self._exact(data)]
        reach, exact = self._reach, self._exact
        return [start for _, start, end in hits if exact(data[max(0, start - reach) : end + reach])]


def _search(literals: list[bytes]) -> Callable[[bytes | memoryview], list[Hit]]:
    return BytesAhoCorasick(list(ordered(literals)), matchkind=MatchKind.LeftmostFirst).find_matches_as_indexes


def parts(literals: list[bytes], most: int) -> list[bytes]:
    """Bytes of which each literal holds some: the fewest that are soon found, or no fewer than `most`.

    Those that many literals share come first.
    """
    holders: dict[bytes, set[int]] = {}
    for number, literal in enumerate(literals):
        for start in range(len(literal) - _SHORTEST + 1):
            for end in range(start + _SHORTEST, len(literal) + 1):
                holders.setdefault(literal[start:end], set()).add(number)
    left = set(range(len(literals)))
    heap = [(-len(some), -len(part), part) for part, some in holders.items() if len(some) > 1 and _tells(part)]
    heapq.heapify(heap)
    chosen: list[bytes] = []
    while heap and len(chosen) + len(left) > most:
        count, length, part = heapq.heappop(heap)
        now = len(holders[part] & left)
        if now == -count:
            chosen.append(part)
            left -= holders[part]
        elif now > 1:
            heapq.heappush(heap, (-now, length, part))
    return chosen + [literals[number] for number in sorted(left)]


def _tells(part: bytes) -> bool:
    return not _COMMON.issuperset(part)
