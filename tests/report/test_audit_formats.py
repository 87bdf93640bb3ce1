"""The formats of `audit`: every one renders everything, and nothing that was scanned becomes markup or a command."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from allo_keyscan.audit import audited, stopped, unread
from allo_keyscan.catalog.findings import finding_rules
from allo_keyscan.model import (
    Audited,
    AuditReport,
    Call,
    Commit,
    Finding,
    Held,
    KeyNeeds,
    Life,
    Origin,
    Place,
    Position,
    Report,
    ScopeNeed,
    ScopesReport,
    Skipped,
    Suppressed,
    Unresolved,
)
from allo_keyscan.report import FORMATS, formats_of, render
from allo_keyscan.report import audit_words as words

KINDS = finding_rules(str(Path(__file__).parents[2] / "rules"))
EVIL = "<script>alert(1)</script>\"'><img src=x>`|**@all** [x](javascript:1)\n# h"
VOID = {"meta", "img", "br", "path", "circle"}


def finding(text: str = "x", life: Life | None = None, rule: str = "leaked-key", key: str = "k" * 32) -> Finding:
    at = Position(3, 5)
    return Finding(
        rule=rule,
        code=KINDS[rule].code,
        severity=KINDS[rule].severity,
        confidence="high",
        origin=Origin(text, text),
        start=at,
        end=Position(3, 9),
        masked="MASKED",
        fingerprint="f" * 32,
        encoding=None,
        message=f"{text}: do {text}",
        excerpt=f"{text} MASKED",
        caret=(len(text) + 1, len(text) + 7),
        key=key,
        life=life,
    )


def repository(text: str = "x") -> Audited:
    """A repository of which everything that others write is one text."""
    commit = Commit("1" * 40, text, "2026-01-01T00:00:00+00:00", text)
    life = Life(commit, commit, (text,), (text,), (text,), (text,), (text,), True, False, (Held(text, text, commit),))
    life = life._replace(advice=f"revoke it first: others may have it ({text}); then rewrite: git filter-repo {text}")
    call = Call(text, 3, 1, "GET", None, text, (), "unknown", None, "possible", text, f"env:{text}", (Place(text, 4),))
    known = call._replace(endpoint="/v2/api/tags", scopes=("TAGS_READ",), conflict=("PARTNER",), basis="inferred")
    needs = KeyNeeds(
        f"env:{text}", ("TAGS_READ",), ("TAGS_READ",), ("USERS_READ",), 2, 1, ("PARTNER",), (Place(text, 1),),
        (ScopeNeed("TAGS_READ", (known,)),),
    )  # fmt: skip
    note = finding(text, rule="missing-scope", key="")._replace(chain=(Place(text, 4),))
    scopes = ScopesReport(
        calls=(call, known),
        unresolved=(Unresolved(text, 9, text),),
        keys=(needs,),
        findings=(note,),
        skipped=(Skipped(text, text),),
    )
    past = Report((finding(text, life),), 3, Suppressed(1, 2, 3))
    return audited(text, commit, Report((finding(text),)), past, scopes, declared=True)


def shown(form: str, *repositories: Audited) -> str:
    return render(form, AuditReport(repositories), lambda: KINDS)


@pytest.mark.parametrize("form", list(formats_of("audit")))
def test_every_format_tells_of_everything(form: str) -> None:
    text = shown(form, repository("NAME"), unread("gone", "gone: does not exist"), stopped("late", "no time"))
    told = ["MASKED", "NAME", "does not exist", "no time"]
    if form != "gitlab-secret-detection":
        told += ["missing-scope"] if form in ("json", "gitlab") else ["AK102"]
    told += [] if FORMATS[form].findings else ["TAGS_READ", "git filter-repo NAME"]
    assert [word for word in told if word not in text] == []


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID and not (self.get_starttag_text() or "").endswith("/>"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.wrong.append(tag)


def parsed(text: str) -> _Tags:
    tags = _Tags()
    tags.feed(text)
    return tags


def test_nothing_scanned_becomes_html() -> None:
    plain, evil = parsed(shown("html", repository())), parsed(shown("html", repository(EVIL)))
    assert (evil.wrong, evil.open) == ([], [])
    assert evil.seen == plain.seen
    assert evil.attributes == plain.attributes
    assert not {"script", "img", "link", "iframe", "object", "base", "form"} & evil.seen
    assert not {name for name in evil.attributes if name.startswith("on") or name in ("src", "style")}


def test_html_asks_for_nothing() -> None:
    text = shown("html", repository(), repository())
    assert "default-src 'none'; style-src 'unsafe-inline'" in text
    assert re.findall(r"url\(|@import|src=|srcset=", text) == []
    addresses = set(re.findall(r'href="([^"#][^"]*)"', text))
    assert addresses <= {"https://web.withallo.com/settings/api"}


def test_html_names_each_thing_once() -> None:
    text = shown("html", repository("a"), repository("b"))
    names = re.findall(r' id="([^"]+)"', text)
    assert len(names) == len(set(names))
    assert set(re.findall(r'(?:href="#|aria-labelledby=")([^"]+)"', text)) <= set(names)


def test_nothing_scanned_becomes_markdown() -> None:
    plain, evil = shown("markdown", repository()), shown("markdown", repository(EVIL))
    for sign in ("<script>", "<img", "@all"):
        bare = re.sub(r"`[^`\n]*`|^ {3}git .*$", "", evil, flags=re.MULTILINE)
        assert sign not in bare.replace("\\<", "").replace("&#64;", ""), sign
    assert len(evil.splitlines()) == len(plain.splitlines())


def test_text_is_one_line_a_thing() -> None:
    assert len(shown("text", repository(EVIL)).splitlines()) == len(shown("text", repository()).splitlines())


def test_sarif_has_a_run_a_repository_and_a_result_a_key() -> None:
    log = json.loads(shown("sarif", repository("a"), unread("gone", "gone: does not exist")))
    first, second = log["runs"]
    assert [one["automationDetails"]["id"] for one in log["runs"]] == [
        "allo-keyscan/audit/a/",
        "allo-keyscan/audit/gone/",
    ]
    leak, scope = first["results"]
    assert (leak["ruleId"], scope["ruleId"]) == ("AK001", "AK102")
    assert leak["partialFingerprints"] == {"alloKeyscan/v1": f"{'k' * 32}:1"}
    assert (second["results"], second["invocations"][0]["executionSuccessful"]) == ([], False)
    alone = json.loads(shown("sarif", repository("a")))
    assert [one["automationDetails"]["id"] for one in alone["runs"]] == ["allo-keyscan/audit/"]


def leaks(*lives: Life, rule: str = "leaked-key", **more: bool) -> Audited:
    found = [finding(f"p{number}", life, rule, f"k{number}") for number, life in enumerate(lives)]
    return audited("r", None, Report(), Report(tuple(found)), ScopesReport(), **more)


LOCAL, PUSHED = Life(branches=("main",)), Life(branches=("main",), remotes=("origin/main",))


@pytest.mark.parametrize(
    ("one", "state", "said"),
    [
        (leaks(), "clean", "No leaked key: not in the work tree, not in the index, not in the history."),
        (leaks(bare=True), "clean", "No leaked key: not in the history."),
        (leaks(LOCAL), "local", "1 leaked key, not pushed, as far as"),
        (leaks(LOCAL, bare=True), "shared", "1 leaked key, and others may have it."),
        (leaks(LOCAL, rule="client-side-key"), "shared", "1 leaked key, and others may have it."),
        (leaks(LOCAL, PUSHED), "shared", "2 leaked keys: 1 of them may be known to others."),
        (leaks(PUSHED, PUSHED), "shared", "2 leaked keys: all of them may be known to others."),
        (
            leaks(LOCAL, rule="example-key"),
            "local",
            "No leaked key was found in what was looked at. There are 1 example",
        ),
        (
            leaks()._replace(skipped=(Skipped("a", "b"),)),
            "unsure",
            "No leaked key was found in what was looked at. Not",
        ),
        (unread("r", "gone"), "unsure", "This repository could not be read"),
    ],
)
def test_the_verdict(one: Audited, state: str, said: str) -> None:
    told = words.verdict(one)
    assert (told.state, told.sentence[: len(said)]) == (state, said)


def test_a_clean_verdict_names_what_was_silenced() -> None:
    quiet = audited("r", None, Report(suppressed=Suppressed(1, 2, 0)), Report(), None)
    assert words.verdict(quiet).sentence.endswith("3 findings silenced by comments, the baseline or settings.")


def test_the_verdict_on_several_is_the_worst_of_them() -> None:
    def told(*ones: Audited) -> words.Verdict:
        return words.verdict_of_all(AuditReport(ones))

    assert told(leaks(), leaks()) == ("clean", "No leaked key was found in 2 repositories.")
    assert told(leaks(), unread("r", "gone")).state == "unsure"
    assert told(leaks(LOCAL), unread("r", "gone")).state == "local"
    assert told(leaks(LOCAL), leaks(PUSHED), leaks()).sentence.startswith(
        "2 of 3 repositories need action; in 1 of them"
    )


def test_a_key_in_two_repositories_counts_once() -> None:
    assert dict(words.counts([leaks(LOCAL), leaks(PUSHED)]))["leaked keys"] == 1


@pytest.mark.parametrize(
    ("advice", "commands"),
    [
        ("revoke it first: others may have it (main); then rewrite: git filter-repo --x", ["git filter-repo --x"]),
        ("nobody has it: amend (git rebase -i 1234^), or rewrite: printf 'a' > r && git filter-repo --x",
         ["git rebase -i 1234^", "printf 'a' > r && git filter-repo --x"]),
        ("only in a stash: git stash drop 'stash@{0}', then git reflog expire && git gc",
         ["git stash drop 'stash@{0}'", "git reflog expire && git gc"]),
        ("nobody has it: run git add and: git commit --amend && git gc", ["git commit --amend && git gc"]),
        ("revoke it, then rename or delete it: git branch -m, git tag -d", []),
    ],
)  # fmt: skip
def test_commands_stand_apart_from_what_is_said(advice: str, commands: list[str]) -> None:
    (leak,) = leaks(LOCAL._replace(advice=advice)).leaks
    step = words.steps(leak)[-1]
    assert list(step.commands) == commands
    assert [command for command in commands if command in step.said] == []
    assert not step.said.endswith(" and.")
