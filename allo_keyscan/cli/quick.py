"""The short way of hooks: `scan` with nothing but paths and a few flags is understood without click.

What git is to list is asked here, before the rest of this program loads.

Everything else is click's, also where an environment variable speaks for an option.
That both understand the same is a test: tests/cli/test_quick.py compares them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from allo_keyscan.cli import variables

if TYPE_CHECKING:
    from allo_keyscan.sources.history.ahead import Ahead
    from allo_keyscan.sources.names import Names

_FLAGS = {
    "--commit-message": "commit_message",
    "--force-exclude": "force_exclude",
    "--history": "history",
    "--no-cache": "no_cache",
    "--quiet": "quiet",
    "-q": "quiet",
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


def ahead(paths: Sequence[str], given: dict[str, Any]) -> Names | Ahead | None:
    """What git lists, started while the rest of this program loads: a tenth of the time of a whole tree or history."""
    if given["staged"] or given["commit_message"] or given["commits"] or given["pre_push"]:
        return None
    if given["history"]:
        from allo_keyscan.sources.history import ahead as history

        return history.ahead(paths)
    from allo_keyscan.sources import names

    return names.ahead(paths)
