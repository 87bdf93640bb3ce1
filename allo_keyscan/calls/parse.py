"""Source bytes -> a syntax tree, or the reason why there is none.

libcst reads Python newer than the interpreter it runs on, but its native parser can be driven into quadratic time or
a stack overflow that no `except` catches. So the bytes are measured before they are parsed.
"""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from allo_keyscan.calls.source import ParseFailure as ParseFailure

if TYPE_CHECKING:
    import libcst as cst

# CPython's tokenizer refuses more than 200 nested brackets (MAXLEVEL), so nothing runnable is lost here.
MAX_BRACKETS = 200
# Operators, attributes and calls in one unbroken expression; libcst's time grows with the square of it.
MAX_CHAIN = 800
# Bytes of one file: libcst took 14 s and 1.7 GB for 3.9 MB of short assignments.
MAX_SOURCE = 4_000_000

# Possessive, and an unclosed string ends with its line or the file: a hostile source must not make this backtrack.
_TOKEN = re.compile(
    rb"#[^\n]*"
    rb'|"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\\?\Z)'
    rb"|'''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\\?\Z)"
    rb'|"(?:[^"\\\n]|\\.)*+(?:"|(?=\n)|\\?\Z)'
    rb"|'(?:[^'\\\n]|\\.)*+(?:'|(?=\n)|\\?\Z)"
    rb"|\\\r?\n|[\[({]|[\])}]|[,;\n]|[-+*/%@&|^~.]|\b(?:not|lambda|if|await)\b",
    re.DOTALL,
)
_STACK = 40_000
_ALLOCATIONS = 100_000
_NEWLINE = 10


@contextmanager
def deep_stack() -> Iterator[None]:
    """Room for libcst's recursive code generation and our own descent, both bounded by MAX_BRACKETS and MAX_CHAIN."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _STACK))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """What is there stays, and is not searched for garbage over and over: a program's facts are millions of objects."""
    threshold = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, *threshold[1:])
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        gc.unfreeze()


def parse_text(text: str) -> cst.Module | ParseFailure:
    """The syntax tree of Python text, or why there is none."""
    refused = measure(text.encode("utf-8", "surrogatepass"))
    if refused is not None:
        return refused
    import libcst as cst  # 0.2 s: not where all facts come from a cache

    collecting = gc.isenabled()
    gc.disable()  # a tree is a million small objects and no garbage: collecting costs a quarter of the parse
    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        return ParseFailure("not Python that libcst can parse", error.raw_line)
    except (SyntaxError, UnicodeError, ValueError, RecursionError) as error:
        return ParseFailure(f"not Python that libcst can parse ({type(error).__name__})")
    finally:
        if collecting:
            gc.enable()


def measure(source: bytes) -> ParseFailure | None:
    """Why this source is too deep or too large for the parser, or None.

    A link is anything that makes the tree one level deeper: an operator, an attribute, a call. Links are counted since
    the last comma of each open bracket, and their sum bounds the depth of the tree.
    """
    if len(source) > MAX_SOURCE:
        return ParseFailure(f"more than {MAX_SOURCE // 1_000_000} MB of Python in one file")
    links, total, stack = 0, 0, [0]
    for match in _TOKEN.finditer(source):
        token = match[0]
        kind = token[0]
        if kind in b"])}":
            total -= links
            if len(stack) > 1:
                links = stack.pop()
        elif kind in b",;\n":
            if kind != _NEWLINE or len(stack) == 1:
                total -= links
                links = 0
        elif kind in b"#\\\"'":
            if len(token) > MAX_BRACKETS and _nesting(token) > MAX_BRACKETS:
                return ParseFailure(f"brackets nested more than {MAX_BRACKETS} deep", _line(source, match))
        else:
            links += 1
            total += 1
            if kind in b"[({":
                stack.append(links)
                links = 0
            if len(stack) > MAX_BRACKETS:
                return ParseFailure(f"brackets nested more than {MAX_BRACKETS} deep", _line(source, match))
            if total > MAX_CHAIN:
                return ParseFailure(f"an expression of more than {MAX_CHAIN} operations", _line(source, match))
    return None


def _nesting(token: bytes) -> int:
    """How deep the brackets inside a string or comment nest: f-strings hold code, and quotes nested in them mislead."""
    depth = deepest = 0
    for byte in token:
        if byte in b"[({":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"])}" and depth:
            depth -= 1
    return deepest


def _line(source: bytes, match: re.Match[bytes]) -> int:
    return source.count(b"\n", 0, match.start()) + 1
