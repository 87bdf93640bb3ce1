"""A run -> the commits that are new in it, as git knows them. What is not known is said; in doubt more is taken.

What a run says its base is counts if it is here. If it is not, because the clone is shallow, nothing can be said of the
commits and how to get them is. If the clone is whole, history was rewritten: all that the default branch lacks counts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import NamedTuple

from allo_keyscan.errors import KeyscanError
from allo_keyscan.model import Skipped
from allo_keyscan.pipelines.runs import Named, Run
from allo_keyscan.sources import git
from allo_keyscan.sources.history.home import Home

_ID = re.compile(r"[0-9a-f]{7,64}")
_REMOTE = "origin"
_USUAL = ("HEAD", "main", "master")
"""What is taken for the default branch where a run does not name it: what the remote calls so, then usual names."""
_SHOWN = 80
_LONGEST = 1000
"""Characters of a ref: files' names are shorter, and a command line takes no more than the system lets it."""


class New(NamedTuple):
    """The commits of a run, the newest first; `said` is where they begin, in words; `gaps` are why some are missing."""

    commits: tuple[str, ...]
    said: str
    gaps: tuple[Skipped, ...]


class _Start(NamedTuple):
    """What is left out, as ids of commits; None: nothing can be said."""

    known: tuple[str, ...] | None
    said: str


def since(home: Home, revision: str) -> New:
    """The commits since a revision that the user named. Raises KeyscanError where it is none of this repository."""
    asked = ("rev-parse", "-q", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    code, output, _ = git.attempt(asked, home.cwd, own=home.own)
    if code or revision.startswith("^"):
        raise KeyscanError(f"--base {revision}: no commit of this repository (git fetch brings those of a remote)")
    base = output.decode("ascii").strip()
    return _between(home, _heads(home), _Start((base,), f"since {base[:12]}"), "git fetch --unshallow brings them")


def new_commits(home: Home, run: Run) -> New:
    """The commits of a run. Raises GitError."""
    gaps = []
    if run.unread:
        gaps.append(Skipped(run.pipeline.document or "", f"{run.unread}: what this run is about is not known"))
    tips = _heads(home)
    for head in run.heads:
        oid = _commit(home, head)
        if oid is not None:
            tips.append(oid)
        elif head.value.strip("0"):
            gaps.append(Skipped(".git", f"{_told(head)} is not here: {run.pipeline.deepen}"))
    if not tips:
        return New((), "no commit yet", tuple(gaps))
    start = _start(home, run, gaps)
    if start.known is None:
        return New((), start.said, tuple(gaps))
    found = _between(home, tips, start, run.pipeline.deepen)
    return found._replace(gaps=(*gaps, *found.gaps))


def _start(home: Home, run: Run, gaps: list[Skipped]) -> _Start:
    """Where the commits of a run begin; what stands in the way of an answer goes to `gaps`."""
    missing = ""
    if run.base is not None and run.base.value.strip("0"):
        oid = _commit(home, run.base)
        if oid is not None:
            return _Start((oid,), f"since {oid[:12]} ({run.base.source})")
        missing = _told(run.base)
        if not _ID.fullmatch(run.base.value):
            gaps.append(Skipped(".git", f"{missing}: no commit's id"))
    if run.target is not None:
        oid = _branch(home, _short(run.target.value))
        if oid is not None:
            return _Start((oid,), f"that the target branch lacks ({run.target.source})")
        missing = missing or _told(run.target)
    if missing and _borders(home):
        gaps.append(Skipped(".git", f"{missing} is not in this shallow clone: {run.pipeline.deepen}"))
        return _Start(None, f"not known: {missing} is not here")
    return _default(home, run, f"{missing} is not here: " if missing else "")


def _default(home: Home, run: Run, because: str) -> _Start:
    """What the default branch lacks; on that branch itself, and where it is not here, everything."""
    names = _USUAL if run.default is None else (_short(run.default.value),)
    name, oid = next(((name, oid) for name in names if (oid := _branch(home, name)) is not None), ("", None))
    on_it = oid is not None and _is_on(home, run, name, oid)
    if on_it and run.kind == "other":
        return _Start(None, f"none: a run of the default branch without a push ({run.pipeline.name})")
    if oid is None or on_it:
        why = "which of them were there before is not said" if on_it else "no default branch is here"
        return _Start((), f"{because}all of the branch, since {why}")
    return _Start((oid,), f"{because}that the default branch lacks")


def _is_on(home: Home, run: Run, name: str, oid: str) -> bool:
    """Whether a run is of the default branch: by name; where none is told, if its commit is in that branch."""
    if run.branch is None:
        lines = "".join(f"{one}\n" for one in (*_heads(home), f"^{oid}")).encode("ascii")
        return not home.run("rev-list", "--stdin", "--max-count=1", stdin=lines)
    if name == "HEAD":
        told = home.run("rev-parse", "--abbrev-ref", f"refs/remotes/{_REMOTE}/HEAD")
        name = _short(told.decode("utf-8", "replace").strip())
    return _short(run.branch.value) == name


def _between(home: Home, tips: Iterable[str], start: _Start, deepen: str) -> New:
    known = start.known or ()
    lines = "".join(f"{oid}\n" for oid in (*tips, *(f"^{oid}" for oid in known))).encode("ascii")
    commits = home.run("rev-list", "--stdin", stdin=lines).decode("ascii").split()
    cut = len(_borders(home).intersection(commits))
    gaps = []
    if cut:
        reason = f"a shallow clone that ends within these commits, so there may be more of them: {deepen}"
        gaps.append(Skipped(".git/shallow", reason))
    return New(tuple(commits), start.said, tuple(gaps))


def _heads(home: Home) -> list[str]:
    """What is checked out; nothing before the first commit."""
    code, output, _ = git.attempt(("rev-parse", "-q", "--verify", "HEAD^{commit}"), home.cwd, own=home.own)
    return [] if code else [output.decode("ascii").strip()]


def _borders(home: Home) -> frozenset[str]:
    """The commits whose parents a shallow clone has left out."""
    try:
        with open(os.path.join(home.common, "shallow"), encoding="ascii") as file:
            return frozenset(file.read().split())
    except (OSError, UnicodeDecodeError):
        return frozenset()


def _commit(home: Home, named: Named) -> str | None:
    """The whole id of a commit that is here; None for all else."""
    return _resolved(home, named.value) if _ID.fullmatch(named.value) else None


def _branch(home: Home, name: str) -> str | None:
    """The commit of a branch as the remote had it; None where there is none, or where that is no branch's name."""
    ref = f"refs/remotes/{_REMOTE}/{name}"
    if len(ref) > _LONGEST or not ref.isprintable():
        return None
    if git.attempt(("check-ref-format", ref), home.cwd, own=home.own)[0]:
        return None
    return _resolved(home, ref)


def _resolved(home: Home, what: str) -> str | None:
    asked = ("rev-parse", "-q", "--verify", "--end-of-options", f"{what}^{{commit}}")
    code, output, _ = git.attempt(asked, home.cwd, own=home.own)
    return None if code else output.decode("ascii").strip()


def _short(name: str) -> str:
    return name.removeprefix("refs/heads/").removeprefix(f"{_REMOTE}/")


def _told(named: Named) -> str:
    """A value for people: in quotes, and not longer than a line."""
    value = named.value if len(named.value) <= _SHOWN else f"{named.value[:_SHOWN]}…"
    return f"{named.source} ({value!r})"
