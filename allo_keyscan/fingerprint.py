"""The identity of a value, and of a finding: what may be written of a key besides its mask."""

from __future__ import annotations

from hashlib import blake2b

_KEY = b"allo-keyscan fingerprint 1"
_SHORT = 16


def fingerprint(value: bytes, rule: str = "", place: str = "") -> str:
    """A keyed hash of a value, a rule's name and a path, 32 hex digits; no line, commit or time is in it.

    Without rule and place it is the identity of the value alone, wherever it stands.
    """
    message = b"\0".join((rule.encode(), place.encode("utf-8", "surrogateescape"), value))
    return blake2b(message, key=_KEY, digest_size=16).hexdigest()


def literal_name(identity: str) -> str:
    """The name of a key that stands in the code itself, by the identity of its value."""
    return f"literal:{identity[:_SHORT]}"
