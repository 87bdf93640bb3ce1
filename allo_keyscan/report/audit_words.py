"""What every format of `audit` says of a repository and of a key, in the same words: verdict, state, places, steps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from allo_keyscan.model import SEVERITIES, Audited, AuditReport, Commit, Finding, KeyNeeds, Leak
from allo_keyscan.report.asked_words import in_words

EXAMPLE = "example-key"
CLIENT_SIDE = "client-side-key"
_COMMAND = re.compile(
    r"(?:: | \()((?:printf |git (?:-c|filter-repo|rebase|commit|stash|notes|reflog) )(?:[^()']|'[^']*')*)"
)
_ADDRESS = re.compile(r"https://[^\s,;]+")
_SOME = 5

_DEAD = "It is dead already, so there is nothing to revoke. Remove it all the same."

State = Literal["shared", "local", "clean", "unsure"]


class Verdict(NamedTuple):
    """`state` is `shared` where others may have a key, `local` where there is something else to act on, `unsure` where
    a clean answer is not sure; `sentence` says it."""

    state: State
    sentence: str


class Step(NamedTuple):
    """One thing to do, and the commands that do it."""

    said: str
    commands: tuple[str, ...] = ()


class Stand(NamedTuple):
    """A path at which a key stands or stood: its lines in the work tree, or where it stood first; in which commits.

    `file` is the path alone, `path` has the member of an archive too.
    """

    file: str
    path: str
    lines: tuple[int, ...]
    here: bool
    first: Commit | None
    last: Commit | None


def is_real(leak: Leak) -> bool:
    """Whether it may be a key at all: the documentation's own example opens nothing."""
    return leak.finding.rule != EXAMPLE


def is_shared(leak: Leak, one: Audited) -> bool:
    """Whether others may have it: a remote-tracking branch or a bare repository does, or it is made to be delivered."""
    life = leak.life
    return (
        bool(life.remotes)
        or leak.finding.rule == CLIENT_SIDE
        or (one.bare and bool(life.branches or life.tags or life.others))
    )


def verdict(one: Audited) -> Verdict:
    """The one sentence that everybody reads."""
    if one.error:
        return Verdict("unsure", "This repository could not be read, so nothing is known of it.")
    real = [leak for leak in one.leaks if is_real(leak)]
    shared = sum(is_shared(leak, one) for leak in real)
    gap = "" if one.complete else " Not everything could be looked at, so there may be more."
    if shared:
        part = "all" if shared == len(real) else str(shared)
        rest = f"{part} of them may be known to others" if len(real) > 1 else "and others may have it"
        joint = ": " if len(real) > 1 else ", "
        return Verdict("shared", f"{counted(len(real), 'leaked key')}{joint}{rest}. Revoke first, then clean up.{gap}")
    if real:
        said = "not pushed, as far as this repository knows" if not one.bare else "no ref leads to it"
        return Verdict("local", f"{counted(len(real), 'leaked key')}, {said}. Clean up before the next push.{gap}")
    nothing = "No leaked key was found in what was looked at."
    hushed = sum(one.suppressed)
    silent = f" {counted(hushed, 'finding')} silenced by comments, the baseline or settings." if hushed else ""
    if not one.complete:
        return Verdict("unsure", f"{nothing} Not everything could be looked at: this is no clean answer.{silent}")
    if any(finding.severity != "note" for finding in one.findings):
        return Verdict("local", f"{nothing} There are {_issues(one)} to act on.{silent}")
    places = "in the history" if one.bare else "in the work tree, not in the index, not in the history"
    return Verdict("clean", f"No leaked key: not {places}.{silent}")


def verdict_of_all(report: AuditReport) -> Verdict:
    """The sentence for all repositories together."""
    if len(report.repositories) == 1:
        return verdict(report.repositories[0])
    states = [verdict(one).state for one in report.repositories]
    number = len(states)
    worst = next((state for state in ("shared", "local", "unsure") if state in states), "clean")
    unsure = sum(not one.complete for one in report.repositories)
    gap = f" {unsure} of them could not be looked at as a whole." if unsure else ""
    bad = sum(state in ("shared", "local") for state in states)
    if worst == "shared":
        said = (
            f"{bad} of {number} repositories need action; in {states.count('shared')} of them, others may have a key."
        )
    elif worst == "local":
        said = f"{bad} of {number} repositories need action."
    else:
        said = f"No leaked key was found in {number} repositories."
    return Verdict(worst, said + gap)  # type: ignore[arg-type]


def _issues(one: Audited) -> str:
    parts = []
    examples = sum(not is_real(leak) for leak in one.leaks)
    if examples:
        parts.append(counted(examples, "example key"))
    scopes = [finding for finding in (one.scopes.findings if one.scopes else ()) if finding.severity != "note"]
    if scopes:
        parts.append(counted(len(scopes), "finding") + " about scopes")
    return " and ".join(parts) or "findings"


def counts(repositories: Iterable[Audited]) -> list[tuple[str, int]]:
    """The numbers of some repositories, each with what it counts; a key that several of them hold is one."""
    ones = list(repositories)
    leaks = [(leak, one) for one in ones for leak in one.leaks if is_real(leak)]
    scopes = [one.scopes for one in ones if one.scopes is not None]
    skips = sum(skip.incomplete for one in ones for skip in one.skipped) + sum(bool(one.error) for one in ones)
    return [
        ("leaked keys", len({leak.finding.key for leak, _ in leaks})),
        ("may be known to others", len({leak.finding.key for leak, one in leaks if is_shared(leak, one)})),
        ("still in the files", len({leak.finding.key for leak, _ in leaks if leak.life.in_work_tree})),
        ("missing scopes", sum(len(key.missing) for report in scopes for key in report.keys)),
        ("unused scopes", sum(_is_unused(one) for report in scopes for one in report.findings)),
        ("unresolved calls", sum(len(report.unresolved) for report in scopes)),
        ("not looked at", skips),
    ]


