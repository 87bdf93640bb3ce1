"""The short way of hooks: `scan` with nothing but paths and a few flags is understood without click.

Everything else is click's, also where an environment variable speaks for an option.
That both understand the same is a test: tests/cli/test_quick.py compares them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from allo_keyscan.cli import variables
from allo_keyscan.sources import names

_FLAGS = {
    "--commit-message": "commit_message",
    "--force-exclude": "force_exclude",
    "--quiet": "quiet",
    "--staged": "staged",
}
DEFAULTS: dict[str, Any] = {
    "allow_incomplete": None,
    "api_url": None,
    "baseline": None,
    "color": "auto",
    "commit_message": False,
    "commits": None,
    "config_file": None,
    "exclude": (),
    "exit_zero": False,
    "fail_on": None,
    "force_exclude": None,
    "format_name": None,
    "history": False,
    "isolated": False,
    "jobs": None,
    "max_file_size": None,
    "no_archives": None,
    "no_cache": None,
    "no_gitignore": None,
    "no_ignores": False,
    "output": None,
    "pre_push": False,
    "quiet": False,
    "reports": (),
    "rules": None,
    "staged": False,
    "stdin_filename": None,
    "timeout": None,
    "verbose": 0,
    "verify": False,
    "verify_all": False,
}
"""Every option of `scan`, as it is where it is not given."""


def parse(arguments: Sequence[str]) -> tuple[tuple[str, ...], dict[str, Any]] | None:
    """The paths and options of a command line, by the names click gives them; None where it takes click to tell."""
    if not arguments or arguments[0] != "scan" or variables.is_set():
        return None
    given, paths = {**DEFAULTS, "cache_dir": os.environ.get(variables.VARIABLES["cache_dir"]) or None}, []
    for argument in arguments[1:]:
        if argument in _FLAGS:
            given[_FLAGS[argument]] = True
        elif argument.startswith("-"):
            return None
        else:
            paths.append(argument)
    return tuple(paths), given


def ahead(paths: Sequence[str], given: dict[str, Any]) -> names.Names | None:
    """What git lists, started while the rest of this program loads: a tenth of a whole tree's time."""
    return None if given["staged"] or given["commit_message"] else names.ahead(paths)
