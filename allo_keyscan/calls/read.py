"""The facts of a file, with the parser loaded only once one is parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allo_keyscan.calls.source import ParseFailure

if TYPE_CHECKING:
    from allo_keyscan.calls.facts import ModuleFacts


def read_module(path: str, source: bytes) -> ModuleFacts | ParseFailure:
    """The facts of one file, or why there are none; never raises for what a file holds."""
    from allo_keyscan.calls import collect  # libcst takes 0.2 s to load

    return collect.read_module(path, source)
