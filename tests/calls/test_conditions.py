"""Tests that tell one call from another: dispatchers, guards, and settings that are left alone."""

import pytest

from allo_keyscan.calls.analyze import analyze
from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.api import api_rules

RULES = api_rules(rules_dir())
HEAD = 'import requests\nBASE = "https://api.withallo.com"\n'


def calls(source: str) -> list[str]:
    found = analyze([("a.py", (HEAD + source).encode())], RULES)
    return sorted(f"{one.method} {one.endpoint} {one.certainty} {one.line - 2}" for one in found.calls)


def test_a_dispatcher_is_gone_through_once_for_each_caller() -> None:
    source = """
def api(method, path):
    if method == "GET":
        return requests.get(BASE + path)
    elif method in ("POST", "PUT"):
        return requests.request(method, BASE + path)
    else:
        return requests.delete(BASE + path)
api("GET", "/v2/api/tags")
api("POST", "/v2/api/conversations/items/batch")
"""
    assert calls(source) == [
        "GET /v2/api/tags definite 9",
        "POST /v2/api/conversations/items/batch definite 10",
    ]


def test_an_early_return_is_such_a_test_too() -> None:
    source = """
def api(method, path):
    if method != "GET":
        return requests.post(BASE + path)
    return requests.get(BASE + path)
api("GET", "/v2/api/tags")
"""
    assert calls(source) == ["GET /v2/api/tags definite 6"]


def test_a_match_statement_separates_its_cases() -> None:
    source = """
def api(method, path):
    match method:
        case "GET" | "get":
            return requests.get(BASE + path)
        case "POST":
            return requests.post(BASE + path)
api("GET", "/v2/api/tags")
"""
    assert calls(source) == ["GET /v2/api/tags definite 8"]


def test_a_setting_of_the_module_hides_no_call() -> None:
    source = """
MODE = "dry"
if MODE == "live":
    requests.get(BASE + "/v2/api/tags")
"""
    assert calls(source) == ["GET /v2/api/tags definite 4"]


@pytest.mark.parametrize(
    "guard",
    [
        'if not path.startswith("/v2/api/tags"):\n        raise ValueError',
        'if not path.startswith(("/v2/api/tags",)):\n        return None',
        'if path.startswith("/v2/api/tags"):\n        pass\n    else:\n        raise ValueError',
        'assert path.startswith("/v2/api/tags")',
    ],
)
def test_a_guard_bounds_a_path_that_nobody_gives(guard: str) -> None:
    source = f"def api(path):\n    {guard}\n    return requests.get(BASE + path)\n"
    assert {call.rpartition(" ")[0] for call in calls(source)} == {"GET /v2/api/tags possible"}


@pytest.mark.parametrize(
    ("guard", "wanted"),
    [
        ('if verb not in {"GET", "DELETE"}:\n        raise ValueError', {"GET"}),
        ("if verb.upper() not in ALLOWED:\n        raise ValueError", {"GET"}),
        ('if verb != "GET":\n        raise ValueError', {"GET"}),
        ('verb = verb.upper()\n    if verb not in ("GET",):\n        raise ValueError', {"GET"}),
    ],
)
def test_a_guard_bounds_a_method(guard: str, wanted: set[str]) -> None:
    source = (
        f'ALLOWED = ["GET"]\ndef api(verb):\n    {guard}\n    return requests.request(verb, BASE + "/v2/api/tags")\n'
    )
    assert {call.split()[0] for call in calls(source) if "None" not in call} == wanted


def test_a_name_bound_again_behind_the_guard_is_not_bounded() -> None:
    source = """
def api(path, other):
    if not path.startswith("/v2/api/tags"):
        raise ValueError
    path = other
    return requests.get(BASE + path)
"""
    assert calls(source) == []