def _is_unused(one: Finding) -> bool:
    """A note says that something may need it all the same."""
    return one.rule == "unused-scope" and one.severity != "note"


def state(leak: Leak, one: Audited) -> str:
    """Whether others may have a key, in a few words."""
    life = leak.life
    if life.remotes:
        return "pushed"
    if leak.finding.rule == CLIENT_SIDE:
        return "delivered to clients"
    if is_shared(leak, one):
        return "in a bare repository"
    if life.branches or life.tags or life.others or life.first is not None:
        return "local only"
    if life.in_index:
        return "staged only"
    if not leak.past:
        return "not committed" if one.complete else "not known to be committed"
    return "unreachable" if one.complete else "reach not known"


def still(leak: Leak) -> str:
    """Where it is to this day, apart from history."""
    life = leak.life
    where = [name for name, here in (("work tree", life.in_work_tree), ("index", life.in_index)) if here]
    return " and ".join(where) or "history alone"


def stands(leak: Leak) -> list[Stand]:
    """Every place of a key once, with what work tree and history know of it, those in the work tree first."""
    lines: dict[str, list[int]] = {}
    for one in (*leak.here, *leak.past):
        known = lines.setdefault(str(one.origin), [])
        if one in leak.here or str(one.origin) not in {str(other.origin) for other in leak.here}:
            known.append(one.start.line)
    here = {str(one.origin) for one in leak.here}
    found = [
        Stand(
            held.path, str(held), tuple(sorted(set(lines.get(str(held), ())))), str(held) in here, held.first, held.last
        )
        for held in leak.life.places
    ]
    return sorted(found, key=lambda stand: (not stand.here, stand.first.date if stand.first else "~", stand.path))


def revoke_at(leak: Leak) -> str:
    """The address where a key is revoked, "" where its rule names none."""
    match = _ADDRESS.search(leak.finding.message)
    return match[0] if match else ""


def steps(leak: Leak) -> list[Step]:
    """What to do about a key, the most urgent first."""
    one = leak.finding
    dead = one.verification is not None and one.verification.state == "invalid"
    found = [Step(_DEAD if dead else _sentence(one.message.partition(": ")[2] or one.message))]
    files = list(dict.fromkeys(str(here.origin) for here in leak.here))
    if files and leak.life.places and leak.past:
        found.append(Step(f"Take it out of {some(files)}."))
    advice = leak.life.advice.removeprefix("revoke it first: ")
    if advice:
        found.append(_step(advice))
    return found


def _step(advice: str) -> Step:
    """Advice with its commands apart, where it names some that can be run as they are."""
    commands = tuple(
        part.strip()
        for match in _COMMAND.finditer(advice)
        for part in re.split(r", (?:then|or rewrite[^:]*:?) ", match[1])
    )
    said = advice
    for command in commands:
        said = said.replace(f" ({command})", "").replace(f": {command}", "").replace(f", then {command}", "")
    if said.endswith("rewrite"):
        said += " the history"
    return Step(_sentence(said.removesuffix(" and")), commands)


def facts(leak: Leak) -> Iterator[tuple[str, str]]:
    """The life of a key as names and what is said of each."""
    life = leak.life
    if leak.finding.verification is not None:
        yield "the API says", in_words(leak.finding.verification)
    for name, commit in (("first commit", life.first), ("last commit", life.last)):
        if commit is not None and (name == "first commit" or commit != life.first):
            yield name, commit_words(commit)
    for name, names in (
        ("branches", life.branches),
        ("tags", life.tags),
        ("pushed to", life.remotes),
        ("also in", life.others),
    ):
        if names:
            yield name, some([f"{one} (still in its newest commit)" if one in life.tips else one for one in names])
    yield "still in", still(leak)
    if leak.used_as:
        yield "used as", ", ".join(leak.used_as)


def commit_words(commit: Commit) -> str:
    """A commit on one line."""
    return f"{commit.sha[:12]} {commit.date[:10]} {commit.author}: {commit.summary}"


def notes(one: Audited) -> list[Finding]:
    """The findings that are no keys, and that no other part of a report tells; the gravest first."""
    scopes = [finding for finding in (one.scopes.findings if one.scopes else ()) if finding.rule != "unresolved-call"]
    return sorted([*one.notes, *scopes], key=lambda one: -SEVERITIES.index(one.severity))


def needs_of(leak: Leak, one: Audited) -> list[KeyNeeds]:
    """What code needs of the keys as which this one is used."""
    return [key for key in (one.scopes.keys if one.scopes else ()) if key.key in leak.used_as]


def some(names: Sequence[str], most: int = _SOME) -> str:
    """The first of some names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def counted(number: int, noun: str) -> str:
    """`1 key`, `2 keys`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def looked(one: Audited) -> str:
    """What was looked at."""
    files, past = one.work_tree.summary, one.history.summary
    parts = [] if one.bare else [f"{counted(files.files, 'file')} of the work tree"]
    parts.append(f"{counted(past.objects, 'object')} and {counted(past.commits, 'commit')} of the history")
    if one.scopes is not None:
        parts.append(counted(one.scopes.summary.files, "Python file"))
    return ", ".join(parts)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(". ") + "."
