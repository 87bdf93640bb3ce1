"""The one type that holds a raw key. It masks itself wherever Python could print, log or store it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from allo_keyscan.catalog.keys import KeyForm


class Secret:
    """A raw key or credential: compared and hashed by value, shown only masked.

    `prefix` is the public part that may be shown (`ak_live_`, or nothing).
    """

    __slots__ = ("_prefix", "_value")

    def __init__(self, value: bytes, prefix: bytes = b"") -> None:
        self._value = bytes(value)
        self._prefix = prefix

    @property
    def masked(self) -> str:
        """The public prefix and the last four characters; of a body under 12 characters nothing is shown."""
        body = self._value[len(self._prefix) :]
        tail = body[-4:] if len(body) >= 12 else b""
        return f"{self._prefix.decode()}…{tail.decode('ascii', 'replace')}"

    def reveal(self) -> bytes:
        """The value itself, for who sends it to ask about it, or takes it out of a file; tests/live holds who may."""
        return self._value

    def fingerprint(self, rule: str, place: str) -> str:
        """The identity of a finding: a keyed hash of rule, value and path, in hex; no line, commit or time."""
        from allo_keyscan.fingerprint import fingerprint

        return fingerprint(self._value, rule, place)

    def begins_with(self, other: Secret) -> bool:
        """Whether another secret is this one cut short."""
        return self._value.startswith(other._value)

    def is_shown_by(self, text: bytes) -> bool:
        """Whether a stretch of the value stands in a text of somebody else's, as it is or encoded."""
        from allo_keyscan.keys.echo import shows

        return shows(text, self._value[len(self._prefix) :])

    def __len__(self) -> int:
        return len(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return f"Secret({self.masked})"

    def __str__(self) -> str:
        return self.masked

    def __format__(self, spec: str) -> str:
        return format(self.masked, spec)

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return (str, (self.masked,))


class Redactor:
    """The last line of defence: masks whatever is written, paths and error messages of others included."""

    def __init__(self, forms: Iterable[KeyForm]) -> None:
        self._pattern = re.compile(
            "|".join(f"({re.escape(form.prefix.decode())})[{form.body}]{{6,}}" for form in forms)
        )

    def __call__(self, text: str) -> str:
        """The text with every key-shaped piece masked."""
        return self._pattern.sub(self._mask, text)

    @staticmethod
    def _mask(match: re.Match[str]) -> str:
        return Secret(match.group().encode(), (match.group(match.lastindex or 1)).encode()).masked
