"""rules/findings.toml -> every kind of finding, of `scan` and of `scopes`; read once something was found."""

from __future__ import annotations

import os
from typing import NamedTuple

from allo_keyscan.catalog import EXAMPLES, Examples, RulesError, Table, entries, examples, known, strings, text
from allo_keyscan.catalog.keys import key_rules
from allo_keyscan.errors import hint
from allo_keyscan.model import SEVERITIES, Severity

KINDS = (
    "leaked-key",
    "client-side-key",
    "hardcoded-credential",
    "example-key",
    "unused-ignore",
    "undocumented-endpoint",
    "missing-scope",
    "unused-scope",
    "method-not-allowed",
    "unresolved-call",
    "scope-conflict",
    "wrong-auth-scheme",
    "insecure-url",
    "key-in-url",
)
"""What the code can find; findings.toml says of each how grave it is and what to do."""

_REVOKE = "{revoke}"
_PAGES = "https://github.com/allo-keyscan/allo-keyscan/blob/main/docs/rules"


class FindingRule(NamedTuple):
    """One kind of finding: its name and code serve alike in ignore comments and configuration.

    `meaning` and `why` are paragraphs of a line, `steps` what to do at length; `remedy` is that in a message, with
    `{revoke}` for the page where the key at hand is revoked, and `advice` the same with the page of the first form.
    """

    name: str
    code: str
    severity: Severity
    summary: str
    remedy: str
    command: str
    examples: Examples
    meaning: str
    why: str
    steps: tuple[str, ...]
    advice: str = ""

    @property
    def page(self) -> str:
        """The address of its page in docs/rules/."""
        return f"{_PAGES}/{self.code}.md"


def _finding(entry: Table) -> FindingRule:
    known(entry, EXAMPLES | {"name", "code", "severity", "summary", "remedy", "command", "meaning", "why", "steps"})
    if entry["severity"] not in SEVERITIES:
        raise ValueError(f"severity must be one of {', '.join(SEVERITIES)}")
    if entry["name"] not in KINDS:
        raise ValueError(f"no search finds it{hint(text(entry, 'name'), KINDS)}")
    return FindingRule(
        entry["name"],
        text(entry, "code"),
        entry["severity"],
        text(entry, "summary"),
        text(entry, "remedy"),
        text(entry, "command"),
        examples(entry),
        _paragraph(entry, "meaning"),
        _paragraph(entry, "why"),
        strings(entry["steps"], "steps"),
    )


def _paragraph(entry: Table, name: str) -> str:
    return " ".join(text(entry, name).split())


def finding_rules(folder: str) -> dict[str, FindingRule]:
    """Every kind of finding by its name.

    Raises RulesError for a file or an entry that cannot be used, where a name or code stands twice, and where one of
    KINDS is missing.
    """
    rules = entries(folder, "findings.toml", "finding", _finding, label="name")
    by_name = {rule.name: rule for rule in rules}
    if len(by_name) != len(rules) or len({rule.code for rule in rules}) != len(rules):
        raise RulesError(f"{folder}/findings.toml: a name or a code stands twice")
    for name in KINDS:
        if name not in by_name:
            raise RulesError(f"{folder}/findings.toml: no [[finding]] named {name!r}")
    # Rules for calls alone need no keys.toml.
    known_keys = os.path.isfile(os.path.join(folder, "keys.toml"))
    revoke = key_rules(folder).forms[0].revoke if known_keys else "the page of the API's keys"
    return {name: _addressed(rule, revoke) for name, rule in by_name.items()}


def _addressed(rule: FindingRule, revoke: str) -> FindingRule:
    steps = tuple(step.replace(_REVOKE, revoke) for step in rule.steps)
    return rule._replace(steps=steps, advice=rule.remedy.replace(_REVOKE, revoke))
