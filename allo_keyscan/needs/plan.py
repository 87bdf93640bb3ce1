"""What the declared scopes of each key should be, by what the code needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from allo_keyscan.catalog.api import ApiRules
from allo_keyscan.model import KeyNeeds, Place
from allo_keyscan.needs.held import DECLARED, Held
from allo_keyscan.needs.keys import Seen, unneeded


class Line(NamedTuple):
    """The scopes declared for one key: `before` (None: no line), `after` (None: the line goes), and those that no call
    seen needs and that stay all the same, for what stands at `blockers` may need them."""

    name: str
    before: tuple[str, ...] | None
    after: tuple[str, ...] | None
    kept: tuple[str, ...] = ()
    blockers: tuple[Place, ...] = ()

    @property
    def added(self) -> tuple[str, ...]:
        """The scopes that are new."""
        return tuple(scope for scope in self.after or () if scope not in (self.before or ()))

    @property
    def dropped(self) -> tuple[str, ...]:
        """The scopes that go."""
        return tuple(scope for scope in self.before or () if scope not in (self.after or ()))


def plan(keys: Sequence[KeyNeeds], seen: Seen, rules: ApiRules, held: Held) -> list[Line]:
    """One line a key, by the needs of each key against what is declared now (`held`).

    A key with a line of its own keeps it; the others share the line `declared` where there is one, and get
    their own where there is none, save calls whose key is not known: theirs is `declared`.
    """
    lines = []
    sharing = []
    for key in keys:
        if key.key is not None and key.key in held.of:
            lines.append(_own(key, held.of[key.key]))
        elif held.others is not None or key.key is None:
            sharing.append(key)
        else:
            lines.append(Line(key.key, None, key.required_scopes))
    shared = _shared(sharing, seen, rules, held)
    return lines if shared is None else [*lines, shared]


def _own(key: KeyNeeds, before: tuple[str, ...]) -> Line:
    after = tuple(sorted({*before, *key.missing} - set(key.excess)))
    gone = not after and key.calls == 0 and key.unresolved == 0
    return Line(key.key or "", before, None if gone else after, key.not_observed, key.blockers)


def _shared(keys: Sequence[KeyNeeds], seen: Seen, rules: ApiRules, held: Held) -> Line | None:
    """The line of all keys without one; a scope stays there as long as one of them needs it."""
    needed = {scope for key in keys for scope in key.required_scopes}
    if held.others is None:
        return Line(DECLARED, None, tuple(sorted(needed))) if needed else None
    spares = [unneeded(held.others, key.key, seen, rules, held) for key in keys]
    spares = spares or [unneeded(held.others, None, seen, rules, held)]
    unused = set.intersection(*({*spare.excess, *spare.not_observed} for spare in spares))
    blockers = {place for spare in spares for place in spare.blockers}
    missing = {scope for key in keys for scope in key.missing}
    kept = unused if blockers else set()
    after = ({*held.others, *missing} - unused) | kept
    return Line(DECLARED, held.others, tuple(sorted(after)), tuple(sorted(kept)), tuple(sorted(blockers)))
