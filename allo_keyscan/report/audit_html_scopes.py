"""The part of the audit's page that is about scopes: each key's calls, and the calls that nobody could resolve."""

from __future__ import annotations

from collections.abc import Iterator

from allo_keyscan.model import Audited, Call, KeyNeeds, ScopesReport
from allo_keyscan.needs.keys import listed
from allo_keyscan.report import audit_words as words
from allo_keyscan.report.html import Markup, Piece, code, join, listing, table, tag, text
from allo_keyscan.report.scopes_text import counted, remarks


def parts(one: Audited) -> Iterator[Markup]:
    """Headings and tables; words where there is nothing."""
    report = one.scopes
    yield tag("h3", "Scopes that the code needs")
    if report is None:
        yield tag("p", "The code was not looked at.")
        return
    if not report.calls and not report.unresolved and not report.keys:
        yield tag("p", f"No call on the API in {words.counted(report.summary.files, 'Python file')}.")
        return
    if not one.declared:
        yield UNDECLARED
    yield from keys(report)


UNDECLARED = tag(
    "p",
    "No scopes are declared, so none is missing or unused. Declare them: ",
    code("allo-keyscan scopes --write"),
)


def keys(report: ScopesReport, heading: str = "h4") -> Iterator[Markup]:
    """A table a key, and one of what is unresolved, each under a heading of its own."""
    for key in report.keys:
        yield from _key(report, key, heading)
    if report.unresolved:
        yield tag(heading, "Unresolved calls")
        rows = [(code(f"{item.path}:{item.line}"), item.reason) for item in report.unresolved]
        yield table("Calls that may be on the API, and what is not known of each", ("Call", "Reason"), rows)


def name(key: KeyNeeds) -> Markup:
    """Where a key comes from."""
    return code(key.key) if key.key is not None else text("a key that is not known")


def _key(report: ScopesReport, key: KeyNeeds, heading: str) -> Iterator[Markup]:
    yield tag(heading, name(key))
    rows: list[tuple[Piece, ...]] = []
    for need in key.needs:
        lacked = join([" ", tag("span", "missing", class_="badge shared")]) if need.scope in key.missing else ""
        rows.append((join([code(need.scope), lacked]), listing(map(_call, need.calls))))
    mine = [call for call in report.calls if call.key == key.key and not call.scopes]
    for said, calls in (
        ("no scope needed", [call for call in mine if call.endpoint is not None]),
        ("not known: unknown endpoint", [call for call in mine if call.endpoint is None]),
    ):
        if calls:
            rows.append((said, listing(map(_call, calls))))
    caption = counted(key)
    if rows:
        yield table(caption[:1].upper() + caption[1:], ("Scope", "Calls that need it"), rows)
    else:
        yield tag("p", "No call that was seen uses it.")
    if key.excess:
        yield tag(
            "p", tag("span", "Unused: ", class_="warn"), join(map(code, key.excess), ", "), ", which no call needs."
        )
    if key.not_observed:
        told = f", which no call that was seen needs; it may be needed at {listed(key.blockers)}."
        yield tag("p", "Not observed: ", join(map(code, key.not_observed), ", "), told)


def _call(call: Call) -> Markup:
    """The call, what it reaches, how sure that is, and the chain to the line that sends."""
    chain = [join([" → ", code(f"{via.path}:{via.line}")]) for via in call.via]
    said = [call.certainty, *(one for one in remarks(call) if one != "possible")]
    return join(
        [
            code(f"{call.path}:{call.line}"),
            *chain,
            " ",
            tag("strong", f"{call.method} {call.endpoint or call.url}"),
            tag("span", f" ({'; '.join(said)}, {call.client})", class_="none"),
        ]
    )
