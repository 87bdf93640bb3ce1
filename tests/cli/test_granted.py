"""`scopes` against the scopes that keys really have: by the API's word, and by its saved answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli.conftest import Keyscan, Run
from loopback import Server, api, me, serving
from samples import key

TAGS, SMS, DEAD = key(101), key(102), key(103)

CODE = """import os, requests
H = {"Authorization": "Api-Key " + os.environ["ALLO_API_KEY"]}
S = {"Authorization": "Api-Key " + os.environ["SMS_KEY"]}
requests.get("https://api.withallo.com/v2/api/tags", headers=H)
requests.get("https://api.withallo.com/v2/api/users", headers=H)
requests.post("https://api.withallo.com/v1/api/sms", headers=S)
"""
OPEN = """
def f(path):
    requests.get("https://api.withallo.com" + path, headers=H)
"""


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(api({TAGS: ("CRM_READ", "TAGS_READ"), SMS: ("SMS_SEND",)})) as running:
        yield running


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "app.py").write_text(CODE)
    (tmp_path / "tags.json").write_bytes(me("CRM_READ", "TAGS_READ"))
    (tmp_path / "sms.json").write_bytes(b"\xef\xbb\xbf" + me("SMS_SEND", key_id="api-2"))
    return folder


def verdicts(done: Run) -> dict[str, Any]:
    return {one["key"]: (one["missing"], one["excess"], one["not_observed"]) for one in done.json["keys"]}


BOTH: dict[str, Any] = {"env:ALLO_API_KEY": (["USERS_READ"], ["CRM_READ"], []), "env:SMS_KEY": ([], [], [])}


def test_the_keys_that_the_code_reads_are_asked_about(tree: Path, server: Server, keyscan: Keyscan) -> None:
    words = ("scopes", ".", "--check", "--granted-from-api", "--api-url", server.url, "--format", "json")
    done = keyscan(*words, cwd=tree, ALLO_API_KEY=TAGS, SMS_KEY=SMS)
    assert verdicts(done) == BOTH
    assert done.places == [("unused-scope", "app.py", 4), ("missing-scope", "app.py", 5)]
    assert (done.code, len(server.requests)) == (1, 2)
    assert "env:ALLO_API_KEY: api-1, active, with CRM_READ, TAGS_READ\n" in done.err


def test_what_may_need_any_scope_blocks_the_verdict(tree: Path, server: Server, keyscan: Keyscan) -> None:
    (tree / "app.py").write_text(CODE + OPEN)
    done = keyscan(
        "scopes", ".", "--granted-from-api", "--api-url", server.url, "--format", "json", cwd=tree,
        ALLO_API_KEY=TAGS, SMS_KEY=SMS,
    )  # fmt: skip
    assert verdicts(done)["env:ALLO_API_KEY"] == (["USERS_READ"], [], ["CRM_READ"])


def test_saved_answers_are_tied_to_keys(tree: Path, keyscan: Keyscan) -> None:
    files = ["--granted-file", "env:ALLO_API_KEY=../tags.json", "--granted-file", "env:SMS_KEY=../sms.json"]
    assert verdicts(keyscan("scopes", ".", *files, "--format", "json", cwd=tree)) == BOTH


def test_of_a_key_without_an_answer_nothing_is_said(tree: Path, server: Server, keyscan: Keyscan) -> None:
    wanted = {**BOTH, "env:SMS_KEY": ([], [], [])}
    said = "env:SMS_KEY: nothing is known of its scopes, so none is called missing or unused\n"
    words = ("--check", "--format", "json")
    saved = keyscan("scopes", ".", "--granted-file", "env:ALLO_API_KEY=../tags.json", *words, cwd=tree)
    asked = keyscan("scopes", ".", "--granted-from-api", "--api-url", server.url, *words, cwd=tree, ALLO_API_KEY=TAGS)
    for done in (saved, asked):
        assert (verdicts(done), said in done.err) == (wanted, True)
        assert [place[0] for place in done.places] == ["unused-scope", "missing-scope"]


def test_one_answer_speaks_for_every_key(tree: Path, server: Server, keyscan: Keyscan) -> None:
    wanted: dict[str, Any] = {
        "env:ALLO_API_KEY": (["USERS_READ"], ["CRM_READ"], []),
        "env:SMS_KEY": (["SMS_SEND"], ["CRM_READ", "TAGS_READ"], []),
    }
    words = ("scopes", ".", "--format", "json")
    assert verdicts(keyscan(*words, "--granted-file", "../tags.json", cwd=tree)) == wanted
    asked = ("--granted-from-api", "--key-env", "OTHER", "--api-url", server.url)
    assert verdicts(keyscan(*words, *asked, cwd=tree, OTHER=TAGS)) == wanted


def test_what_verify_wrote_is_an_answer_too(tree: Path, server: Server, keyscan: Keyscan) -> None:
    keyscan("verify", "--api-url", server.url, "--format", "json", "--output", "me.json", ALLO_API_KEY=TAGS)
    words = ("scopes", ".", "--format", "json", "--granted-file", "env:ALLO_API_KEY=../me.json")
    assert verdicts(keyscan(*words, cwd=tree))["env:ALLO_API_KEY"] == BOTH["env:ALLO_API_KEY"]


def test_a_key_that_no_call_uses_is_named(tree: Path, keyscan: Keyscan) -> None:
    done = keyscan("scopes", ".", "--granted-file", "env:ALO_KEY=../tags.json", cwd=tree)
    assert "env:ALO_KEY: no call was found that is signed with it\n" in done.err


REFUSED = {
    "two without a key": (
        ["--granted-file", "../tags.json", "--granted-file", "../sms.json"],
        "(keys of the code: env:A",
    ),
    "two for a key": (["--granted-file", "env:A=../tags.json", "--granted-file", "env:A=../sms.json"], "env:A has two"),
    "no file": (["--granted-file", "env:A=../none.json"], "../none.json: cannot be read: No such file"),
    "no answer": (["--granted-file", "app.py"], "app.py: not the answer for an active key"),
    "two ways": (["--granted", "TAGS_READ", "--granted-from-api"], "one of them at a time"),
    "a name alone": (["--key-env", "A"], "belong to --granted-from-api"),
    "written": (["--granted-from-api", "--write"], "--write declares scopes"),
    "no key": (["--granted-from-api"], "set ALLO_API_KEY, SMS_KEY, or name another with --key-env"),
    "a key that is not set": (["--granted-from-api", "--key-env", "GONE"], "--key-env GONE: is not set"),
}


@pytest.mark.parametrize(("arguments", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_compared_exits_2(tree: Path, keyscan: Keyscan, arguments: list[str], said: str) -> None:
    done = keyscan("scopes", ".", *arguments, cwd=tree)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_dead_key_has_no_scopes_to_compare(tree: Path, server: Server, keyscan: Keyscan) -> None:
    done = keyscan("scopes", ".", "--granted-from-api", "--api-url", server.url, cwd=tree, ALLO_API_KEY=DEAD)
    assert (done.code, done.out) == (2, "")
    assert "ALLO_API_KEY: invalid (API_KEY_INVALID: the key does not exist, or was revoked): its scopes" in done.err
