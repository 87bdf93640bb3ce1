"""The raw keys of findings, for those who ask the API about them: in the memory of one process, and only on demand.

A finding holds no raw key. What has one to ask about looks it up here, by the identity of its value. A vault crosses no
process border: what another process found is read again where the vault is.
"""

from __future__ import annotations

from typing import NoReturn

from allo_keyscan.keys.secret import Secret


class Vault:
    """Keys by their identity (`Finding.key`), and whether a place of theirs speaks of another vendor."""

    def __init__(self) -> None:
        self._secrets: dict[str, Secret] = {}
        self._foreign: set[str] = set()

    def keep(self, identity: str, secret: Secret, *, foreign: bool = False) -> None:
        """Take in a key; once something spoke of another vendor, that stays."""
        self._secrets[identity] = secret
        if foreign:
            self._foreign.add(identity)

    def get(self, identity: str) -> Secret | None:
        """The key; None where it was not met in this process."""
        return self._secrets.get(identity)

    def is_foreign(self, identity: str) -> bool:
        """Whether the key could be another vendor's by its form."""
        return identity in self._foreign

    def __contains__(self, identity: object) -> bool:
        return identity in self._secrets

    def __reduce__(self) -> NoReturn:
        raise TypeError("a vault stays in its process")
