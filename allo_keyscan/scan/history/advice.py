"""What to do about a key, given where it lives. Says nothing of the key but its public prefix and last characters."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from allo_keyscan.model import Finding, Life

IN_NAME = "in the name of a file or folder"
_SHOWN = re.compile(r"([A-Za-z0-9_-]+)…([A-Za-z0-9]+)\Z")
_EXPIRE = "git reflog expire --expire-unreachable=now --all && git gc --prune=now"
_MOST_PATHS = 5


def advice(one: Finding, life: Life, head: str | None, *, bare: bool) -> str:
    """The steps, as one line. `head` is the current commit; a bare repository is what others clone."""
    beside = [place.path for place in life.places if place.path.startswith(".git/") and place.first is None]
    refs = [path for path in beside if path.startswith(".git/refs/")]
    if refs:
        return "revoke it, then rename or delete what is named after it, on every remote too: git branch -m, git tag -d"
    fetched = [name for name in life.others if not name.startswith(("stash", "notes/")) and "@{" not in name]
    shared = [*life.remotes, *life.tags, *fetched, *(life.branches if bare else ())]
    if shared:
        return f"revoke it first: others may have it ({_some(shared)}); then rewrite: {rewrite(one, life)}"
    if life.branches:
        return f"no remote-tracking branch has it: {_unpublished(one, life, head)}"
    stashes = [name for name in life.others if name.startswith("stash")]
    if stashes:
        return f"only in a stash: git stash drop '{stashes[0]}', then {_EXPIRE}"
    notes = [name for name in life.others if name.startswith("notes/")]
    if notes:
        noted = "".join(life.places[0].path.split("/")) if life.places else "COMMIT"
        return f"only in a note: git notes --ref={notes[0][6:]} remove {noted}, then {rewrite(one, life)}"
    if life.others:
        return f"only in a reflog ({_some(life.others)}): {_EXPIRE}"
    if life.in_index:
        return "only staged: take it out of the file and run: git add"
    kept = [path for path in beside if not path.startswith(".git/objects/")]
    if kept:
        return f"revoke it, and take it out of {kept[0]}"
    return f"no branch, tag or log leads to it: {_EXPIRE}"


def _unpublished(one: Finding, life: Life, head: str | None) -> str:
    if life.first is None:
        return f"rewrite: {rewrite(one, life)}"
    if life.first.sha == head:
        return "take it out and run: git commit --amend"
    return f"amend or drop the commit (git rebase -i {life.first.sha[:12]}^), or rewrite: {rewrite(one, life)}"


def rewrite(one: Finding, life: Life) -> str:
    """The command that takes the key out of every commit: by its ends, where they can be shown and stand there."""
    match = _SHOWN.match(one.masked)
    if match is not None and one.message.endswith(f"({IN_NAME})"):
        return f"git filter-repo --invert-paths --path-regex '{match[1]}[A-Za-z0-9_-]*{match[2]}'"
    if match is None or one.encoding is not None or one.origin.member is not None:
        paths = list(dict.fromkeys(place.path for place in life.places if place.first is not None))
        named = " ".join(f"--path {shlex.quote(path)}" for path in paths[:_MOST_PATHS]) or "--path PATH"
        return f"git filter-repo --invert-paths {named}"
    line = f"regex:{match[1]}[A-Za-z0-9_-]*{match[2]}==>REMOVED"
    command = "git filter-repo --replace-text remove.txt --replace-message remove.txt"
    return f"printf '%s\\n' '{line}' > remove.txt && {command}"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
