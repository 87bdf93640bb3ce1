"""The scopes that keys have, by what is granted or declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

DECLARED = "declared"
"""The name under which settings declare the scopes of every key that has no line of its own."""


class Held(NamedTuple):
    """`of` are the scopes of some keys by name, `others` those of every other key, None where nothing says them.

    `file` is the settings file that declares them, as reports name it, and `lines` the line of each scope in it.
    Where it is not `whole`, nothing is known of a key that is in neither; else it has no scope.
    """

    of: Mapping[str, tuple[str, ...]]
    others: tuple[str, ...] | None
    file: str | None = None
    lines: Mapping[tuple[str, str], int] = {}
    whole: bool = True

    @classmethod
    def everywhere(cls, scopes: Iterable[str]) -> Held:
        """Every key has the same scopes."""
        return cls({}, tuple(sorted(set(scopes))))

    def knows(self, key: str | None) -> bool:
        """Whether it is known which scopes a key has."""
        return self.whole or self.others is not None or (key is not None and key in self.of)

    def by(self, key: str | None) -> tuple[str, ...]:
        """The scopes of one key; of a key that may be any of them, all that any of them has."""
        if key is not None and key in self.of:
            return self.of[key]
        if self.others is not None:
            return self.others
        return tuple(sorted({scope for scopes in self.of.values() for scope in scopes})) if is_open(key) else ()


def is_open(key: str | None) -> bool:
    """Whether a call with this key may be signed with any key of the program: a parameter's, or one not known."""
    return key is None or key.startswith("parameter:")
