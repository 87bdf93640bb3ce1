"""Which variable takes the place of which key, over a whole run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from allo_keyscan.catalog.fixes import Variable
from allo_keyscan.keys.secret import Secret

Hints = Iterable[tuple[Secret, str | None]]
"""Keys in order, each with the name by which it is known already, or None."""


FOREIGN = "it may be another vendor's key, and no name of its own is free: choose one with --name"
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SETTING = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z")


class Known(NamedTuple):
    """A key at one place: the variable by which it is read there already, and the setting that it is the value of."""

    secret: Secret
    variable: str | None = None
    setting: str | None = None


def as_variable(setting: str) -> str | None:
    """The variable that is called like a setting: `payments_key`, `paymentsKey`; None for a name of one word."""
    name = _HUMP.sub("_", setting).strip("_").upper()
    return name if _SETTING.match(name) else None


def names(
    keys: Hints, variable: Variable, *, settled: Hints = (), fixed: bool = False, foreign: Hints = ()
) -> dict[Secret, str]:
    """A name for each distinct key, in the order in which they come.

    A name by which a key is known is kept unless another key has it, or `fixed` says that the variable was chosen by
    the user; `settled` are the values of variables, keys or not, and go first. All other keys are numbered, and names
    that are taken left out. `foreign` are those among the keys that must not be called by this API's name, each with
    what it could be called instead: such a key has no name where none is free, unless the name is `fixed`.
    """
    keys, foreign = list(keys), list(foreign)
    found, strange = {secret for secret, _ in keys}, {secret for secret, _ in foreign}
    known: dict[Secret, str] = {}
    if not fixed:
        for secret, name in (*settled, *keys, *foreign):
            if name is not None and secret in found and secret not in known and name not in known.values():
                known[secret] = name
    taken = {name for _, name in keys if name is not None and not fixed} | set(known.values())
    number = 0
    for secret, _ in keys:
        if secret in known or (secret in strange and not fixed):
            continue
        while True:
            number += 1
            if variable.numbered(number) not in taken:
                break
        known[secret] = variable.numbered(number)
    return {secret: known[secret] for secret, _ in keys if secret in known}
