"""What to do about a key, given where it lives. Says nothing of the key but its public prefix and last characters."""

from __future__ import annotations

import re

from allo_keyscan.model import Finding, Life

_SHOWN = re.compile(r"([A-Za-z0-9_-]*)…([A-Za-z0-9]*)\Z")


def advice(one: Finding, life: Life, head: str | None, *, bare: bool) -> str:
    """The steps, as one line. `head` is the current commit; a bare repository is what others clone."""
    shared = [*life.remotes, *life.tags] if not bare else [*life.branches, *life.tags, *life.remotes]
    if shared:
        return f"revoke it first: others may have it ({_some(shared)}); then rewrite: {rewrite(one, life)}"
    if life.branches:
        if life.first is not None and life.first.sha == head:
            return "no remote-tracking branch has it: take it out and run: git commit --amend"
        where = f"git rebase -i {life.first.sha[:12]}^" if life.first else "git rebase -i"
        return f"no remote-tracking branch has it: drop or amend the commit ({where}), or rewrite: {rewrite(one, life)}"
    stashes = [name for name in life.others if name.startswith("stash")]
    if stashes:
        return f"only in a stash: git stash drop {stashes[0]}, then {_EXPIRE}"
    if life.others:
        return f"only in {_some(life.others)}: {_EXPIRE}"
    if life.in_index:
        return "only staged: take it out and run: git add"
    if life.places and all(place.path.startswith(".git/") and place.first is None for place in life.places):
        kept = [place.path for place in life.places if not place.path.startswith(".git/objects/")]
        if kept:
            return f"revoke it, and take it out of {kept[0]}"
    return f"no branch, tag or log leads to it: {_EXPIRE}"


_EXPIRE = "git reflog expire --expire-unreachable=now --all && git gc --prune=now"


def rewrite(one: Finding, life: Life) -> str:
    """The command that takes the key out of every commit; by its ends, where they show enough of it."""
    match = _SHOWN.match(one.masked)
    paths = [place.path for place in life.places if place.first is not None]
    if one.encoding is not None or one.origin.member is not None or match is None or not all(match.groups()):
        named = " ".join(f"--path '{path}'" for path in paths[:5]) or "--path PATH"
        return f"git filter-repo --invert-paths {named}"
    line = f"regex:{match[1]}[A-Za-z0-9_-]*{match[2]}==>REMOVED"
    command = "git filter-repo --replace-text remove.txt --replace-message remove.txt"
    return f"printf '%s\\n' '{line}' > remove.txt && {command}"


def _some(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
