"""Files with keys in them -> what is to be done to each, with one name for each key over all of them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from allo_keyscan.catalog.fixes import FixRules, Variable
from allo_keyscan.fix import Change, Found, Refused, config, python
from allo_keyscan.fix.found import Looked, Watcher, every
from allo_keyscan.fix.naming import FOREIGN, Known, names
from allo_keyscan.fix.places import Target
from allo_keyscan.fix.python import Elsewhere, Located, Ways
from allo_keyscan.fix.style import Style
from allo_keyscan.keys.secret import Secret
from allo_keyscan.scan.places import is_python

_STILL_THERE = "a key, or a part of one, would still be found after the change: take it out by hand"
_SETTINGS_THEMSELVES = "the settings are made here, and cannot be read here: run it once more with another --style"
_ONE_SETTING = "the expression of --expression reads one setting, and this is another key: put {lower} in it"


class Fixing(NamedTuple):
    """How keys are taken out in a run.

    `name` is the variable the user chose, None for that of the rules; `accepted` are fingerprints of findings that a
    baseline accepts, and which stay; `known` are values that variables have already.
    """

    rules: FixRules
    style: Style = Style()
    name: str | None = None
    accepted: Collection[str] = frozenset()
    known: tuple[tuple[Secret, str], ...] = ()

    @property
    def variable(self) -> Variable:
        """The variable of the first key."""
        return self.rules.variable if self.name is None else self.rules.variable._replace(name=self.name)


class Plan(NamedTuple):
    """What is to be done: the changes in the order of their paths, and the variable of each key.

    A key that may be another vendor's is `foreign`; only of these may one have no variable.
    """

    changes: tuple[Change, ...]
    names: dict[Secret, str]
    foreign: frozenset[Secret] = frozenset()


def plan(files: Iterable[tuple[str, bytes]], scanner: Watcher, how: Fixing, elsewhere: Elsewhere) -> Plan:
    """What to do to files that hold keys, given with their paths, sorted."""
    known: list[Known] = []
    found: list[Found] = []
    seen: list[tuple[Looked, Located | tuple[str, bytes, list[Found]]]] = []
    for path, data in files:
        looked = every(scanner, data, path)
        keys = [one for one in looked.keys if one.finding.fingerprint not in how.accepted]
        found += keys
        if is_python(path, data):
            where = python.located(path, data, keys, how.rules)
            seen.append((looked, where))
            known += where.known
        else:
            seen.append((looked, (path, data, keys)))
            known += [Known(one.secret, config.hint(data, one)) for one in keys]
    strange = foreign(found)
    given = names(
        [(one.secret, one.variable) for one in known],
        how.variable,
        settled=how.known,
        fixed=how.name is not None,
        foreign=[(one.secret, one.setting) for one in known if one.secret in strange],
    )
    public = b" ".join(form.prefix for form in scanner.detector.rules.forms)
    ways = Ways(given, how.style, public, elsewhere)
    changes = []
    for looked, what in seen:
        if isinstance(what, Located):
            changes.append(_python(_within(what, ways), ways, looked, scanner))
        else:
            change = config.changed(*what, given, how.rules)
            changes.append(change if _verified(change, looked, scanner) else _untouched(change))
    return Plan(tuple(changes), given, strange)


def foreign(keys: Iterable[Found]) -> frozenset[Secret]:
    """The keys that stand near another vendor's name, and nowhere near this API's.

    A body so short that nothing of it is shown is in doubt for that alone, and says nothing of a vendor.
    """
    seen = {(one.secret, one.finding.confidence) for one in keys if not one.secret.masked.endswith("…")}
    return frozenset(secret for secret, level in seen if level == "low" and (secret, "high") not in seen)


def _within(where: Located, ways: Ways) -> Located:
    """The same file less the keys that have no name, or that the settings object of the style cannot give it."""
    nameless = {one.found: FOREIGN for one in where.targets if one.found.secret not in ways.names}
    where = _less(where, nameless)
    if ways.style.made_by(where.path):
        refused = {one.found: _SETTINGS_THEMSELVES for one in where.targets}
    elif ways.style.many():
        return where
    else:
        first = next(iter(ways.names), None)
        refused = {one.found: _ONE_SETTING for one in where.targets if one.found.secret != first}
    return _less(where, refused)


def _less(where: Located, refused: Mapping[Found, str]) -> Located:
    targets = tuple(one for one in where.targets if one.found not in refused)
    return where._replace(targets=targets, refused=(*where.refused, *refused.items()))


def _python(where: Located, ways: Ways, looked: Looked, scanner: Watcher) -> Change:
    """The change of a Python file; where not every key can be taken out at once, as many as can."""
    change = python.changed(where, ways)
    if _verified(change, looked, scanner):
        return change
    good: tuple[Target, ...] = ()
    bad: tuple[tuple[Found, str], ...] = ()
    for target in where.targets:
        tried = python.changed(where._replace(targets=(*good, target)), ways)
        if _verified(tried, looked, scanner):
            good = (*good, target)
        else:
            bad = (*bad, (target.found, _STILL_THERE))
    return python.changed(where._replace(targets=good, refused=(*where.refused, *bad)), ways)


def _verified(change: Change, before: Looked, scanner: Watcher) -> bool:
    """Whether no key is found any more that was taken out, silenced or not, and none that was not there before."""
    if not change.taken:
        return True
    after = every(scanner, change.new, change.path)
    gone = Counter(one.found.secret for one in change.taken)
    left = Counter(dict(before.values)) - gone
    again = any(number > left[secret] for secret, number in after.values if secret in gone)
    written = any(not left[secret] and secret.reveal() in change.new for secret in gone)
    new = {one.secret for one in after.keys} - {secret for secret, _ in before.values}
    return not (again or written or new)


def _untouched(change: Change) -> Change:
    """Everything refused."""
    stay = tuple(Refused(one.found, one.name, _STILL_THERE) for one in change.taken)
    return Change(change.path, change.old, change.old, (), (*change.refused, *stay))


def variables(changes: Iterable[Change]) -> list[str]:
    """The variables that code reads once the changes are made, in order."""
    return sorted(
        {one.name for change in changes for one in change.taken if one.name}, key=lambda name: (len(name), name)
    )


def values(made: Plan) -> dict[str, Secret]:
    """The key of each of them; of a variable that was the same for several keys, that which is called so."""
    given: dict[str, Secret] = {}
    for one in (one for change in made.changes for one in change.taken if one.name):
        given.setdefault(one.name, one.found.secret)
    return given | {name: secret for secret, name in made.names.items() if name in given}
