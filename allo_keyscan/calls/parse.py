"""Source bytes -> a syntax tree, or the reason why there is none.

libcst reads Python newer than the interpreter it runs on, but its native parser can be driven into quadratic time or
a stack overflow that no `except` catches. So the bytes are measured before they are parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from allo_keyscan.calls.interpreter import uncollected
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
_NEWLINE = 10


@contextmanager
def _unchecked(node: Any) -> Iterator[None]:
    """Nodes are made as they are: each tests its whitespace and brackets, which takes a seventh of a parse.

    The tests are for trees that a program makes; what the native parser hands over has been read by its grammar.
    """
    checked = node.__post_init__
    node.__post_init__ = _as_it_is
    try:
        yield
    finally:
        node.__post_init__ = checked


def _as_it_is(_node: object) -> None:
    pass


def parse_text(text: str) -> cst.Module | ParseFailure:
    """The syntax tree of Python text, or why there is none."""
    refused = measure(text.encode("utf-8", "surrogatepass"))
    if refused is not None:
        return refused
    import libcst as cst  # 0.2 s: not where all facts come from a cache

    try:
        with uncollected(), _unchecked(cst.CSTNode):
            return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        return ParseFailure("not Python that libcst can parse", error.raw_line)
    except (SyntaxError, UnicodeError, ValueError, RecursionError) as error:
        return ParseFailure(f"not Python that libcst can parse ({type(error).__name__})")


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
