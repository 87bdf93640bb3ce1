"""The nouns of a check: what came back, and what it says of a key. None holds a raw key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from allo_keyscan.model import KeyState, Verification


class Got(NamedTuple):
    """An HTTP answer: names of `headers` are in lower case, `body` is not longer than the client takes."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Opened(NamedTuple):
    """An endpoint that a key opens, and the scope that it asks for; None: none, or not said."""

    method: str
    path: str
    scope: str | None


class Team(NamedTuple):
    """Whose key it is."""

    id: str
    name: str


class Answer(NamedTuple):
    """What is known of a key. `reason` says in words why it is not active; all behind it is that of an active key."""

    state: KeyState
    reason: str = ""
    key_id: str | None = None
    team: Team | None = None
    scopes: tuple[str, ...] = ()
    endpoints: tuple[Opened, ...] = ()

    @property
    def verification(self) -> Verification:
        """As it stands beside a finding."""
        return Verification(self.state, self.scopes, self.reason)


def unknown(reason: str) -> Answer:
    """No word on the key."""
    return Answer("unknown", reason)
