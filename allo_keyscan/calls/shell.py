"""A shell's text, with holes -> its simple commands as words: quotes, escapes, comments, redirections, variables.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html. shlex does not say which `$` stood in single
quotes, and `$NAME` is where a key comes from.
"""

from __future__ import annotations

import re

from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import NOTHING, Hole, Part, Text

Words = list[Text]
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?[-=]([^}$]*))?[^}]*\})")
_REDIRECTION = re.compile(r"[<>]+[&|]?")


def split(text: Text) -> list[Words]:
    """A shell's text as its simple commands, each a list of words; quotes, escapes and variables resolved."""
    reader = _Shell(text.pieces)
    for part in text.parts:
        if isinstance(part, Hole):
            reader.add(part)
        else:
            reader.read(part)
    reader.end_command()
    return reader.commands


class _Shell:
    """Reads a shell's text bit by bit; a quote may be opened in one part of a text and closed in another."""

    def __init__(self, pieces: frozenset[f.Constant] = NOTHING) -> None:
        self.commands: list[Words] = []
        self._pieces = pieces
        self._words: Words = []
        self._word: list[Part] | None = None
        self._quote = ""
        self._drop = False  # the next word is where output goes

    def add(self, part: Part) -> None:
        """Puts a bit behind the word at hand."""
        self._word = self._word if self._word is not None else []
        if isinstance(part, str) and self._word and isinstance(self._word[-1], str):
            self._word[-1] += part
        elif part != "":
            self._word.append(part)

    def end_word(self) -> None:
        """What comes next is another word."""
        if self._word is not None and not self._drop:
            self._words.append(Text(tuple(self._word), pieces=self._pieces))
        self._drop = self._drop and self._word is None
        self._word = None

    def end_command(self) -> None:
        """What comes next is another command."""
        self.end_word()
        if self._words:
            self.commands.append(self._words)
        self._words, self._drop = [], False

    def read(self, text: str) -> None:
        """Takes in a known stretch of the text."""
        at = 0
        while at < len(text):
            at = self._quoted(text, at) if self._quote else self._plain(text, at)

    def _quoted(self, text: str, at: int) -> int:
        char = text[at]
        if char == self._quote:
            self._quote = ""
        elif self._quote == "'":
            self.add(char)
        elif char == "\\" and text[at + 1 : at + 2] in ('"', "\\", "$", "`", "\n"):
            self.add("" if text[at + 1] == "\n" else text[at + 1])
            return at + 2
        elif char in "$`":
            return self._expansion(text, at)
        else:
            self.add(char)
        return at + 1

    def _plain(self, text: str, at: int) -> int:
        char = text[at]
        if char in "'\"":
            self._quote = char
            self.add("")
        elif char == "\\":
            if text[at + 1 : at + 2] != "\n":
                self.add(text[at + 1 : at + 2])
            return at + 2
        elif char in "$`":
            return self._expansion(text, at)
        elif char in "<>":
            if self._word is not None and len(self._word) == 1 and str(self._word[0]).isdigit():
                self._word = None  # 2>
            self.end_word()
            self._drop = True
            redirection = _REDIRECTION.match(text, at)
            return redirection.end() if redirection is not None else at + 1
        elif char in ";|&()\n":
            self.end_command()
        elif char == "#" and self._word is None:
            end = text.find("\n", at)
            return end if end >= 0 else len(text)
        elif char.isspace():
            self.end_word()
        else:
            self.add(char)
        return at + 1

    def _expansion(self, text: str, at: int) -> int:
        """`$NAME`, or what another command prints."""
        variable = _VARIABLE.match(text, at)
        if variable is not None:
            self.add(Hole(f"env:{variable[1] or variable[2]}", default=variable[3] or None))
            return variable.end()
        close = {"`": "`", "$(": ")"}.get(text[at : at + 2] if text[at] == "$" else "`")
        if close is None:
            self.add("$")
            return at + 1
        self.add(Hole())
        end = text.find(close, at + 1)
        return end + 1 if end >= 0 else len(text)
