"""Keys for tests, built from parts: no key-shaped text stands in this repository."""

from __future__ import annotations

import random
import string

from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.keys import key_rules

PREFIX = "ak_" + "live_"
EXAMPLE = PREFIX + min(key_rules(rules_dir()).forms[0].documented)
_ALPHABET = string.ascii_letters + string.digits


def body(seed: int = 0, length: int = 32) -> str:
    """A random body of letters and digits, the same for the same seed."""
    return "".join(random.Random(seed * 1000 + length).choices(_ALPHABET, k=length))


def key(seed: int = 0, length: int = 32) -> str:
    """A key-shaped value, the same for the same seed."""
    return PREFIX + body(seed, length)


def secret(seed: int = 0) -> str:
    """A secret-shaped value of a form without a prefix."""
    return "".join(random.Random(seed).choices("0123456789abcdef", k=40))
