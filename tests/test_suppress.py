"""Ignore comments: where they count, what they silence, and what they must not."""

from __future__ import annotations

import re

import pytest
from samples import key

from allo_keyscan import suppress
from allo_keyscan.catalog import rules_dir
from allo_keyscan.comments import in_comment
from allo_keyscan.model import Origin
from allo_keyscan.scan.blob import Policy, Scanner, Tally

SCANNER = Scanner(rules_dir())
KEY = key()


def scanned(text: str, name: str = "a.py", scanner: Scanner = SCANNER) -> tuple[list[tuple[str, int]], int]:
    tally = Tally()
    scanner.scan(text.encode(), Origin(name), tally)
    found = sorted((one.rule, one.start.line) for one in tally.findings)
    return found, tally.suppressed.comments


@pytest.mark.parametrize(
    "comment",
    [
        "# allo-keyscan: ignore[AK001] revoked in 2025",
        "# allo-keyscan: ignore[leaked-key]",
        "# allo-keyscan: ignore[AK090, ak001]",
        "# allo-keyscan: ignore",
        "#allo-keyscan:ignore",
        "// allo-keyscan: ignore[AK001]",
        "-- allo-keyscan: ignore[AK001]",
        "; allo-keyscan: ignore[AK001]",
        "/* allo-keyscan: ignore[AK001] */",
        "<!-- allo-keyscan: ignore[AK001] -->",
        "{# allo-keyscan: ignore[AK001] #}",
        "# noqa: S105  allo-keyscan: ignore[AK001]",
        "# it's revoked, allo-keyscan: ignore[AK001]",
    ],
)
def test_a_comment_silences_its_line(comment: str) -> None:
    assert scanned(f'key = "{KEY}"  {comment}\nnext = "{key(1)}"\n') == ([("leaked-key", 2)], 1)


@pytest.mark.parametrize(
    "comment", ["# pragma: allowlist secret", "// pragma: whitelist secret", "# pragma:allowlist secret"]
)
def test_the_other_scanners_pragma_is_accepted(comment: str) -> None:
    assert scanned(f'key = "{KEY}"  {comment}\n') == ([], 1)


@pytest.mark.parametrize("leader", ["#", "//", "--", ";", "/*", "<!--", "REM", "  #"])
def test_alone_on_a_line_it_silences_the_next_one_only(leader: str) -> None:
    text = f'{leader} allo-keyscan: ignore[AK001]\nkey = "{KEY}"\nother = "{key(1)}"\n'
    assert scanned(text) == ([("leaked-key", 3)], 1)


def test_behind_code_it_does_not_silence_the_next_line() -> None:
    text = f'x = 1  # allo-keyscan: ignore[AK001]\nkey = "{KEY}"\n'
    assert scanned(text) == ([("leaked-key", 2), ("unused-ignore", 1)], 0)


def test_inside_the_string_that_holds_the_key_it_is_no_comment() -> None:
    assert scanned(f'key = "{KEY} # allo-keyscan: ignore[AK001]"\n') == ([("leaked-key", 1)], 0)


def test_without_a_comment_leader_it_is_no_comment() -> None:
    assert scanned(f'{{"key": "{KEY}", "note": "allo-keyscan: ignore"}}', "a.json") == ([("leaked-key", 1)], 0)


def test_another_rules_ignore_silences_nothing_and_is_reported() -> None:
    text = f'key = "{KEY}"  # allo-keyscan: ignore[AK003]\n'
    assert scanned(text) == ([("leaked-key", 1), ("unused-ignore", 1)], 0)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("AK0001", "an ignore comment names a rule that does not exist: did you mean AK001?"),
        ("leaked-keys", "an ignore comment names a rule that does not exist: did you mean leaked-key?"),
        ("zzzzzz", "an ignore comment names a rule that does not exist"),
        ("AK003", "an ignore comment silences nothing: delete the comment"),
    ],
)
def test_an_ignore_of_an_unknown_rule_silences_nothing_and_is_told_the_nearest(rules: str, said: str) -> None:
    tally = Tally()
    SCANNER.scan(f'key = "{KEY}"  # allo-keyscan: ignore[{rules}]\n'.encode(), Origin("a.py"), tally)
    leak, unused = sorted(tally.findings, key=lambda one: one.code)
    assert (leak.rule, unused.rule) == ("leaked-key", "unused-ignore")
    assert unused.message == said


def test_an_unknown_rule_beside_one_that_silences_is_reported_and_not_quoted() -> None:
    tally = Tally()
    text = f'key = "{KEY}"  # allo-keyscan: ignore[AK001, {key(1)}]\n'
    SCANNER.scan(text.encode(), Origin("a.py"), tally)
    unused = [one for one in tally.findings if one.rule == "unused-ignore"]
    assert len(unused) == 1
    assert key(1).lower() not in unused[0].message.lower()


def test_an_ignore_that_silences_nothing_is_reported_at_its_place() -> None:
    tally = Tally()
    SCANNER.scan("a = 1\nbé = 2  # allo-keyscan: ignore[AK001]\n".encode(), Origin("a.py"), tally)
    (one,) = tally.findings
    assert (one.rule, one.severity, one.start.line, one.start.column, one.end.column) == (
        "unused-ignore",
        "note",
        2,
        11,
        38,
    )
    assert one.excerpt[slice(*one.caret)] == "allo-keyscan: ignore[AK001]"


def test_documents_may_show_the_comment() -> None:
    assert scanned("Write `x  # allo-keyscan: ignore[AK001]` there.\n", "README.md") == ([], 0)


def test_no_ignores_shows_everything_and_calls_no_comment_unused() -> None:
    scanner = Scanner(rules_dir(), Policy(comments=False))
    text = f'# allo-keyscan: ignore\nkey = "{KEY}"  # pragma: allowlist secret\nx = 1  # allo-keyscan: ignore\n'
    assert scanned(text, scanner=scanner) == ([("leaked-key", 2)], 0)


def test_one_comment_silences_every_finding_of_its_line() -> None:
    assert scanned(f'a, b = "{KEY}", "{key(1)}"  # allo-keyscan: ignore\n') == ([], 2)


def test_many_comments_on_one_line_are_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counting(text: bytes, offset: int) -> bool:
        asked.append(offset)
        return in_comment(text, offset)

    monkeypatch.setattr(suppress, "in_comment", counting)
    text = b"x = 1  # allo-keyscan: ignore allo-keyscan: ignore\nallo-keyscan: ignore\n# allo-keyscan: ignore"
    places = [match.start() for match in re.finditer(b"allo-keyscan", text)]
    assert [one.start for one in suppress.ignores(text, places)] == [places[0], places[1], places[3]]
    assert asked == [places[0], places[2], places[3]]
