"""Which files of a project can hold a call on Allo's API, or lead to one: told from their bytes, without parsing.

A *seed* names the API's host, a path of it, or Allo itself. Who imports a seed may call into it or hand it a key, and
what a seed imports may send its requests: so files tied to a seed by imports count too, where they send requests
themselves or are tied to a file that does. Parsing costs a second a megabyte, this a hundredth of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from allo_keyscan.calls.layout import Layout
from allo_keyscan.catalog.api import ApiRules

# An import's names in brackets end within so many bytes: what never ends must not be looked through each time.
_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+(?P<stem>[\w.]+)[ \t]+import[ \t]*(?P<names>\([^)]{0,20000}+\)|[^#\n;]+)"
    rb"|import[ \t]+(?P<plain>[^#\n;]+))",
    re.MULTILINE,
)
_CALLED = re.compile(rb"import(?:_module|(?<=__import)__)\([ \t]*[\"'](?P<called>[\w.]+)")
_NAME = re.compile(rb"([\w.*]+)(?:[ \t]+as[ \t]+\w+)?")


def imports(source: bytes) -> Iterator[str]:
    """The dotted names a file may import, relative ones with their dots; text may look like more."""
    end = 0
    while (at := source.find(b"import", end)) >= 0:  # ten times as fast as the pattern on every line
        newline = source.rfind(b"\n", end, at)
        found = _IMPORT.match(source, newline + 1) if newline >= 0 or not end else None  # else its line was tried
        called = _CALLED.match(source, at) if found is None else None
        end = at + len(b"import")
        if called is not None:
            end = called.end()
            yield called["called"].decode("ascii", "replace")
        elif found is not None:
            end = found.end()
            yield from _imported(found)


def _imported(found: re.Match[bytes]) -> Iterator[str]:
    if found["plain"]:
        yield from (name[1].decode("ascii", "replace") for name in _NAME.finditer(found["plain"]))
        return
    stem = found["stem"].decode("ascii", "replace")
    yield stem
    dot = "" if stem.endswith(".") else "."
    yield from (stem + dot + name[1].decode("ascii", "replace") for name in _NAME.finditer(found["names"]))


def is_seed(source: bytes, rules: ApiRules) -> bool:
    """Whether a file names the API's host, a path of it, or Allo."""
    if any(host.encode() in source for host in rules.api_hosts):
        return True
    text = source.decode("latin-1")
    return any(rule.search(text) for rule in (*rules.paths, *rules.names))


class Look:
    """What the bytes of one file tell without parsing it: whether it is a seed, and what it may import."""

    def __init__(self, source: bytes, rules: ApiRules) -> None:
        self.seed = is_seed(source, rules)
        self._source = source

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """The dotted names it may import; where there is no seed nobody asks."""
        return tuple(imports(self._source))


def select(looks: Mapping[str, Look], layout: Layout, rules: ApiRules) -> set[str]:
    """The paths of the files whose calls have to be looked at."""
    seeds = {path for path, one in looks.items() if one.seed}
    if not seeds:
        return seeds
    down: dict[str, set[str]] = {}
    sending: set[str] = set()
    libraries = rules.imports
    for path, one in looks.items():
        down[path] = set()
        for dotted in one.imports:
            found = layout.find(path, dotted)
            if found is not None and found != path:
                down[path].add(found)
            elif found is None and dotted.partition(".")[0] in libraries:
                sending.add(path)
    up: dict[str, set[str]] = {}
    for path, below in down.items():
        for found in below:
            up.setdefault(found, set()).add(path)
    leads = _closure(sending, up)
    above = (_closure(seeds, up) & leads) | seeds
    return above | (_closure(above, down) & leads & looks.keys())


def _closure(start: Iterable[str], edges: Mapping[str, Iterable[str]]) -> set[str]:
    found = set(start)
    stack = [*found]
    while stack:
        for path in edges.get(stack.pop(), ()):
            if path not in found:
                found.add(path)
                stack.append(path)
    return found
