"""A program -> the calls it makes on Allo, and the calls that may be Allo's and could not be resolved.

A wrapper's own transport call says little: its path comes with the arguments. So where a path is open, the call is
looked at once for each caller in the program, up the call chain, until the path is known; that is where it is reported.
"""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from allo_keyscan.calls import (
    clients,
    conditions,
    credentials,
    objects,
    openness,
    operators,
    requested,
    routes,
    unread,
    verdicts,
)
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.assembled import Assembled
from allo_keyscan.calls.callees import Callees
from allo_keyscan.calls.domain import MAX_ALTERNATIVES, UNKNOWN, Choice, Frame, Made, Text, both
from allo_keyscan.calls.handed import handed_over
from allo_keyscan.calls.interpreter import deep_stack, in_one_piece, seldom_collecting, uncollected
from allo_keyscan.calls.layout import Layout
from allo_keyscan.calls.link import Program
from allo_keyscan.calls.outcome import ModuleCalls, Open
from allo_keyscan.calls.parse import ParseFailure
from allo_keyscan.calls.read import read_module
from allo_keyscan.calls.remarks import remarks
from allo_keyscan.calls.spans import Span
from allo_keyscan.calls.told import Share, Told, alone
from allo_keyscan.calls.unclaimed import Claim, Marks, unclaimed
from allo_keyscan.calls.values import Engine
from allo_keyscan.catalog.api import ApiRules, Endpoint
from allo_keyscan.model import Call, Place, Remark, Skipped, Unresolved

MAX_CHAIN = 6
# Ways one call is looked at from its callers, and the steps these may take together; wrappers of wrappers multiply.
MAX_WAYS = 500
MAX_WALK = 500_000
MAX_UNLIKELY_WALK = 20_000  # of `seen.get(name)` on something unknown, where no name speaks for a client
# To find out whether a call sends. Of 1,100 that do, in the code of this project and in four SDKs, none took over 260;
# a bound that is too low costs more than it saves: what an object is, once found, is known for all calls on it.
MAX_ASKING = 5_000

_ELSEWHERE = Choice("elsewhere", 0, False)  # what is called may be another function, which sends nothing here
Reader = Callable[[str, bytes], "f.ModuleFacts | ParseFailure"]
Link = tuple[f.Scope, f.Call]
Chain = tuple[Link, ...]
# By method, path and URL: the endpoint, and the requests that reach it, each with whether that is sure.
Hits = dict[tuple[str, str | None, str], tuple["Endpoint | None", list[tuple[clients.Request, bool]]]]


def analyze(
    sources: Iterable[tuple[str, bytes]],
    rules: ApiRules,
    *,
    entry: Collection[str] | None = None,
    read: Reader = read_module,
    share: Share = alone,
) -> ModuleCalls:
    """The calls of the Python files of a project, sorted by place.

    `entry` are the paths of the files whose calls are looked at, all where it is None; the others are read where an
    import leads to them. `read` gives the facts of a file. `share` may have modules looked at by other processes, forks
    of this one.
    """
    files = dict(sources)
    unparsed: dict[str, Skipped] = {}

    def load(path: str) -> f.ModuleFacts | None:
        module = read(path, files[path])
        if isinstance(module, ParseFailure):
            where = f" (line {module.line})" if module.line is not None else ""
            unparsed[path] = Skipped(path, module.reason + where)
            return None
        return module

    program = Program(Layout(files, rules.imports), load)
    with deep_stack(), seldom_collecting():
        with uncollected():
            program.include(sorted(files if entry is None else entry))
            gc.freeze()  # all of it stays: the first search would go through it
        analysis = _Analysis(program, rules, files, unparsed)
        return in_one_piece(functools.partial(analysis.run, share)).sorted()


