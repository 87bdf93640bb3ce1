"""rules/clients.toml's `[[guess]]`: what a name lets expect of a value that nobody knows.

What it leads to is never more than an open question.

`load_guesses` raises RulesError, naming file and entry, for what cannot be used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from allo_keyscan.catalog import Examples, RulesError, Table, entries, examples, known, strings, text

About = Literal["client", "address", "container", "server"]
_ABOUT: tuple[str, ...] = get_args(About)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


@dataclass(frozen=True, slots=True)
class Guess:
    """Words of names: of clients, of addresses, of containers, or such as any server's setting may have."""

    id: str
    about: str
    words: frozenset[str]
    examples: Examples

    def fits(self, name: str) -> bool:
        """Whether a name is such a one: a container by its last word, a server's by all of them, others by any."""
        words = [word.lower() for word in _WORD.findall(name)]
        if self.about == "container":
            words = words[-1:]
        if self.about == "server":
            return bool(words) and self.words.issuperset(words)
        return not self.words.isdisjoint(words)


def load_guesses(folder: str) -> dict[str, Guess]:
    """The guesses by what they are about; one that a folder lacks fits no name."""
    found: dict[str, Guess] = {name: Guess("", name, frozenset(), Examples((), ())) for name in _ABOUT}
    for guess in entries(folder, "clients.toml", "guess", _guess, optional=True):
        if found[guess.about].words:
            raise RulesError(f"{folder}/clients.toml: guess {guess.id!r}: another one is about {guess.about!r} too")
        found[guess.about] = guess
    return found


def _guess(entry: Table) -> Guess:
    known(entry, {"id", "about", "words", "true", "false"})
    if entry["about"] not in _ABOUT:
        raise ValueError(f"about must be one of {', '.join(_ABOUT)}")
    words = strings(entry["words"], "words")
    if any(not word.isalpha() or word != word.lower() for word in words):
        raise ValueError("words must be letters, in lower case")
    return Guess(text(entry, "id"), entry["about"], frozenset(words), examples(entry))
