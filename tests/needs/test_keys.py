"""What each key needs, lacks and has too much, where each has its own scopes."""

from __future__ import annotations

from pathlib import Path

import pytest

from allo_keyscan.catalog.api import api_rules
from allo_keyscan.model import Call, Place, Remark, Skipped, Unresolved
from allo_keyscan.needs.findings import findings
from allo_keyscan.needs.held import Held
from allo_keyscan.needs.keys import Seen, Signed, key_needs
from allo_keyscan.needs.plan import Line, plan

RULES = api_rules(str(Path(__file__).parents[2] / "rules"))
A, B, OPEN = "env:A", "env:B", "parameter:f.key"


def call(line: int, key: str | None, *scopes: str, endpoint: str | None = "/x", path: str = "a.py") -> Call:
    basis = "unknown" if endpoint is None else "guide"
    return Call(path, line, 1, "GET", endpoint, "u", scopes, basis, None, "definite", "requests", key)  # type: ignore[arg-type]


def lost(line: int, key: str | None) -> Signed:
    return Signed(Unresolved("a.py", line, "the URL is not known"), key)


def verdicts(seen: Seen, held: Held) -> dict[str | None, tuple[tuple[str, ...], ...]]:
    return {one.key: (one.missing, one.excess, one.not_observed) for one in key_needs(seen, RULES, held)}


def told(seen: Seen, held: Held) -> list[tuple[str, str, str, int]]:
    keys = key_needs(seen, RULES, held)
    found = findings(seen, [], keys, RULES, held)
    return [(one.rule, one.severity, one.origin.path, one.start.line) for one in found]


def test_each_key_is_held_against_its_own_line() -> None:
    seen = Seen([call(1, A, "TAGS_READ"), call(2, B, "USERS_READ")], [])
    held = Held({A: ("TAGS_READ", "USERS_READ"), B: ("TAGS_READ",)}, None)
    assert verdicts(seen, held) == {
        A: ((), ("USERS_READ",), ()),
        B: (("USERS_READ",), ("TAGS_READ",), ()),
    }


def test_a_key_without_a_line_has_what_is_declared_for_all_others_or_nothing() -> None:
    seen = Seen([call(1, A, "TAGS_READ"), call(2, B, "USERS_READ")], [])
    assert verdicts(seen, Held({A: ("TAGS_READ",)}, ("USERS_READ",)))[B] == ((), (), ())
    assert verdicts(seen, Held({A: ("TAGS_READ",)}, None))[B] == (("USERS_READ",), (), ())


@pytest.mark.parametrize("key", [None, OPEN])
def test_a_call_whose_key_may_be_any_lacks_only_what_no_key_has(key: str | None) -> None:
    held = Held({A: ("TAGS_READ",), B: ("USERS_READ",)}, None)
    seen = Seen([call(1, key, "USERS_READ"), call(2, key, "SMS_SEND")], [])
    assert verdicts(seen, held)[key][0] == ("SMS_SEND",)
    assert [one for one in told(seen, held) if one[0] == "missing-scope"] == [("missing-scope", "error", "a.py", 2)]


@pytest.mark.parametrize("key", [None, OPEN])
def test_a_scope_that_a_call_of_any_key_needs_is_not_too_much(key: str | None) -> None:
    seen = Seen([call(1, key, "TAGS_READ"), call(2, A, "USERS_READ")], [])
    assert verdicts(seen, Held({A: ("TAGS_READ", "USERS_READ")}, None))[A] == ((), (), ())


@pytest.mark.parametrize(
    "seen",
    [
        Seen([], [lost(9, A)]),
        Seen([], [lost(9, None)]),
        Seen([], [lost(9, OPEN)]),
        Seen([call(9, A, endpoint=None)], []),
        Seen([], [], [Skipped("a.py", "cannot be read")]),
    ],
    ids=["its own call", "a call of no known key", "a call of a parameter's", "an unknown endpoint", "a file not read"],
)
def test_what_may_need_a_scope_blocks_the_verdict_and_is_named(seen: Seen) -> None:
    held = Held({A: ("TAGS_READ",)}, None)
    (needs,) = (one for one in key_needs(seen, RULES, held) if one.key == A)
    assert (needs.excess, needs.not_observed) == ((), ("TAGS_READ",))
    assert [place.path for place in needs.blockers] == ["a.py"]
    (one,) = (one for one in findings(seen, [], [needs], RULES, held) if one.rule == "unused-scope")
    assert one.severity == "note"
    assert f"a.py:{needs.blockers[0].line}" in one.message


def test_an_open_call_of_another_key_and_a_file_left_alone_block_nothing() -> None:
    seen = Seen([], [lost(9, B)], [Skipped("b.zip", "encrypted", incomplete=False)])
    assert verdicts(seen, Held({A: ("TAGS_READ",)}, None))[A] == ((), ("TAGS_READ",), ())


def test_a_finding_on_a_declared_scope_stands_where_it_is_declared() -> None:
    seen = Seen([call(1, A, "USERS_READ")], [])
    held = Held({A: ("TAGS_READ", "USERS_READ")}, ("SMS_SEND",), "pyproject.toml", {(A, "TAGS_READ"): 12})
    assert told(seen, held) == [
        ("unused-scope", "warning", "pyproject.toml", 1),
        ("unused-scope", "warning", "pyproject.toml", 12),
    ]


