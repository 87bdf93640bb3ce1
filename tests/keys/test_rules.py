"""Every entry of rules/keys.toml, placeholders.toml and findings.toml behaves as its own examples say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from samples import EXAMPLE, PREFIX, body, key, secret

from allo_keyscan.catalog import Examples, RulesError, rules_dir
from allo_keyscan.catalog.api import api_rules
from allo_keyscan.catalog.findings import finding_rules
from allo_keyscan.catalog.keys import key_rules, placeholder_rules
from allo_keyscan.keys.detect import Detector, Match
from allo_keyscan.model import Origin
from allo_keyscan.scan.blob import Scanner, Tally
from allo_keyscan.scopes import scopes_report

RULES = rules_dir()
KEYS = key_rules(RULES)
PLACEHOLDERS = placeholder_rules(RULES)
DETECTOR = Detector(RULES)
NAME = "settings.conf"


def fill(example: str) -> bytes:
    for name, value in (("key", key()), ("secret", secret()), ("prefix", PREFIX), ("example", EXAMPLE)):
        example = example.replace("{" + name + "}", value)
    return example.encode()


def cases(entries: Any, name: str = "id") -> list[Any]:
    return list(_cases(entries, name))


def _cases(entries: Any, name: str) -> Iterator[Any]:
    for entry in entries:
        examples: Examples = entry.examples
        for expected, texts in ((True, examples.true), (False, examples.false)):
            for text in texts:
                yield pytest.param(entry, text, expected, id=f"{getattr(entry, name)}: {text} is {expected}")


def reported(text: bytes, name: str = NAME) -> list[Match]:
    return [match for match in DETECTOR.matches(text, name) if match.rule]


@pytest.mark.parametrize(("form", "text", "expected"), cases(KEYS.forms))
def test_key_forms(form: Any, text: str, expected: bool) -> None:
    data = fill(text)
    found = [(match.rule, match.start, match.end) for match in reported(data)]
    start = data.find(key().encode())
    assert found == ([("leaked-key", start, start + len(key()))] if expected else [])


@pytest.mark.parametrize(("context", "text", "expected"), cases(KEYS.contexts))
def test_context_moves_the_confidence(context: Any, text: str, expected: bool) -> None:
    confidences = {match.confidence for match in reported(fill(text))}
    assert confidences == {context.confidence if expected else "medium"}


@pytest.mark.parametrize(("entry", "text", "expected"), cases([*KEYS.settings, *KEYS.headers]))
def test_credentials_without_a_prefix(entry: Any, text: str, expected: bool) -> None:
    data = fill(text)
    start = data.find(secret().encode())
    found = [(match.rule, match.start, match.end) for match in reported(data)]
    assert found == ([("hardcoded-credential", start, start + 40)] if expected else [])


@pytest.mark.parametrize(("entry", "text", "expected"), cases(KEYS.shared))
def test_bodies_that_another_vendor_writes_too_are_noted(entry: Any, text: str, expected: bool) -> None:
    value = PREFIX + re.sub(r"\{body:(\d+)\}", lambda found: body(1, int(found[1])), text)
    (match,) = reported(f"token = {value}".encode())
    assert (match.rule, match.note) == ("leaked-key", entry.note if expected else "")
    (named,) = reported(f"WITHALLO_TOKEN = {value}".encode())
    assert (named.confidence, named.note) == ("high", "")


@pytest.mark.parametrize(("entry", "text", "expected"), cases(KEYS.client_side))
def test_what_browsers_and_apps_receive(entry: Any, text: str, expected: bool) -> None:
    data, name = (fill(text), NAME) if entry.paths is None else (key().encode(), text)
    assert [match.rule for match in reported(data, name)] == ["client-side-key" if expected else "leaked-key"]


@pytest.mark.parametrize(("entry", "text", "expected"), cases(KEYS.prose))
def test_the_example_key_is_silent_in_prose(entry: Any, text: str, expected: bool) -> None:
    assert [match.rule for match in DETECTOR.matches(EXAMPLE.encode(), text)] == [None if expected else "example-key"]


@pytest.mark.parametrize(("entry", "text", "expected"), cases(PLACEHOLDERS.placeholders))
def test_placeholder_bodies(entry: Any, text: str, expected: bool) -> None:
    found = DETECTOR.matches((PREFIX + text).encode(), NAME)
    assert [(match.start, match.end, match.rule) for match in found] == [
        (0, len(PREFIX + text), None if expected else "leaked-key")
    ]


@pytest.mark.parametrize(("entry", "text", "expected"), cases(PLACEHOLDERS.followers))
def test_masks_and_templates(entry: Any, text: str, expected: bool) -> None:
    found = DETECTOR.matches((PREFIX + text).encode(), NAME)
    assert [(match.start, match.rule) for match in found] == [(0, None if expected else "leaked-key")]


@pytest.mark.parametrize(("rule", "text", "expected"), cases(finding_rules(RULES).values(), "name"))
def test_finding_rules(rule: Any, text: str, expected: bool) -> None:
    if rule.command == "scan":
        tally = Tally()
        Scanner(RULES).scan(fill(text), Origin(NAME), tally)
        found = [one.rule for one in tally.findings]
    else:
        source = f"import requests\n{text}\n".encode()
        found = [one.rule for one in scopes_report([("a.py", source)], api_rules(RULES), ["TAGS_READ"]).findings]
    assert (rule.name in found) is expected


def test_a_random_body_is_never_a_placeholder() -> None:
    lost = [
        (length, seed)
        for length in (16, 20, 24, 32, 40, 64)
        for seed in range(2000)
        if DETECTOR.placeholders.placeholder(body(seed, length)) is not None
    ]
    assert lost == []


@pytest.mark.parametrize(
    "alphabet", ["0123456789abcdef", "abcdefghijklmnopqrstuvwxyz0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"]
)
def test_random_bodies_of_smaller_alphabets_are_no_placeholders(alphabet: str) -> None:
    import random

    chosen = random.Random(7)
    lost = [
        one
        for one in ("".join(chosen.choices(alphabet, k=32)) for _ in range(3000))
        if DETECTOR.placeholders.placeholder(one) is not None
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("keys.toml", 'false = ["p{key}"', 'untrue = ["p{key}"', "keys.toml: key 'allo': "),
        ("keys.toml", 'prefix = "ak_live_"', 'prefix = "ak_"', "prefix must be at least 6"),
        ("keys.toml", 'confidence = "high"', 'confidence = "sure"', "confidence must be"),
        ("placeholders.toml", 'kind = "period"', 'kind = "poetry"', "unknown kind 'poetry'"),
        ("placeholders.toml", r"'\*{2,}'", r"'\*{2,('", "placeholders.toml"),
        ("keys.toml", 'body = "A-Za', 'body = "z-a', "body must be what stands between the brackets"),
        ("keys.toml", 'vendor = "Allo"', "vendor = 7", "vendor must be a string"),
        ("keys.toml", "[[context]]", "[[contexts]]", "unknown table [[contexts]]; did you mean 'context'?"),
        ("keys.toml", "before =", "befor =", "unknown field 'befor'; did you mean 'before'?"),
        ("findings.toml", 'name = "client-side-key"', 'name = "clientside-key"', "did you mean 'client-side-key'?"),
        ("findings.toml", 'code = "AK002"', 'code = "AK001"', "stands twice"),
        ("findings.toml", 'severity = "note"', 'severity = "meh"', "finding 'unused-ignore': severity must be"),
        ("keys.toml", "[[key]]", "[key", "not valid TOML"),
    ],
)
def test_a_bad_entry_is_named(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    for path in Path(RULES).glob("*.toml"):
        text = path.read_text("utf-8")
        if path.name == file:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / path.name).write_text(text, "utf-8")
    with pytest.raises(RulesError) as raised:
        Scanner(str(tmp_path)).scan(f"x = {key()}".encode(), Origin("a"), Tally())
    assert said in str(raised.value)


def test_an_entry_without_examples_does_not_load(tmp_path: Path) -> None:
    for path in Path(RULES).glob("*.toml"):
        kept = [line for line in path.read_text("utf-8").splitlines() if not line.startswith('true = ["README.md"')]
        (tmp_path / path.name).write_text("\n".join(kept), "utf-8")
    with pytest.raises(RulesError, match=r"prose 'documents': lacks 'true'"):
        Detector(str(tmp_path))
