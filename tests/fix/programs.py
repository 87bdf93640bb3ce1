"""Fixing one file in memory, for tests."""

from __future__ import annotations

from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.fixes import fix_rules
from allo_keyscan.fix import Change
from allo_keyscan.fix.found import Watcher
from allo_keyscan.fix.plan import Fixing, plan
from allo_keyscan.fix.style import Style

RULES = fix_rules(rules_dir())
SCANNER = Watcher(rules_dir())


def fixed(source: str | bytes, style: Style | None = None, path: str = "a.py", elsewhere: str = "") -> Change:
    """What is to be done to one Python file; `elsewhere` is a name that other files speak of."""
    data = source.encode() if isinstance(source, str) else source
    how = Fixing(RULES, style or Style())
    (change,) = plan([(path, data)], SCANNER, how, lambda _, name: name == elsewhere).changes
    return change


def became(source: str, style: Style | None = None) -> str:
    """The new text of a file in which every key can be taken out."""
    change = fixed(source, style)
    assert [one.reason for one in change.refused] == []
    return change.new.decode()


def refusals(source: str | bytes, path: str = "a.py") -> list[tuple[int, str]]:
    """Line and reason of everything that is refused; the file must stay as it is where nothing is taken out.

    Each reason must say what to do instead, behind a colon.
    """
    change = fixed(source, path=path)
    assert [one.reason for one in change.refused if ": " not in one.reason] == []
    assert change.taken or change.new == change.old
    return sorted((one.found.finding.start.line, one.reason) for one in change.refused)
