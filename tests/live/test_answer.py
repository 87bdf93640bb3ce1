"""What answers say, by the examples of rules/api.toml, and whatever else a server may make up."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import error, me

from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.live import Envelope, ErrorCode, live_rules
from allo_keyscan.live.answer import answer, described
from allo_keyscan.live.errors import understood
from allo_keyscan.live.values import Got

RULES = live_rules(rules_dir())


@pytest.mark.parametrize("example", RULES.check.examples.true)
def test_a_documented_answer_counts(example: str) -> None:
    found = described(json.loads(example), RULES.check)
    assert found is not None
    assert (found.state, found.key_id) == ("active", "api-1")


@pytest.mark.parametrize("example", RULES.check.examples.false)
def test_an_answer_of_another_shape_does_not(example: str) -> None:
    assert described(json.loads(example), RULES.check) is None


@pytest.mark.parametrize("envelope", RULES.envelopes, ids=lambda one: one.id)
def test_envelope_examples(envelope: Envelope) -> None:
    for example in envelope.examples.true:
        said = understood(json.loads(example), RULES.envelopes, RULES.errors)
        assert said is not None
        assert said.envelope == envelope.id, example
    for example in envelope.examples.false:
        assert understood(json.loads(example), (envelope,), RULES.errors) is None, example


@pytest.mark.parametrize("rule", RULES.errors, ids=lambda one: one.code)
def test_error_examples(rule: ErrorCode) -> None:
    def meant(example: str) -> ErrorCode | None:
        status, _, body = example.partition(" ")
        said = understood(json.loads(body), RULES.envelopes, RULES.errors, int(status))
        return said and said.rule

    assert [example for example in rule.examples.true if meant(example) != rule] == []
    assert [example for example in rule.examples.false if meant(example) == rule] == []


@pytest.mark.parametrize(
    ("body", "scopes"),
    [
        (error("API_KEY_INSUFFICIENT_SCOPE", message="Missing required scope: 'CRM_READ'."), ("CRM_READ",)),
        (error("API_KEY_INSUFFICIENT_SCOPE", message="API_KEY_INSUFFICIENT_SCOPE: A_B, CRM_READ"), ("A_B", "CRM_READ")),
        (error("API_KEY_INSUFFICIENT_SCOPE", message="You may not."), ()),
        (error("FORBIDDEN", message="Ask for CRM_READ"), ()),
        (b'{"code": "API_KEY_INSUFFICIENT_SCOPE", "details": [{"message": "required=SMS_SEND"}]}', ("SMS_SEND",)),
        (b'{"code": "API_KEY_INSUFFICIENT_SCOPE", "details": [{"message": "SMS_SEND is required"}]}', ()),
        (b'{"code": "API_KEY_INSUFFICIENT_SCOPE", "details": null}', ()),
    ],
)
def test_the_scope_that_a_refusal_names(body: bytes, scopes: tuple[str, ...]) -> None:
    said = understood(json.loads(body), RULES.envelopes, RULES.errors)
    assert said is not None
    assert said.scopes == scopes


def test_a_scope_that_no_rule_knows_is_kept() -> None:
    found = described(json.loads(me("MOON_WRITE", "TAGS_READ")), RULES.check)
    assert found is not None
    assert found.scopes == ("MOON_WRITE", "TAGS_READ")


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["data", "error", "code", "details", "message", "scopes", "endpoints", "team", "api_key_id"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from([200, 401, 403, 429]))
@settings(max_examples=150, deadline=None)
def test_no_json_makes_a_key_active_or_invalid_by_chance(value: Any, status: int) -> None:
    body = json.dumps(value).encode()
    found = answer(Got(status, {"content-type": "application/json"}, body), RULES)
    whole = status == 200 and described(json.loads(body), RULES.check) is not None
    dead = status == 401 and found.reason.startswith(("API_KEY_INVALID", "API_KEY_REVOKED"))
    assert found.state == ("active" if whole else "invalid" if dead else "unknown")


@pytest.mark.parametrize("body", [b"NaN", b"\xff\xfe{\x00}\x00", b"[" * 100_000, b"", b"{'a': 1}"], ids=range(5))
def test_what_is_no_json_is_no_answer(body: bytes) -> None:
    found = answer(Got(200, {"content-type": "application/json"}, body), RULES)
    assert "not valid JSON" in found.reason
