"""One Python file with keys in it -> the same file without them, or the reasons why not.

libcst says what stands where, `ast` proves the result, and what lies between is edits of the text, so that nothing else
can change. Where not every key can be taken out at once, each is tried alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from allo_keyscan.calls.interpreter import deep_stack
from allo_keyscan.catalog.fixes import FixRules
from allo_keyscan.fix import Change, Edit, Found, Refused, Taken, Unprovable, applied
from allo_keyscan.fix.edits import Edits
from allo_keyscan.fix.imports import reach
from allo_keyscan.fix.naming import Known
from allo_keyscan.fix.places import Target, hint, leftovers, locate, setting
from allo_keyscan.fix.program import Program
from allo_keyscan.fix.proof import comments, parsed, prove, still_compiles
from allo_keyscan.fix.style import Style
from allo_keyscan.keys.secret import Secret

Elsewhere = Callable[[str, str], bool]
"""Whether other files than one, given by its path, speak of a name."""


class Located(NamedTuple):
    """A file with its keys: where those stand that may be taken out, and why others may not."""

    path: str
    data: bytes
    program: Program | None
    targets: tuple[Target, ...]
    refused: tuple[tuple[Found, str], ...]

    @property
    def known(self) -> list[Known]:
        """The keys in order, each with the names that the code has for it already."""
        known = [(one.found.place, Known(one.found.secret, hint(one), self._setting(one))) for one in self.targets]
        known += [(found.place, Known(found.secret)) for found, _ in self.refused]
        return [one for _, one in sorted(known, key=lambda pair: pair[0])]

    def _setting(self, target: Target) -> str | None:
        return setting(self.program, target) if self.program is not None else None


class Ways(NamedTuple):
    """How keys are replaced in a run: the variable of each key, the style, and the public beginning of keys."""

    names: Mapping[Secret, str]
    style: Style
    public: bytes
    elsewhere: Elsewhere


def located(path: str, data: bytes, keys: Sequence[Found], rules: FixRules) -> Located:
    """Find every key in the syntax tree of its file."""
    reason = ""
    if path.endswith(".pyi"):
        reason = "it stands in a stub, which is never run: write ... there"
    try:
        program = None if reason else Program(data)
    except Unprovable as refusal:
        program, reason = None, str(refusal)
    if program is None:
        return Located(path, data, None, (), tuple((one, reason) for one in keys))
    targets, refused = [], []
    secrets = {one.secret for one in keys}
    for one in keys:
        try:
            targets.append(locate(program, one, rules, secrets))
        except Unprovable as refusal:
            refused.append((one, str(refusal)))
    return Located(path, data, program, tuple(targets), tuple(refused))


def changed(where: Located, ways: Ways) -> Change:
    """Take as many keys out of a file as can be proved."""
    refused = [Refused(found, ways.names.get(found.secret, ""), reason) for found, reason in where.refused]
    program = where.program
    good: list[Target] = []
    if program is None or not where.targets:
        return Change(where.path, where.data, where.data, (), tuple(refused))
    try:
        new, taken = _tried(where.path, program, where.targets, ways)
    except Unprovable:
        new, taken = program.text, []
        for target in where.targets:
            try:
                new, taken = _tried(where.path, program, [*good, target], ways)
                good.append(target)
            except Unprovable as refusal:
                refused.append(Refused(target.found, ways.names[target.found.secret], str(refusal)))
    return Change(where.path, where.data, program.encoded(new), tuple(taken), tuple(refused))


def _tried(path: str, program: Program, targets: Sequence[Target], ways: Ways) -> tuple[str, list[Taken]]:
    """The new text, proved, and what stands in it for each key.

    Raises Unprovable.
    """
    with deep_stack():
        tree = parsed(program.text)
        places = [program.position(target.start) for target in targets]
        reached = reach(tree, program.text, places, ways.style, program.newline)
        made = Edits(program, ways.names, ways.style, reached.access)
        taken = []
        for target in targets:
            holder = next((other for other in targets if _within(program, target, other)), None)
            taken.append(
                made.take(target) if holder is None else Taken(target.found, ways.names[target.found.secret], "")
            )
        gone = list(leftovers(program, targets, ways.public))
        if any(ways.elsewhere(path, name) for name, _, _ in gone):
            raise Unprovable("other files speak of a piece of it: take it out by hand")
        edits = [*made.edits(), *(edit for _, _, edit in gone)]
        if reached.statement:
            at = program.line(reached.line)[0]
            edits.append(Edit(at, at, reached.text))
        new = applied(program.text, edits)
        program.encoded(new)
        still_compiles(program.text, new)
        prove(tree, new, made.stretches(), reached.statement, [line for _, line, _ in gone])
        if comments(program.text) != comments(new):
            raise Unprovable("a comment inside of it would be lost: move that first")
    return new, taken


def _within(program: Program, target: Target, other: Target) -> bool:
    """Whether a key goes with the whole expression that another one is taken out of."""
    if target is other or (other.value is None and other.gone is None):
        return False
    start, end = (other.start, other.end) if other.gone is None else program.span(other.gone)
    return start <= target.start and target.end <= end and (start, end) != (target.start, target.end)
