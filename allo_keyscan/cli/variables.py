"""The environment variables of options. Knows no click: the quick way of hooks asks here whether one is set."""

from __future__ import annotations

import os
from collections.abc import Mapping

VARIABLES = {
    "baseline": "ALLO_KEYSCAN_BASELINE",
    "cache_dir": "ALLO_KEYSCAN_CACHE_DIR",
    "config_file": "ALLO_KEYSCAN_CONFIG",
    "format_name": "ALLO_KEYSCAN_OUTPUT_FORMAT",
    "jobs": "ALLO_KEYSCAN_JOBS",
    "no_cache": "ALLO_KEYSCAN_NO_CACHE",
    "output": "ALLO_KEYSCAN_OUTPUT_FILE",
}
"""By the name of the option that each stands for. The command line goes before them, settings files behind."""


def is_set(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a variable speaks for an option, other than the cache's folder, which the quick way takes as it is."""
    return any(environment.get(name) for option, name in VARIABLES.items() if option != "cache_dir")
