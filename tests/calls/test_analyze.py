"""The analysis as a whole: its order, its independence of how files are put, and sources made to blow it up."""

import time

import pytest

from allo_keyscan.calls.analyze import analyze
from allo_keyscan.catalog.api import ApiRules

HEAD = 'import requests\nH = "https://api.withallo.com"\n'


def run(source: str, rules: ApiRules):  # type: ignore[no-untyped-def]
    return analyze([("a.py", source.encode())], rules)


def test_files_do_not_see_each_other_and_come_sorted(rules: ApiRules) -> None:
    one = (HEAD + 'requests.get(H + "/v2/api/tags")\n').encode()
    two = b"import requests\nrequests.get(H + '/v2/api/users')\n"
    found = analyze([("b.py", one), ("a.py", two), ("c.py", b"(")], rules)
    again = analyze([("c.py", b"("), ("a.py", two), ("b.py", one)], rules)
    assert found == again
    assert [(call.path, call.line, call.column) for call in found.calls] == [("b.py", 3, 1)]
    assert [(one.call.path, one.call.line) for one in found.unresolved] == [("a.py", 2)]
    assert [skip.path for skip in found.unparsed] == ["c.py"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_places_whatever_the_newlines_and_encoding(rules: ApiRules, newline: str) -> None:
    text = f'# coding: cp1252\n{HEAD}\nx = "é"; y = [requests.get(\n    H + "/v2/api/tags")]\n'.replace("\n", newline)
    found = analyze([("a.py", text.encode("cp1252"))], rules)
    assert [(call.line, call.column) for call in found.calls] == [(5, 15)]


HOSTILE = {
    "wrappers of wrappers": HEAD
    + "def f0(p):\n    requests.get(H + p)\n"
    + "".join(f"def f{n}(p):\n" + "".join(f"    f{n - 1}(p + '{m}')\n" for m in range(25)) for n in range(1, 6)),
    "wrappers that call each other": HEAD
    + "def a(p):\n    b(p + 'x')\n    requests.get(H + p)\ndef b(p):\n    a(p + 'y')\n    a(p)\na(q)\nb(q)\n",
    "a class that makes itself": HEAD
    + "class A:\n    def __init__(self, a):\n        self.a = A(self)\n        self.s = requests.Session()\n"
    + "    def go(self, p):\n        self.a.go(p)\n        return self.a.a.s.get(H + p)\nA(None).go(x)\n",
    "callers by the thousand": HEAD
    + "def f(p):\n    return requests.get(H + p)\n"
    + "".join(f"f('/v2/api/x{n}')\n" for n in range(2000)),
    "headers of headers": HEAD
    + "h = {}\n"
    + "".join(f"h.update(h)\nh['a{n}'] = h\n" for n in range(200))
    + "requests.get(H, headers=h)\n",
    "sessions in a circle": HEAD
    + "s = requests.Session()\ns.headers = s.headers\ns.headers.update(s.headers)\ns.get(H)\n",
    "many forks": HEAD + "".join(f"if c{n}:\n    H = H + '/a{n}'\n" for n in range(60)) + "requests.get(H)\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_modules_end_soon_and_are_not_silent(name: str, rules: ApiRules) -> None:
    start = time.process_time()
    found = run(HOSTILE[name], rules)
    assert time.process_time() - start < 10
    assert found.unparsed == ()
    assert found.calls or found.unresolved


def test_past_the_bound_on_callers_the_call_itself_stays_unresolved(rules: ApiRules) -> None:
    found = run(HOSTILE["callers by the thousand"], rules)
    assert len(found.calls) == 500
    assert [(one.call.line) for one in found.unresolved] == [4]


def test_a_nested_comment_or_docstring_is_no_call(rules: ApiRules) -> None:
    source = (
        HEAD + '"""requests.get(H + "/v2/api/tags")"""\n# requests.get(H + "/v2/api/tags")\nx = \'requests.get(H)\'\n'
    )
    found = run(source, rules)
    assert (found.calls, found.unresolved) == ((), ())


def keys(source: str, rules: ApiRules) -> list[tuple[int, str | None]]:
    return [(call.line, call.key) for call in run(source, rules).calls]


def test_a_header_counts_from_where_it_is_written(rules: ApiRules) -> None:
    source = (
        'import os\nh = {}\nrequests.get(H + "/v2/api/tags", headers=h)\nh["Authorization"] = os.environ["ALLO_KEY"]\n'
    )
    source += 'requests.get(H + "/v2/api/users", headers=h)\n'
    assert keys(HEAD + source, rules) == [(5, None), (7, "env:ALLO_KEY")]


def test_a_fallback_names_the_key_where_a_parameter_does_not(rules: ApiRules) -> None:
    source = 'import os\ndef f(key):\n    key = key or os.getenv("ALLO_KEY")\n'
    source += '    requests.get(H + "/v2/api/tags", headers={"Authorization": key})\n'
    assert keys(HEAD + source, rules) == [(6, "env:ALLO_KEY")]


def test_an_object_without_annotation_is_known_by_who_makes_it(rules: ApiRules) -> None:
    source = "class T:\n    def go(self, p):\n        return requests.get(H + p)\n"
    source += "class U:\n    def __init__(self, t):\n        self.t = t\n"
    source += '    def tags(self):\n        self.t.go("/v2/api/tags")\n'
    found = run(HEAD + source + "U(T()).tags()\n", rules)
    assert [(call.line, call.endpoint) for call in found.calls] == [(10, "/v2/api/tags")]
    assert found.unresolved == ()
