"""Keys that go, at their places -> the edits that read variables instead, and what is to be proved of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import libcst as cst

from allo_keyscan.fix import Edit, Taken, Unprovable, applied
from allo_keyscan.fix import literals as lit
from allo_keyscan.fix.places import Target, quotes, sets, topmost
from allo_keyscan.fix.program import Program, value
from allo_keyscan.fix.proof import Stretch
from allo_keyscan.fix.style import Access, Style, encoded, reading
from allo_keyscan.keys.secret import Secret

Span = tuple[int, int]

_LOOSE = (cst.Assign, cst.AnnAssign, cst.Return, cst.Arg, cst.Element, cst.DictElement, cst.Param)
"""What takes a sum without parentheses."""


@dataclass
class _Unit:
    """A string, or a whole expression, that changes: what reads variables in it, and the value it had if it is none."""

    reads: list[tuple[str, str]] = field(default_factory=list)
    value: str | bytes | None = None
    as_is: bool = False


class Edits:
    """The edits of one file, gathered key by key."""

    def __init__(self, program: Program, names: Mapping[Secret, str], style: Style, access: Access) -> None:
        self._program = program
        self._names = names
        self._style = style
        self._access = access
        self._whole: list[Edit] = []
        self._leaves: dict[int, tuple[cst.CSTNode, list[lit.Stretch]]] = {}
        self._units: dict[Span, _Unit] = {}

    def take(self, target: Target) -> Taken:
        """Take one key out.

        Raises Unprovable where its place cannot hold an expression.
        """
        name = self._names[target.found.secret]
        if sets(self._program, target, name):
            raise Unprovable(
                f"it sets {name} itself: delete the statement, and set the variable outside of the program"
            )
        if target.call is not None and target.gone is not None:
            return self._default(target, target.call, target.gone)
        unit = self._unit(target.node)
        raw = target.found.secret.reveal().decode()

        def text(quote: str) -> str:
            made = reading(self._style, self._access, name, quote, optional=target.optional)
            unit.reads.append((made, raw))
            return made

        def binary(quote: str) -> str:
            unit.reads.append((reading(self._style, self._access, name, quote), raw))
            return encoded(self._style, self._access, name, quote)

        if target.value is None:
            stretch = lit.Stretch(target.start, target.end, text, binary)
            self._leaves.setdefault(id(target.node), (target.node, []))[1].append(stretch)
        else:
            unit.value = target.value
            self._put(target.start, target.end, self._built(target, text, binary))
        return Taken(target.found, name, reading(self._style, self._access, name, '"', optional=target.optional))

    def _unit(self, node: cst.CSTNode) -> _Unit:
        return self._units.setdefault(self._program.span(topmost(self._program, node)), _Unit())

    def _built(self, target: Target, text: lit.Read, binary: lit.Read) -> str:
        """What stands for a whole expression."""
        taken = quotes(self._program, target.node)
        before, behind = target.sides
        quote = lit.inner_quote(taken, lit.first_quote(self._program.text[target.start : target.end]))
        if isinstance(target.value, bytes) and isinstance(before, bytes) and isinstance(behind, bytes):
            made = lit.built_bytes(before, binary, behind, taken) if before or behind else binary(quote)
            return self._sum(target.node, made)
        if isinstance(before, str) and isinstance(behind, str) and (before or behind):
            return lit.built(before, text, behind, taken)
        return text(quote)

    def _sum(self, node: cst.CSTNode, made: str) -> str:
        """A sum, in parentheses unless it stands where it needs none."""
        parent = next(self._program.around(node), None)
        return made if " + " not in made or isinstance(parent, _LOOSE) else f"({made})"

    def _default(self, target: Target, call: cst.Call, gone: cst.CSTNode) -> Taken:
        """A call that reads a variable, without its default."""
        first = self._program.source(call.args[0].value)
        name = value(call.args[0].value)
        if self._style.kind == "settings":
            made = reading(self._style, self._access, self._names[target.found.secret], '"')
        elif self._style.kind == "getenv":
            made = f"{self._access.getenv}({first})"
        else:
            made = f"{self._access.environ}.get({first})" if target.optional else f"{self._access.environ}[{first}]"
        unit = self._unit(gone)
        unit.as_is = True
        self._put(*self._program.span(gone), made)
        return Taken(target.found, name if isinstance(name, str) else self._names[target.found.secret], made)

    def _put(self, start: int, end: int, made: str) -> None:
        """Text for a stretch, apart from the words around it."""
        text = self._program.text
        before = start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_")
        behind = end < len(text) and (text[end].isalnum() or text[end] == "_")
        self._whole.append(Edit(start, end, f"{' ' * before}{made}{' ' * behind}"))

    def edits(self) -> list[Edit]:
        """All edits, the literals' own among them; call it once."""
        for node, stretches in self._leaves.values():
            stretches.sort(key=lambda one: one.start)
            self._literal(node, stretches)
        self._leaves.clear()
        return self._whole

    def _literal(self, node: cst.CSTNode, stretches: Sequence[lit.Stretch]) -> None:
        text, taken = self._program.text, quotes(self._program, node)
        if isinstance(node, cst.FormattedStringText):
            self._whole += lit.in_f_string(stretches, taken)
            return
        one = lit.literal(text, *self._program.span(node))
        alone = not isinstance(next(self._program.around(node), None), cst.ConcatenatedString)
        if (stretches[0].start, stretches[0].end) == (one.start, one.end) and alone:
            self._put(one.at, one.stop, lit.whole(one, stretches[0], taken))
        elif one.binary:
            self._bytes(node, one, stretches, taken)
        else:
            made = list(lit.as_f_string(text, one, stretches, taken))
            head, *rest = made
            before = one.at > 0 and (text[one.at - 1].isalnum() or text[one.at - 1] == "_")
            self._whole += [head._replace(text=f"{' ' * before}{head.text}"), *rest]

    def _bytes(self, node: cst.CSTNode, one: lit.Literal, stretches: Sequence[lit.Stretch], taken: str) -> None:
        """A bytes literal as a sum, and a `+` between it and those beside it."""
        made = lit.as_sum(self._program.text, one, stretches, taken)
        unit = node
        for around in self._program.around(node):
            if not isinstance(around, cst.ConcatenatedString):
                break
            unit = around
        if unit is node:
            self._put(one.at, one.stop, self._sum(node, made))
            return
        self._put(one.at, one.stop, made)
        start, end = self._program.span(unit)
        parts = [*map(self._program.span, _parts(unit))]
        number = parts.index((one.at, one.stop))
        joints = {parts[number - 1][1]} if number else set()
        joints |= {one.stop} if number + 1 < len(parts) else set()
        joints -= {edit.start for edit in self._whole if edit.start == edit.end and edit.text == " +"}
        self._whole += [Edit(joint, joint, " +") for joint in sorted(joints)]
        if (
            not isinstance(next(self._program.around(unit), None), _LOOSE)
            and Edit(start, start, "(") not in self._whole
        ):
            self._whole += [Edit(start, start, "("), Edit(end, end, ")")]

    def stretches(self) -> list[Stretch]:
        """What is to be proved, once the edits were asked for."""
        found = []
        for (start, end), unit in self._units.items():
            inside = [
                Edit(edit.start - start, edit.end - start, edit.text)
                for edit in self._whole
                if start <= edit.start and edit.end <= end
            ]
            text = applied(self._program.text[start:end], inside)
            first, last = self._program.position(start), self._program.position(end)
            found.append(Stretch(first, last, text.strip(" "), tuple(unit.reads), unit.value, unit.as_is))
        return found


def _parts(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The literals side by side that a string is made of, in order."""
    if isinstance(node, cst.ConcatenatedString):
        return [*_parts(node.left), *_parts(node.right)]
    return [node]
