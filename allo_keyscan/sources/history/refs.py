"""Names of commits: branches, tags, remote-tracking branches, stash, notes, others, worktrees' heads, and reflogs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from allo_keyscan.model import Skipped
from allo_keyscan.sources.history.ahead import REFS
from allo_keyscan.sources.history.files import read_regular
from allo_keyscan.sources.history.home import Home

Kind = Literal["branch", "tag", "remote", "stash", "note", "head", "reflog", "other"]
_PREFIXES: tuple[tuple[str, Kind], ...] = (
    ("refs/heads/", "branch"),
    ("refs/tags/", "tag"),
    ("refs/remotes/", "remote"),
    ("refs/stash", "stash"),
    ("refs/notes/", "note"),
    ("refs/", "other"),
)
_LOGGED = re.compile(rb"^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ", re.MULTILINE)


class Ref(NamedTuple):
    """A name for an object: `name` as people write it, `full` as git keeps it, `tag` the annotated tag in between."""

    kind: Kind
    name: str
    full: str
    oid: str
    tag: str | None = None


def list_refs(home: Home) -> tuple[list[Ref], list[Skipped]]:
    """Every ref, every worktree's detached HEAD, every entry of every reflog; and refs that lead to nothing readable.

    Raises GitError where not even the names can be read.
    """
    found, skipped = [], []
    code, output, said = home.question(REFS).collect()
    if code:
        output = home.run("for-each-ref", "--format=%(objectname) - %(refname)")
    for line in dict.fromkeys(said.splitlines()):
        kind, colon, reason = line.partition(": ")
        if colon and kind in ("fatal", "error", "warning"):
            skipped.append(Skipped(".git/refs", f"a damaged ref or object: {reason}"))
    rows = [line.split(" ", 2) for line in os.fsdecode(output).splitlines()]
    targets = _targets(home, {oid for oid, what, _ in rows if what == "tag"})
    for oid, _, full in rows:
        peeled = targets.get(oid)
        prefix, kind = next((prefix, kind) for prefix, kind in _PREFIXES if full.startswith(prefix))
        name = full.removeprefix(prefix if kind in ("branch", "tag", "remote") else "refs/")
        name = "stash@{0}" if kind == "stash" else name
        found.append(Ref(kind, name, full, peeled or oid, oid if peeled else None))
    for folder in home.git_dirs():
        head = _first_line(os.path.join(folder, "HEAD"))
        if len(head) == home.width:
            found.append(Ref("head", "HEAD", "HEAD", head))
        found += _reflog(home, folder)
    return found, skipped


def _targets(home: Home, tags: set[str]) -> dict[str, str]:
    """What annotated tags stand for, tags of tags too; of those that lead to nothing readable nothing."""
    if not tags:
        return {}
    lines = "".join(f"{tag}^{{}}\n" for tag in sorted(tags)).encode("ascii")
    _, output, _ = home.child("cat-file", "--batch-check=%(objectname)", "--buffer", stdin=lines).collect()
    found = output.decode("ascii", "replace").splitlines()
    return {tag: oid for tag, oid in zip(sorted(tags), found, strict=False) if len(oid) == home.width}


def _reflog(home: Home, folder: str) -> Iterator[Ref]:
    """The newest entry of each log is its ref's own value, so it adds nothing; of the stash each is one stash."""
    top = os.path.join(folder, "logs")
    for inner, folders, names in os.walk(top):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(inner, name)
            full = os.path.relpath(path, top).replace(os.sep, "/")
            try:
                entries = [match.groups() for match in _LOGGED.finditer(read_regular(path))]
            except OSError:
                continue
            stash = full == "refs/stash"
            for number, (before, after) in enumerate(reversed(entries)):
                for oid in {after.decode("ascii"), before.decode("ascii") if not stash else ""} - {
                    "",
                    "0" * home.width,
                }:
                    yield (
                        Ref("stash", f"stash@{{{number}}}", full, oid)
                        if stash
                        else Ref("reflog", f"{full.removeprefix('refs/heads/')}@{{{number}}}", full, oid)
                    )


def _first_line(path: str) -> str:
    try:
        return read_regular(path).partition(b"\n")[0].decode("utf-8", "replace")
    except OSError:
        return ""
