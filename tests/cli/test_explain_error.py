"""`explain-error`: from the body of an error answer to the calls it is about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.conftest import Keyscan
from loopback import error
from samples import body, key

CODE = """import os, requests
H = {"Authorization": "Api-Key " + os.environ["ALLO_API_KEY"]}
requests.get("https://api.withallo.com/v2/api/tags", headers=H)
requests.get("https://api.withallo.com/v2/api/users", headers=H)
requests.put("https://api.withallo.com/v2/api/conversations/1/action", headers=H)
def f(path):
    requests.get("https://api.withallo.com" + path, headers=H)
"""
VERSION_2 = error("API_KEY_INSUFFICIENT_SCOPE", "permission_error", "Missing scope `TAGS_READ`").decode()
VERSION_1 = json.dumps(
    {"code": "API_KEY_INSUFFICIENT_SCOPE", "details": [{"message": "required=TAGS_READ", "field": "scope"}]}
)
WAYS = {
    "version 2": (VERSION_2, ", version 2"),
    "version 1": (VERSION_1, ", version 1"),
    "curl -i": (f"HTTP/2 403 \ncontent-type: application/json\n\n{VERSION_2}\n", ", version 2"),
    "a log": (f"12:01 INFO {{retry}}\n12:02 ERROR status=403 body={VERSION_1} {{'a': 1}}\n", ", version 1"),
    "Python's own form": (repr(json.loads(VERSION_2)), ""),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "app.py").write_text(CODE)
    return folder


@pytest.mark.parametrize(("text", "form"), WAYS.values(), ids=WAYS)
def test_a_missing_scope_is_led_back_to_calls(tree: Path, keyscan: Keyscan, text: str, form: str) -> None:
    done = keyscan("explain-error", cwd=tree, stdin=text.encode())
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        f"API_KEY_INSUFFICIENT_SCOPE (HTTP 403{form}): the key lacks a scope that the endpoint asks for",
        "  missing     TAGS_READ: List available tags",
        "  calls here that need it",
        "    app.py:3:1: GET /v2/api/tags  with env:ALLO_API_KEY",
        "  key         env:ALLO_API_KEY",
        "  not resolved, and may need it",
        "    app.py:7: the path on the API's host is not known",
        "  what to do  the scopes of a key are set when it is created: create one at "
        "https://web.withallo.com/settings/api that has this scope too, change to it, and revoke the old one",
        "  source      https://help.withallo.com/en/v2/api-reference/guides/error-codes",
    ]


def test_the_scope_that_another_source_names_leads_to_the_call_too(tree: Path, keyscan: Keyscan) -> None:
    text = VERSION_2.replace("TAGS_READ", "CONVERSATIONS_WRITE")
    done = keyscan("explain-error", "--format", "json", cwd=tree, stdin=text.encode())
    assert [(call["line"], call["scopes"]) for call in done.json["calls"]] == [(5, ["CONVERSATIONS_READ"])]
    assert (done.json["missing_scopes"], done.json["keys"]) == (["CONVERSATIONS_WRITE"], ["env:ALLO_API_KEY"])
    shown = keyscan("explain-error", cwd=tree, stdin=text.encode()).out
    assert "PUT /v2/api/conversations/{contact_number}/action needs another scope; sources disagree on it" in shown


def test_an_answer_that_names_no_scope_shows_every_call_that_needs_one(tree: Path, keyscan: Keyscan) -> None:
    done = keyscan("explain-error", cwd=tree, stdin=VERSION_2.replace("TAGS_READ", "it").encode())
    assert "  missing     the answer does not name the scope" in done.out.splitlines()
    assert "    app.py:4:1: GET /v2/api/users  USERS_READ  with env:ALLO_API_KEY" in done.out.splitlines()


def test_other_codes_are_explained_without_looking_at_code(tree: Path, keyscan: Keyscan) -> None:
    (tree / "body.json").write_bytes(error("RATE_LIMIT_EXCEEDED", "rate_limit_error", retry_after_seconds=3))
    done = keyscan("explain-error", "body.json", "--code", "missing", cwd=tree)
    assert done.out.splitlines() == [
        "RATE_LIMIT_EXCEEDED (HTTP 429, version 2): more requests than a key may send: 20 reads (GET) and 5 writes a "
        "second",
        "  wait        3 s",
        "  what to do  wait as long as the header Retry-After says, then try again; spread the requests",
        "  source      https://help.withallo.com/en/v2/api-reference/guides/rate-limits",
    ]
    as_json = keyscan("explain-error", "body.json", "--format", "json", cwd=tree)
    assert as_json.json["retry_after_seconds"] == 3


REFUSED = {
    "nothing": ("", "no error answer of the API is in it"),
    "other JSON": ('{"ok": true}', "no error answer of the API is in it"),
    "the edge": ("<!DOCTYPE html><title>Just a moment", "a page of HTML, written by what stands before the API"),
    "a misspelt code": (VERSION_1.replace("SCOPE", "SCOPES"), "did you mean 'API_KEY_INSUFFICIENT_SCOPE'?"),
    "braces": ("{" * 5000, "no error answer of the API is in it"),
    "depth": ('{"a":' * 100_000, "no error answer of the API is in it"),
    "a key": (f'{{"error": {{"code": "{key(7)}"}}}}', "nothing is known of the code"),
}


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_answer_exits_2(tree: Path, keyscan: Keyscan, text: str, said: str) -> None:
    done = keyscan("explain-error", cwd=tree, stdin=text.encode())
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert body(7) not in done.err
