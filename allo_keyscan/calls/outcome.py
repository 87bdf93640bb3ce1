"""What an analysis gives: the calls of some files, those that are open, and what was not read."""

from __future__ import annotations

from dataclasses import dataclass

from allo_keyscan.model import Call, Remark, Skipped, Unresolved


@dataclass(frozen=True, slots=True, order=True)
class Open:
    """A call that may be Allo's and could not be resolved, and the key that signs it where that is known."""

    call: Unresolved
    key: str | None


@dataclass(frozen=True, slots=True)
class ModuleCalls:
    """What some files do with Allo's API."""

    calls: tuple[Call, ...] = ()
    unresolved: tuple[Open, ...] = ()
    unparsed: tuple[Skipped, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Searched:
    """What files do with Allo's API, and how many calls their tests make; `unread` is Python that cannot be read."""

    found: ModuleCalls | None = None
    unread: tuple[Skipped, ...] = ()
    test_calls: int = 0
