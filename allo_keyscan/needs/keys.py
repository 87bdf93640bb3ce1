"""What each key needs, from the calls that it signs and those that it may sign."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from allo_keyscan.catalog.api import ApiRules
from allo_keyscan.model import Call, KeyNeeds, Place, ScopeNeed, Skipped, Unresolved
from allo_keyscan.needs.held import Held, is_open

_LISTED = 5


class Signed(NamedTuple):
    """A call that could not be resolved, and its key where that is known."""

    call: Unresolved
    key: str | None


class Seen(NamedTuple):
    """What was seen in some code; the `skipped` could not be read."""

    calls: Sequence[Call]
    unresolved: Sequence[Signed]
    skipped: Sequence[Skipped] = ()


class Unneeded(NamedTuple):
    """Scopes no call seen needs: certainly, or save for what stands at `blockers`."""

    excess: tuple[str, ...]
    not_observed: tuple[str, ...]
    blockers: tuple[Place, ...]


def listed(places: Sequence[Place]) -> str:
    """Some places in words: the first few, and how many more there are."""
    more = f" and {len(places) - _LISTED} more" if len(places) > _LISTED else ""
    return ", ".join(f"{place.path}:{place.line}" for place in places[:_LISTED]) + more


def smallest(scopes: Iterable[str], rules: ApiRules) -> tuple[str, ...]:
    """The scopes, less those that others among them imply."""
    wanted = set(scopes)
    implied = {other for scope in wanted for other in rules.covered([scope]) if other != scope}
    return tuple(sorted(wanted - implied))


def key_needs(seen: Seen, rules: ApiRules, held: Held | None) -> tuple[KeyNeeds, ...]:
    """One entry a key, the unknown one last; a key that is declared and that nothing uses has one too."""
    names = {call.key for call in seen.calls} | {item.key for item in seen.unresolved} | set(held.of if held else ())
    return tuple(_needs(name, seen, rules, held) for name in sorted(names, key=lambda key: (key is None, key or "")))


def _needs(name: str | None, seen: Seen, rules: ApiRules, held: Held | None) -> KeyNeeds:
    calls = [call for call in seen.calls if call.key == name]
    required = smallest((scope for call in calls for scope in call.scopes), rules)
    missing: tuple[str, ...] = ()
    spare = Unneeded((), (), ())
    if held is not None and held.knows(name):
        has = held.by(name)
        missing = tuple(scope for scope in required if scope not in rules.covered(has))
        if name in held.of or held.others is not None:
            spare = unneeded(has, name, seen, rules, held)
    return KeyNeeds(
        key=name,
        required_scopes=required,
        missing=missing,
        excess=spare.excess,
        calls=len({(call.path, call.line, call.column) for call in calls}),
        unresolved=sum(item.key == name for item in seen.unresolved),
        not_observed=spare.not_observed,
        blockers=spare.blockers,
        needs=tuple(
            ScopeNeed(scope, tuple(call for call in calls if set(call.scopes) & rules.covered([scope])))
            for scope in required
        ),
    )


def unneeded(has: Sequence[str], name: str | None, seen: Seen, rules: ApiRules, held: Held) -> Unneeded:
    """The scopes a key has and no call seen needs: not by itself, not as the only one that implies what is needed.

    A scope that a source names in conflict with the one used here counts as needed. What may need any scope (a call
    not resolved, or to an endpoint whose scope nobody knows, or a file that was not read) blocks the verdict.
    """

    def may_be_any(key: str | None) -> bool:
        return is_open(key) and key not in held.of

    def may_sign(key: str | None) -> bool:
        return key == name or may_be_any(key) or may_be_any(name)

    calls = [call for call in seen.calls if may_sign(call.key)]
    needed = {scope for call in calls for scope in (*call.scopes, *(call.conflict or ()))}
    useful = set()
    for scope in needed:
        holders = [one for one in has if scope in rules.covered([one])]
        narrow = min((len(rules.covered([one])) for one in holders), default=0)
        useful |= {one for one in holders if len(rules.covered([one])) == narrow}
    spare = tuple(sorted(set(has) - useful))
    blockers = {Place(item.call.path, item.call.line) for item in seen.unresolved if may_sign(item.key)}
    blockers |= {Place(call.path, call.line) for call in calls if call.basis == "unknown"}
    blockers |= {Place(skip.path, 1) for skip in seen.skipped if skip.incomplete}
    if not spare or not blockers:
        return Unneeded(spare, (), ())
    return Unneeded((), spare, tuple(sorted(blockers)))
