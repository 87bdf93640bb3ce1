"""Findings -> what the API says of each distinct key among them. Pure, but for what it is given to ask with.

Other vendors write keys with the same prefix, and asking about one of theirs would hand it to a stranger. So a key is
asked about where a place of it speaks of this API, or where none speaks of anybody else; the others only on demand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from allo_keyscan.keys.secret import Secret
from allo_keyscan.keys.vault import Vault
from allo_keyscan.live.values import Answer
from allo_keyscan.model import Finding, Report, Verification

_EXAMPLES = "example-key"
FOREIGN = "not asked: it could be another vendor's key, to be asked about with --verify-all only"
GONE = "not asked: it is not where it was found any more"


def verifications(
    findings: Iterable[Finding], vault: Vault, ask: Callable[[Secret], Answer], *, every: bool = False
) -> dict[str, Verification]:
    """What is known of each key among some findings, by its identity; each is asked about once.

    `every` asks about those too that may be another vendor's.
    """
    sure: dict[str, list[Finding]] = {}
    for one in findings:
        if one.key and one.rule != _EXAMPLES:
            sure.setdefault(one.key, []).append(one)
    return {key: _verified(key, some, vault, ask, every=every) for key, some in sure.items()}


def _verified(
    key: str, some: list[Finding], vault: Vault, ask: Callable[[Secret], Answer], *, every: bool
) -> Verification:
    own = any(one.confidence == "high" for one in some)
    foreign = vault.is_foreign(key) or any(one.confidence == "low" for one in some)
    if foreign and not own and not every:
        return Verification("unknown", reason=FOREIGN)
    secret = vault.get(key)
    return Verification("unknown", reason=GONE) if secret is None else ask(secret).verification


def with_verifications(report: Report, found: Mapping[str, Verification]) -> Report:
    """The report with what is known of the keys of its findings."""
    return report._replace(findings=tuple(_with(one, found) for one in report.findings))


def _with(one: Finding, found: Mapping[str, Verification]) -> Finding:
    return one._replace(verification=found[one.key]) if one.key in found else one
