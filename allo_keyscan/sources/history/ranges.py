"""The commits of a range, or of a push, and what each of them adds against all of its parents."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from allo_keyscan.errors import KeyscanError
from allo_keyscan.sources.history.changes import Change, Pair, changes
from allo_keyscan.sources.history.commits import Graph, graph
from allo_keyscan.sources.history.home import Home


class Pushed(NamedTuple):
    """One ref of a push: what it is here, what it is called there, and what it was there so far ("": nothing)."""

    local: str
    oid: str
    remote: str
    before: str


class Added(NamedTuple):
    """What one commit adds: files' contents by their ids, with their paths, and the paths of all files and folders."""

    commit: str
    files: tuple[tuple[str, str], ...]
    paths: tuple[str, ...]


def range_commits(home: Home, text: str) -> list[str]:
    """The ids of the commits in a range as git understands it (`A..B`). Raises KeyscanError for one it does not."""
    if text.startswith("-"):
        raise KeyscanError(f"{text}: not a range of commits (A..B)")
    output = home.run("rev-list", "--end-of-options", text, "--")
    return output.decode("ascii").split()


class Publication(NamedTuple):
    """What a push would publish, by ids: commits, annotated tags, and files and folders that no commit names."""

    commits: list[str]
    tags: list[str]
    others: list[str]


def push_commits(home: Home, pushed: Iterable[Pushed], remote: str) -> Publication:
    """What a push would publish.

    Commits that the remote has by all that is known here (its remote-tracking branches, and what the pushed refs were)
    are left out. Raises GitError.
    """
    tips, known = [], []
    stale = False
    for one in pushed:
        stale = stale or _is_stale(home, one, remote)
        if one.oid:
            tips.append(one.oid)
        if one.before and _is_here(home, one.before):
            known.append(one.before)
    if not tips:
        return Publication([], [], [])
    lines = [*tips, *(f"^{oid}" for oid in known)]
    tracked: tuple[str, ...] = ("--not", f"--remotes={_glob(remote)}") if remote else ("--not", "--remotes")
    if stale:
        tracked = ()
    request = "".join(f"{line}\n" for line in lines).encode("ascii")
    commits = home.run("rev-list", "--stdin", *tracked, stdin=request).decode("ascii").split()
    return Publication(commits, list(_tags(home, tips)), _others(home, tips))


def _is_stale(home: Home, one: Pushed, remote: str) -> bool:
    """Whether a branch is tracked here that the remote says it has not: it was made anew, or lost what it had."""
    branch = one.remote.removeprefix("refs/heads/")
    if not (one.oid and remote) or one.before or branch == one.remote:
        return False
    ref = f"refs/remotes/{remote}/{branch}"
    return home.run("for-each-ref", "--format=%(refname)", ref).decode("utf-8", "surrogateescape").strip() == ref


