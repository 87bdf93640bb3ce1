"""Notebooks: code cells with their places in the file, IPython's own syntax, and what is no notebook."""

import json

import pytest

from allo_keyscan.calls.collect import read_module
from allo_keyscan.calls.facts import ModuleFacts
from allo_keyscan.calls.notebook import cells
from allo_keyscan.calls.source import ParseFailure, Source, python_of
from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.api import api_rules
from allo_keyscan.scopes import scopes_report


def notebook(*sources: str, indent: int | None = 1, lists: bool = True) -> str:
    made: list[dict[str, object]] = [
        {"cell_type": "markdown", "metadata": {"source": "x"}, "source": ["# not code\n", "f(1)"]}
    ]
    for source in sources:
        lines = source.splitlines(keepends=True)
        output = {"data": {"text/plain": ['{"source": 1}'], "cells": [{"source": "no"}]}, "name": "source"}
        cell = {"cell_type": "code", "outputs": [output], "source": lines if lists else source, "execution_count": 1}
        made.append(cell)
    return json.dumps({"cells": made, "metadata": {"cells": []}, "nbformat": 4, "nbformat_minor": 5}, indent=indent)


def python(*sources: str) -> str:
    found = python_of("a.ipynb", notebook(*sources).encode())
    assert isinstance(found, Source)
    return found.text


def test_a_place_is_the_line_of_the_file_that_the_source_line_stands_on() -> None:
    text = notebook(
        'B = "https://api.withallo.com/v2/api"\n%matplotlib inline\nimport requests', 'requests.get(B + "/tags")\n'
    )
    report = scopes_report([("a.ipynb", text.encode())], api_rules(rules_dir()))
    line = next(number for number, one in enumerate(text.split("\n"), 1) if "requests.get" in one)
    assert [(call.path, call.line, call.endpoint) for call in report.calls] == [("a.ipynb", line, "/v2/api/tags")]


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("lists", [True, False])
def test_any_layout_of_the_json_gives_the_same_python(indent: int | None, lists: bool) -> None:
    text = notebook("a = 1\nb = 'é\"\\\\'\n", "c = 2", indent=indent, lists=lists)
    found = python_of("a.ipynb", text.encode())
    assert isinstance(found, Source)
    assert found.text == "a = 1\nb = 'é\"\\\\'\n\nc = 2\n"
    assert found.lines is not None
    module = read_module("a.ipynb", text.encode())
    assert isinstance(module, ModuleFacts)
    if indent is None:
        assert {*found.lines} == {1}


@pytest.mark.parametrize(
    ("cell", "made"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("!pip install 'x\nx = 1", "pass\nx = 1"),
        ("if a:\n    !ls\n    %cd x", "if a:\n    pass\n    pass"),
        ("?name\nname?\nos.path??", "pass\npass\npass"),
        ("files = !ls *.py\nv = %env NAME", "files = ...\nv = ..."),
        ("!curl \\\n  -X POST\nx = 1", "pass\n\nx = 1"),
        ("x = (a\n% b)\ny = '''\n%z\n!q'''", "x = (a\n% b)\ny = '''\n%z\n!q'''"),
        ("x = a % b\ny = a != b", "x = a % b\ny = a != b"),
        ("%%time\nx = 1", "pass\nx = 1"),
        ("await f()", "await f()"),
    ],
)
def test_what_is_not_python_is_replaced_line_by_line(cell: str, made: str) -> None:
    assert python(cell) == made + "\n"
    assert isinstance(read_module("a.ipynb", notebook(cell).encode()), ModuleFacts)


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%javascript", "%%writefile x.py"])
def test_a_cell_of_another_language_is_left_out(magic: str) -> None:
    assert python(f"{magic}\nthis is (not python", "x = 1") == "x = 1\n"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"cells": 1}', "[" * 5000, '{"cells": [' + '{"a":' * 3000])
def test_what_is_no_notebook_is_a_failure(text: str) -> None:
    assert isinstance(python_of("a.ipynb", text.encode()), ParseFailure)


@pytest.mark.parametrize(
    "text", ['{"cells": [1, null, "x", [], {}]}', '{"cells": [{"cell_type": "code", "source": 5}]}']
)
def test_odd_cells_are_passed_over(text: str) -> None:
    assert all(cell.python in (None, [""], []) for cell in cells(text))


def test_a_syntax_error_names_the_line_of_the_file() -> None:
    text = notebook("x = 1\n", "y = 2\ndef f(:\n")
    failure = read_module("a.ipynb", text.encode())
    assert isinstance(failure, ParseFailure)
    assert "def f(:" in text.split("\n")[(failure.line or 0) - 1]
