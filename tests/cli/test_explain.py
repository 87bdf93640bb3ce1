"""`allo-keyscan explain`: rules, endpoints and scopes by any of their names, and what is said of unknown ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cli.conftest import Keyscan

from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.api import api_rules
from allo_keyscan.cli.explain import explained
from allo_keyscan.errors import KeyscanError

RULES = api_rules(rules_dir())
REVOKE = "https://revoke.example"
PAGES = "https://help.withallo.com/en/v2/api-reference"


def explain(*words: str) -> list[dict[str, Any]]:
    return explained(words, RULES, REVOKE)


def test_an_endpoint_in_text_with_its_scope_its_source_and_the_conflict(keyscan: Keyscan) -> None:
    done = keyscan("explain", "PUT", "/v2/api/conversations/{contact_number}/action")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "PUT /v2/api/conversations/{contact_number}/action\n"
        "  scopes    CONVERSATIONS_READ\n"
        "  basis     the authentication guide's table\n"
        f"  source    {PAGES}/guides/authentication\n"
        f"  conflict  CONVERSATIONS_WRITE ({PAGES}/conversations/execute-action)\n"
    )


def test_an_endpoint_in_json_with_both_bases(keyscan: Keyscan) -> None:
    done = keyscan("explain", "GET /v2/api/tags", "--format", "json")
    (one,) = done.json["explained"]
    assert (done.code, done.json["schema_version"]) == (0, 1)
    assert one == {
        "kind": "endpoint",
        "method": "GET",
        "path": "/v2/api/tags",
        "scopes": ["TAGS_READ"],
        "basis": "documented",
        "read_in": "guide",
        "source": f"{PAGES}/guides/authentication",
        "conflict": None,
        "conflict_source": None,
        "note": None,
    }


@pytest.mark.parametrize(
    ("what", "wanted"),
    [
        ("GET /v2/api/conversations/items/123", ["GET /v2/api/conversations/items/{id}"]),
        ("get https://api.withallo.com/v2/api/tags/?page=2", ["GET /v2/api/tags"]),
        ("POST /v1/api/sms#france", ["POST /v1/api/sms"]),
        ("/v2/api/tags", ["GET /v2/api/tags"]),
        (
            "/v2/api/webhooks/event_types",
            [
                "GET /v2/api/webhooks/event_types",
                "PUT /v2/api/webhooks/{webhook_id}",
                "DELETE /v2/api/webhooks/{webhook_id}",
            ],
        ),
        ("/v1/api/contacts", ["GET /v1/api/contacts", "POST /v1/api/contacts"]),
    ],
)
def test_a_path_comes_to_its_endpoints(what: str, wanted: list[str]) -> None:
    assert [f"{one['method']} {one['path']}" for one in explain(*what.split())] == wanted


def test_a_scope_lists_the_endpoints_it_opens_also_by_what_it_implies() -> None:
    (read,) = explain("CONTACTS_READ")
    assert (read["implied_by"], read["opens"]) == (
        ["CONTACTS_READ_WRITE"],
        ["GET /v1/api/contacts", "GET /v1/api/contact/{contact_id}"],
    )
    (wide,) = explain("contacts_read_write")
    assert set(wide["opens"]) == {*read["opens"], "POST /v1/api/contacts", "PUT /v1/api/contacts/{contact_id}"}
    (write,) = explain("CONVERSATIONS_WRITE")
    assert write["conflict"] == ["PUT /v2/api/conversations/{contact_number}/action"]


def test_a_scope_in_text(keyscan: Keyscan) -> None:
    assert keyscan("explain", "BILLING").out == (
        "BILLING\n"
        "  Access billing and subscription information\n"
        f"  source      {PAGES}/guides/authentication\n"
        "  note        no documented endpoint asks for it, "
        "so code cannot show that a key needs it, nor that it does not\n"
        "  opens no endpoint that is known\n"
    )


@pytest.mark.parametrize("name", ["AK001", "ak001", "leaked-key"])
def test_a_rule_by_code_or_name_says_where_to_revoke(name: str) -> None:
    (one,) = explain(name)
    assert (one["code"], one["rule"], one["severity"], one["command"]) == ("AK001", "leaked-key", "error", "scan")
    assert REVOKE in one["remedy"]


def test_a_rule_in_text(keyscan: Keyscan) -> None:
    done = keyscan("explain", "AK103")
    assert done.out.startswith("AK103 unused-scope (warning, of `scopes`)\n  a scope is given that no call")
    assert done.out.endswith("\n  what to do: give the key without it\n")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("TAGS_WRIT", "did you mean 'TAGS_WRITE'?"),
        ("tags_writ", "did you mean 'TAGS_WRITE'?"),
        ("missing-scop", "did you mean 'missing-scope'?"),
        ("AK110", "did you mean 'AK1"),
        ("/v2/api/tgas", "did you mean '/v2/api/tags'?"),
        ("DELETE /v2/api/tags", "/v2/api/tags has GET, and no DELETE"),
        ("POST /v1/oauth/token", "no operation of the API (OAuth: https://"),
        ("GET https://api.example.com/v2/api/tags", "not on a host of the API (api.withallo.com)"),
        ("something else", "'something else' is no rule, endpoint or scope that is known"),
    ],
)
def test_what_is_not_known_is_said_with_what_is_nearest(what: str, said: str) -> None:
    with pytest.raises(KeyscanError) as error:
        explain(*what.split())
    assert said in str(error.value)


def test_unknown_names_and_no_name_exit_2(keyscan: Keyscan) -> None:
    done = keyscan("explain", "TAGS_WRIT")
    assert (done.code, done.out) == (2, "")
    assert done.err == "error: 'TAGS_WRIT' is no rule, endpoint or scope that is known; did you mean 'TAGS_WRITE'?\n"
    assert keyscan("explain").code == 2


def test_another_folder_of_rules_is_explained(tmp_path: Path, keyscan: Keyscan) -> None:
    for path in Path(rules_dir()).glob("*.toml"):
        text = path.read_text("utf-8").replace("List available tags", "Another thing altogether")
        (tmp_path / path.name).write_text(text, "utf-8")
    assert "Another thing altogether" in keyscan("explain", "TAGS_READ", "--rules", str(tmp_path)).out
    assert keyscan("explain", "TAGS_READ", "--rules", str(tmp_path / "none")).code == 2
