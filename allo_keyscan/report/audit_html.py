"""The audit as one page: verdict, counts and first steps on top, then a map of keys, then the evidence for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from allo_keyscan.catalog.findings import FindingRule
from allo_keyscan.model import Audited, AuditReport, KeyNeeds, Leak
from allo_keyscan.report import audit_html_scopes as scopes
from allo_keyscan.report import audit_words as words
from allo_keyscan.report import page
from allo_keyscan.report.html import Markup, Piece, code, join, listing, table, tag, text

_SHARED = "Others may have them already, whatever happens here."
_LOCAL = "Nothing here shows that others have them; a new key costs less than finding out."
_SHOWN = 8


def render(report: AuditReport, *, rules: Callable[[], Mapping[str, FindingRule]], **_: object) -> str:
    """The whole page."""
    ones = report.repositories
    found = [finding for one in ones for finding in one.findings]
    body = [_overview(report), *_repositories(report)]
    names = words.some([one.path for one in ones], 3)
    return page.page(f"API key audit: {names}", "API key audit", _under(report), body, page.foot(found, rules()))


def _under(report: AuditReport) -> Markup:
    ones = report.repositories
    if len(ones) != 1:
        return text(words.counted(len(ones), "repositories").removesuffix("s"))
    head = ones[0].head
    return join([code(ones[0].path), *([", at commit ", code(head.sha[:12]), f" of {head.date[:10]}"] if head else [])])


def _overview(report: AuditReport) -> Markup:
    said = words.verdict_of_all(report)
    parts: list[Piece] = [tag("h2", "Verdict", id="verdict"), page.verdict(said)]
    parts.append(page.numbers(words.counts(report.repositories)))
    first = list(_first(report))
    if first:
        parts += [tag("h3", "What to do first"), tag("ol", *(tag("li", step) for step in first), class_="todo")]
    if len(report.repositories) > 1:
        rows = [
            (
                tag("a", code(one.path), href=f"#r{number}"),
                page.badge(words.verdict(one).state),
                words.verdict(one).sentence,
            )
            for number, one in enumerate(report.repositories, 1)
        ]
        parts.append(table("The repositories of this audit", ("Repository", "State", "Verdict"), rows))
    return tag("section", *parts, aria_labelledby="verdict")


def _first(report: AuditReport) -> Iterator[Piece]:
    """The most urgent things over all repositories."""
    pairs = [
        (leak, one, _anchor(f"r{place}", number))
        for place, one in enumerate(report.repositories, 1)
        for number, leak in enumerate(one.leaks)
    ]
    real = [(leak, one, place) for leak, one, place in pairs if words.is_real(leak)]
    shared = [(leak, place) for leak, one, place in real if words.is_shared(leak, one)]
    known = {leak.finding.key for leak, _ in shared}
    local = [(leak, place) for leak, _, place in real if leak.finding.key not in known]
    for told, why in ((shared, _SHARED), (local, _LOCAL)):
        if told:
            address = words.revoke_at(told[0][0])
            at = join([" at ", tag("a", address, href=address, rel="noreferrer")]) if address else ""
            yield join([tag("strong", "Revoke "), _links(told), at, f". {why}"])
    here = [(leak, place) for leak, _, place in real if leak.life.in_work_tree]
    if here:
        yield join(["Take ", _links(here), " out of the files, and read the new keys from the environment."])
    if real:
        yield "Clean the history last: the exact command stands with each key. A clean history does not un-leak a key."
    lacking = sum(len(key.missing) for one in report.repositories if one.scopes for key in one.scopes.keys)
    if lacking:
        yield f"Give the new keys the scopes that are missing ({lacking}), and none that no call needs."
    gaps = [one for one in report.repositories if not one.complete]
    if gaps:
        yield join(
            [
                "Look at what could not be read",
                f" in {words.some([one.path for one in gaps], 3)}",
                ", and run this again.",
            ]
        )


def _anchor(place: str, number: int) -> str:
    """The id of a key's card. No digest: it says nothing to a reader."""
    return f"{place}-k{number + 1}"


def _links(leaks: list[tuple[Leak, str]]) -> Markup:
    """Each key once, where it is told first."""
    first = {leak.finding.key: (leak, place) for leak, place in reversed(leaks)}
    keys = list(dict.fromkeys(leak.finding.key for leak, _ in leaks))
    shown = [tag("a", code(first[key][0].finding.masked), href=f"#{first[key][1]}") for key in keys[:_SHOWN]]
    more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    return join([join(shown, ", "), more])


def _repositories(report: AuditReport) -> Iterator[Markup]:
    alone = len(report.repositories) == 1
    for number, one in enumerate(report.repositories, 1):
        yield tag("section", *_repository(one, f"r{number}", alone=alone), aria_labelledby=f"r{number}")


