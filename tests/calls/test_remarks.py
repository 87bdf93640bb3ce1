"""What is said of how a call is made: its method, its Authorization header, its URL's scheme, a key in its URL."""

from __future__ import annotations

import pytest
from samples import key

from allo_keyscan.calls.analyze import analyze
from allo_keyscan.catalog.api import ApiRules

HEAD = 'import os, requests\nB = "https://api.withallo.com/v2/api"\nK = os.environ["ALLO_API_KEY"]\n'
V1 = '"https://api.withallo.com/v1/api/calls"'


def said(source: str, rules: ApiRules) -> list[tuple[str, str | None]]:
    """Kind and severity (None: the finding's own) of each remark on the program, whose calls stand from line 4 on."""
    found = analyze([("a.py", (HEAD + source + "\n").encode())], rules).remarks
    assert all(one.call.path == "a.py" and one.call.line >= 4 for one in found)
    return [(one.kind, one.severity) for one in found]


@pytest.mark.parametrize(
    ("header", "severity"),
    [
        ('"Bearer " + K', None),
        ('f"Bearer {K}"', None),
        ('f"bearer  {K}"', None),
        ('"Token abc"', None),
        ('"Basic " + K', None),
        ("K", "warning"),
        ('"abcdef"', "warning"),
    ],
)
def test_a_wrong_form_of_the_header(header: str, severity: str | None, rules: ApiRules) -> None:
    source = f'requests.get(B + "/tags", headers={{"Authorization": {header}}})'
    assert said(source, rules) == [("wrong-auth-scheme", severity)]


@pytest.mark.parametrize(
    "header",
    [
        '"Api-Key " + K',
        'f"Api-Key {K}"',
        '"api-key abc"',
        'os.environ["ALLO_AUTH_HEADER"]',
        "unknown",
        '""',
        '"Bearer"',
    ],
)
def test_a_header_that_is_right_or_not_known(header: str, rules: ApiRules) -> None:
    assert said(f'requests.get(B + "/tags", headers={{"Authorization": {header}}})', rules) == []


def test_the_first_version_takes_the_key_alone_and_no_bearer(rules: ApiRules) -> None:
    assert said(f'requests.get({V1}, headers={{"Authorization": K}})', rules) == []
    assert said(f'requests.get({V1}, headers={{"Authorization": "Api-Key " + K}})', rules) == []
    found = said(f'requests.get({V1}, headers={{"Authorization": "Bearer " + K}})', rules)
    assert ("wrong-auth-scheme", None) in found


def test_a_header_that_is_wrong_on_one_way_only_is_a_note(rules: ApiRules) -> None:
    source = 's = "Bearer " if x else "Api-Key "\nrequests.get(B + "/tags", headers={"Authorization": s + K})'
    assert said(source, rules) == [("wrong-auth-scheme", "note")]


def test_an_unknown_scheme_is_not_shown(rules: ApiRules) -> None:
    """It may be half of a key."""
    source = HEAD + 'requests.get(B + "/tags", headers={"Authorization": "Xyzzy0815 rest"})\n'
    (one,) = analyze([("a.py", source.encode())], rules).remarks
    assert one.kind == "wrong-auth-scheme"
    assert "Xyzzy0815" not in one.detail
    assert "Api-Key" in one.detail


@pytest.mark.parametrize(
    "url",
    [
        'B + "/tags?api_key=" + other',
        'B + f"/tags?k={K}"',
        'f"{B}/tags?apikey={x}"',
        f'B + "/tags?k={key()}"',
        'B + "/tags?api_key=abc"',
    ],
)
def test_a_key_in_the_url(url: str, rules: ApiRules) -> None:
    assert said(f"requests.get({url})", rules) == [("key-in-url", None)]


def test_a_key_in_the_parameters(rules: ApiRules) -> None:
    assert said('requests.get(B + "/tags", params={"api_key": K})', rules) == [("key-in-url", None)]
    assert said('requests.get(B + "/tags", params={"page": 2})', rules) == []


@pytest.mark.parametrize("url", ['f"{B}/tags?page={page}"', 'f"{B}/tags?next={next_page_token}"', 'B + "/tags?q=key"'])
def test_other_parameters_are_no_keys(url: str, rules: ApiRules) -> None:
    assert said(f"requests.get({url})", rules) == []


def test_a_url_without_tls(rules: ApiRules) -> None:
    assert said('requests.get("http://api.withallo.com/v2/api/tags")', rules) == [("insecure-url", None)]
    assert said('requests.get("HTTP://API.withallo.com:80/v2/api/nothing")', rules) == [("insecure-url", None)]
    assert said('requests.get("http://localhost/v2/api/tags")', rules) == []
    either = 'requests.get((B if x else "http://api.withallo.com/v2/api") + "/tags")'
    assert said(either, rules) == [("insecure-url", "note")]


def test_a_known_path_with_another_method(rules: ApiRules) -> None:
    found = analyze([("a.py", (HEAD + 'requests.delete(B + "/tags")\n').encode())], rules).remarks
    assert [(one.kind, one.detail, one.call.method) for one in found] == [
        ("method-not-allowed", "the documented methods of /v2/api/tags are: GET", "DELETE")
    ]
    assert said('requests.head(B + "/tags")', rules) == [("method-not-allowed", "note")]
    assert said('requests.get(B + "/nothing")', rules) == []


def test_a_remark_stands_where_the_call_is_reported(rules: ApiRules) -> None:
    """A wrapper's callers get it, with the wrapper in the chain."""
    source = HEAD + 'def get(path):\n    return requests.get(B + path, headers={"Authorization": "Bearer " + K})\n'
    source += 'get("/tags")\nget("/users")\n'
    found = analyze([("a.py", source.encode())], rules).remarks
    assert [(one.kind, one.call.line, [via.line for via in one.call.via]) for one in found] == [
        ("wrong-auth-scheme", 6, [5]),
        ("wrong-auth-scheme", 7, [5]),
    ]
