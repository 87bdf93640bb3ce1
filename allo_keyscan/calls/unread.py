"""Names that files of a program give to something, told from their bytes: those that no value has led to yet.

Only files that send or lead to others that do are read beforehand (selection.py); a file with a project's settings is
read when an import is evaluated. What is decided by names before that must know what these files may bring.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from allo_keyscan.calls.layout import Layout
from allo_keyscan.calls.link import Program
from allo_keyscan.calls.selection import imports
from allo_keyscan.calls.source import searchable

# A definition; what is assigned or annotated, a keyword and a dict's key among it; a word in quotes (`setattr`).
_GIVEN = re.compile(rb"(?:def|class)[ \t]+(\w+)|(\w+)[ \t]*[:=](?!=)|[\"'](\w+)[\"']")


def names(program: Program, files: Mapping[str, bytes]) -> set[str]:
    """Every name that is given to something in the files that those read may lead to; more rather than less."""
    found: set[str] = set()
    read = {*program.modules}
    seen, stack = {*read}, [*read]
    while stack:
        path = stack.pop()
        source = searchable(path, files[path])
        if path not in read:
            found.update(word.decode("ascii", "replace") for words in _GIVEN.findall(source) for word in words if word)
        for dotted in imports(source):
            for file in _led_to(program.layout, path, dotted):
                if file in files and file not in seen:
                    seen.add(file)
                    stack.append(file)
    return found


def _led_to(layout: Layout, path: str, dotted: str) -> set[str]:
    """The file that an import means and the packages around it."""
    stem = dotted.lstrip(".")
    dots = dotted[: len(dotted) - len(stem)]
    parts = stem.split(".")
    ways = (layout.find(path, dots + ".".join(parts[:size])) for size in range(1 - bool(dots), len(parts) + 1))
    return {file for file in ways if file is not None}