def test_a_scope_that_all_keys_share_is_unused_once_none_of_them_needs_it() -> None:
    seen = Seen([call(1, A, "TAGS_READ"), call(2, B, "USERS_READ")], [])
    assert told(seen, Held.everywhere(["TAGS_READ", "USERS_READ"])) == []
    assert told(seen, Held.everywhere(["TAGS_READ", "USERS_READ", "BILLING"])) == [
        ("unused-scope", "warning", "a.py", 1)
    ]


def test_the_calls_of_a_scope_include_those_that_need_what_it_implies() -> None:
    seen = Seen([call(1, A, "CONTACTS_READ_WRITE"), call(2, A, "CONTACTS_READ")], [])
    (needs,) = key_needs(seen, RULES, None)
    assert [(need.scope, [one.line for one in need.calls]) for need in needs.needs] == [("CONTACTS_READ_WRITE", [1, 2])]


def test_a_call_with_two_keys_is_one_undocumented_endpoint() -> None:
    seen = Seen([call(1, A, endpoint=None), call(1, B, endpoint=None)], [])
    found = findings(seen, [], key_needs(seen, RULES, None), RULES, None)
    assert [(one.rule, one.start.line) for one in found] == [("undocumented-endpoint", 1)]


def test_what_is_wrong_with_a_call_that_may_never_be_made_is_a_warning() -> None:
    one = call(1, A, "TAGS_READ")
    seen = Seen([one], [])
    for certainty, severity in (("definite", "error"), ("possible", "warning")):
        remark = Remark("wrong-auth-scheme", one._replace(certainty=certainty), "as Bearer")  # type: ignore[arg-type]
        (found,) = findings(seen, [remark], (), RULES, None)
        assert (found.rule, found.severity) == ("wrong-auth-scheme", severity)


def test_of_many_places_the_first_few_are_named() -> None:
    seen = Seen([], [lost(line, A) for line in range(1, 9)])
    held = Held({A: ("TAGS_READ",)}, None)
    found = findings(seen, [], key_needs(seen, RULES, held), RULES, held)
    (said,) = (one.message for one in found if one.rule == "unused-scope")
    assert said.endswith("(a.py:1, a.py:2, a.py:3, a.py:4, a.py:5 and 3 more)")


def test_no_fingerprint_depends_on_lines() -> None:
    def prints(line: int) -> list[str]:
        seen = Seen([call(line, A, "TAGS_READ"), call(line + 1, B, endpoint=None)], [lost(line + 2, A)])
        held = Held({A: ("USERS_READ",)}, ())
        return [one.fingerprint for one in findings(seen, [], key_needs(seen, RULES, held), RULES, held)]

    assert prints(1) == prints(50)
    assert len(set(prints(1))) == 4


# -- what should be declared -----------------------------------------------------------------------------------------


def planned(seen: Seen, held: Held) -> list[Line]:
    return plan(key_needs(seen, RULES, held), seen, RULES, held)


def test_without_any_declaration_each_key_gets_its_line() -> None:
    seen = Seen([call(1, A, "TAGS_READ"), call(2, B), call(3, None, "USERS_READ")], [])
    assert planned(seen, Held({}, None)) == [
        Line(A, None, ("TAGS_READ",)),
        Line(B, None, ()),
        Line("declared", None, ("USERS_READ",)),
    ]


def test_a_line_gets_what_it_lacks_and_loses_what_nothing_needs() -> None:
    seen = Seen([call(1, A, "TAGS_READ"), call(2, A, "USERS_READ")], [])
    (line,) = planned(seen, Held({A: ("BILLING", "TAGS_READ")}, None))
    assert (line.after, line.added, line.dropped) == (("TAGS_READ", "USERS_READ"), ("USERS_READ",), ("BILLING",))


def test_with_an_unresolved_call_no_declared_scope_is_dropped() -> None:
    seen = Seen([call(1, A, "TAGS_READ")], [lost(9, A)])
    (line,) = planned(seen, Held({A: ("BILLING",)}, None))
    assert (line.after, line.kept, line.blockers) == (("BILLING", "TAGS_READ"), ("BILLING",), (Place("a.py", 9),))


def test_a_key_that_nothing_uses_loses_its_line_save_where_something_may_use_it() -> None:
    held = Held({A: ("TAGS_READ",), B: ("USERS_READ",)}, None)
    seen = Seen([call(1, B, "USERS_READ")], [])
    assert planned(seen, held)[0] == Line(A, ("TAGS_READ",), None)
    assert planned(seen._replace(unresolved=[lost(2, None)]), held)[0].after == ("TAGS_READ",)


def test_one_list_for_all_keys_stays_one_list() -> None:
    seen = Seen([call(1, A, "TAGS_READ"), call(2, B, "USERS_READ")], [])
    assert planned(seen, Held({}, ("BILLING", "TAGS_READ"))) == [
        Line("declared", ("BILLING", "TAGS_READ"), ("TAGS_READ", "USERS_READ"))
    ]
    (line,) = planned(seen._replace(unresolved=[lost(9, B)]), Held({}, ("BILLING", "TAGS_READ")))
    assert (line.after, line.kept) == (("BILLING", "TAGS_READ", "USERS_READ"), ("BILLING",))


def test_a_scope_that_another_source_names_stays() -> None:
    one = call(1, A, "CONVERSATIONS_READ")._replace(conflict=("CONVERSATIONS_WRITE",))
    (line,) = planned(Seen([one], []), Held({A: ("CONVERSATIONS_WRITE",)}, None))
    assert line.after == ("CONVERSATIONS_READ", "CONVERSATIONS_WRITE")
