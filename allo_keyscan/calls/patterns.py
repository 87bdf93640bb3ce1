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


def _of_class(
    pattern: cst.MatchClass, subject: f.Expr, lower: Callable[[cst.CSTNode], f.Expr], site: f.Site
) -> Captured:
    for positional in pattern.patterns:
        yield from captured(positional.value, f.Opaque(-1), lower, site)
    for keyword in pattern.kwds:
        part = f.Attribute(-1, subject, keyword.key.value, site)
        yield from captured(keyword.pattern, part, lower, site)


def _of_sequence(patterns: Any, subject: f.Expr, lower: Callable[[cst.CSTNode], f.Expr], site: f.Site) -> Captured:
    star = next((n for n, item in enumerate(patterns) if isinstance(item, cst.MatchStar)), len(patterns))
    for number, item in enumerate(patterns):
        if isinstance(item, cst.MatchStar):
            if item.name is not None:
                left = number + 1 - len(patterns)
                index = f.Slice(-1, f.Constant(-1, number), f.Constant(-1, left) if left else None, None)
                yield item.name.value, f.Subscript(-1, subject, index, site)
            continue
        place = f.Constant(-1, number if number < star else number - len(patterns))
        yield from captured(item.value, f.Subscript(-1, subject, place, site), lower, site)


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
