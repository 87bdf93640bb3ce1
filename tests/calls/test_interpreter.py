"""What the interpreter does while code is read: room for its frames, and no tests of nodes that a parser made."""

from __future__ import annotations

import gc

import libcst as cst
import pytest

from allo_keyscan.calls.interpreter import in_one_piece, uncollected
from allo_keyscan.calls.parse import parse_text
from allo_keyscan.calls.source import ParseFailure


def _recurse(depth: int) -> None:
    if depth:
        _recurse(depth - 1)


def _pages() -> int:
    """Pages of memory asked of the system while a recursion goes up and down 200 times."""
    resource = pytest.importorskip("resource")  # not on Windows
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(200):
        _recurse(200)
    pages: int = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    return pages


def test_a_recursion_takes_and_gives_back_no_memory_on_its_way() -> None:
    in_one_piece(_pages)  # touches what is used
    assert in_one_piece(_pages) < 100


def test_what_is_done_in_one_piece_gives_its_answer_and_its_error() -> None:
    assert in_one_piece(lambda: "answer") == "answer"
    with pytest.raises(KeyError):
        in_one_piece(lambda: {"a": 1}["b"])


def _fail() -> None:
    assert not gc.isenabled()
    raise KeyError


@pytest.mark.parametrize("collecting", [True, False])
def test_collecting_is_as_it_was_before(collecting: bool) -> None:
    try:
        if not collecting:
            gc.disable()
        with pytest.raises(KeyError), uncollected():
            _fail()
        assert gc.isenabled() is collecting
    finally:
        gc.enable()


@pytest.mark.parametrize("source", ["x = 1\n", "x = (\n"])
def test_nodes_made_after_a_parse_are_tested_as_before_it(source: str) -> None:
    assert isinstance(parse_text(source), ParseFailure if "(" in source else cst.Module)
    with pytest.raises(cst.CSTValidationError):
        cst.Name("")


def test_a_parse_tests_no_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    tested: list[str] = []
    monkeypatch.setattr(cst.Name, "_validate", lambda node: tested.append(node.value))
    parse_text("name = 1\n")
    cst.Name("other")
    assert tested == ["other"]
