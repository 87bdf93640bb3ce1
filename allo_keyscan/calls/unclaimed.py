"""The API's server named in a program in which nothing was seen to be sent there: said to be open, never passed over.

A client may take its URL through what the engine does not follow: apart and together again, or in an object of unknown
make. The server is lost on the way, and the answer would be clean where it is not known. What still shows is the server
as a value that no call known so far has in its URL, where it is given to a new client, or in code that is tied by
imports to calls on a server that is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import receivers, routes, ties
from allo_keyscan.calls.domain import Hole, Made, Ref, Text
from allo_keyscan.calls.link import Program
from allo_keyscan.calls.told import Mark
from allo_keyscan.calls.values import Engine
from allo_keyscan.catalog.api import ApiRules
from allo_keyscan.model import Unresolved

Claim: TypeAlias = f.Constant | f.Call | str | None


class Marks:
    """The marks of all calls of a program, and of the constants in files of it that name an API host."""

    def __init__(self, program: Program, speaks: Callable[[str], bool]) -> None:
        """`speaks` says whether a file names an API host at all."""
        self.speaks = speaks
        self._program = program
        self._seen = 0
        self._marks: dict[f.Expr, Mark] = {}

    def of(self, claimed: Iterable[Claim]) -> set[Mark]:
        """The marks of some calls and constants, and of texts, which are their own; of others there are none."""
        self._update()
        some = {self._marks.get(one) if isinstance(one, f.Expr) else one for one in claimed}
        return some - {None}

    def _update(self) -> None:
        modules = [*self._program.modules.items()][self._seen :]
        self._seen += len(modules)
        for path, module in modules:
            self._marks |= {call: (path, "call", number) for number, call in enumerate(module.calls)}
            if self.speaks(path):
                constants = (one for root in _used(module) for one in _values(root))
                self._marks |= {one: (path, "constant", number) for number, one in enumerate(constants)}


def unclaimed(
    engine: Engine,
    rules: ApiRules,
    claimed: AbstractSet[Mark],
    lost: Collection[str],
    marks: Marks,
) -> list[Unresolved]:
    """One entry for each file that names the server, in parts of the program that send somewhere, nobody knows where.

    `lost` are the paths of the files that send to a server that is not known. `claimed` are the marks of the literals
    in URLs of calls and of what is open already, or the text of one that stands in for a setting there, and of the
    calls that made their clients: such a server is told of.
    """
    program = engine.program
    modules = dict(program.modules)
    entries = []
    for part in ties.parts(program):
        lines = ((path, _named(modules[path], rules, claimed, marks)) for path in sorted(part) if marks.speaks(path))
        named = [(path, line) for path, line in lines if line is not None]
        if not named:
            continue
        sender = min(part.intersection(lost), default=None)
        if sender is not None:
            reason = f"the API's server is named here, and {sender} sends to a server that is not known"
            entries += [Unresolved(path, line, reason) for path, line in named]
            continue
        for path in sorted(part):
            line = _idle(engine, modules[path], rules, claimed, marks)
            if line is not None:
                entries.append(Unresolved(path, line, "a client of the API's server, of which no call is known"))
    return entries


def _idle(
    engine: Engine,
    module: f.ModuleFacts,
    rules: ApiRules,
    claimed: AbstractSet[Mark],
    marks: Marks,
) -> int | None:
    """The first line on which an HTTP client is made for the API's server, in no call that is known."""
    for call in module.calls:
        for callee, _ in engine.evaluate(call.func, engine.open):
            if not isinstance(callee, Ref) or callee.path not in rules.objects:
                continue
            client, form = rules.objects[callee.path]
            made = Made(callee.path, call, engine.open)
            engine.begin()
            if receivers.inside(engine, made, client, form):
                continue
            base = receivers.argument(engine, made, form.base_url)
            for text, _ in engine.texts(base):
                defaults = {part.default for part in text.parts if isinstance(part, Hole) and part.default}
                own = marks.of((call, *text.pieces, *defaults))
                if routes.take_apart(text, rules).host == "api" and claimed.isdisjoint(own):
                    return module.spans[call.span].line
    return None


def _named(module: f.ModuleFacts, rules: ApiRules, claimed: AbstractSet[Mark], marks: Marks) -> int | None:
    """The first line on which an unclaimed value names the API's server: no docstring, no comparison, no dead code."""
    lines = [
        module.spans[constant.span].line
        for root in _used(module)
        for constant in _values(root)
        if isinstance(constant.value, str)
        and claimed.isdisjoint(marks.of((constant, constant.value)))
        and routes.take_apart(Text((constant.value,)), rules).host == "api"
    ]
    return min(lines, default=None)


def _used(module: f.ModuleFacts) -> Iterator[f.Expr]:
    """What statements do something with: a string that stands alone is none of it."""
    for site, root in module.roots:
        if not isinstance(root, f.Constant) and not _alone(root) and _runs(site):
            yield root
    for scope in (module.scope, *module.functions, *module.classes):
        for name, bindings in scope.bindings.items():
            yield from (one.value for one in bindings if name != "__doc__" and _runs(one.site))
        yield from (parameter.default for parameter in scope.parameters if parameter.default is not None)
        yield from (value for site, value in (*scope.returns, *scope.yields) if _runs(site))
    yield from (write.value for write in module.writes if _runs(write.site))


def _alone(root: f.Expr) -> bool:
    """Whether it is the statement of a string alone, as docstrings are."""
    return isinstance(root, f.Opaque) and len(root.parts) == 1 and isinstance(root.parts[0], f.Constant)


def _runs(site: f.Site) -> bool:
    return not any(block.dead for block in site.block.chain())


def _values(root: f.Expr) -> Iterator[f.Constant]:
    stack: list[f.Expr] = [root]
    while stack:
        expr = stack.pop()
        if isinstance(expr, f.Constant):
            yield expr
        elif not isinstance(expr, f.Compare):
            stack.extend(f.children(expr))
