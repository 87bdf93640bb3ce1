"""The text of `scopes`: a section a key, each scope with its calls, nothing that promises more than was seen."""

from allo_keyscan.model import Call, Finding, KeyNeeds, Origin, Place, Position, ScopeNeed, ScopesReport, Unresolved
from allo_keyscan.report import scopes_text

TAGS = Call(
    "a.py",
    3,
    5,
    "GET",
    "/v2/api/tags",
    "https://api.withallo.com/v2/api/tags",
    ("TAGS_READ",),
    "guide",
    None,
    "definite",
    "requests",
    "env:ALLO_API_KEY",
    (Place("client.py", 40), Place("client.py", 9)),
)
ACTION = Call(
    "a.py",
    9,
    1,
    "PUT",
    "/v2/api/conversations/{number}/action",
    "u",
    ("CONVERSATIONS_READ",),
    "inferred",
    ("TAGS_WRITE",),
    "possible",
    "httpx",
    "env:ALLO_API_KEY",
)
ME = Call("b.py", 1, 1, "GET", "/v2/api/me", "u", (), "page", None, "definite", "urllib", None)
LOST = Call(
    "b\x1b.py", 2, 1, "GET", None, "https://api.withallo.com/x", (), "unknown", None, "definite", "urllib", None
)
FINDING = Finding(
    "missing-scope",
    "AK102",
    "error",
    "high",
    Origin("a.py"),
    Position(3, 5),
    Position(3, 5),
    "",
    "f",
    None,
    "GET … needs TAGS_READ",
)
REPORT = ScopesReport(
    (TAGS, ACTION, ME, LOST),
    (Unresolved("a.py", 30, "the URL is not known"),),
    (
        KeyNeeds(
            "env:ALLO_API_KEY",
            ("CONVERSATIONS_READ", "TAGS_READ"),
            ("TAGS_READ",),
            ("PARTNER",),
            2,
            1,
            ("BILLING", "SMS_SEND"),
            (Place("a.py", 30),),
            (ScopeNeed("CONVERSATIONS_READ", (ACTION,)), ScopeNeed("TAGS_READ", (TAGS,))),
        ),
        KeyNeeds(None, (), (), (), 2, 0),
    ),
    ("CONVERSATIONS_READ", "TAGS_READ"),
    (FINDING, FINDING._replace(rule="unresolved-call", code="AK105", message="stands in its own section")),
)
WANTED = """\
env:ALLO_API_KEY: required scopes, from 2 calls; 1 unresolved
  CONVERSATIONS_READ
    a.py:9:1: PUT /v2/api/conversations/{number}/action  (possible; scope inferred; another page says TAGS_WRITE)
  TAGS_READ  (missing)
    a.py:3:5: GET /v2/api/tags via client.py:40 via client.py:9
  not needed: PARTNER
  not observed: BILLING, SMS_SEND (may be needed at a.py:30)

key not known: required scopes, from 2 calls; 0 unresolved
  no scope needed
    b.py:1:1: GET /v2/api/me
  endpoint not known
    b\\x1b.py:2:1: GET https://api.withallo.com/x

unresolved
  a.py:30: the URL is not known

a.py:3:5: AK102 missing-scope: GET … needs TAGS_READ
"""


def test_the_whole_text() -> None:
    assert scopes_text.render(REPORT) == WANTED


def test_it_never_promises_a_minimum() -> None:
    assert "minim" not in scopes_text.render(REPORT)


def test_colour_adds_only_colour() -> None:
    colored = scopes_text.render(REPORT, color=True)
    assert "\x1b[1m" in colored
    for code in ("\x1b[1m", "\x1b[2m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[0m"):
        colored = colored.replace(code, "")
    assert colored == WANTED


def test_nothing_found_is_said() -> None:
    assert scopes_text.render(ScopesReport()) == "no calls on the API\n"
