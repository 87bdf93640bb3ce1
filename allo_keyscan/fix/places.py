"""Where exactly a key stands in a Python file, and where none can be taken out.

A `Target` is the literal text that is the key, or the whole expression whose value it is, or is a part of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import libcst as cst

from allo_keyscan.catalog.fixes import FixRules
from allo_keyscan.fix import Edit, Found, Unprovable
from allo_keyscan.fix.naming import as_variable
from allo_keyscan.fix.program import Program, dotted, value
from allo_keyscan.keys.secret import Secret

_STRINGS = (cst.FormattedString, cst.ConcatenatedString)
_CONSTANTS = frozenset({"__all__", "__slots__", "__match_args__"})
_SETTERS = frozenset({"setdefault", "putenv", "setenv", "setitem"})
_NO_STRING = "it stands in a comment, or in no string at all: delete it there"
_FORMAT = "it stands in the format of an f-string, or in one that shows its own source: put it together without"
_UNKNOWN = "it is put together from parts that are not known, or that change: read the variable there by hand"
_SHORT = 6
"""A piece of fewer characters that stays behind says nothing of a key."""


class Target(NamedTuple):
    """Where a key stands.

    `node` is the literal or the expression, `start:end` the stretch that goes. `value` is that of a whole expression
    that goes, None for a stretch of a literal. `call` is the call whose default the expression is, by its argument or
    behind `or`, and `gone` what goes with it as a whole; `optional`: the variable may be missing. `pieces` are literals
    elsewhere that the value is put together from.
    """

    found: Found
    node: cst.CSTNode
    start: int
    end: int
    value: str | bytes | None = None
    call: cst.Call | None = None
    gone: cst.CSTNode | None = None
    optional: bool = False
    pieces: tuple[tuple[int, int], ...] = ()

    @property
    def sides(self) -> tuple[str | bytes, str | bytes]:
        """What stands before and behind the key in the value of the whole expression."""
        raw = self.found.secret.reveal()
        if isinstance(self.value, bytes):
            before, _, behind = self.value.partition(raw)
            return before, behind
        first, _, last = (self.value or "").partition(raw.decode())
        return first, last


def locate(program: Program, found: Found, rules: FixRules, others: Collection[Secret] = ()) -> Target:
    """Where a key stands in a file that has `others` too.

    Raises Unprovable, with the reason, where it can be taken out of no such place.
    """
    start, end = program.place(found.place.start, found.place.end)
    encoding = found.finding.encoding or ""
    target = _joined(program, found, others) if encoding.startswith("assembled") else None
    if target is None:
        target = _literal(program, found, start, end, others)
    _check(program, target, rules)
    return _default(program, target, rules)


def hint(target: Target) -> str | None:
    """The name of the variable whose default a key is."""
    name = value(target.call.args[0].value) if target.call is not None else None
    return name if isinstance(name, str) and name.isidentifier() else None


def setting(program: Program, target: Target) -> str | None:
    """The variable that is called like what a key is the whole value of: a name, a keyword, a name in a dictionary."""
    unit = topmost(program, target.node)
    alone = target.value is not None and not any(target.sides)
    if not alone and value(unit) != target.found.secret.reveal().decode("utf-8", "replace"):
        return None
    node = next(program.around(unit), None)
    name: cst.CSTNode | None = None
    if isinstance(node, (cst.Assign, cst.AnnAssign, cst.NamedExpr)):
        first = node.targets[0].target if isinstance(node, cst.Assign) else node.target
        name = first.slice[0].slice if isinstance(first, cst.Subscript) else first
    elif isinstance(node, cst.Arg):
        name = node.keyword
    elif isinstance(node, cst.Param):
        name = node.name
    elif isinstance(node, cst.DictElement):
        name = node.key
    if isinstance(name, cst.Index):
        name = name.value
    said = (dotted(name).rpartition(".")[2] or value(name)) if name is not None else None
    return as_variable(said) if isinstance(said, str) else None


def _literal(program: Program, found: Found, start: int, end: int, others: Collection[Secret]) -> Target:
    leaf = program.leaf(start, end)
    if leaf is None:
        return _side_by_side(program, found, start, end, others)
    raw = found.secret.reveal().decode("utf-8", "replace")
    low, high = program.span(leaf)
    if program.text[start:end] != raw:
        at = program.text.find(raw, low, high)
        if at >= 0:
            start, end = at, at + len(raw)
        elif not _holds(value(leaf), raw):
            decoded = _joined(program, found, others)
            if decoded is not None:
                return decoded
            encoding = found.finding.encoding or "pieces"
            raise Unprovable(f"it stands there as {encoding}: write the code that decodes it anew")
    return Target(found, leaf, start, end)


def _holds(text: str | bytes | None, raw: str) -> bool:
    return text is not None and (raw in text if isinstance(text, str) else raw.encode() in text)


def _side_by_side(program: Program, found: Found, start: int, end: int, others: Collection[Secret]) -> Target:
    """Literals side by side that hold a key together."""
    around = [
        node
        for node in program.nodes
        if isinstance(node, cst.ConcatenatedString) and program.span(node)[0] <= start and end <= program.span(node)[1]
    ]
    if not around:
        target = _joined(program, found, others)
        if target is None:
            raise Unprovable(_UNKNOWN if program.leaf(start, start + 1) else _NO_STRING)
        return target
    node = around[0]
    whole = value(node)
    if not _holds(whole, found.secret.reveal().decode("utf-8", "replace")):
        raise Unprovable(_UNKNOWN)
    return Target(found, node, *program.span(node), whole)


def _joined(program: Program, found: Found, others: Collection[Secret]) -> Target | None:
    """The expression that puts a key together, and no other key; None where it stands in a literal all the same."""
    raw = found.secret.reveal()
    strange = [other for other in (one.reveal() for one in others) if other not in raw]
    made = program.assembled(lambda value: raw in value and not any(other in value for other in strange), raw)
    start, end = program.place(found.place.start, found.place.end)
    for one in sorted(made, key=lambda one: len(one.value)):
        span, pieces = program.stretch(one.span), tuple(program.stretch(piece) for piece in one.pieces)
        inside = strange and start <= span[0] and span[1] <= end
        if not inside and not any(low <= start and end <= high for low, high in (span, *pieces)):
            continue
        node = program.expression(*span)
        if node is None or not one.whole or not one.sole:
            raise Unprovable(_UNKNOWN)
        whole = one.value if one.binary else one.value.decode("utf-8", "surrogatepass")
        outside = tuple(piece for piece in pieces if not (span[0] <= piece[0] and piece[1] <= span[1]))
        return Target(found, node, *span, whole, pieces=outside)
    return None


def _default(program: Program, target: Target, rules: FixRules) -> Target:
    """The same target as the default of a call that reads a variable, or of what may be given in another way."""
    node = target.node
    alone = target.value is not None or (
        isinstance(node, cst.SimpleString) and program.text[target.start : target.end] == node.raw_value
    )
    if not alone or (target.value is not None and any(target.sides)):
        return target
    call, gone = _given(program, node)
    if isinstance(call, cst.Call) and gone is not None and _reads(program, call, rules, alone=gone is not call):
        target, node = target._replace(call=call, gone=gone), gone
    return target._replace(optional=_optional(program, node, rules))


def _given(program: Program, node: cst.CSTNode) -> tuple[cst.CSTNode | None, cst.CSTNode | None]:
    """What gives a value unless it is missing, where an expression is the default for that, and both together."""
    inner, outer = [*program.around(node), None, None][:2]
    if isinstance(inner, cst.Arg) and isinstance(outer, cst.Call) and inner in outer.args[1:2]:
        return (outer, outer) if _named(inner, "default") else (None, None)
    if isinstance(inner, cst.BooleanOperation) and not isinstance(outer, cst.BooleanOperation):
        return (inner.left, inner) if isinstance(inner.operator, cst.Or) and inner.right is node else (None, None)
    return None, None


def _reads(program: Program, call: cst.Call, rules: FixRules, *, alone: bool) -> bool:
    """Whether a call reads a variable, and has two arguments, or, `alone`, no default that says something."""
    if not rules.reads(program.meaning(dotted(call.func))) or not call.args or not _named(call.args[0], "key"):
        return False
    rest = call.args[1:]
    return not rest if alone else len(rest) == 1


def _named(argument: cst.Arg, keyword: str) -> bool:
    """Whether an argument is given by its place, or by this keyword."""
    return not argument.star and (argument.keyword is None or argument.keyword.value == keyword)


def _optional(program: Program, node: cst.CSTNode, rules: FixRules) -> bool:
    """Whether an expression is the default of what may be given in another way."""
    around = list(program.around(node))
    if len(around) < 2 or not isinstance(around[0], cst.Arg) or not isinstance(around[1], cst.Call):
        return _field(around, rules)
    argument, call = around[0], around[1]
    name = dotted(call.func)
    if argument.keyword is not None and argument.keyword.value in ("default", "const") and rules.declares(name):
        return True
    default = _named(argument, "default") and (argument.keyword is not None or argument is call.args[0])
    return default and name.endswith("Field") and _field(around[2:], rules)


def _field(around: Sequence[cst.CSTNode], rules: FixRules) -> bool:
    """Whether what stands in these nodes is a field of a class that is filled from the environment by itself."""
    if len(around) < 4 or not isinstance(around[0], (cst.Assign, cst.AnnAssign)):
        return False
    owner = around[3]
    return isinstance(owner, cst.ClassDef) and any(rules.declares(dotted(one.value)) for one in owner.bases)


def _check(program: Program, target: Target, rules: FixRules) -> None:
    """Raises Unprovable where a string must stay what it is."""
    unit, inner = topmost(program, target.node), target.node
    for node in program.around(target.node):
        reason = _constant(node, inner)
        if reason is not None:
            raise Unprovable(reason)
        inner = node
    parent = next(program.around(unit), None)
    if isinstance(parent, cst.Expr):
        raise Unprovable("it stands in a docstring, or in a text that nothing uses: write a made-up value there")
    if program.source(target.node) != program.text[target.start : target.end]:
        text = _text(program, unit)
        if program.text[target.start : target.end] != text:
            reason = rules.refused(text)
            if reason is not None:
                raise Unprovable(reason)


def _constant(node: cst.CSTNode, inner: cst.CSTNode) -> str | None:
    """Why what stands in a node must be a constant; None where it need not."""
    if isinstance(node, cst.MatchPattern):
        return "it stands in a match pattern, which takes constants only: compare with an if"
    if isinstance(node, cst.Annotation):
        return "it stands in a type annotation: write another type there"
    if (
        isinstance(node, cst.Subscript)
        and inner is not node.value
        and dotted(node.value).rpartition(".")[2] == "Literal"
    ):
        return "it stands in a Literal type, which takes constants only: write str there"
    if isinstance(node, cst.FormattedStringExpression) and (node.equal is not None or inner is not node.expression):
        return _FORMAT
    if type(node).__name__ == "TemplatedString":
        return "it stands in a template string: put a name there, which reads the variable before"
    if isinstance(node, (cst.Assign, cst.AnnAssign, cst.AugAssign)):
        names = {dotted(name) for name in _targets(node)}
        if names & _CONSTANTS:
            return "it stands in a list of names: name that differently"
    return None


def _targets(node: cst.Assign | cst.AnnAssign | cst.AugAssign) -> list[cst.BaseExpression]:
    return [one.target for one in node.targets] if isinstance(node, cst.Assign) else [node.target]


def topmost(program: Program, node: cst.CSTNode) -> cst.CSTNode:
    """The outermost string that a node is part of: literals side by side, f-strings around it; else the node."""
    found = node
    for around in program.around(node):
        if isinstance(around, _STRINGS):
            found = around
    return found


def quotes(program: Program, node: cst.CSTNode) -> str:
    """The quotes of the f-strings around a node, one behind the other."""
    return "".join(around.end[:1] for around in program.around(node) if isinstance(around, cst.FormattedString))


def _text(program: Program, unit: cst.CSTNode) -> str:
    """The text of a string for people: its value, or, with expressions in it, its source."""
    known = value(unit)
    if isinstance(known, bytes):
        return known.decode("latin-1")
    return program.source(unit) if known is None else known


def sets(program: Program, target: Target, name: str) -> bool:
    """Whether the code around a key sets the variable that the key would come from."""
    inner: cst.CSTNode = topmost(program, target.node)
    node = next(program.around(inner), None)
    if isinstance(node, (cst.Assign, cst.AnnAssign)):
        subscripts = [one for one in _targets(node) if isinstance(one, cst.Subscript)]
        return any(_environment(one.value) and _names(one.slice[0].slice, name) for one in subscripts)
    if isinstance(node, cst.DictElement):
        return _is(node.key, name) and any(_updates(one) for one in islice(program.around(node), 1, 4))
    if isinstance(node, cst.Arg):
        call = next(program.around(node), None)
        if isinstance(call, cst.Call) and dotted(call.func).rpartition(".")[2] in _SETTERS:
            return any(_is(one.value, name) for one in call.args)
        return node.keyword is not None and node.keyword.value == name and call is not None and _updates(call)
    return False


def _updates(node: cst.CSTNode) -> bool:
    """Whether a call or an assignment puts what is in a dictionary into the environment."""
    if isinstance(node, cst.AugAssign):
        return _environment(node.target)
    if not isinstance(node, cst.Call):
        return False
    patched = dotted(node.func).endswith("patch.dict") and bool(node.args) and _environment(node.args[0].value)
    return patched or (isinstance(node.func, cst.Attribute) and dotted(node.func).endswith("environ.update"))


def _environment(node: cst.BaseExpression) -> bool:
    return dotted(node).rpartition(".")[2] in ("environ", "environb")


def _names(index: cst.BaseSlice, name: str) -> bool:
    return isinstance(index, cst.Index) and _is(index.value, name)


def _is(node: cst.BaseExpression, name: str) -> bool:
    return value(node) in (name, name.encode())


def leftovers(program: Program, targets: Sequence[Target], public: bytes) -> Iterator[tuple[str, int, Edit]]:
    """The assignments of pieces that nothing needs any more: name, line, and the edit that drops it.

    `public` is what may stay: the prefix. Raises Unprovable where such a piece is needed elsewhere.
    """
    gone = [(target.start, target.end) for target in targets]
    done: set[int] = set()
    for piece in sorted({piece for target in targets for piece in target.pieces}):
        leaf = program.leaf(*piece)
        if leaf is None:
            raise Unprovable("a piece of it stands where it cannot be told: take it out by hand")
        text = _text(program, leaf)
        if len(text) < _SHORT or text.encode("utf-8", "surrogatepass") in public or piece[0] in done:
            continue
        done.add(piece[0])
        line = program.position(piece[0])[0]
        yield _dropped(program, leaf, line, gone)


def _dropped(program: Program, leaf: cst.CSTNode, line: int, gone: Sequence[tuple[int, int]]) -> tuple[str, int, Edit]:
    elsewhere = Unprovable(f"line {line} holds a piece of it that is not only used here: take that out by hand")
    around = [*program.around(leaf)]
    if len(around) < 3 or not isinstance(leaf, cst.SimpleString):
        raise elsewhere
    assign, statement, block = around[:3]
    if isinstance(assign, cst.Assign) and len(assign.targets) == 1:
        target = assign.targets[0].target
    elif isinstance(assign, cst.AnnAssign):
        target = assign.target
    else:
        raise elsewhere
    if not isinstance(target, cst.Name) or not isinstance(statement, cst.SimpleStatementLine):
        raise elsewhere
    alone = len(statement.body) == 1 and len(block.body) > 1  # type: ignore[attr-defined]
    uses = [span for span in program.names(target.value) if span != program.span(target)]
    if not alone or statement.trailing_whitespace.comment is not None:
        raise elsewhere
    if not all(any(low <= use[0] and use[1] <= high for low, high in gone) for use in uses):
        raise elsewhere
    if any(isinstance(node, cst.SimpleString) and _is(node, target.value) for node in program.nodes):
        raise elsewhere
    first = program.line(program.position(program.span(target)[0])[0])[0]
    last = program.line(program.position(program.span(leaf)[1])[0])[1]
    return target.value, line_of(program, target), Edit(first, last, "")


def line_of(program: Program, node: cst.CSTNode) -> int:
    """The line that a node begins on."""
    return program.position(program.span(node)[0])[0]
