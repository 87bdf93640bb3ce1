"""What to do about a key, given where it lives. Says nothing of the key but its public prefix and last characters.

The last words are commands to run as they are (tests/cli/test_history_advice.py runs them): after them a scan is clean.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Sequence
from typing import NamedTuple

from allo_keyscan.model import Finding, Life

IN_NAME = "in the name of a file or folder"
_SHOWN = re.compile(r"([A-Za-z0-9_-]+)…([A-Za-z0-9]+)\Z")
_PRUNE = "git -c gc.reflogExpireUnreachable=now gc --prune=now"
_FORGET = "git -c gc.reflogExpire=now gc --prune=now"
"""As `git reflog expire --all`, which would take every stash with it; gc leaves those alone."""

_SAFELY = "rewrite, with nothing left to commit"


class Standing(NamedTuple):
    """What is to be known of a repository: HEAD's commit, commits without a parent, and paths that are not text.

    A bare repository is what others clone.
    """

    head: str | None
    bare: bool
    roots: Collection[str] = ()
    binary: Collection[str] = ()


def advice(findings: Sequence[Finding], life: Life, home: Standing) -> str:
    """The steps, as one line, for one key at all its places."""
    beside = [place.path for place in life.places if place.path.startswith(".git/") and place.first is None]
    if any(path.startswith(".git/refs/") for path in beside):
        return (
            f"revoke it, rename or delete what is named after it, on every remote too, then forget the name: {_FORGET}"
        )
    fetched = [name for name in life.others if not name.startswith(("stash", "notes/")) and "@{" not in name]
    shared = [*life.remotes, *life.tags, *fetched, *(life.branches if home.bare else ())]
    remade = rewrite(findings, life, home)
    if shared:
        return (
            f"revoke it first: others may have it ({_some(shared)}); then {_SAFELY}, "
            f"add the remote again and push every branch and tag with --force: {remade}"
        )
    kept = [name for name in life.others if "@{" not in name or name.startswith("stash")]
    if life.branches:
        alone = len(life.branches) == 1 and not kept
        return f"no remote-tracking branch has it: {_unpublished(life, home, remade, alone=alone)}"
    return _unbranched(life, kept, beside, remade)


def _unbranched(life: Life, kept: Sequence[str], beside: Sequence[str], remade: str) -> str:
    stashes = [name for name in kept if name.startswith("stash")]
    if stashes and len(stashes) == len(kept):
        last_first = sorted(stashes, key=lambda name: -int(name[7:-1]))
        return (
            f"only in a stash: {' && '.join(f'git stash drop {shlex.quote(name)}' for name in last_first)} && {_PRUNE}"
        )
    if kept:
        return f"only in {_some(kept)}: {remade}"
    if life.others:
        return f"only in a reflog ({_some(life.others)}): {_PRUNE}"
    if life.in_index:
        return f"only staged: take it out, run git add, and have git forget what was staged: {_PRUNE}"
    logs = [path for path in beside if path.startswith(".git/logs/")]
    if logs:
        return f"only in a message of a reflog ({logs[0]}): {_FORGET}"
    files = [path for path in beside if not path.startswith(".git/objects/")]
    if files:
        return f"revoke it, and take it out of {files[0]}"
    return f"no branch, tag or log leads to it: {_PRUNE}"


def _unpublished(life: Life, home: Standing, remade: str, *, alone: bool) -> str:
    if life.first is None or not alone:
        return f"{_SAFELY}: {remade}"
    if life.first.sha == home.head:
        return f"take it out, run git add and: git commit --amend && {_PRUNE}"
    upstream = "--root" if life.first.sha in home.roots else f"{life.first.sha[:12]}^"
    rebase = f"git rebase -i {upstream} {shlex.quote(life.branches[0])} && {_PRUNE}"
    return f"amend or drop the commit ({rebase}), or {_SAFELY}: {remade}"


def rewrite(findings: Sequence[Finding], life: Life, home: Standing) -> str:
    """The command that takes a key out of every commit.

    By its ends where they can be shown and stand there as they are; a file that has it otherwise goes as a whole.
    """
    match = next((match for one in findings if (match := _SHOWN.match(one.masked))), None)
    pattern = f"{match[1]}[A-Za-z0-9_-]*{match[2]}" if match else ""
    spoken = {place.path for place in life.places if place.path.startswith(".git/objects/") and place.first is not None}
    plain = False
    away: dict[str, None] = {}
    for one in findings:
        path = one.origin.path
        if match and one.message.endswith(f"({IN_NAME})"):
            away[f"--path-regex {shlex.quote(pattern)}"] = None
        elif match and one.encoding is None and one.origin.member is None and path not in home.binary:
            plain = True
        elif not path.startswith(".git/"):
            away[f"--path {shlex.quote(path)}"] = None
    words = ["git filter-repo --force"]
    if plain:
        words.append("--replace-text remove.txt --replace-message remove.txt")
    if plain and spoken:
        change = f'return re.sub(br"{pattern}", b"REMOVED", %s)'
        words += [f"--{what}-callback '{change % what}'" for what in ("name", "email")]
    if away:
        words.append(" ".join(("--invert-paths", *away)))
    command = " ".join(words)
    if not plain:
        return command
    return f"printf '%s\\n' 'regex:{pattern}==>REMOVED' > remove.txt && {command} && rm remove.txt"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
