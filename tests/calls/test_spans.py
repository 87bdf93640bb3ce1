"""Positions found by counting tokens are those of libcst's own PositionProvider, for every node that gets a number."""

from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from allo_keyscan.calls.spans import Span, Spans

WANTED = (
    cst.Call,
    cst.Attribute,
    cst.Subscript,
    cst.SimpleString,
    cst.ConcatenatedString,
    cst.FormattedString,
    cst.BinaryOperation,
    cst.BooleanOperation,
    cst.IfExp,
    cst.Dict,
    cst.List,
    cst.Tuple,
    cst.Set,
    cst.Lambda,
    cst.ListComp,
    cst.DictComp,
    cst.GeneratorExp,
    cst.AugAssign,
    cst.FunctionDef,
    cst.ClassDef,
)
TRICKY = """\
# comment
x = ( # why
    ("a"
     "b") + f"{y!r:>{w}}é" ).strip(
) [ 1 : 2 ]
@decorated(  1 )
class C(  Base , metaclass = M ) :
\tdef f ( self , * , a = "é𝄞" , ** kw ) : return { "k" : [ a , * kw ] , ** kw }
if (n := len("é") + 1) : pass ; y += ( 1 )
z = lambda : (
    yield )
t = 1 , ; u = (i for i in (  j for j in k ) )
"""
FILES = [str(path) for path in sorted((Path(__file__).parents[1] / "cases" / "scopes").glob("*.py"))]


def compare(text: str) -> int:
    tree = cst.parse_module(text)
    wrapper = MetadataWrapper(tree, unsafe_skip_copy=True)
    expected = wrapper.resolve(PositionProvider)
    spans = Spans(tree)
    wanted = [node for node in expected if isinstance(node, WANTED)]
    numbers = [(spans.number(node), node) for node in wanted]
    for number, node in numbers:
        place = expected[node]
        start, end = place.start, place.end
        assert spans[number] == Span(start.line, start.column + 1, end.line, end.column + 1), type(node).__name__
    return len(numbers)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_tricky_layout(newline: str) -> None:
    assert compare(TRICKY.replace("\n", newline)) == 23


def test_tricky_layout_without_a_last_newline() -> None:
    assert compare(TRICKY.rstrip("\n")) == 23


@pytest.mark.parametrize("path", [*FILES, cst.__file__, pytest.__file__], ids=lambda path: Path(path).name)
def test_real_files(path: str) -> None:
    assert compare(Path(path).read_text("utf-8")) > 0


def test_columns_count_code_points() -> None:
    spans = Spans(tree := cst.parse_module("s = '𝄞é'; f(1)\n"))
    call = tree.body[0].body[1].value  # type: ignore[union-attr, index]
    assert spans[spans.number(call)] == Span(1, 11, 1, 15)
