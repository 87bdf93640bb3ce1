"""rules/findings.toml -> every kind of finding, of `scan` and of `scopes`; read once something was found."""

from __future__ import annotations

from typing import NamedTuple

from allo_keyscan.catalog import EXAMPLES, Examples, RulesError, Table, entries, examples, known
from allo_keyscan.model import SEVERITIES, Severity


class FindingRule(NamedTuple):
    """One kind of finding: its name and code serve alike in ignore comments and configuration."""

    name: str
    code: str
    severity: Severity
    summary: str
    remedy: str
    command: str
    examples: Examples


def _finding(entry: Table) -> FindingRule:
    known(entry, EXAMPLES | {"name", "code", "severity", "summary", "remedy", "command"})
    if entry["severity"] not in SEVERITIES:
        raise ValueError(f"severity must be one of {', '.join(SEVERITIES)}")
    return FindingRule(
        entry["name"],
        entry["code"],
        entry["severity"],
        entry["summary"],
        entry["remedy"],
        entry["command"],
        examples(entry),
    )


def finding_rules(folder: str) -> dict[str, FindingRule]:
    """Every kind of finding by its name.

    Raises RulesError for a file or an entry that cannot be used, and where a name or code stands twice.
    """
    rules = entries(folder, "findings.toml", "finding", _finding, label="name")
    by_name = {rule.name: rule for rule in rules}
    if len(by_name) != len(rules) or len({rule.code for rule in rules}) != len(rules):
        raise RulesError(f"{folder}/findings.toml: a name or a code stands twice")
    return by_name
