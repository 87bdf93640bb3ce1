"""What the names in a `case` pattern stand for, as parts of what is matched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import libcst as cst

from allo_keyscan.calls import facts as f

Captured = Iterator[tuple[str, f.Expr]]


def captured(pattern: Any, subject: f.Expr, lower: Callable[[cst.CSTNode], f.Expr], site: f.Site) -> Captured:
    """The names a pattern binds, each with its value."""
    match pattern:
        case cst.MatchAs():
            if pattern.name is not None:
                yield pattern.name.value, _one_of(pattern.pattern, lower) or subject
            if pattern.pattern is not None:
                yield from captured(pattern.pattern, subject, lower, site)
        case cst.MatchList() | cst.MatchTuple():
            yield from _of_sequence(pattern.patterns, subject, lower, site)
        case cst.MatchMapping():
            for element in pattern.elements:
                part = f.Subscript(-1, subject, lower(element.key), site)
                yield from captured(element.pattern, part, lower, site)
            if pattern.rest is not None:
                yield pattern.rest.value, f.Opaque(-1)
        case cst.MatchClass():
            yield from _of_class(pattern, subject, lower, site)
        case cst.MatchOr():  # any of them may have matched
            for choice in pattern.patterns:
                yield from ((name, f.Opaque(-1)) for name, _ in captured(choice.pattern, subject, lower, site))


def tests(pattern: Any, subject: f.Expr, lower: Callable[[cst.CSTNode], f.Expr], site: f.Site) -> list[f.Expr]:
    """What must hold of what is matched: its type, and the values it is compared with."""
    match pattern:
        case cst.MatchAs(pattern=inner) if inner is not None:
            return tests(inner, subject, lower, site)
        case cst.MatchValue() | cst.MatchOr():
            parts = [item.pattern for item in pattern.patterns] if isinstance(pattern, cst.MatchOr) else [pattern]
            values = [lower(part.value) for part in parts if isinstance(part, cst.MatchValue)]
            known = f.Sequence(-1, "tuple", tuple(values), frozenset())
            return [f.Compare(-1, "in", subject, known)] if len(values) == len(parts) else []
        case cst.MatchList() | cst.MatchTuple():
            kinds: list[f.Expr] = [f.Imported(-1, "builtins", name, site) for name in ("list", "tuple")]
            below = [
                one
                for _, item, part in _elements(pattern.patterns, subject, site)
                if item is not None
                for one in tests(item, part, lower, site)
            ]
            return [_is_of(subject, kinds, site), *below]
        case cst.MatchMapping():
            found = [_is_of(subject, [f.Imported(-1, "builtins", "dict", site)], site)]
            for element in pattern.elements:
                found += tests(element.pattern, f.Subscript(-1, subject, lower(element.key), site), lower, site)
            return found
        case cst.MatchClass():
            found = [_is_of(subject, [lower(pattern.cls)], site)]
            for keyword in pattern.kwds:
                found += tests(keyword.pattern, f.Attribute(-1, subject, keyword.key.value, site), lower, site)
            return found
        case _:
            return []


def _is_of(subject: f.Expr, kinds: list[f.Expr], site: f.Site) -> f.Expr:
    of = kinds[0] if len(kinds) == 1 else f.Sequence(-1, "tuple", tuple(kinds), frozenset())
    given = (f.Argument(None, "", subject), f.Argument(None, "", of))
    return f.Call(-1, f.Imported(-1, "builtins", "isinstance", site), given, site)


def _of_class(
    pattern: cst.MatchClass, subject: f.Expr, lower: Callable[[cst.CSTNode], f.Expr], site: f.Site
) -> Captured:
    for positional in pattern.patterns:
        yield from captured(positional.value, f.Opaque(-1), lower, site)
    for keyword in pattern.kwds:
        part = f.Attribute(-1, subject, keyword.key.value, site)
        yield from captured(keyword.pattern, part, lower, site)


def _of_sequence(patterns: Any, subject: f.Expr, lower: Callable[[cst.CSTNode], f.Expr], site: f.Site) -> Captured:
    for name, inner, part in _elements(patterns, subject, site):
        if name is not None:
            yield name, part
        elif inner is not None:
            yield from captured(inner, part, lower, site)


def _elements(patterns: Any, subject: f.Expr, site: f.Site) -> Iterator[tuple[str | None, Any, f.Expr]]:
    """The parts of a sequence pattern: the name that a `*` binds, or the pattern of an element, each with its value."""
    star = next((n for n, item in enumerate(patterns) if isinstance(item, cst.MatchStar)), len(patterns))
    for number, item in enumerate(patterns):
        if isinstance(item, cst.MatchStar):
            left = number + 1 - len(patterns)
            index = f.Slice(-1, f.Constant(-1, number), f.Constant(-1, left) if left else None, None)
            named = item.name.value if item.name is not None else None
            yield named, None, f.Subscript(-1, subject, index, site)
            continue
        place = f.Constant(-1, number if number < star else number - len(patterns))
        yield None, item.value, f.Subscript(-1, subject, place, site)


def _one_of(pattern: Any, lower: Callable[[cst.CSTNode], f.Expr]) -> f.Expr | None:
    """`"a" | "b" as name`: one of the values that the pattern lists."""
    choices = [choice.pattern for choice in pattern.patterns] if isinstance(pattern, cst.MatchOr) else [pattern]
    values = [choice.value for choice in choices if isinstance(choice, cst.MatchValue)]
    if len(values) != len(choices):
        return None
    result, *others = map(lower, values)
    for other in others:
        result = f.Conditional(-1, f.Opaque(-1), result, other)
    return result
