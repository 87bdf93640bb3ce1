"""Fixing one file in memory, for tests."""

from __future__ import annotations

from samples import PREFIX

from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.fixes import fix_rules
from allo_keyscan.fix import Change
from allo_keyscan.fix.found import Watcher, every
from allo_keyscan.fix.naming import names
from allo_keyscan.fix.python import Ways, changed, located
from allo_keyscan.fix.style import Style

RULES = fix_rules(rules_dir())
SCANNER = Watcher(rules_dir())


def fixed(source: str | bytes, style: Style | None = None, path: str = "a.py", elsewhere: str = "") -> Change:
    """What is to be done to one Python file; `elsewhere` is a name that other files speak of."""
    data = source.encode() if isinstance(source, str) else source
    where = located(path, data, every(SCANNER, data, path).keys, RULES)
    known = names(where.hints, RULES.variable)
    return changed(where, Ways(known, style or Style(), PREFIX.encode(), lambda _, name: name == elsewhere))


def became(source: str, style: Style | None = None) -> str:
    """The new text of a file in which every key can be taken out."""
    change = fixed(source, style)
    assert [one.reason for one in change.refused] == []
    return change.new.decode()


def refusals(source: str | bytes, path: str = "a.py") -> list[tuple[int, str]]:
    """Line and reason of everything that is refused; the file must stay as it is where nothing is taken out."""
    change = fixed(source, path=path)
    assert change.taken or change.new == change.old
    return sorted((one.found.finding.start.line, one.reason) for one in change.refused)
