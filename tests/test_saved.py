"""Saved JSON read back: every format shows the same of it as of what was saved."""

from __future__ import annotations

import json

import pytest
from report.test_audit_formats import EVIL, KINDS, repository

from allo_keyscan import saved
from allo_keyscan.audit import stopped, unread
from allo_keyscan.model import Audited, AuditReport, Call, KeyNeeds, ScopeNeed, ScopesReport, Shard, Skipped
from allo_keyscan.report import AUDIT_FORMATS, render_audit


def back(report: AuditReport) -> AuditReport:
    told = json.loads(render_audit("json", report, KINDS))
    return AuditReport(
        tuple(map(saved.audited, told["repositories"])), saved.shards(told["shards"]), saved.skipped(told["skipped"])
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


@pytest.mark.parametrize("form", list(AUDIT_FORMATS))
def test_every_format_shows_the_same(form: str) -> None:
    assert render_audit(form, back(REPORT), KINDS) == render_audit(form, REPORT, KINDS)


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
    entry = json.loads(render_audit("json", AuditReport((alternatives(),)), KINDS))["repositories"][0]
    entry[name] = value
    if name == "complete":
        assert saved.audited(entry).complete is True, "it is told from what was skipped, never from the word alone"
        return
    with pytest.raises((KeyError, TypeError, ValueError)):
        saved.audited(entry)
