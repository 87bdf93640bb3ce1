"""Where objects stand, in short: the one path at which git meets each on its way from the refs, logs and the index.

For objects of which nothing is to be said but their names: which commits hold them takes twice as long to find out.
"""

from __future__ import annotations

from collections.abc import Iterable

from allo_keyscan.sources.git import PIECE
from allo_keyscan.sources.history.ahead import WALK
from allo_keyscan.sources.history.home import Home

_NAMED = tuple(word for word in WALK if word != "--quiet")


def first_paths(home: Home, oids: Iterable[str]) -> dict[str, str]:
    """A path of each object that can be reached; of as many as git gets to, where something is damaged.

    Raises GitError where there is no git.
    """
    wanted = {oid.encode("ascii") for oid in oids}
    found: dict[str, str] = {}
    child = home.child(*_NAMED)
    held = b""
    try:
        while len(found) < len(wanted) and (piece := child.stdout.read(PIECE)):
            *lines, held = (held + piece).split(b"\n")
            for line in lines:
                if line[: home.width] in wanted:
                    oid, _, path = line.partition(b" ")
                    found[oid.decode("ascii")] = path.decode("utf-8", "surrogateescape")
    finally:
        child.close()
    return {oid: path for oid, path in found.items() if path}
