"""Constants of the standard library that strings are made with."""

from __future__ import annotations

import string

from allo_keyscan.calls.domain import Ref, Text, Value

METHODS = ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")
_CONSTANTS = {
    "os.linesep": "\n",
    "os.sep": "/",
    "posixpath.sep": "/",
    **{f"http.HTTPMethod.{name}": name for name in METHODS},
    **{f"string.{name}": getattr(string, name) for name in dir(string) if isinstance(getattr(string, name), str)},
}


def outside(path: str) -> Value:
    """What stands under a dotted name outside of the program: its value, where it is such a constant."""
    known = _CONSTANTS.get(path)
    return Ref(path) if known is None or "__" in path else Text((known,))
