"""What a person reads of `audit` at a terminal: for each repository the verdict, its keys, its scopes, its gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from allo_keyscan.model import Audited, AuditReport, Leak
from allo_keyscan.report import audit_words as words
from allo_keyscan.report import scopes_text
from allo_keyscan.report.text import printable

_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_COLORS = {"shared": "\x1b[1;31m", "local": "\x1b[1;33m", "unsure": "\x1b[1;33m", "clean": "\x1b[1;32m"}
_SHOWN = 8

Paint = Callable[[str, str], str]


def render(report: AuditReport, *, color: bool = False, **_: object) -> str:
    """A section a repository, with a blank line between two."""

    def paint(code: str, text: str) -> str:
        return f"{code}{text}{_RESET}" if color else text

    return "\n".join("\n".join(_repository(one, paint, color)) + "\n" for one in report.repositories)


def _repository(one: Audited, paint: Paint, color: bool) -> Iterator[str]:
    said = words.verdict(one)
    yield f"{paint(_BOLD, printable(one.path))}: {paint(_COLORS[said.state], said.sentence)}"
    if one.error:
        yield f"  {printable(one.error)}"
        return
    for leak in one.leaks:
        yield ""
        yield from _leak(leak, one, paint)
    if one.scopes is not None and (one.scopes.calls or one.scopes.unresolved or one.scopes.keys):
        yield ""
        yield paint(_BOLD, "scopes" if one.declared else "scopes (none are declared, so none is missing or unused)")
        without = one.scopes._replace(findings=())
        yield from (f"  {line}" if line else "" for line in _lines(scopes_text.render(without, color=color)))
    found = words.notes(one)
    if found:
        yield ""
        yield paint(_BOLD, "other findings")
        for note in found:
            place = f"{printable(str(note.origin))}:{note.start.line}:{note.start.column}"
            yield f"  {place}: {note.code} {note.rule}: {printable(note.message)}"
    if one.skipped:
        yield ""
        yield paint(_BOLD, "not looked at, or not wholly")
        yield from (f"  {printable(skip.path)}: {printable(skip.reason)}" for skip in one.skipped)


def _leak(leak: Leak, one: Audited, paint: Paint) -> Iterator[str]:
    main = leak.finding
    color = _COLORS["shared" if words.is_shared(leak, one) else "local"]
    what = printable(main.message.partition(": ")[0])
    yield f"{paint(_BOLD, main.masked)}  {paint(color, words.state(leak, one))}  {main.code} {main.rule}: {what}"
    places = words.stands(leak)
    for stand in places[:_SHOWN]:
        lines = ",".join(map(str, stand.lines))
        yield f"  {printable(stand.path)}{':' + lines if lines else ''}{paint(_DIM, _since(stand))}"
    if len(places) > _SHOWN:
        yield f"  and {len(places) - _SHOWN} more places"
    if main.excerpt:
        yield f"  {paint(_DIM, f'{main.start.line} |')} {printable(main.excerpt)}"
    for name, said in words.facts(leak):
        yield f"  {paint(_DIM, f'= {name}:')} {printable(said)}"
    for step in words.steps(leak):
        yield f"  {paint(_DIM, '= do:')} {printable(step.said)}"
        yield from (f"      {printable(command)}" for command in step.commands)


def _since(stand: words.Stand) -> str:
    if stand.first is None:
        return "  (work tree)" if stand.here else ""
    span = f"from {stand.first.sha[:12]}" + (
        f" to {stand.last.sha[:12]}" if stand.last and stand.last != stand.first else ""
    )
    return f"  ({'work tree, and ' if stand.here else ''}history {span})"


def _lines(text: str) -> list[str]:
    return text.rstrip("\n").split("\n")
