"""An origin and clones of it, as rules/README.md describes them for the examples of ci.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from hooks.repositories import Repository

_PLACE = re.compile(r"\{(main|topic|fork|merged|gone|zeros)(?::(\d+))?\}")


@dataclass(frozen=True)
class Remote:
    """The origin, and the ids of its commits by the names that examples use."""

    origin: Repository
    ids: dict[str, str]

    def fill(self, text: str) -> str:
        """A text with the ids in their places."""
        return _PLACE.sub(lambda place: self.ids[place[1]][: int(place[2] or 64)], text)

    def clone(self, folder: Path, *options: str, at: str = "topic", only: str | None = None) -> Repository:
        """A clone with one branch checked out, as a runner does it; `only` is a ref that alone is fetched."""
        made = Repository(folder.resolve(), self.origin.env)
        made.root.mkdir(parents=True)
        made.git("init", "-q")
        made.git("remote", "add", "origin", self.origin.root.as_uri())
        refs = "+refs/heads/*:refs/remotes/origin/*" if only is None else f"+{only}:refs/remotes/origin/{at}"
        made.git("fetch", "-q", "--no-tags", *options, "origin", refs)
        if only is None:
            made.git("remote", "set-head", "origin", "main")
        made.git("checkout", "-q", "--detach", f"origin/{at}")
        return made
