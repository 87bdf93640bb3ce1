"""What every page of HTML has: its head and foot, the verdict, numbers, a key's life and steps, and the gaps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from allo_keyscan import __version__
from allo_keyscan.catalog.findings import FindingRule
from allo_keyscan.model import Finding, Leak, Skipped, Suppressed
from allo_keyscan.report import audit_words as words
from allo_keyscan.report.html import Markup, Piece, code, document, join, table, tag
from allo_keyscan.report.style import CSS

_SHAPES = {
    "shared": '<path d="M12 2 1 21h22z" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<path d="M12 9v6m0 2v2" stroke="currentColor" stroke-width="2"/>',
    "local": '<circle cx="12" cy="12" r="10" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<path d="M12 6v8m0 2v2" stroke="currentColor" stroke-width="2"/>',
    "unsure": '<circle cx="12" cy="12" r="10" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<path d="M8.5 9a3.5 3.5 0 1 1 3.5 4v2m0 2v2" fill="none" stroke="currentColor" stroke-width="2"/>',
    "clean": '<circle cx="12" cy="12" r="10" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<path d="m7 12 4 4 7-8" fill="none" stroke="currentColor" stroke-width="2"/>',
}
_WORDS = {"shared": "Act now", "local": "To do", "unsure": "Not sure", "clean": "Clean"}


def page(title: str, heading: str, under: Piece, body: Iterable[Piece], foot: Iterable[Piece]) -> str:
    """A whole page; its body must have the id `verdict`, to which the first link leads."""
    parts = [
        tag("a", "Skip to the verdict", href="#verdict", class_="skip"),
        tag("header", tag("div", tag("h1", heading), tag("p", under), class_="wrap"), class_="top"),
        tag("main", tag("div", *body, class_="wrap")),
        tag("footer", tag("div", *foot, class_="wrap")),
    ]
    return document(title, CSS, join(parts, "\n"))


def verdict(said: words.Verdict) -> Markup:
    """The one sentence that everybody reads, with a shape of its own beside its colour."""
    shape = f'<svg viewBox="0 0 24 24" width="26" height="26" aria-hidden="true">{_SHAPES[said.state]}</svg>'
    return tag(
        "p", Markup(shape), tag("span", f"{_WORDS[said.state]}: {said.sentence}"), class_=f"verdict {said.state}"
    )


def badge(state: words.State, said: str = "") -> Markup:
    """A state in a word or two."""
    return tag("span", said or _WORDS[state], class_=f"badge {state}")


def numbers(counts: Iterable[tuple[str, int]], calm: Collection[str] = ()) -> Markup:
    """Numbers, each with what it counts; those that are no cause for alarm are `calm`."""
    parts = [
        tag("div", tag("dt", name), tag("dd", f"{number:,}"), class_="some" if number and name not in calm else "none")
        for name, number in counts
    ]
    return tag("dl", *parts, class_="counts")


def line(one: Finding) -> Markup:
    """The line of a finding with every key masked, and the place in it marked."""
    if not one.excerpt:
        return Markup("")
    low, high = one.caret
    shown = join([one.excerpt[:low], tag("mark", one.excerpt[low:high]), one.excerpt[high:]])
    where = f"{one.origin}:{one.start.line}:{one.start.column}"
    return join([tag("p", code(where)), tag("pre", tag("code", shown), tabindex="0")])


def life(leak: Leak) -> Iterator[Markup]:
    """The life of a key, and what to do about it."""
    yield tag("h5", "Its life")
    yield facts(words.facts(leak))
    yield tag("h5", "What to do")
    yield tag(
        "ol",
        *(
            tag("li", step.said, *(tag("pre", code(command), tabindex="0") for command in step.commands))
            for step in words.steps(leak)
        ),
        class_="todo",
    )


def facts(pairs: Iterable[tuple[str, Piece]]) -> Markup:
    """Names, and what is said of each."""
    return tag("dl", *(part for name, said in pairs for part in (tag("dt", name), tag("dd", said))), class_="facts")


def note(one: Finding) -> tuple[Piece, ...]:
    """A finding as a row: where, rule, severity, what."""
    place = join([code(f"{one.origin}:{one.start.line}"), *(f" via {via.path}:{via.line}" for via in one.chain)])
    return place, f"{one.code} {one.rule}", one.severity, one.message


NOTE_HEADS = ("Where", "Rule", "Severity", "What")


def gaps(skipped: Sequence[Skipped]) -> Markup:
    """What was not looked at, the places that matter first."""
    rows = [
        (code(skip.path), skip.reason, "yes" if skip.incomplete else "no")
        for skip in sorted(skipped, key=lambda skip: not skip.incomplete)
    ]
    return table("What could not be looked at, or not wholly", ("Path", "Reason", "Something may be missed"), rows)


def hushed(placeholders: int, silent: Suppressed) -> Iterator[Markup]:
    """What was seen and not reported."""
    total = sum(silent)
    said = [f"{words.counted(placeholders, 'placeholder')} looked like keys and are none"] if placeholders else []
    if total:
        said.append(
            f"{words.counted(total, 'finding')} silenced by comments ({silent.comments}), the baseline "
            f"({silent.baseline}) or settings ({silent.config})"
        )
    if said:
        yield tag("p", f"{'; '.join(said)}.")


def foot(found: Iterable[Finding], kinds: Mapping[str, FindingRule]) -> Iterator[Piece]:
    """Who wrote the page, and the rules of what was found."""
    yield tag(
        "p", f"allo-keyscan {__version__}. Keys are shown by their public prefix and last four characters alone. "
    )
    shown = {one.rule for one in found}
    rules = [rule for name, rule in kinds.items() if name in shown]
    if rules:
        yield tag("h2", "The rules named here")
        yield facts((f"{rule.code} {rule.name}", f"{rule.summary}.") for rule in rules)
