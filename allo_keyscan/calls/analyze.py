"""Python sources -> the calls they make on Allo, and the calls that may be Allo's and could not be resolved.

A wrapper's own transport call says little: its path comes with the arguments. So where a path is open, the call is
looked at once for each caller in the module, up the call chain, until the path is known; that is where it is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allo_keyscan.calls import clients, credentials, objects, routes, verdicts
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.assembled import Assembled
from allo_keyscan.calls.collect import read_module
from allo_keyscan.calls.domain import Choice, Frame, Text
from allo_keyscan.calls.handed import handed_over
from allo_keyscan.calls.parse import ParseFailure, deep_stack
from allo_keyscan.calls.spans import Span
from allo_keyscan.calls.values import Engine
from allo_keyscan.catalog.api import ApiRules, Endpoint
from allo_keyscan.model import Call, Place, Skipped, Unresolved

MAX_CHAIN = 6
# Ways one call is looked at from its callers; wrappers of wrappers multiply.
MAX_WAYS = 500


@dataclass(frozen=True, slots=True, order=True)
class Open:
    """A call that may be Allo's and could not be resolved, and the key that signs it where that is known."""

    call: Unresolved
    key: str | None


@dataclass(frozen=True, slots=True)
class ModuleCalls:
    """What some files do with Allo's API."""

    calls: tuple[Call, ...] = ()
    unresolved: tuple[Open, ...] = ()
    unparsed: tuple[Skipped, ...] = ()


Link = tuple[f.Scope, f.Call]
Chain = tuple[Link, ...]


def analyze(sources: Sequence[tuple[str, bytes]], rules: ApiRules) -> ModuleCalls:
    """The calls of some Python files, each file on its own, sorted by place."""
    calls: list[Call] = []
    unresolved: list[Open] = []
    unparsed: list[Skipped] = []
    for path, source in sources:
        module = read_module(path, source)
        if isinstance(module, ParseFailure):
            where = f" (line {module.line})" if module.line is not None else ""
            unparsed.append(Skipped(path, module.reason + where))
            continue
        with deep_stack():
            analysis = _Analysis(module, source, rules)
            analysis.run()
        calls.extend(analysis.calls.values())
        unresolved.extend(analysis.unresolved.values())
    return ModuleCalls(
        tuple(sorted(calls, key=call_order)),
        tuple(sorted(unresolved, key=lambda item: (item.call.path, item.call.line, item.call.reason, item.key or ""))),
        tuple(sorted(unparsed, key=lambda item: (item.path, item.reason))),
    )


def literal_keys(source: bytes, rules: ApiRules) -> list[Assembled] | ParseFailure:
    """The keys that stand in the open in one Python file and are sent to Allo, whatever their form; or why not."""
    module = read_module("", source)
    if isinstance(module, ParseFailure):
        return module
    with deep_stack():
        analysis = _Analysis(module, source, rules)
        analysis.run()
        found = {}
        for text in analysis.signed:
            key = credentials.literal_key(text, rules)
            pieces = tuple(sorted(module.spans[piece] for piece in text.pieces if piece >= 0))
            if key is not None and pieces:
                # The scheme is a piece too, perhaps lines away: the longest piece is where the key stands.
                longest = max(pieces, key=lambda one: (one.end_line - one.line, one.end_column - one.column))
                found[key, pieces] = Assembled(key.encode("utf-8", "surrogatepass"), pieces, longest)
    return [found[identity] for identity in sorted(found, key=lambda identity: identity[1])]


def call_order(call: Call) -> tuple[object, ...]:
    """The order calls are reported in."""
    return (call.path, call.line, call.column, call.method, call.endpoint or "", call.url, call.key or "")


