"""Keys that Python source puts together from pieces, as matches with the places of their pieces."""

from __future__ import annotations

from allo_keyscan.keys.detect import Detector
from allo_keyscan.scan.places import Placed


def assembled_keys(detector: Detector, data: bytes, name: str) -> list[Placed] | str:
    """The keys that the source puts together; where it cannot be parsed, the reason in words."""
    raise NotImplementedError