def _glob(remote: str) -> str:
    """A remote's name, which git takes for a pattern: its special characters stand for themselves."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in remote)


def _is_here(home: Home, oid: str) -> bool:
    output = home.run("cat-file", "--batch-check=%(objecttype)", stdin=f"{oid}^{{}}\n".encode("ascii"))
    return output.strip() == b"commit"


def _others(home: Home, oids: Iterable[str]) -> list[str]:
    """What some objects lead to, tags followed, that is no commit."""
    lines = "".join(f"{oid}^{{}}\n" for oid in oids).encode("ascii")
    output = home.run("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=lines).decode("ascii")
    return [line.split()[0] for line in output.splitlines() if line.endswith((" blob", " tree"))]


def contents(home: Home, oids: Iterable[str]) -> list[Added]:
    """Files and folders that no commit names, with all that is in them. Raises GitError."""
    found = []
    for oid in dict.fromkeys(oids):
        if home.run("cat-file", "-t", oid).strip() == b"blob":
            found.append(Added("", ((oid, f".git/objects/{oid}"),), ()))
            continue
        (inside,), whole = changes(home, [("", oid)])
        if not whole:
            raise KeyscanError(f"{home.cwd}: the folder {oid}, which is to be pushed, cannot be read")
        files = tuple((one.oid, os.fsdecode(one.path)) for one in inside if not one.folder)
        found.append(Added("", files, tuple(os.fsdecode(one.path) for one in inside)))
    return found


def _tags(home: Home, oids: Iterable[str]) -> Iterator[str]:
    """Those of some objects that are annotated tags, with the tags that they name."""
    todo = list(oids)
    while todo:
        lines = "".join(f"{oid}\n" for oid in todo).encode("ascii")
        output = home.run("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=lines).decode("ascii")
        tags = [line.split()[0] for line in output.splitlines() if line.endswith(" tag")]
        yield from tags
        named = [home.run("cat-file", "tag", oid).partition(b"\n")[0].partition(b" ")[2] for oid in tags]
        todo = [oid.decode("ascii") for oid in named]


def added(home: Home, commits: list[str], jobs: int) -> tuple[list[Added], bool]:
    """What each commit adds that none of its parents has at the same path, and whether all of it could be compared.

    A parent that is not here (beyond the border of a shallow clone) counts for nothing. Raises GitError.
    """
    known = graph(home, _with_parents(home, commits))
    inside = frozenset(commits)
    numbers = [number for number, oid in enumerate(known.ids) if oid in inside]
    pairs: list[Pair] = []
    owners: list[int] = []
    for number in numbers:
        for up in known.parents[number] or (-1,):
            pairs.append((known.trees[up] if up >= 0 else "", known.trees[number]))
            owners.append(number)
    compared, whole = changes(home, pairs, None, jobs)
    new: dict[int, set[Change]] = {}
    for number, some in zip(owners, compared, strict=True):
        here = {one for one in some if one.added}
        new[number] = here if number not in new else new[number] & here
    return [_added(known, number, new[number]) for number in numbers], whole and len(numbers) == len(inside)


def _added(known: Graph, number: int, new: Iterable[Change]) -> Added:
    shown = sorted((os.fsdecode(one.path), one.oid, one.folder) for one in new)
    files = tuple((oid, path) for path, oid, folder in shown if not folder)
    return Added(known.ids[number], files, tuple(path for path, _, _ in shown))


def _with_parents(home: Home, commits: list[str]) -> list[str]:
    lines = "".join(f"{oid}\n" for oid in commits).encode("ascii")
    output = home.run("rev-list", "--stdin", "--no-walk=unsorted", "--parents", stdin=lines).decode("ascii")
    return list(dict.fromkeys(output.split()))


def from_hook(home: Home, lines: bytes) -> list[Pushed]:
    """The refs of a push, as git's pre-push hook gets them on its standard input. Raises KeyscanError for others."""
    zeros, found = "0" * home.width, []
    for line in lines.decode("utf-8", "surrogateescape").splitlines():
        fields = line.split(" ")
        if len(fields) != 4:
            raise KeyscanError("standard input: not what git gives a pre-push hook (local ref, id, remote ref, id)")
        local, oid, remote, before = fields
        found.append(Pushed(local, "" if oid == zeros else oid, remote, "" if before == zeros else before))
    return found


def from_pre_commit(home: Home, environment: Mapping[str, str]) -> tuple[list[Pushed], str] | None:
    """The refs of a push and its remote, as pre-commit's variables tell them; None where it set none.

    Of several refs it names only the first with something new, so every local branch is taken for pushed with it. On a
    first push it gives no commits, only names. Raises GitError.
    """
    remote = environment.get("PRE_COMMIT_REMOTE_NAME", "")
    local = environment.get("PRE_COMMIT_LOCAL_BRANCH", "")
    tip = local or environment.get("PRE_COMMIT_TO_REF", "")
    if not tip:
        return None
    oid = home.run("rev-parse", "--verify", "-q", "--end-of-options", tip).decode("ascii").strip()
    there = environment.get("PRE_COMMIT_REMOTE_BRANCH", "")
    found = [Pushed(local, oid, there, environment.get("PRE_COMMIT_FROM_REF", ""))]
    heads = home.run("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads").decode(
        "utf-8", "surrogateescape"
    )
    for line in heads.splitlines():
        oid, full = line.split(" ", 1)
        if oid != found[0].oid:
            found.append(Pushed(full, oid, "", ""))
    return found, remote
