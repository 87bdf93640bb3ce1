"""What is made from the code and the rules, and committed: `python tests/generated.py` writes all of it anew.

Made beforehand, so that building a package takes nothing but its build backend, and so that a change of a rule or an
option shows in review where users will read it. tests/test_generated.py compares.
"""

from __future__ import annotations

import manual_pages
import rule_pages
from checkout import ROOT

from allo_keyscan.config import schema

FOLDERS = (manual_pages.FOLDER, rule_pages.FOLDER)
"""Folders in which nothing else stands."""


def generated() -> dict[str, str]:
    """The text of every generated file, by its path in the repository."""
    return {schema.NAME: schema.text(), **rule_pages.pages(), **manual_pages.pages()}


def write() -> None:
    """Write them, and remove what is left over of earlier ones."""
    made = generated()
    for folder in FOLDERS:
        (ROOT / folder).mkdir(parents=True, exist_ok=True)
        for path in (ROOT / folder).iterdir():
            if str(path.relative_to(ROOT)) not in made:
                path.unlink()
    for name, text in made.items():
        (ROOT / name).write_text(text, "utf-8")


if __name__ == "__main__":
    write()
