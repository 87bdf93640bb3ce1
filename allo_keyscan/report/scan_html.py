"""The answer of `scan` as one page: verdict, counts and first steps on top, then each finding with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from allo_keyscan.catalog.findings import FindingRule
from allo_keyscan.model import SEVERITIES, Finding, Leak, Report
from allo_keyscan.report import audit_words as words
from allo_keyscan.report import page, scan_words
from allo_keyscan.report.asked_words import in_words
from allo_keyscan.report.html import Markup, Piece, code, join, listing, table, tag

_CARDS = 500
"""So many findings have a card with their line; the others are rows of a table."""

_STATES: dict[str, words.State] = {"error": "shared", "warning": "local", "note": "unsure"}


def render(report: Report, *, rules: Callable[[], Mapping[str, FindingRule]], **_: object) -> str:
    """The whole page."""
    kinds = rules()
    found = sorted(report.findings, key=lambda one: -SEVERITIES.index(one.severity))
    body = [_overview(report, found, kinds)]
    if found:
        body.append(tag("section", *_findings(found), aria_labelledby="findings"))
    body.append(tag("section", *_looked(report), aria_labelledby="looked"))
    return page.page("API key scan", "API key scan", _under(report), body, page.foot(found, kinds))


def _under(report: Report) -> str:
    return f"Looked at: {scan_words.looked(report)}"


def _overview(report: Report, found: list[Finding], kinds: Mapping[str, FindingRule]) -> Markup:
    parts: list[Piece] = [tag("h2", "Verdict", id="verdict"), page.verdict(scan_words.verdict(report))]
    parts.append(page.numbers(scan_words.counts(report), ("placeholders", "silenced")))
    named = [kinds[name] for name in dict.fromkeys(one.rule for one in found) if kinds[name].severity != "note"]
    if named:
        steps = [tag("li", f"{rule.code} {rule.name}: {said}.") for rule in named for said in [_remedy(rule, found)]]
        parts += [tag("h3", "What to do first"), tag("ol", *steps, class_="todo")]
    return tag("section", *parts, aria_labelledby="verdict")


def _remedy(rule: FindingRule, found: list[Finding]) -> str:
    """What a finding of the rule says to do: it names the place where its own key is revoked."""
    message = next(one.message for one in found if one.rule == rule.name)
    return message.rpartition(": ")[2]


def _findings(found: list[Finding]) -> Iterator[Piece]:
    yield tag("h2", "Findings", id="findings")
    cards = ((one.severity, _card(one, f"f{number}")) for number, one in enumerate(found[:_CARDS], 1))
    for severity, some in groupby(cards, key=lambda card: card[0]):
        yield tag("h3", f"{severity.capitalize()}s")
        yield from (card for _, card in some)
    if len(found) > _CARDS:
        yield table(f"{len(found) - _CARDS:,} more findings", page.NOTE_HEADS, map(page.note, found[_CARDS:]))


def _card(one: Finding, identity: str) -> Markup:
    where = f"{one.origin}:{one.start.line}:{one.start.column}"
    parts: list[Piece] = [
        tag("h4", code(one.masked or where), page.badge(_STATES[one.severity], one.severity), id=identity),
        tag("p", f"{one.code} {one.rule}: {one.message}. Confidence: {one.confidence}.", class_="what"),
        page.line(one) if one.excerpt else tag("p", code(where)),
    ]
    if one.encoding:
        parts.append(tag("p", f"Written as {one.encoding}."))
    if one.origin.commit is not None:
        parts.append(tag("p", f"In commit {words.commit_words(one.origin.commit)}."))
    if one.verification is not None and one.life is None:
        parts.append(tag("p", f"The API says: {in_words(one.verification)}."))
    if one.life is not None:
        leak = Leak(one, past=(one,))
        parts.append(tag("h5", "Where it stands"))
        parts.append(listing(_place(stand) for stand in words.stands(leak)))
        parts += page.life(leak)
    return tag("article", *parts, class_="card", aria_labelledby=identity)


def _place(stand: words.Stand) -> Markup:
    said = [f" from {words.commit_words(stand.first)}"] if stand.first else []
    if stand.last is not None and stand.last != stand.first:
        said.append(f" to {words.commit_words(stand.last)}")
    return join([code(stand.path), ",".join(said)])


def _looked(report: Report) -> Iterator[Piece]:
    yield tag("h2", "What was looked at, and what was not", id="looked")
    yield tag("p", f"Looked at: {scan_words.looked(report)}.")
    if report.interrupted:
        yield tag("p", "Interrupted: the rest was not looked at.")
    if report.skipped:
        yield page.gaps(report.skipped)
    yield from page.hushed(report.placeholders, report.suppressed)
