"""What every format says of a key that the API was asked about, in the same words."""

from __future__ import annotations

from allo_keyscan.model import Verification

NO_SCOPE = "no scope: it opens only what any valid key opens"


def in_words(found: Verification) -> str:
    """What is said beside a finding."""
    if found.state == "active":
        return f"active, with {', '.join(found.scopes)}" if found.scopes else f"active, with {NO_SCOPE}"
    return f"{found.state} ({found.reason})" if found.reason else found.state
