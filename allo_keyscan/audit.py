"""What scans of a repository's work tree and history gave, and the scopes of its code -> one entry a distinct key.

A pure join: what it takes was read before, what it gives is printed after.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from allo_keyscan.fingerprint import literal_name
from allo_keyscan.model import (
    SEVERITIES,
    Audited,
    Commit,
    Finding,
    Held,
    Leak,
    Life,
    Looked,
    Report,
    ScopesReport,
    Skipped,
    Summary,
)

_SET_AS = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)[\"'\])]*\s*(?:=>|:=|[:=])\s*[\"'(\[{]*\s*\Z")
_ENVIRONMENT = "env:"


def audited(
    path: str,
    head: Commit | None,
    tree: Report,
    history: Report,
    scopes: ScopesReport | None,
    *,
    declared: bool = False,
    bare: bool = False,
) -> Audited:
    """What is said of one repository. `tree` is the report on its work tree, `history` that on all it keeps.

    `history` has a finding for each key at each path, with its life, as the search of a history gives them.
    """
    names = [key.key for key in scopes.keys if key.key is not None] if scopes else []
    skipped = {*tree.skipped, *history.skipped, *(scopes.skipped if scopes else ())}
    return Audited(
        path=path,
        head=head,
        leaks=_leaks(tree, history, names),
        notes=tuple(one for one in tree.findings if not one.key),
        scopes=scopes,
        declared=declared,
        skipped=tuple(sorted(skipped, key=lambda skip: (skip.path, skip.reason))),
        work_tree=Looked(tree.placeholders, tree.suppressed, tree.summary),
        history=Looked(history.placeholders, history.suppressed, history.summary),
        bare=bare,
        interrupted=tree.interrupted or history.interrupted,
    )


class Totals:
    """What many audits come to; it keeps none of them."""

    def __init__(self) -> None:
        self.repositories = self.errors = self.incomplete = self.retried = self.findings = 0
        self.failing = self.interrupted = False
        self.keys: set[str] = set()
        self.work_tree, self.history = Summary(), Summary()

    def add(self, one: Audited) -> None:
        """Count one more."""
        self.repositories += 1
        self.errors += bool(one.error)
        self.incomplete += not one.complete
        self.retried += one.attempts > 1
        self.findings += len(one.findings)
        self.failing = self.failing or one.failing
        self.interrupted = self.interrupted or one.interrupted
        self.keys.update(leak.finding.key for leak in one.leaks)
        self.work_tree = self.work_tree.plus(one.work_tree.summary)
        self.history = self.history.plus(one.history.summary)


def unread(path: str, error: str) -> Audited:
    """What is said of a repository that could not be read."""
    return Audited(path, error=error)


def stopped(path: str, reason: str, *, interrupted: bool = False) -> Audited:
    """What is said of a repository that the run did not come to."""
    return Audited(path, skipped=(Skipped(".", reason),), interrupted=interrupted)


def _leaks(tree: Report, history: Report, names: Iterable[str]) -> tuple[Leak, ...]:
    here: dict[str, list[Finding]] = {}
    past: dict[str, list[Finding]] = {}
    for side, report in ((here, tree), (past, history)):
        for one in report.findings:
            if one.key:
                side.setdefault(one.key, []).append(one)
    for some in past.values():
        some.sort(key=lambda one: one.origin.commit.date if one.origin.commit else "~")
    known = frozenset(names)
    leaks = [
        _leak(here.get(key, []), past.get(key, []), known, whole=history.complete)
        for key in dict.fromkeys((*here, *past))
    ]
    return tuple(sorted(leaks, key=_order))


def _leak(here: list[Finding], past: list[Finding], names: frozenset[str], *, whole: bool) -> Leak:
    gravest = max((*here, *past), key=lambda one: SEVERITIES.index(one.severity))  # the first of them: the work tree's
    used = sorted({name for one in (*here, *past) for name in _names(one) if name in names})
    life = _life(here, past, whole=whole)
    return Leak(gravest._replace(life=life), tuple(here), tuple(past), tuple(used))


def _life(here: list[Finding], past: list[Finding], *, whole: bool) -> Life:
    """The life that the history tells, and what only the work tree knows of."""
    life = next((one.life for one in past if one.life is not None), None)
    places = {str(place): place for place in (life.places if life else ())}
    for one in (*here, *(past if life is None else ())):
        places.setdefault(str(one.origin), Held(one.origin.path, one.origin.member))
    if life is None or (life.unreachable and not whole):
        life = (life or Life())._replace(advice=_without_history(here, past, whole=whole))
    return life._replace(
        in_work_tree=life.in_work_tree or bool(here), places=tuple(places[name] for name in sorted(places))
    )


def _without_history(here: list[Finding], past: list[Finding], *, whole: bool) -> str:
    if past or not here:
        return "revoke it first: which commits and branches have it was not found out"
    path = here[0].origin.path
    if whole:
        return f"in no commit and not staged: take it out of {path}, and revoke it if anybody else can read that file"
    return f"revoke it first: not all of the history was read, so it may be in there; take it out of {path}"


def _names(one: Finding) -> Iterable[str]:
    """What code may call the key of a finding: the literal itself, where it is sent as it stands, and the environment
    variable that the finding's line sets to it: `ALLO_API_KEY=...`, `"ALLO_API_KEY": "..."`."""
    yield literal_name(one.key)
    match = _SET_AS.search(one.excerpt[: one.caret[0]])
    if match is not None:
        yield _ENVIRONMENT + match[1]


def _order(leak: Leak) -> tuple[int, bool, str, int, str]:
    one = leak.finding
    return (-SEVERITIES.index(one.severity), not leak.life.pushed, str(one.origin), one.start.line, one.key)
