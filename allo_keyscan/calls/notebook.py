"""Jupyter notebooks -> their code cells as Python, with the line of the .ipynb file that each line stands on.

Format 4 of https://nbformat.readthedocs.io. IPython's own syntax
(https://ipython.readthedocs.io/en/stable/interactive/magics.html) is no Python: a line that begins with %, !, ? or
ends with ? becomes `pass`, `name = !command` becomes `name = ...`, and a cell of another language is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

# Cell magics whose cell is Python all the same.
_PYTHON_CELLS = ("capture", "debug", "prun", "pypy", "python", "python3", "time", "timeit")
_JSON = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}:,]')
_MAGIC = re.compile(r"([ \t]*)(?:[%!?]|,(?=\w)|;(?=\w))")
_HELP = re.compile(r"[ \t]*[%\w.*]+\?{1,2}[ \t]*$")
_ASSIGNED = re.compile(r"([ \t]*[\w., \t\[\]\"']+?=[ \t]*)(?:!|%[A-Za-z])")
_TOKEN = re.compile(
    r"#[^\n]*"
    r'|"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\\?\Z)'
    r"|'''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\\?\Z)"
    r'|"(?:[^"\\\n]|\\.)*+(?:"|(?=\n)|\\?\Z)'
    r"|'(?:[^'\\\n]|\\.)*+(?:'|(?=\n)|\\?\Z)"
    r"|\\\r?\n|[\[({]|[\])}]|\n",
    re.DOTALL,
)


class Cell(NamedTuple):
    """One code cell: its lines of Python (None: another language) and the lines of the file they stand on."""

    python: list[str] | None
    lines: list[int]


def cells(text: str) -> list[Cell]:
    """The code cells of a notebook's JSON, in order. Raises ValueError for what is no notebook of format 4."""
    whole = json.loads(text)
    if not isinstance(whole, dict) or not isinstance(whole.get("cells"), list):
        raise ValueError("no cells")
    return [_cell(found) for found in _code(text)]


def _code(text: str) -> Iterator[list[tuple[str, int]]]:
    """The source strings of each code cell, with the lines their JSON strings stand on."""
    path: list[str | None] = []  # the key that each open container is the value of, None in a list
    keys: list[str | None] = []  # the key being read in each open object
    line, at = 1, 0
    code, source = False, list[tuple[str, int]]()
    for match in _JSON.finditer(text):
        mark = match[0]
        line += text.count("\n", at, match.start())
        at = match.start()
        if mark in "[{":
            path.append(keys[-1] if keys else None)
            keys.append(None)
            if path == [None, "cells", None] and mark == "{":
                code, source = False, []
        elif mark in "]}":
            if path == [None, "cells", None] and code:
                yield source
            if path:
                path.pop()
                keys.pop()
        elif mark not in ":,":
            following = text[match.end() : match.end() + 64].lstrip()
            if following.startswith(":"):
                keys[-1] = json.loads(mark)
            elif path == [None, "cells", None] and keys[-1] == "cell_type":
                code = json.loads(mark) == "code"
            elif [*path, keys[-1]][:4] == [None, "cells", None, "source"] and len(path) in (3, 4):
                source.append((json.loads(mark), line))


def _cell(source: list[tuple[str, int]]) -> Cell:
    text, lines = "", []
    for piece, line in source:
        text += piece
        lines += [line] * piece.count("\n")
    lines.append(source[-1][1] if source else 1)
    magic = re.match(r"\s*%%(\w*)[^\n]*", text)
    if magic is not None:
        if magic[1] not in _PYTHON_CELLS:
            return Cell(None, lines)
        text = text[: magic.start()] + "pass" + text[magic.end() :]
    return Cell(_without_magics(text).split("\n"), lines)


def _without_magics(text: str) -> str:
    """A cell with IPython's lines replaced, one line for each; brackets and strings that run on are Python's."""
    made = []
    at = 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end]
        magic, assigned = _MAGIC.match(line), _ASSIGNED.match(line)
        if magic is not None or assigned is not None or _HELP.match(line):
            while line.endswith("\\") and end < len(text):
                stop = text.find("\n", end + 1)
                end = len(text) if stop < 0 else stop
                line = text[at:end]
            head = assigned[1] + "..." if assigned is not None else (magic[1] if magic else "") + "pass"
            made.append(head + "\n" * line.count("\n"))
        else:
            end = _logical_end(text, at)
            made.append(text[at:end])
        made.append(text[end : end + 1])
        at = end + 1
    return "".join(made)


def _logical_end(text: str, at: int) -> int:
    """Where the logical line that begins at `at` ends: at its newline, or at the end."""
    depth = 0
    for match in _TOKEN.finditer(text, at):
        first = match[0][0]
        if first in "[({":
            depth += 1
        elif first in "])}":
            depth = max(0, depth - 1)
        elif first == "\n" and depth == 0:
            return match.start()
    return len(text)
