"""Archives and compressed files, read in memory: no member is ever written to disk, no member name is ever used as a
path.

`sniff` names the format from the first bytes, `members` yields what is inside, nested containers included. Both bound
what they do by `Limits`; what could not be looked at comes out as `Skipped`, and no input makes them raise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from allo_keyscan.model import Origin, Skipped
from allo_keyscan.sources.containers.limits import Budget, Limits, Member
from allo_keyscan.sources.containers.sniffing import sniff

__all__ = ["Budget", "Limits", "Member", "members", "sniff"]


def members(file: BinaryIO, origin: Origin, limits: Limits, budget: Budget) -> Iterator[Member | Skipped]:
    """The leaves of the container in `file`, which must be seekable and stays open.

    `origin` names the container; each leaf is named inside it. `Member.chunks` must be consumed before the next item
    is taken: what is left of it then is gone. `budget` counts what one top-level file has used of `limits`; give each
    file a new one.

    A cap that is reached gives a `Skipped` with `incomplete` true, damage and encryption one with `incomplete` false;
    whatever is readable beside them is still yielded. The raw bytes of a container that turns out not to be one, or
    is damaged, are a leaf named as the container itself. Texts that have no file of their own are leaves with a name
    in parentheses: `(names)` (every name and link target of an archive), `(comment)`, `(extra)`, `(headers)`,
    `(document)` (a PDF outside of its streams).
    """
    from allo_keyscan.sources.containers.walk import walk

    return walk(file, origin, limits, budget)
