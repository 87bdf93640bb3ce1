"""Our own defects, said without an exception's text: that could quote what was read."""

from __future__ import annotations

import os

from allo_keyscan.model import Skipped


def broken(shown: str, error: Exception) -> Skipped:
    """What to say where an exception ended the search of one blob: its type, and where it was raised."""
    trace, place = error.__traceback__, "?"
    while trace is not None:
        place = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return Skipped(shown, f"internal error ({type(error).__name__} at {place}): please report it")
