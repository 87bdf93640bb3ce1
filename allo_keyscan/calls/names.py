"""Which bindings a name may stand for at the place where it is read: reaching definitions over the block tree."""

from __future__ import annotations

from typing import NamedTuple

from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import Choice


class Reaching(NamedTuple):
    """What may reach a read: bindings, each with the forks it was made under, and perhaps the parameter's own value."""

    bindings: tuple[tuple[f.Binding, frozenset[Choice]], ...]
    initial: bool  # the value the scope was entered with may still be there
    untouched: frozenset[Choice] = frozenset()  # and the choices under which it is


def home(name: str, site: f.Site) -> f.Scope | None:
    """The scope whose name this is (None: a builtin, or bound by a star import)."""
    scope: f.Scope | None = site.scope
    while scope is not None:
        inside = scope is site.scope or scope.kind != "class"
        if inside and name not in scope.elsewhere and (name in scope.bindings or scope.parameter(name) is not None):
            return scope
        scope = scope.parent
    return None


def executing(scope: f.Scope) -> f.Scope:
    """The scope whose statements run a comprehension or lambda written in it."""
    while scope.kind in ("comprehension", "lambda") and scope.parent is not None:
        scope = scope.parent
    return scope


def reaching(name: str, scope: f.Scope, site: f.Site) -> Reaching:
    """The bindings of `scope` that a read at `site` may see, latest first.

    A read from an inner function sees what the scope ends with.
    """
    return among(scope.bindings.get(name, []), scope, site, initial=scope.parameter(name) is not None)


def among(bindings: list[f.Binding], scope: f.Scope, site: f.Site, *, initial: bool) -> Reaching:
    """The bindings, given in reading order, that reach a site; `initial` says that there was a value before them."""
    own, elsewhere = _parted(bindings, scope)
    local = executing(site.scope) is scope or site.scope is scope
    around = frozenset(map(id, site.block.chain())) if local else frozenset()
    forks = {block.fork: block.arm for block in site.block.chain()} if local else {}
    found = [(binding, frozenset({Choice(binding, 0, False)})) for binding in elsewhere]
    covered: dict[int, set[int]] = {}
    # The forks that must have been passed by for an older value to be left.
    passed = frozenset(Choice(binding, 1, False) for binding in elsewhere)
    for binding in own:
        chain = list(binding.site.block.chain())
        inner = [block for block in chain if id(block) not in around and block.parent is not None]
        # An assignment's names are numbered after its value: bound at the read itself is a walrus or loop name.
        if local and binding.site.order > site.order:
            if not any(block.loop for block in chain if id(block) in around):
                continue
            found.append((binding, _choices(inner)))
            continue
        tried = next((block.fork for block in inner if block.tried and block.fork in forks), None)  # from a handler
        if any(forks.get(block.fork, block.arm) != block.arm and block.fork != tried for block in inner):
            continue
        if any(block.leaves and block.fork != tried for block in inner):
            continue
        if tried is not None:
            found.append((binding, frozenset({Choice(("tried", tried), 0, False)})))
            passed |= {Choice(("tried", tried), 1, False)}
            continue
        if not inner:
            anew = set(chain)
            left = [one for one in found if one[0] not in own or _comes_round(one[0].site, site, anew)]
            return Reaching(_plain([*left, (binding, passed)]), False)
        found.append((binding, _choices(inner)))
        passed |= {Choice(inner[-1].fork, -1, False)}
        if _covers(inner, covered):
            return Reaching(_plain(found), False)
    return Reaching(tuple(found) if initial else _plain(found), initial, passed)


def _comes_round(bound: f.Site, site: f.Site, anew: set[f.Block]) -> bool:
    """Whether what is bound later in a loop is there in the next turn, at a read after what each turn binds anew."""
    if bound.order <= site.order:
        return True
    around = set(site.block.chain())
    return any(block.loop and block in around and block not in anew for block in bound.block.chain())


def _parted(bindings: list[f.Binding], scope: f.Scope) -> tuple[list[f.Binding], list[f.Binding]]:
    """The bindings of a name that can run, latest first: the scope's own, and those of others, made at any time."""
    alive = [binding for binding in reversed(bindings) if not any(block.dead for block in binding.site.block.chain())]
    if not alive:  # an import under TYPE_CHECKING: nothing else is meant where the name is read
        alive = [one for one in reversed(bindings) if isinstance(one.value, f.Imported)]
    if scope.kind in ("comprehension", "lambda"):
        return alive, []
    own = [binding for binding in alive if executing(binding.site.scope) is scope]
    return own, [binding for binding in alive if executing(binding.site.scope) is not scope]


def _choices(blocks: list[f.Block]) -> frozenset[Choice]:
    return frozenset(Choice(block.fork, block.arm, False) for block in blocks)


def _covers(inner: list[f.Block], covered: dict[int, set[int]]) -> bool:
    """Whether this binding completes an assignment on every arm of its fork, so that nothing older gets through."""
    block = inner[0]
    if len(inner) != 1 or not block.arms:
        return False
    arms = covered.setdefault(block.fork, set())
    arms.add(block.arm)
    return len(arms | block.gone) >= block.arms


def _plain(
    found: list[tuple[f.Binding, frozenset[Choice]]],
) -> tuple[tuple[f.Binding, frozenset[Choice]], ...]:
    if len(found) == 1:  # the only value there is: that its fork might not be taken leaves nothing else
        return ((found[0][0], frozenset()),)
    return tuple(found)
