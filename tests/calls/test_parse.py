"""Bytes -> a tree or a reason: encodings as PEP 263 has them, and sources made to break the parser."""

import codecs
import os
import time

import pytest
from samples import key

from allo_keyscan.calls.collect import read_module
from allo_keyscan.calls.facts import ModuleFacts
from allo_keyscan.calls.parse import MAX_BRACKETS, MAX_CHAIN, MAX_SOURCE, measure
from allo_keyscan.calls.source import ParseFailure, decode


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("x = 'é'\n".encode(), "x = 'é'\n"),
        (codecs.BOM_UTF8 + b"x = 1\n", "x = 1\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (
            b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n",
            "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '€'\n",
        ),
        (b"x = 1\n\n# coding: latin-1\n", "x = 1\n\n# coding: latin-1\n"),
        (b"x = 1\r\ny = 2\r\n", "x = 1\r\ny = 2\r\n"),
    ],
)
def test_encodings_that_python_reads(source: bytes, text: str) -> None:
    assert decode(source) == text


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (codecs.BOM_UTF16_LE + "x = 1".encode("utf-16-le"), "UTF-16"),
        (b"x = 1\0", "null bytes"),
        (b"# coding: no-such-code\nx = 1\n", "is not known"),
        (b"# coding: rot13\nx = 1\n", "not a text encoding"),
        (b"# coding: hex\nx = 1\n", "not a text encoding"),
        (b"x = '\xe9'\n", "not valid utf-8"),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", "byte-order mark"),
        (b"def f(:\n", "not Python"),
        (b"print 'python 2'\n", "not Python"),
    ],
)
def test_what_python_does_not_read_is_a_failure_with_a_reason(source: bytes, reason: str) -> None:
    failure = read_module("", source)
    assert isinstance(failure, ParseFailure)
    assert reason in failure.reason


def test_a_failure_never_quotes_the_source() -> None:
    secret = key(length=20)
    failure = read_module("", f"key = '{secret}' '\n".encode())
    assert isinstance(failure, ParseFailure)
    assert secret not in repr(failure)
    assert failure.line == 1


HOSTILE = {
    "brackets": "x = " + "[" * 1500 + "]" * 1500,
    "calls nested": "x = " + "f(" * 1500 + ")" * 1500,
    "brackets in an f-string": "x = f'{" + "[" * 1500 + "]" * 1500 + "}'",
    "a sum": "x = a" + " + a" * 20_000,
    "a call chain": "x = a" + ".b()" * 2_000,
    "subscripts": "x = a" + "[0]" * 2_000,
    "nots": "x = " + "not " * 5_000 + "a",
    "lambdas": "x = " + "lambda: " * 3_000 + "a",
    "conditionals": "x = " + "a if b else " * 3_000 + "c",
    "a sum of sums": "x = " + ("(" + "a + " * 10) * 150 + "a" + ")" * 150,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_too_deep_is_refused_before_the_parser_sees_it(name: str) -> None:
    start = time.process_time()
    failure = read_module("", HOSTILE[name].encode())
    assert isinstance(failure, ParseFailure)
    assert "more than" in failure.reason
    assert failure.line == 1
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "source",
    [
        "x = [" + "'a',\n" * 30_000 + "]",
        "x = (" + "'a'\n" * 2_000 + ")",
        "x = {" + "".join(f"{n}: -{n} + 1,\n" for n in range(5_000)) + "}",
        "if a:\n pass\n" + "elif a:\n pass\n" * 2_000,
        "x = a" + " + a" * (MAX_CHAIN - 5),
        "x = " + "[" * (MAX_BRACKETS - 2) + "]" * (MAX_BRACKETS - 2),
        "x = '" + "[" * 150 + "'",
    ],
    ids=["long list", "long implicit concatenation", "long dict", "elifs", "long sum", "deep list", "text"],
)
def test_large_but_honest_sources_are_read(source: str) -> None:
    module = read_module("a.py", source.encode() + b"\nlast = f(1)\n")
    assert isinstance(module, ModuleFacts)
    assert "last" in module.scope.bindings
    assert module.spans[module.calls[-1].span].line == source.count("\n") + 2


def test_a_file_of_ten_megabytes_is_refused_before_the_parser_sees_it() -> None:
    refused = measure(b"a = 1\n" * 2_000_000)
    assert refused is not None
    assert refused.reason == "more than 4 MB of Python in one file"
    assert measure(b"#" * MAX_SOURCE) is None


def test_any_bytes_give_a_tree_or_a_reason() -> None:
    for seed in range(40):
        noise = bytes((seed * 7 + index * index * 31) % 256 for index in range(seed * 3))
        assert read_module("", noise) is not None
    for text in ("(", ")", "[}", "'", '"""', "\\", "\t x", "if", "f'{", "f'{x!}'", "x = [", "\x0c", "#", ""):
        assert read_module("", text.encode()) is not None


def test_measuring_is_much_faster_than_parsing() -> None:
    """Guards the guard: it must stay linear (a regular expression that backtracks would not)."""
    source = (b"'" + b"\\'" * 50_000) * 3 + os.linesep.encode() + b'"""' + b'"' * 50_000
    start = time.process_time()
    measure(source)
    assert time.process_time() - start < 2
