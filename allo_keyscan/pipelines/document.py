"""The file in which a pipeline describes its event: JSON, read with distrust."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from typing import Any

from allo_keyscan.errors import KeyscanError

MOST_BYTES = 32 << 20
"""GitHub's payloads end at 25 MB: https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap"""


def load(path: str) -> Mapping[str, Any]:
    """The event's fields. Raises KeyscanError, whose text says what is wrong and holds none of the file's."""
    try:
        with open(path, "rb", opener=_open) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise KeyscanError("is no file")
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise KeyscanError(f"cannot be read: {error.strerror}") from None
    except ValueError:
        raise KeyscanError("is no path of a file") from None
    if len(data) > MOST_BYTES:
        raise KeyscanError(f"is larger than any event ({MOST_BYTES >> 20} MiB)")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise KeyscanError("is not JSON") from None
    if not isinstance(found, dict):
        raise KeyscanError("is no JSON object")
    return found


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # a pipe without a writer would never open