def literal_keys(source: bytes, rules: ApiRules) -> list[Assembled] | ParseFailure:
    """The keys that stand in the open in one Python file and are sent to Allo, whatever their form; or why not."""
    module = read_module("", source)
    if isinstance(module, ParseFailure):
        return module
    with deep_stack():
        analysis = _Analysis(Program.of(module), rules, {"": source}, {})
        analysis.run(alone)
        found = {}
        for text in analysis.signed:
            key = credentials.literal_key(text, rules)
            pieces = tuple(sorted(module.spans[piece.span] for piece in text.pieces if piece.span >= 0))
            if key is not None and pieces:
                # The scheme is a piece too, perhaps lines away: the longest piece is where the key stands.
                longest = max(pieces, key=lambda one: (one.end_line - one.line, one.end_column - one.column))
                found[key, pieces] = Assembled(key.encode("utf-8", "surrogatepass"), pieces, longest)
    return [found[identity] for identity in sorted(found, key=lambda identity: identity[1])]


class _Analysis:
    """The calls of one program."""

    def __init__(
        self, program: Program, rules: ApiRules, files: Mapping[str, bytes], unparsed: dict[str, Skipped]
    ) -> None:
        """`unparsed` is where the program's loader puts what it cannot read."""
        self.signed: list[Text] = []
        """What signs requests, of all modules that were looked at in this process."""
        self._program = program
        self._unparsed = unparsed
        self._told = Told()  # of the module that is looked at
        self._claimed: set[Claim] = set()  # likewise: literals in the URLs of what is told of
        self._names_allo = functools.cache(lambda path: verdicts.names_allo(files[path], rules))
        self._marks = Marks(program, lambda path: verdicts.names_server(files[path], rules))
        self._ways, self._until = MAX_WAYS, 0  # how far callers are still followed, in ways and to which step
        self._rules = rules
        self._engine = Engine(program, delegates=clients.delegates(rules))
        self._elsewhere = functools.partial(unread.names, program, files)

    def run(self, share: Share) -> Told:
        self._engine.index_callers(self._elsewhere())
        modules = [*self._program.modules.values()]
        callees = Callees(modules, clients.sending(self._rules))
        told = Told(unparsed={**self._unparsed})
        for one in share(len(modules), lambda number: self._alone(modules[number], callees)):
            self._program.include(one.loaded)  # in whichever process they were needed
            told.take(one)
        for left in unclaimed(self._engine, self._rules, told.claimed, told.lost, self._marks):
            told.unresolved[left.path, Span(left.line, 0, left.line, 0)] = Open(left, None)
        return told

    def _alone(self, module: f.ModuleFacts, callees: Callees) -> Told:
        """What is told of one module's calls."""
        self._told, self._claimed = Told(), set()
        before, unread = len(self._program.modules), {*self._unparsed}
        self._module(module, callees)
        told = self._told
        told.claimed = self._marks.of(self._claimed)
        told.loaded = tuple(self._program.modules)[before:]
        told.unparsed = {path: skip for path, skip in self._unparsed.items() if path not in unread}
        return told

    def _module(self, module: f.ModuleFacts, callees: Callees) -> None:
        decorators = {id(one) for scope in module.functions for one in scope.decorators}  # a server's own routes
        for call in module.calls:
            self._engine.begin(MAX_ASKING)
            sends = callees.may_send(call.func)
            targets = self._engine.well_known(functools.partial(self._targets, call)) if sends else []
            if id(call) in decorators and not any(target.form.of for target in targets):
                continue
            if targets:
                blind = all(target.client is None and not target.likely for target in targets)
                self._ways = MAX_WAYS
                self._until = self._engine.spent + (MAX_UNLIKELY_WALK if blind else MAX_WALK)
                self._resolve(call, ())
                if blind and self._past_bounds():
                    self._told.lost.add(module.path)
            elif self._names_allo(module.path):
                reason = self._engine.well_known(functools.partial(handed_over, self._engine, self._rules, call))
                if reason is not None:
                    span = module.spans[call.span]
                    self._told.unresolved[module.path, span] = Open(Unresolved(module.path, span.line, reason), None)
            elif module.path not in self._told.lost:
                ask = functools.partial(clients.nameless, self._engine, self._rules, call)
                unknown = self._engine.well_known(ask)
                if unknown is not None and (unknown.likely or unknown.verb is None):
                    self._told.lost.add(module.path)

    def _judge(self, call: f.Call, chain: Chain) -> verdicts.Judge:
        """The rules for a request: a file on its way that speaks of Allo makes an unknown URL open."""
        files = {self._program.holder(one.site.scope).path for one in (call, *(link[1] for link in chain))}
        return verdicts.Judge(self._rules, names_allo=any(self._names_allo(path) for path in files))

    def _targets(self, call: f.Call, frame: Frame) -> list[clients.Target]:
        found = clients.targets(self._engine, self._rules, call, frame)
        if not found and self._names_allo(self._program.holder(call.site.scope).path):
            unknown = clients.nameless(self._engine, self._rules, call, frame)
            return [unknown] if unknown is not None else []
        return found

    def _requests(self, call: f.Call, chain: Chain, root: Frame) -> list[clients.Request] | None:
        """What the call may send when it is reached along a chain; None where the chain does not lead there."""
        ways = [way for way in self._frames(chain, root) if conditions.feasible(self._engine, call.site, way[0])]
        if not ways:
            return None
        outer = [(link.site, root) for _, link in chain[:1]]
        return [
            replace(request, choices=along)
            for frame, choices in ways
            for target in self._targets(call, frame) or self._targets(call, self._engine.joined)
            for request in requested.requests(self._engine, self._rules, target, call, frame)
            if (together := both(request.choices, choices)) is not None
            and (along := conditions.along(self._engine, [(call.site, frame), *outer], together)) is not None
        ]

    def _frames(self, chain: Chain, root: Frame) -> list[tuple[Frame, frozenset[Choice]]]:
        """The frames a chain of calls leads to, one for each object it may be on, with the choices that lead there."""
        ways: list[tuple[Frame, frozenset[Choice]]] = [(root, frozenset())]
        for scope, call in chain:
            further: list[tuple[Frame, frozenset[Choice]]] = []
            for frame, choices in ways:
                if conditions.feasible(self._engine, call.site, frame):
                    for inner, chosen in self._entered(scope, call, frame):
                        together = both(choices, chosen)
                        further += [(inner, together)] if together is not None else []
            ways = further[:MAX_ALTERNATIVES]
        return ways

    def _entered(self, scope: f.Scope, call: f.Call, frame: Frame) -> list[tuple[Frame, frozenset[Choice]]]:
        found: dict[Frame, frozenset[Choice]] = {}
        others = 0
        for value, choices in operators.callees(self._engine, call, frame):
            for target, callee in objects.targets(self._engine, value):
                inner = objects.entered(self._engine, callee, scope, call, frame) if target is scope else None
                others += target is not scope and not target.abstract and target.kind == "function"
                if inner is not None:
                    found.setdefault(inner, choices)
        for caller, callee in self._engine.callers(scope) if not (found or others) else ():
            if caller is call and not found:  # its object came in as an argument: as the index knows it
                inner = objects.entered(self._engine, callee, scope, call, frame)
                found |= {inner: frozenset()} if inner is not None else {}
        if len(found) + others < 2:
            return [(inner, frozenset()) for inner in found]
        aside = frozenset({_ELSEWHERE}) if others else frozenset()
        return [
            (inner, choices | aside if any(openness.is_condition(choice) for choice in choices) else choices)
            for inner, choices in found.items()
        ]

    def _resolve(self, call: f.Call, chain: Chain) -> None:
        """Reports a call where its path is known, looking at it from its callers as long as that tells more."""
        self._engine.begin()
        requests = self._requests(call, chain, self._engine.open)
        if requests is None:
            return
        judge = self._judge(call, chain)
        settled = not self._borrows(call, chain) and all(judge.settled(request) for request in requests)
        settled = settled or self._built_here(call, chain, requests)
        defaulted = settled and any(map(openness.may_differ, requests))
        told, alike, past = False, list[Chain](), self._past_bounds()
        if (not settled or defaulted) and len(chain) < MAX_CHAIN:
            told, alike, past = self._from_callers(call, chain, requests)
        if told and not settled:
            for longer in alike:  # where others say what is asked for, this caller leaves it open
                self._resolve(call, longer)
        if told and not (defaulted and alike):
            requests = [
                replace(request, choices=request.choices | {_ELSEWHERE})
                for request in requests
                if settled and openness.surely(request.choices) and any(map(openness.is_default, request.choices))
            ]  # a default that everybody here replaces: the library's need, perhaps
            if not requests:
                return
        if not told and (settled or not past):
            requests = self._requests(call, chain, self._engine.joined) or requests
        self._report(call, chain, requests)  # past a bound as it stands: open, for the callers not looked at

    def _past_bounds(self) -> bool:
        """Whether no more callers of the call at hand are looked at."""
        return self._ways <= 0 or self._engine.spent >= self._until

    def _built_here(self, call: f.Call, chain: Chain, requests: list[clients.Request]) -> bool:
        """Whether the outermost function makes its path itself, with the help of its object: it is known when that is
        seen as everybody makes it, and what callers give the function is not."""
        scope = _outermost(call, chain).site.scope
        known = (scope, *(link[0] for link in chain))
        if scope.owner is None or any(
            openness.given(hole, known) for request in requests for hole in openness.holes(request)
        ):
            return False
        given = {one.name: UNKNOWN for one in scope.parameters[1:]}
        root = Frame(scope, {**given}, self._engine.joined, joined=True)
        found = self._requests(call, chain, self._engine.frame((scope, "by itself"), lambda: root)) or []
        told = [self._judge(call, chain).verdict(request) for request in found]
        hits = {endpoint for one in told if isinstance(one, list) for endpoint, _ in one}
        return len(hits) == 1 and None not in hits and all(isinstance(one, list) for one in told)

    def _borrows(self, call: f.Call, chain: Chain) -> bool:
        """Whether only the callers together say what is called: each of them says it better."""
        return any(not self._targets(call, frame) for frame, _ in self._frames(chain, self._engine.open))

    def _from_callers(
        self, call: f.Call, chain: Chain, requests: list[clients.Request]
    ) -> tuple[bool, list[Chain], bool]:
        """Resolves the call from callers that say more of it; whether that tells all of it, the chains that say the
        same, and whether there may be callers that were not looked at."""
        scope = _outermost(call, chain).site.scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        if scope.kind not in ("function", "lambda"):
            return False, [], self._past_bounds()
        before = {openness.shape(request) for request in requests}
        told = reached = False
        alike: list[Chain] = []
        used = {id(link[1]) for link in chain}
        entered = {scope, *(link[0] for link in chain)}
        for caller, _ in self._engine.callers(scope):
            if id(caller) in used or self._past_bounds():
                continue
            self._ways -= 1
            longer = ((scope, caller), *chain)
            seen = self._requests(call, longer, self._engine.open)
            reached = reached or seen is not None
            if seen and (
                {openness.shape(request) for request in seen} != before or self._built_here(call, longer, seen)
            ):
                told = True
                self._resolve(call, longer)
            elif seen is not None and caller.site.scope not in entered:  # a function that calls itself says nothing
                alike.append(longer)
        callers = self._engine.callers(scope)
        every = not chain or not any(id(caller) in used for caller, _ in callers)
        past = self._past_bounds() or self._engine.may_have_other_callers(scope)
        if not reached and every and not past and callers:
            return True, [], past  # every caller goes another way
        return told and not past, alike, past

    # -- reporting ---------------------------------------------------------------------------------------------------

    def _report(self, call: f.Call, chain: Chain, requests: list[clients.Request]) -> None:
        at = _outermost(call, chain)
        judge = self._judge(call, chain)
        hits: Hits = {}
        others = False
        for request in requests:
            verdict = judge.verdict(request)
            if isinstance(request.target.receiver, Made):
                self._claimed.add(request.target.receiver.call)
            if verdict is not None or routes.take_apart(request.url, self._rules).host == "api":
                self._claimed |= request.url.pieces | {hole.default for hole in openness.holes(request)}
            if verdict is not None:
                self.signed += credentials.values(self._engine, self._rules, request)
            if isinstance(verdict, str):
                self._open(request, self._place(at), verdict)
                others = True
            elif verdict is None:
                others = True
                if judge.astray(request):
                    self._told.lost.add(self._program.holder(at.site.scope).path)
            else:
                for endpoint, sure in verdict:
                    url = "" if endpoint else routes.shown(request.url)
                    identity = (verdicts.method_of(request) or "", endpoint.path if endpoint else None, url)
                    hits.setdefault(identity, (endpoint, []))[1].append((request, sure))
        if hits:
            self._tell(hits, chain, call, others=others)

    def _tell(self, hits: Hits, chain: Chain, call: f.Call, *, others: bool) -> None:
        at = _outermost(call, chain)
        inner = [*(link[1] for link in chain[1:]), call] if chain else []
        place, via = self._place(at), tuple(Place(path, span.line) for path, span in map(self._place, inner))
        for endpoint, found in hits.values():
            alone = len(hits) == 1 and not others
            definite = any(
                sure
                and ((alone and _ELSEWHERE not in request.choices) or openness.surely(request.choices))
                and not request.target.form.is_command
                # a path that only an object of some class would ask for, and no endpoint has: nobody may
                and (alone or endpoint is not None or not any(map(openness.of_class, request.choices)))
                for request, sure in found
            )
            made = [self._call(found[0][0], endpoint, key, place, via, definite=definite) for key in self._keys(found)]
            for said in remarks(self._engine, self._rules, endpoint, [request for request, _ in found]):
                self._told.remarks.setdefault(
                    (said.kind, place, made[0].method, endpoint), Remark(said.kind, made[0], *said[1:])
                )

    def _place(self, call: f.Call) -> tuple[str, Span]:
        module = self._program.holder(call.site.scope)
        return module.path, module.spans[call.span]

    def _keys(self, found: list[tuple[clients.Request, bool]]) -> list[str | None]:
        keys = {key for request, _ in found for key in credentials.keys(self._engine, self._rules, request)}
        return [*sorted(keys)] or [None]

    def _call(
        self,
        request: clients.Request,
        endpoint: Endpoint | None,
        key: str | None,
        place: tuple[str, Span],
        via: tuple[Place, ...],
        *,
        definite: bool,
    ) -> Call:
        path, span = place
        made = Call(
            path=path,
            line=span.line,
            column=span.column,
            method=verdicts.method_of(request) or "",
            endpoint=endpoint.path if endpoint else None,
            url=routes.shown(request.url),
            scopes=endpoint.scopes if endpoint else (),
            basis=endpoint.basis if endpoint else "unknown",
            conflict=endpoint.conflict if endpoint else None,
            certainty="definite" if definite else "possible",
            client=request.target.client.id if request.target.client else "",
            key=key,
            via=via,
        )
        identity = (made.path, made.line, made.column, made.method, made.endpoint or made.url, made.key)
        self._told.add_call(identity, made)
        return made

    def _open(self, request: clients.Request, place: tuple[str, Span], reason: str) -> None:
        key = next(iter(credentials.keys(self._engine, self._rules, request)), None)
        self._told.add_open(place, Open(Unresolved(place[0], place[1].line, reason), key))


def _outermost(call: f.Call, chain: Chain) -> f.Call:
    """The call in a program's code that a request is told of."""
    return chain[0][1] if chain else call
