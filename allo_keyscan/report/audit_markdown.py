"""Tables of `audit` to paste into a ticket. Nothing that was scanned becomes markup: names are code or escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from allo_keyscan.model import Audited, AuditReport, Leak
from allo_keyscan.report import audit_words as words
from allo_keyscan.report import scopes_markdown
from allo_keyscan.report.scopes_markdown import code, escaped, table


def render(report: AuditReport, **_: object) -> str:
    """A chapter a repository: the verdict, its keys, the steps for each of them, its scopes, its gaps."""
    return "\n\n".join(part for one in report.repositories for part in _repository(one)) + "\n"


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
            yield "\n".join(_steps(leak))
    scopes = one.scopes
    if scopes is not None and (scopes.calls or scopes.unresolved or scopes.keys):
        yield "### Scopes"
        if not one.declared:
            yield "None are declared, so none is missing or unused."
        without = scopes._replace(findings=(), skipped=())
        yield scopes_markdown.render(without).rstrip("\n").replace("### ", "#### ")
    found = words.notes(one)
    if found:
        yield "### Other findings"
        yield table(("severity", "rule", "place", "what"), map(scopes_markdown.finding_row, found))
    if one.skipped:
        yield "### Not looked at, or not wholly"
        yield table(("path", "reason"), ((code(skip.path), escaped(skip.reason)) for skip in one.skipped))
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


def _steps(leak: Leak) -> Iterable[str]:
    for number, step in enumerate(words.steps(leak), 1):
        yield f"{number}. {escaped(step.said)}"
        for command in step.commands:
            fence = "~~~~" if "```" in command else "```"
            yield f"\n   {fence}sh\n   {' '.join(command.splitlines())}\n   {fence}"
