"""What the runners of GitHub and Azure take for commands in a log, as their sources have it."""

from __future__ import annotations

import re

_FIRST_FORM = re.compile(r"##(?:vso)?\[([^\]]*)", re.IGNORECASE)
KNOWN = {"error", "warning", "notice"}
_OF_FORMATS = {"github": KNOWN, "azure": {"task.logissue"}}


def foreign(form: str, log: str) -> set[str]:
    """The names of commands in a log that are none of a format's own."""
    return {name.partition(" ")[0] for name in commands(log)} - _OF_FORMATS.get(form, set())


def commands(log: str) -> list[str]:
    """The names of all commands in a log, in order.

    A line that begins with `::`, behind blanks or not, and has another `::` is one, whatever it names; where GitHub
    knows the name the line is used up, any other line is searched for `##[`.
    """
    found = []
    for line in re.split(r"\r\n|\r|\n", log):
        line = line.lstrip()
        end = line.find("::", 2) if line.startswith("::") else -1
        if end >= 0:
            found.append(line[2:end].partition(" ")[0])
        if end < 0 or found[-1] not in KNOWN:
            found += [match[1] for match in _FIRST_FORM.finditer(line)]
    return found