class _Analysis:
    """The calls of one module."""

    def __init__(self, module: f.ModuleFacts, source: bytes, rules: ApiRules) -> None:
        self.calls: dict[tuple[object, ...], Call] = {}
        self.unresolved: dict[Span, Open] = {}
        self.signed: list[Text] = []
        self._module = module
        self._ways = MAX_WAYS
        self._rules = rules
        self._engine = Engine(module)
        self._judge = verdicts.Judge(rules, names_allo=verdicts.names_allo(source, rules))

    def run(self) -> None:
        self._engine.index_callers()
        decorators = {id(one) for scope in self._module.functions for one in scope.decorators}
        for call in self._module.calls:
            self._engine.begin()
            self._ways = MAX_WAYS
            if self._targets(call, self._engine.joined):
                self._resolve(call, ())
            elif self._judge.file_names_allo and id(call) not in decorators:
                reason = handed_over(self._engine, self._rules, call, self._engine.joined)
                if reason is not None:
                    span = self._module.spans[call.span]
                    self.unresolved[span] = Open(Unresolved(self._module.path, span.line, reason), None)

    def _targets(self, call: f.Call, frame: Frame) -> list[clients.Target]:
        found = clients.targets(self._engine, self._rules, call, frame)
        if not found and self._judge.file_names_allo:
            unknown = clients.nameless(self._engine, self._rules, call, frame)
            return [unknown] if unknown is not None else []
        return found

    def _requests(self, call: f.Call, chain: Chain, root: Frame) -> list[clients.Request] | None:
        """What the call may send when it is reached along a chain; None where the chain does not lead there."""
        frame = self._frame(chain, root)
        if frame is None:
            return None
        targets = self._targets(call, frame) or self._targets(call, self._engine.joined)
        return [
            request
            for target in targets
            for request in clients.requests(self._engine, self._rules, target, call, frame)
        ]

    def _frame(self, chain: Chain, root: Frame) -> Frame | None:
        frame: Frame | None = root
        for scope, call in chain:
            if frame is None:
                return None
            entered = None
            for value, _ in self._engine.evaluate(call.func, frame):
                for target, callee in objects.targets(self._engine, value):
                    if target is scope and entered is None:
                        entered = objects.entered(self._engine, callee, scope, call, frame)
            for caller, callee in self._engine.callers(scope) if entered is None else ():
                if caller is call and entered is None:  # its object came in as an argument: as the index knows it
                    entered = objects.entered(self._engine, callee, scope, call, frame)
            frame = entered
        return frame

    def _resolve(self, call: f.Call, chain: Chain) -> None:
        """Reports a call where its path is known, looking at it from its callers as long as that tells more."""
        self._engine.begin()
        requests = self._requests(call, chain, self._engine.open)
        if requests is None:
            return
        settled = all(self._judge.settled(request) for request in requests)
        if not settled and len(chain) < MAX_CHAIN and self._from_callers(call, chain, requests):
            return
        if settled or self._ways > 0:
            requests = self._requests(call, chain, self._engine.joined) or requests
        self._report(call, chain, requests)  # past the bound as it stands: open, for the callers not looked at

    def _from_callers(self, call: f.Call, chain: Chain, requests: list[clients.Request]) -> bool:
        outermost = chain[0][1] if chain else call
        scope = outermost.site.scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        if scope.kind not in ("function", "lambda"):
            return False
        before = {_shape(request) for request in requests}
        told = False
        used = {id(link[1]) for link in chain}
        for caller, _ in self._engine.callers(scope):
            if id(caller) in used or self._ways <= 0:
                continue
            self._ways -= 1
            longer = ((scope, caller), *chain)
            seen = self._requests(call, longer, self._engine.open)
            if seen and {_shape(request) for request in seen} != before:
                told = True
                self._resolve(call, longer)
        return told and self._ways > 0

    # -- reporting ---------------------------------------------------------------------------------------------------

    def _report(self, call: f.Call, chain: Chain, requests: list[clients.Request]) -> None:
        at = chain[0][1] if chain else call
        span = self._module.spans[at.span]
        inner = [*(link[1] for link in chain[1:]), call] if chain else []
        via = tuple(Place(self._module.path, self._module.spans[one.span].line) for one in inner)
        hits: dict[tuple[str, str | None, str], tuple[Endpoint | None, list[tuple[clients.Request, bool]]]] = {}
        others = False
        for request in requests:
            verdict = self._judge.verdict(request)
            if verdict is not None:
                self.signed += credentials.values(self._engine, self._rules, request)
            if isinstance(verdict, str):
                self._open(request, span, verdict)
                others = True
            elif verdict is None:
                others = True
            else:
                for endpoint, sure in verdict:
                    url = "" if endpoint else routes.shown(request.url)
                    identity = (verdicts.method_of(request) or "", endpoint.path if endpoint else None, url)
                    hits.setdefault(identity, (endpoint, []))[1].append((request, sure))
        for endpoint, found in hits.values():
            alone = len(hits) == 1 and not others
            definite = any(sure and (alone or _surely(request.choices)) for request, sure in found)
            for key in self._keys(found):
                self._call(found[0][0], endpoint, key, span, via, definite=definite)

    def _keys(self, found: list[tuple[clients.Request, bool]]) -> list[str | None]:
        keys = {key for request, _ in found for key in credentials.keys(self._engine, self._rules, request)}
        return [*sorted(keys)] or [None]

    def _call(
        self,
        request: clients.Request,
        endpoint: Endpoint | None,
        key: str | None,
        span: Span,
        via: tuple[Place, ...],
        *,
        definite: bool,
    ) -> None:
        made = Call(
            path=self._module.path,
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
        identity = (made.line, made.column, made.method, made.endpoint or made.url, made.key)
        known = self.calls.get(identity)
        if known is None or (known.certainty == "possible" and definite):
            self.calls[identity] = made

    def _open(self, request: clients.Request, span: Span, reason: str) -> None:
        """One entry a call: of several reasons the one that says most."""
        known = self.unresolved.get(span)
        if known is None or (len(reason), reason) > (len(known.call.reason), known.call.reason):
            key = next(iter(credentials.keys(self._engine, self._rules, request)), None)
            self.unresolved[span] = Open(Unresolved(self._module.path, span.line, reason), key)


def _surely(choices: frozenset[Choice]) -> bool:
    """Whether this way is gone in any case: a loop goes all its ways."""
    return all(choice.loop for choice in choices)


def _shape(request: clients.Request) -> tuple[object, ...]:
    return (request.method.parts if request.method is not None else None, request.url.parts)
