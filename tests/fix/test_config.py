"""Keys out of configuration files: the examples of rules/fixes.toml, and what must stay as it is."""

from __future__ import annotations

from typing import Any

import pytest
from fix.programs import RULES, SCANNER
from samples import key

from allo_keyscan.catalog.fixes import Format
from allo_keyscan.fix import Change
from allo_keyscan.fix.config import changed, hint
from allo_keyscan.fix.found import look
from allo_keyscan.fix.naming import names

K = key()


def fixed(path: str, text: str | bytes) -> Change:
    data = text.encode() if isinstance(text, str) else text
    keys = look(SCANNER, data, path).keys
    return changed(path, data, keys, names([(one.secret, None) for one in keys], RULES.variable), RULES)


def path_of(entry: Format) -> str:
    return entry.examples.true[0]


CHANGES = [
    pytest.param(entry, before, after, id=f"{entry.id}: {before!r}")
    for entry in RULES.formats
    for before, after in entry.changes
]
LEFT = [pytest.param(entry, text, id=f"{entry.id}: {text!r}") for entry in RULES.formats for text in entry.left]


@pytest.mark.parametrize(("entry", "before", "after"), CHANGES)
def test_a_change_of_the_rules(entry: Format, before: str, after: str) -> None:
    change = fixed(path_of(entry), before.replace("{key}", K))
    assert (change.new.decode(), [one.reason for one in change.refused]) == (after, [])


@pytest.mark.parametrize(("entry", "text"), LEFT)
def test_what_the_rules_leave(entry: Format, text: str) -> None:
    change = fixed(path_of(entry), text.replace("{key}", K))
    assert (change.new, len(change.refused), change.taken) == (change.old, 1, ())


@pytest.mark.parametrize("entry", [one for one in RULES.formats if one.syntax is None], ids=lambda one: one.id)
def test_a_format_that_is_only_spoken_of(entry: Any) -> None:
    change = fixed(path_of(entry), f'key: "{K}"\n')
    assert change.new == change.old
    assert [(one.reason, one.instead) for one in change.refused] == [
        (entry.advice("ALLO_API_KEY", path_of(entry)), entry.named("ALLO_API_KEY"))
    ]


WORKFLOW = ".github/workflows/a.yml"


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (WORKFLOW, "a: {b: KEY, c: 1}\n", 'a: {b: "${{ secrets.ALLO_API_KEY }}", c: 1}\n'),
        (WORKFLOW, "a: >-\n  KEY\n  x # no comment\n", "a: >-\n  ${{ secrets.ALLO_API_KEY }}\n  x # no comment\n"),
        (WORKFLOW, "run: |\n  curl -H 'Authorization: Api-Key KEY'\n", None),
        (WORKFLOW, "a: KEY\r\nb: KEY\r\n", None),
        (WORKFLOW, "a: ${{ env.B }} KEY\nb: &x\n  c: 'KEY' # d\ne: {<<: *x}\n", None),
        (WORKFLOW, "a: !mine KEY\nb: &x {c: 1}\nd: *x\n---\ne: 1\n", None),
        (WORKFLOW, "\ufeffa: KEY\n", None),
        (".mcp.json", '\ufeff{"a": "KEY", "a": 1.0, "é": [null, "KEY KEY"]}', None),
    ],
)
def test_a_safe_edit(path: str, before: str, after: str | None) -> None:
    form = "${ALLO_API_KEY}" if path.endswith("json") else "${{ secrets.ALLO_API_KEY }}"
    change = fixed(path, before.replace("KEY", K))
    assert (change.new.decode(), change.refused) == (after or before.replace("KEY", form), ())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"OUR_KEY={K}", "OUR_KEY"),
        (f'"OUR_KEY": "{K}"', "OUR_KEY"),
        (f"export OUR_KEY='{K}'", "OUR_KEY"),
        (f"our_key: {K}", None),
        (f"KEY={K}", None),
        (f"NEXT_PUBLIC_KEY={K}", None),
        (f"OUR_KEY=Bearer {K}", None),
    ],
)
def test_the_variable_that_a_file_sets_to_a_key(text: str, name: str | None) -> None:
    (found,) = look(SCANNER, text.encode(), "a.conf").keys
    assert hint(text.encode(), found) == name


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        (WORKFLOW, f"a: 1 # {K}\n", "it stands in a comment"),
        (WORKFLOW, f"a: ${{{{ b || '{K}' }}}}\n", "it stands inside of an expression that is filled in"),
        ("compose.yml", f"a: b${{c}} ${{K:-x {K}}}\n", "it stands inside of an expression that is filled in"),
        (WORKFLOW, f"'{K}': 1\n", "the changed file would not say the same"),
        (WORKFLOW, f"a: [\nb: {K}\n", "it is not YAML as it stands"),
        (WORKFLOW, f"a: &x {K}\nb: *x\nc: %\n", "it is not YAML as it stands"),
        (".cursor/mcp.json", f'{{"a": "{K}",}}', "it is no JSON as it stands, perhaps for a comment in it"),
        (".env.example", f"ALLO_API_KEY=Bearer {K}", "it is not the whole value of a line NAME=value"),
        (".env.example", f"NEXT_PUBLIC_ALLO={K}\n", "browsers or apps receive what stands here"),
        ("notes", K, "how such a file names a variable is not known: take it out by hand"),
        ("compose.yml", K.encode("utf-16"), "it stands there as utf-16"),
        ("compose.yml", f"a: é {K}\n".encode("latin-1"), "it is not UTF-8 text"),
    ],
)
def test_what_is_refused(path: str, text: str | bytes, reason: str) -> None:
    change = fixed(path, text)
    assert change.new == change.old
    assert change.refused != ()
    assert [one.reason for one in change.refused if not one.reason.startswith(reason) or ": " not in one.reason] == []


def test_an_example_needs_no_name_for_what_is_left_empty() -> None:
    text = f"PAGARME={K}\n"
    (found,) = look(SCANNER, text.encode(), ".env.example").keys
    change = changed(".env.example", text.encode(), [found], {}, RULES)
    assert (change.new, change.refused) == (b"PAGARME=\n", ())
