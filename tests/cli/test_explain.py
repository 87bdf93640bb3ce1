"""`allo-keyscan explain`: rules, endpoints and scopes by any of their names, and what is said of unknown ones."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cli.conftest import Keyscan

from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.api import Scope, api_rules
from allo_keyscan.catalog.findings import FindingRule
from allo_keyscan.catalog.keys import key_rules
from allo_keyscan.cli.explain import explained
from allo_keyscan.errors import KeyscanError

RULES = api_rules(rules_dir())
FORM = key_rules(rules_dir()).forms[0]
PAGES = "https://help.withallo.com/en/v2/api-reference"


def explain(*words: str) -> list[dict[str, Any]]:
    return explained(words, RULES, FORM)


def test_several_are_explained_one_after_the_other(keyscan: Keyscan) -> None:
    done = keyscan("explain", "AK101", "GET", "/v2/api/tags", "TAGS_WRITE", "--format", "json")
    found = [(one["kind"], one.get("code") or one.get("path") or one["scope"]) for one in done.json["explained"]]
    assert found == [("rule", "AK101"), ("endpoint", "/v2/api/tags"), ("scope", "TAGS_WRITE")]


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
    assert FORM.revoke in one["remedy"]


def test_a_rule_in_text(keyscan: Keyscan) -> None:
    done = keyscan("explain", "AK103")
    assert done.out.startswith("AK103 unused-scope (warning, of `scopes`)\n  a scope is given that no call")
    assert "\n  what to do: give the key without it\n" in done.out
    assert "\n  reported\n    requests.get('https://api.withallo.com/v2/api/users')\n" in done.out
    assert done.out.endswith("/docs/rules/AK103.md\n")


@pytest.mark.parametrize("kind", RULES.kinds.values(), ids=lambda kind: kind.code)
def test_every_rule_is_explained_by_code_and_name_with_all_it_has(kind: FindingRule) -> None:
    (one,) = explain(kind.code)
    assert explain(kind.name) == explain(kind.code.lower()) == [one]
    assert (one["meaning"], one["why"], len(one["steps"])) == (kind.meaning, kind.why, len(kind.steps))
    assert one["page"].endswith(f"/docs/rules/{kind.code}.md")
    assert not {"{key}", "{secret}", "{example}", "{revoke}"} & set(re.findall(r"\{\w+\}", json.dumps(one)))


@pytest.mark.parametrize("scope", RULES.scopes.values(), ids=lambda scope: scope.name)
def test_every_scope_is_explained(scope: Scope) -> None:
    (one,) = explain(scope.name)
    assert (one["description"], one["source"], one["note"]) == (scope.description, scope.source, scope.note)


def test_every_endpoint_is_explained() -> None:
    for endpoint in RULES.endpoints:
        (one,) = explain(endpoint.method, endpoint.path)
        assert (one["method"], one["path"], one["scopes"]) == (endpoint.method, endpoint.path, list(endpoint.scopes))
        assert (one["source"], one["note"]) == (endpoint.source, endpoint.note)


def test_a_typo_in_any_name_is_answered_with_that_name() -> None:
    paths = {one.path: one.path.replace("/api/", "/apii/") for one in RULES.endpoints}
    slips = {name: name + "x" for name in (*RULES.kinds, *RULES.scopes)} | paths
    for name, slip in slips.items():
        with pytest.raises(KeyscanError) as error:
            explain(slip)
        assert f"did you mean {name!r}?" in str(error.value)


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
