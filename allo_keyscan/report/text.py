"""Text of others as one harmless line, for everything that people read."""

from __future__ import annotations

import re

_COMMAND = re.compile(r"##(?=\[|vso\[)", re.IGNORECASE)
"""What the runners of GitHub and Azure take for a command wherever it stands in a line of their log."""


def printable(text: str) -> str:
    """A name as one harmless line: control characters, undecodable bytes and commands to a CI runner are escaped.

    A runner takes a line that begins with `::`, behind blanks or not, for a command too.
    """
    if not text.isprintable():
        text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    if "##" in text:
        text = _COMMAND.sub(r"#\\x23", text)
    if text.lstrip().startswith("::"):
        text = text.replace("::", r"\x3a:", 1)
    return text


def cut(text: str, most: int) -> str:
    """At most so many characters of a text; an ellipsis says that there is more."""
    return text if len(text) <= most else text[: most - 1] + "…"
