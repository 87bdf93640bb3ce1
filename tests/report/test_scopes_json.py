"""The JSON of `scopes`, field by field against the contract, and the same bytes for the same report."""

import json

from allo_keyscan import __version__
from allo_keyscan.model import Call, KeyNeeds, Place, ScopeNeed, ScopesReport, Skipped, Summary, Suppressed, Unresolved
from allo_keyscan.report import scopes_json

CALL = Call(
    "a.py",
    12,
    5,
    "PUT",
    "/v2/api/conversations/{contact_number}/action",
    "https://api.withallo.com/v2/api/conversations/{}/action",
    ("CONVERSATIONS_READ",),
    "guide",
    ("CONVERSATIONS_WRITE",),
    "definite",
    "requests",
    "env:ALLO_API_KEY",
    (Place("client.py", 40),),
)
UNKNOWN = Call("b.py", 1, 1, "GET", None, "https://api.withallo.com/x", (), "unknown", None, "possible", "httpx", None)
REPORT = ScopesReport(
    (CALL, UNKNOWN),
    (Unresolved("a.py", 30, "the URL is not known"),),
    (
        KeyNeeds(
            "env:ALLO_API_KEY",
            ("CONVERSATIONS_READ",),
            ("CONVERSATIONS_READ",),
            ("BILLING",),
            1,
            1,
            ("SMS_SEND",),
            (Place("a.py", 30),),
            (ScopeNeed("CONVERSATIONS_READ", (CALL,)),),
        ),
    ),
    ("CONVERSATIONS_READ",),
    (),
    (Skipped("c.py", "not Python"),),
    Summary(3, 120),
    Suppressed(comments=2, config=1),
)


def test_every_field() -> None:
    assert json.loads(scopes_json.render(REPORT)) == {
        "schema_version": 1,
        "tool": {"name": "allo-keyscan", "version": __version__},
        "calls": [
            {
                "path": "a.py",
                "line": 12,
                "column": 5,
                "method": "PUT",
                "endpoint": "/v2/api/conversations/{contact_number}/action",
                "url": "https://api.withallo.com/v2/api/conversations/{}/action",
                "scopes": ["CONVERSATIONS_READ"],
                "basis": "documented",
                "conflict": ["CONVERSATIONS_WRITE"],
                "certainty": "definite",
                "client": "requests",
                "key": "env:ALLO_API_KEY",
                "via": [{"path": "client.py", "line": 40}],
            },
            {
                "path": "b.py",
                "line": 1,
                "column": 1,
                "method": "GET",
                "endpoint": None,
                "url": "https://api.withallo.com/x",
                "scopes": [],
                "basis": "unknown",
                "conflict": None,
                "certainty": "possible",
                "client": "httpx",
                "key": None,
                "via": [],
            },
        ],
        "unresolved": [{"path": "a.py", "line": 30, "reason": "the URL is not known"}],
        "keys": [
            {
                "key": "env:ALLO_API_KEY",
                "required_scopes": ["CONVERSATIONS_READ"],
                "missing": ["CONVERSATIONS_READ"],
                "excess": ["BILLING"],
                "calls": 1,
                "unresolved": 1,
                "not_observed": ["SMS_SEND"],
                "blocked_by": [{"path": "a.py", "line": 30}],
                "scopes": [
                    {"scope": "CONVERSATIONS_READ", "calls": [{"path": "a.py", "line": 12, "column": 5, "call": 0}]},
                ],
            }
        ],
        "required_scopes": ["CONVERSATIONS_READ"],
        "findings": [],
        "suppressed": {"comments": 2, "config": 1},
        "skipped": [{"path": "c.py", "reason": "not Python", "incomplete": True}],
        "complete": False,
        "summary": {"files": 3, "bytes": 120, "tests": {"files": 0, "calls": 0}},
    }


def test_the_same_bytes_and_a_last_newline() -> None:
    assert scopes_json.render(REPORT) == scopes_json.render(REPORT, color=True)
    assert scopes_json.render(REPORT).endswith("}\n")


def test_an_empty_report_has_every_field() -> None:
    empty = json.loads(scopes_json.render(ScopesReport()))
    assert (empty["calls"], empty["keys"], empty["complete"]) == ([], [], True)
