"""Tables of `audit` to paste into a ticket. Nothing that was scanned becomes markup: names are code or escaped."""

from __future__ import annotations

from collections.abc import Iterator

from allo_keyscan.model import Audited, AuditReport, Leak
from allo_keyscan.report import audit_words as words
from allo_keyscan.report import scopes_markdown
from allo_keyscan.report.asked_words import in_words
from allo_keyscan.report.markdown import code, escaped, findings, fit, gaps, steps, table


def render(report: AuditReport, **_: object) -> str:
    """A chapter a repository: the verdict, its keys, the steps for each of them, its scopes, its gaps."""
    return fit(part for one in report.repositories for part in _repository(one))


def _repository(one: Audited) -> Iterator[str]:
    yield f"## {code(one.path)}"
    yield f"**{words.verdict(one).sentence}**"
    if one.error:
        yield escaped(one.error)
        return
    if one.leaks:
        head = ("key", "rule", "state", "places", "first commit", "branches and tags", "still in", "used as")
        yield table(head, (_row(leak, one) for leak in one.leaks))
        for leak in one.leaks:
            yield f"### {code(leak.finding.masked)}: what to do"
            if leak.finding.verification is not None:
                yield f"The API says: {escaped(in_words(leak.finding.verification))}."
            yield steps(words.steps(leak))
    scopes = one.scopes
    if scopes is not None and (scopes.calls or scopes.unresolved or scopes.keys):
        yield "### Scopes"
        if not one.declared:
            yield "None are declared, so none is missing or unused."
        yield from (f"#{part}" if part.startswith("### ") else part for part in scopes_markdown.body(scopes))
    found = words.notes(one)
    if found:
        yield "### Other findings"
        yield findings(found)
    if one.skipped:
        yield "### Not looked at, or not wholly"
        yield gaps(one.skipped)
    yield f"Looked at: {words.looked(one)}."


def _row(leak: Leak, one: Audited) -> tuple[str, ...]:
    life, main = leak.life, leak.finding
    places = [
        code(stand.path + (f":{','.join(map(str, stand.lines))}" if stand.lines else ""))
        for stand in words.stands(leak)
    ]
    return (
        code(main.masked),
        f"{main.code} {main.rule}",
        words.state(leak, one),
        words.some(places),
        escaped(words.commit_words(life.first)) if life.first else "",
        words.some([code(name) for name in (*life.branches, *life.tags, *life.remotes)]),
        words.still(leak),
        ", ".join(map(code, leak.used_as)),
    )
