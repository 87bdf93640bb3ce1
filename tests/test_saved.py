"""Saved JSON read back: every format shows the same of it as of what was saved."""

from __future__ import annotations

import json

import pytest
from report.test_audit_formats import EVIL, KINDS, repository

from allo_keyscan.audit import stopped, unread
from allo_keyscan.model import Audited, AuditReport, Call, KeyNeeds, ScopeNeed, ScopesReport, Shard, Skipped
from allo_keyscan.report import formats_of, render
from allo_keyscan.saved import values


def back(report: AuditReport) -> AuditReport:
    told = json.loads(render("json", report, lambda: KINDS))
    return AuditReport(
        tuple(map(values.audited, told["repositories"])), values.shards(told["shards"]), values.skipped(told["skipped"])
    )


def alternatives() -> Audited:
    """Two calls that may be meant at one place, of which one key needs the second alone."""
    first = Call("a", 1, 1, "GET", "/a", "u", ("A",), "guide", None, "possible", "requests", "env:K")
    second = first._replace(endpoint="/b", scopes=("B",), basis="security-scheme")
    keys = (KeyNeeds("env:K", ("B",), (), (), 1, 0, needs=(ScopeNeed("B", (second,)),)),)
    return Audited("r", scopes=ScopesReport(calls=(first, second), keys=keys), fail_on="note", attempts=3)


REPORT = AuditReport(
    (
        repository("NAME"),
        repository(EVIL)._replace(bare=True, interrupted=True),
        alternatives(),
        Audited("passed", skipped=(Skipped("a", "b", incomplete=False),)),
        unread("gone", "gone: does not exist"),
        stopped("late", "no time"),
    ),
    (Shard(2, 3, "names"),),
    (Skipped("shard 1/3", "missing"),),
)


@pytest.mark.parametrize("form", list(formats_of("audit")))
def test_every_format_shows_the_same(form: str) -> None:
    assert render(form, back(REPORT), lambda: KINDS) == render(form, REPORT, lambda: KINDS)


def test_what_decides_the_exit_code_comes_back() -> None:
    for before, after in zip(REPORT.repositories, back(REPORT).repositories, strict=True):
        assert (after.failing, after.complete, after.error) == (before.failing, before.complete, before.error)
    assert [one.fail_on for one in back(REPORT).repositories][2] == "note"
    assert back(REPORT).shards == REPORT.shards


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("path", 1),
        ("keys", [{}]),
        ("error", ["x"]),
        ("complete", None),
        ("skipped", [{"path": "a", "reason": "b"}]),
        ("fail_on", "no severity"),
        ("attempts", "1"),
    ],
)
def test_what_has_another_shape_is_not_taken_for_an_answer(name: str, value: object) -> None:
    entry = json.loads(render("json", AuditReport((alternatives(),)), lambda: KINDS))["repositories"][0]
    entry[name] = value
    if name == "complete":
        assert values.audited(entry).complete is True, "it is told from what was skipped, never from the word alone"
        return
    with pytest.raises((KeyError, TypeError, ValueError)):
        values.audited(entry)
