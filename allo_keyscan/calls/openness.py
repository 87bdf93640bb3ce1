"""What a request leaves open, and what it depends on: whether callers may say more of it."""

from __future__ import annotations

from allo_keyscan.calls import facts as f
from allo_keyscan.calls.clients import Request
from allo_keyscan.calls.domain import Callers, Choice, Default, Hole


def is_condition(choice: Choice) -> bool:
    """Whether a choice leaves ways ungone: a loop goes all of them, and so do all callers together."""
    return not choice.loop and not isinstance(choice.fork, Callers)


def is_default(choice: Choice) -> bool:
    """Whether a choice is that a parameter keeps its default."""
    return isinstance(choice.fork, Default)


def of_class(choice: Choice) -> bool:
    """Whether a choice is which class an object is of (attributes.py)."""
    return isinstance(choice.fork, tuple) and choice.fork[-1:] == ("object",)


def surely(choices: frozenset[Choice]) -> bool:
    """Whether this way is gone in any case: a loop goes all its ways."""
    return all(choice.loop for choice in choices)


def shape(request: Request) -> tuple[object, ...]:
    """What two requests must have alike to say the same."""
    return (request.method.filled().parts if request.method is not None else None, request.url.filled().parts)


def may_differ(request: Request) -> bool:
    """Whether callers may say more: a default of a parameter stands for part of the path or for the method, or what
    is asked for was looked up in a table, or depends on the class of an object (attributes.py)."""
    if any(of_class(one) and not one.loop for one in request.choices):
        return True
    if any(is_default(one) or (isinstance(one.fork, f.Subscript) and not one.loop) for one in request.choices):
        return True
    return any(
        hole.default is not None and "://" not in hole.default and (hole.origin or "").startswith("parameter:")
        for hole in holes(request)
    )


def holes(request: Request) -> list[Hole]:
    """The stretches of URL and method that are not known."""
    parts = [*request.url.parts, *(request.method.parts if request.method is not None else ())]
    return [part for part in parts if isinstance(part, Hole)]


def given(hole: Hole, scopes: tuple[f.Scope, ...]) -> bool:
    """Whether a hole says where it comes from, other than from arguments that nobody can read in one of these."""
    inside, _, name = (hole.origin or "").removeprefix("parameter:").rpartition(".")
    return hole.origin is not None and not any(
        inside == scope.qualname and scope.parameter(name) is None for scope in scopes
    )
