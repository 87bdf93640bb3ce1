"""The short way of hooks: `scan` with nothing but paths and a few flags is understood without click.

Everything else is click's. That both understand the same is a test: tests/cli/test_quick.py compares them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allo_keyscan.sources import names

_FLAGS = {
    "--commit-message": "commit_message",
    "--force-exclude": "force_exclude",
    "--quiet": "quiet",
    "--staged": "staged",
}
_DEFAULTS: dict[str, Any] = {
    "allow_incomplete": False,
    "api_url": None,
    "baseline": None,
    "color": "auto",
    "commit_message": False,
    "commits": None,
    "config_file": None,
    "exclude": (),
    "exit_zero": False,
    "fail_on": None,
    "force_exclude": False,
    "format_name": "text",
    "history": False,
    "isolated": False,
    "jobs": None,
    "max_file_size": None,
    "no_archives": False,
    "no_cache": False,
    "no_gitignore": False,
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


def parse(arguments: Sequence[str]) -> tuple[tuple[str, ...], dict[str, Any]] | None:
    """The paths and options of a command line, by the names click gives them; None where it takes click to tell."""
    if not arguments or arguments[0] != "scan":
        return None
    given, paths = dict(_DEFAULTS), []
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
