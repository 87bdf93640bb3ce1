"""The bounds of the analysis: what is past one is said to be open, and what took too long is not taken for an answer.

Costs are counted in steps, which are the same on every machine.
"""

from __future__ import annotations

import pytest

from allo_keyscan.calls import analyze, callers
from allo_keyscan.calls.collect import read_module
from allo_keyscan.calls.domain import Text
from allo_keyscan.calls.facts import ModuleFacts
from allo_keyscan.calls.link import Program
from allo_keyscan.calls.values import Engine
from allo_keyscan.catalog.api import ApiRules

WRAPPER = """
import requests
class Allo:
    def ask(self, path):
        return requests.get("https://api.withallo.com" + path)
"""
USER = """
from wrapper import Allo
Allo().ask("/v2/api/users")
def use(client):
    client.ask("/v2/api/tags")
def pick(made):
    return [made][0] if made else made
use(pick(pick(pick(Allo()))))
"""


def found(rules: ApiRules, **sources: str) -> tuple[list[tuple[str, int, str]], list[tuple[str, int]]]:
    """Path, line and endpoint of each call, and path and line of what is unresolved."""
    told = analyze.analyze([(f"{name}.py", text.encode()) for name, text in sources.items()], rules)
    calls = [(call.path, call.line, f"{call.endpoint} {call.certainty}") for call in told.calls]
    return calls, [(one.call.path, one.call.line) for one in told.unresolved]


def engine_of(source: str) -> tuple[Engine, ModuleFacts]:
    module = read_module("a.py", source.encode())
    assert isinstance(module, ModuleFacts)
    return Engine(Program.of(module)), module


def test_half_an_answer_is_not_kept_for_the_next_question() -> None:
    engine, module = engine_of("".join(f"a{n} = {f'a{n - 1} + ' if n else ''}'x'\n" for n in range(9)))
    last = module.scope.bindings["a8"][0].value
    engine.begin(4)
    assert engine.evaluate(last, engine.open)[0].value != Text(("x" * 9,))
    assert engine.cut
    engine.begin()
    [(value, _)] = engine.evaluate(last, engine.open)
    assert isinstance(value, Text)
    assert value.literal == "x" * 9


def test_a_method_of_what_takes_too_many_steps_leaves_a_wrapper_of_its_name_open(
    rules: ApiRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    users, tags = ("user.py", 3, "/v2/api/users definite"), ("user.py", 5, "/v2/api/tags definite")
    alone = WRAPPER + "Allo().ask('/v2/api/users')\n"
    sources = {"wrapper": WRAPPER, "user": USER, "alone": alone}
    assert found(rules, **sources) == ([("alone.py", 6, "/v2/api/users definite"), users, tags], [])
    monkeypatch.setattr(callers, "_STEPS", 7)
    known, unresolved = found(rules, **sources)
    assert known == [("alone.py", 6, "/v2/api/users definite"), users]
    assert unresolved == [("wrapper.py", 5)]  # not that of alone.py, which nothing ties to user.py


def test_a_walk_to_callers_that_takes_too_many_steps_leaves_the_request_open(
    rules: ApiRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analyze, "MAX_WALK", 1)
    assert found(rules, wrapper=WRAPPER, user=USER) == ([], [("wrapper.py", 5)])


def test_a_server_is_not_passed_over_where_a_walk_for_what_may_be_a_table_is_too_long(
    rules: ApiRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(rules, a=TABLE) == ([], [("a.py", 6)])
    monkeypatch.setattr(analyze, "MAX_UNLIKELY_WALK", 1)
    assert found(rules, a=TABLE) == ([], [("a.py", 2)])


TABLE = """
SERVER = "https://api.withallo.com"
def look(seen, word):
    return seen.get(word)
def main(seen):
    look(seen, SERVER + "/v2/api/tags")
"""
LOOPS = "def f(rows, text):\n" + "".join(
    f"{'    ' * depth}for x{depth} in rows:\n{'    ' * depth}    text = text.replace(x{depth}, text.strip())\n"
    for depth in range(1, 7)
)
DOCUMENT = """
import json
class Page:
    def get(self, name):
        return self
    def load(self, response):
        self.body = json.loads(f"{{{response.text.strip()}}}")
    def names(self):
        return self.body.get("a"), self.body.get("b")
Page().load(Page())
"""


@pytest.mark.parametrize(
    ("source", "most"),
    [(LOOPS + "f(list('ab'), 'c')\n", 120), (DOCUMENT, 40)],
    ids=["turns of loops", "what is in a document"],
)
def test_who_calls_whom_is_found_without(source: str, most: int) -> None:
    engine, _ = engine_of(source)
    engine.index_callers()
    assert engine.spent <= most
