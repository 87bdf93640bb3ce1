"""The join of an audit, on values: one entry a key, and nothing said of a history that was not read to its end."""

from __future__ import annotations

import pytest

from allo_keyscan.audit import audited, stopped
from allo_keyscan.model import (
    Commit,
    Finding,
    Held,
    KeyNeeds,
    Life,
    Origin,
    Position,
    Report,
    ScopesReport,
    Severity,
    Skipped,
)

OLD, NEW = Commit("1" * 40, "A", "2026-01-01", "old"), Commit("2" * 40, "A", "2026-02-01", "new")
PUSHED = Life(first=OLD, last=NEW, branches=("main",), remotes=("origin/main",), places=(Held("a", None, OLD, NEW),))
CUT = Report(skipped=(Skipped(".", "cut"),))


def finding(
    path: str = "a",
    key: str = "k",
    *,
    rule: str = "leaked-key",
    severity: Severity = "error",
    life: Life | None = None,
    commit: Commit | None = None,
    before: str = "",
) -> Finding:
    at = Position(1, 1)
    masked, caret = f"{before}MASKED", (len(before), len(before) + 6)
    message = "it stands there: revoke it"
    origin = Origin(path, None, commit)
    return Finding(
        rule,
        "AK001",
        severity,
        "high",
        origin,
        at,
        at,
        "MASKED",
        key + path,
        None,
        message,
        masked,
        caret,
        (),
        key,
        life,
    )


def report(*findings: Finding) -> Report:
    return Report(findings)


def test_places_of_both_sides_are_one_entry_in_the_work_trees_favour() -> None:
    here = finding("b")
    past = [finding("c", life=PUSHED, commit=NEW), finding("a", life=PUSHED, commit=OLD)]
    (leak,) = audited("r", None, report(here), report(*past), None).leaks
    assert (leak.finding.origin.path, [one.origin.path for one in leak.past]) == ("b", ["a", "c"])
    assert (leak.life.in_work_tree, leak.life.pushed) == (True, True)
    assert leak.life.places == (Held("a", None, OLD, NEW), Held("b"))


def test_the_gravest_finding_speaks_for_the_key() -> None:
    grave = finding("b", rule="client-side-key", life=PUSHED, commit=NEW)
    (leak,) = audited("r", None, report(finding(severity="warning")), report(grave), None).leaks
    assert (leak.finding.rule, leak.finding.severity) == ("client-side-key", "error")


def test_the_order_is_severity_then_pushed_then_path() -> None:
    tree = report(finding("a", "loose"), finding("b", "example", severity="warning"))
    past = report(finding("z", "known", life=PUSHED, commit=OLD))
    assert [leak.finding.key for leak in audited("r", None, tree, past, None).leaks] == ["known", "loose", "example"]


def test_findings_without_a_key_are_no_leaks() -> None:
    one = audited("r", None, report(finding(key="", rule="unused-ignore")), report(), None)
    assert (one.leaks, [note.rule for note in one.notes]) == ((), ["unused-ignore"])


@pytest.mark.parametrize(
    ("here", "past", "history", "said"),
    [
        ([finding()], [], Report(), "in no commit and not staged: take it out of a"),
        ([finding()], [], CUT, "revoke it first: not all of the history was read"),
        ([], [finding(".git/objects/1")], CUT, "revoke it first: which commits"),
        (
            [],
            [finding(".git/objects/1", life=Life(advice="no branch leads to it"))],
            CUT,
            "revoke it first: which commits",
        ),
        ([], [finding(".git/objects/1", life=Life(advice="no branch leads to it"))], Report(), "no branch leads to it"),
        ([finding()], [finding(life=PUSHED._replace(advice="rewrite"))], CUT, "rewrite"),
    ],
)
def test_advice_knows_what_was_not_read(here: list[Finding], past: list[Finding], history: Report, said: str) -> None:
    (leak,) = audited("r", None, report(*here), history._replace(findings=tuple(past)), None).leaks
    assert leak.life.advice.startswith(said)


@pytest.mark.parametrize(
    ("before", "used"),
    [
        ("ALLO_API_KEY=", True),
        ("export ALLO_API_KEY='", True),
        ('  "ALLO_API_KEY": "', True),
        ('os.environ["ALLO_API_KEY"] = "', True),
        ("ALLO_API_KEY: ", True),
        ("MY_ALLO_API_KEY=", False),
        ("ALLO_API_KEY was ", False),
        ("OTHER=", False),
    ],
)
def test_which_variable_a_line_sets(before: str, used: bool) -> None:
    needs = KeyNeeds("env:ALLO_API_KEY", ("TAGS_READ",), (), (), 1, 0)
    scopes = ScopesReport(keys=(needs,))
    (leak,) = audited("r", None, report(finding(before=before)), report(), scopes).leaks
    assert leak.used_as == (("env:ALLO_API_KEY",) if used else ())


def test_what_was_not_looked_at_is_not_complete() -> None:
    assert audited("r", None, report(), report(), None).complete
    assert not audited("r", None, report(), CUT, None).complete
    assert not audited("r", None, CUT, report(), None).complete
    assert not audited("r", None, report(), report(), ScopesReport(skipped=(Skipped("a.py", "broken"),))).complete
    assert not stopped("r", "no time").complete
    double = ScopesReport(skipped=(Skipped(".", "cut"),))
    assert audited("r", None, CUT, CUT, double).skipped == (Skipped(".", "cut"),)
