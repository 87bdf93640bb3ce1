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


def push_commits(home: Home, pushed: Iterable[Pushed], remote: str) -> tuple[list[str], list[str]]:
    """The commits that a push would publish, and the annotated tags that it would, by their ids.

    What the remote has by all that is known here (its remote-tracking branches, and what the pushed refs were) is left
    out. Raises GitError.
    """
    tips, known = [], []
    for one in pushed:
        if one.oid:
            tips.append(one.oid)
        if one.before and _is_here(home, one.before):
            known.append(one.before)
    if not tips:
        return [], []
    lines = [*tips, *(f"^{oid}" for oid in known)]
    tracked = ("--not", f"--remotes={_glob(remote)}") if remote else ("--not", "--remotes")
    request = "".join(f"{line}\n" for line in lines).encode("ascii")
    commits = home.run("rev-list", "--stdin", *tracked, stdin=request).decode("ascii").split()
    return commits, list(_tags(home, tips))


def _glob(remote: str) -> str:
    """A remote's name, which git takes for a pattern: its special characters stand for themselves."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in remote)


def _is_here(home: Home, oid: str) -> bool:
    output = home.run("cat-file", "--batch-check=%(objecttype)", stdin=f"{oid}^{{}}\n".encode("ascii"))
    return output.strip() == b"commit"


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
