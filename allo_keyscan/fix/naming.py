"""Which variable takes the place of which key, over a whole run."""

from __future__ import annotations

from collections.abc import Iterable

from allo_keyscan.catalog.fixes import Variable
from allo_keyscan.keys.secret import Secret


def names(keys: Iterable[tuple[Secret, str | None]], variable: Variable, *, fixed: bool = False) -> dict[Secret, str]:
    """A name for each distinct key, in the order in which they come.

    With each key comes the name by which code reads it already, or None; such a name is kept unless another key has it,
    or `fixed` says that the variable was chosen by the user. All others are numbered, names that are taken left out.
    """
    keys = list(keys)
    known: dict[Secret, str] = {}
    if not fixed:
        for secret, name in keys:
            if name is not None and secret not in known and name not in known.values():
                known[secret] = name
    taken = set(known.values()) | {name for _, name in keys if name is not None and not fixed}
    number = 0
    for secret, _ in keys:
        if secret in known:
            continue
        while True:
            number += 1
            if variable.numbered(number) not in taken:
                break
        known[secret] = variable.numbered(number)
        taken.add(known[secret])
    return known