def _repository(one: Audited, place: str, *, alone: bool) -> Iterator[Piece]:
    yield tag("h2", "Repository ", code(one.path), id=place)
    if not alone:
        yield page.verdict(words.verdict(one))
    if one.error:
        yield tag("p", one.error)
        return
    if one.leaks or (one.scopes and one.scopes.keys):
        yield tag("h3", "Keys, places, scopes")
        yield _map(one, place)
    if one.leaks:
        yield tag("h3", "Leaked keys: evidence and steps")
        yield from (_card(leak, one, _anchor(place, number)) for number, leak in enumerate(one.leaks))
    yield from scopes.parts(one)
    found = words.notes(one)
    if found:
        yield tag("h3", "Other findings")
        yield table("Findings that are no leaked keys", page.NOTE_HEADS, map(page.note, found))
    yield tag("h3", "What was looked at, and what was not")
    yield tag("p", f"Looked at: {words.looked(one)}.")
    yield from _gaps(one)


def _map(one: Audited, place: str) -> Markup:
    """Keys -> places -> scopes: a row for each leaked key, then one for each key that only code names."""
    used = {name for leak in one.leaks for name in leak.used_as}
    rows: list[tuple[Piece, ...]] = []
    for number, leak in enumerate(one.leaks):
        link = tag("a", code(leak.finding.masked), href=f"#{_anchor(place, number)}")
        stands = [_stand(stand) for stand in words.stands(leak)]
        needs = words.needs_of(leak, one)
        opens = listing(_opens(key) for key in needs) if needs else tag("span", _UNKNOWN, class_="none")
        rows.append((join([link, " ", _state(leak, one)]), listing(stands, 3), opens))
    rows += [
        (scopes.name(key), tag("span", _NAMED, class_="none"), _opens(key))
        for key in (one.scopes.keys if one.scopes else ())
        if key.key is None or key.key not in used
    ]
    return table(
        "Each key, where it stands or stood, and the scopes that code needs of it",
        ("Key", "Stands in", "Code needs"),
        rows,
        class_="map",
    )


_UNKNOWN = (
    "not known: nothing sets a variable that the code reads to it. Whoever has it may do all that its scopes allow"
)
_NAMED = "named by the code; no leaked value of it was found"


def _opens(key: KeyNeeds) -> Markup:
    names = [
        join([code(scope), tag("span", " missing", class_="warn") if scope in key.missing else ""])
        for scope in key.required_scopes
    ]
    needed = join(names, ", ") if names else text("no scope")
    return join([scopes.name(key), ": ", needed]) if key.key is not None else needed


def _state(leak: Leak, one: Audited) -> Markup:
    return page.badge("shared" if words.is_shared(leak, one) else "local", words.state(leak, one))


def _stand(stand: words.Stand) -> Markup:
    lines = f":{','.join(map(str, stand.lines))}" if stand.lines else ""
    when: list[Piece] = [tag("strong", "now")] if stand.here else []
    if stand.first is not None:
        last = stand.last if stand.last is not None else stand.first
        span = stand.first.date[:10] if last == stand.first else f"{stand.first.date[:10]} to {last.date[:10]}"
        when.append(tag("span", f"in commits of {span}", class_="none"))
    return join([code(stand.path + lines), " ", join(when, ", ")])


def _card(leak: Leak, one: Audited, identity: str) -> Markup:
    main = leak.finding
    what = main.message.partition(": ")[0]
    parts: list[Piece] = [
        tag("h4", code(main.masked), _state(leak, one), id=identity),
        tag("p", f"{main.code} {main.rule}, {main.severity}: {what}. Confidence: {main.confidence}.", class_="what"),
        page.line(main),
        tag("h5", "Where it stands"),
        listing(_place(stand) for stand in words.stands(leak)),
        *page.life(leak),
    ]
    return tag("article", *parts, class_="card", aria_labelledby=identity)


def _place(stand: words.Stand) -> Markup:
    lines = f":{','.join(map(str, stand.lines))}" if stand.lines else ""
    said = [" in the work tree"] if stand.here else []
    if stand.first is not None:
        said.append(f" from {words.commit_words(stand.first)}")
    if stand.last is not None and stand.last != stand.first:
        said.append(f" to {words.commit_words(stand.last)}")
    return join([code(stand.path + lines), ",".join(said)])


def _gaps(one: Audited) -> Iterator[Markup]:
    if one.skipped:
        yield page.gaps(one.skipped)
    else:
        what = "the repository keeps" if one.bare else "the repository keeps, and that git tracks or would track"
        yield tag("p", f"Everything was looked at that {what}, less what excludes name.")
    yield from page.hushed(one.work_tree.placeholders + one.history.placeholders, one.suppressed)
