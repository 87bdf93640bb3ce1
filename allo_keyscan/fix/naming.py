"""Which variable takes the place of which key, over a whole run."""

from __future__ import annotations

from collections.abc import Iterable

from allo_keyscan.catalog.fixes import Variable
from allo_keyscan.keys.secret import Secret

Hints = Iterable[tuple[Secret, str | None]]
"""Keys in order, each with the name by which it is known already, or None."""


def names(keys: Hints, variable: Variable, *, settled: Hints = (), fixed: bool = False) -> dict[Secret, str]:
    """A name for each distinct key, in the order in which they come.

    A name by which a key is known is kept unless another key has it, or `fixed` says that the variable was chosen by
    the user; `settled` are the values of variables, keys or not, and go first. All other keys are numbered, and names
    that are taken left out.
    """
    keys = list(keys)
    found = {secret for secret, _ in keys}
    known: dict[Secret, str] = {}
    if not fixed:
        for secret, name in (*settled, *keys):
            if name is not None and secret in found and secret not in known and name not in known.values():
                known[secret] = name
    taken = {name for _, name in keys if name is not None and not fixed} | set(known.values())
    number = 0
    for secret, _ in keys:
        if secret in known:
            continue
        while True:
            number += 1
            if variable.numbered(number) not in taken:
                break
        known[secret] = variable.numbered(number)
    return {secret: known[secret] for secret, _ in keys}
