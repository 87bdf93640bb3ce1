"""Files -> the Python text they hold: a module, a script, or the code cells of a notebook. Loads no parser."""

from __future__ import annotations

import codecs
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from allo_keyscan.calls import notebook

NOTEBOOK = ".ipynb"

_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")
# Encodings whose bytes below 128 are ASCII, so that words can be looked for in the bytes.
_ASCII_LIKE = re.compile(r"utf-?8.*|ascii|latin.*|iso8859.*|iso-8859.*|cp125\d|koi8.*|mac-?roman", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParseFailure:
    """A file that could not be read as Python: the reason in words, and the line where it is known."""

    reason: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Python text; `lines` are the lines of the file that the text's lines stand on, None where they are the same."""

    text: str
    lines: Sequence[int] | None = None

    def line(self, number: int) -> int:
        """The line of the file that a line of the text stands on; both start at 1."""
        return number if self.lines is None else self.lines[min(number, len(self.lines)) - 1]


def python_of(path: str, data: bytes) -> Source | ParseFailure:
    """The Python that a file holds. No message quotes the file."""
    if not path.endswith(NOTEBOOK):
        text = decode(data)
        return text if isinstance(text, ParseFailure) else Source(text)
    try:
        cells = notebook.cells(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return ParseFailure("not a notebook: its JSON cannot be read")
    lines = array("i")
    parts = []
    for cell in cells:
        if cell.python is not None:
            parts += cell.python
            lines.extend(cell.lines)
    return Source("\n".join(parts) + "\n", lines or array("i", [1]))


def searchable(path: str, data: bytes) -> bytes:
    """A file's bytes such that words of its Python can be found in them as ASCII, line by line."""
    if not path.endswith(NOTEBOOK):
        encoding = declared(data)
        if _ASCII_LIKE.fullmatch(encoding):
            return data
    found = python_of(path, data)
    return data if isinstance(found, ParseFailure) else found.text.encode("utf-8", "surrogatepass")


def decode(source: bytes) -> str | ParseFailure:
    """The text of a Python file by PEP 263: a BOM, else a coding comment in the first two lines, else UTF-8."""
    if source.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ParseFailure("not Python: encoded as UTF-16, which Python does not read")
    bom = source.startswith(codecs.BOM_UTF8)
    if bom:
        source = source[3:]
    if b"\0" in source:
        return ParseFailure("not Python: it holds null bytes")
    encoding = declared(source)
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return ParseFailure("the encoding that its coding comment names is not known")
    if bom and name != "utf-8":
        return ParseFailure("its byte-order mark says UTF-8, its coding comment another encoding")
    try:
        return source.decode(name)
    except LookupError:
        return ParseFailure("what its coding comment names is not a text encoding")
    except (UnicodeError, ValueError):
        return ParseFailure(f"its bytes are not valid {name}")


def declared(source: bytes) -> str:
    """The encoding that a coding comment names, else UTF-8."""
    for line in source[:1024].splitlines()[:2]:
        match = _CODING.match(line)
        if match:
            return match[1].decode("ascii", "replace")
        if not _BLANK.match(line):
            break
    return "utf-8"
