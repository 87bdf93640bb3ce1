"""Command lines that send a request (`subprocess.run(["curl", …])`, `os.system("curl …")`) -> method, URL and headers.

A command is words, or text that a shell splits. Which programs, and what their options mean, is data
(rules/clients.toml).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import names, objects
from allo_keyscan.calls.domain import (
    MAX_ALTERNATIVES,
    Choice,
    Frame,
    Hole,
    Items,
    Late,
    Made,
    Text,
    Value,
    both,
    joined,
    product,
    text_of,
)
from allo_keyscan.calls.shell import Words, split
from allo_keyscan.calls.values import Engine
from allo_keyscan.catalog.clients import Command, Form

_ASSIGNED = re.compile(r"\w+=")
_UNKNOWN = Text((Hole(),))
_MAX_NESTED = 6


@dataclass(frozen=True, slots=True)
class Sent:
    """One request of a command line. `headers` are lines, `Name: value`."""

    method: Text | None
    url: Text
    headers: tuple[Text, ...]
    choices: frozenset[Choice]


def sent(engine: Engine, commands: Sequence[Command], form: Form, args: objects.Given) -> Iterator[Sent]:
    """The requests that the command lines handed to a call send; none where it is no program of the rules."""
    if form.words:
        given: Late | Value | None = Items(tuple(args.positional))
    else:
        given = args.at(form.command.position, form.command.keyword) if form.command is not None else None
    for words, choices in _lines(engine, given):
        for command, own in _programs(words, commands):
            for method, url, headers in _requests(command, own):
                yield Sent(method, url, headers, choices)


def _lines(engine: Engine, given: Late | Value | None) -> Iterator[tuple[Words, frozenset[Choice]]]:
    """The simple commands an argument may be, as words."""
    if given is None:
        return
    for value, choices in engine.force(given):
        if isinstance(value, Made) and value.path == "shlex.split" and value.call and value.frame:
            value = engine.force(objects.given(engine, value.call, value.frame).at(0, "s") or _UNKNOWN)[0].value
        if isinstance(value, Text) and any(isinstance(part, str) for part in value.parts):
            for words in split(value):
                yield words, choices
            continue
        items = list(value.items) if isinstance(value, Items) else _listed(engine, given)
        for more, further in _grown(engine, given) if items else ():
            together = both(choices, further)
            for values, inner in product([engine.force(item) for item in (*items, *more)]):
                whole = both(together, inner) if together is not None else None
                if whole is not None:
                    yield [text_of(item) for item in values], whole


def _listed(engine: Engine, given: Late | Value, depth: int = 0) -> list[Late | Value]:
    """The elements of a list of which a part is not known, as far as its beginning is; a hole for what is not."""
    if isinstance(given, Late) and depth < _MAX_NESTED:
        match given.expr:
            case f.Sequence(items=items, starred=starred):
                found: list[Late | Value] = []
                for number, item in enumerate(items):
                    late = Late(item, given.frame)
                    found.extend(_listed(engine, late, depth + 1) or [_UNKNOWN] if number in starred else [late])
                return found
            case f.Sum(terms=terms, text=False):
                parts = [_listed(engine, Late(term, given.frame), depth + 1) for term in terms]
                return [item for part in parts for item in part or [_UNKNOWN]] if parts[0] else []
            case f.Name(id=name, site=site):
                home = names.home(name, site)
                if home is not None and (given.frame.scope in (home, None) or home.kind == "module"):
                    bindings = names.reaching(name, home, site).bindings
                    found = _listed(engine, Late(bindings[0][0].value, given.frame), depth + 1) if bindings else []
                    if found:
                        return found
    value = engine.force(given)[0].value
    return list(value.items) if isinstance(value, Items) else []


def _grown(engine: Engine, given: Late | Value) -> list[tuple[list[Late | Value], frozenset[Choice]]]:
    """What `command.append(…)` and `.extend(…)` put behind a list that has a name; under a condition, or not."""
    ways: list[tuple[list[Late | Value], frozenset[Choice]]] = [([], frozenset())]
    if not isinstance(given, Late) or not isinstance(given.expr, f.Name):
        return ways
    name, frame = given.expr, given.frame
    around = [id(block) for block in name.site.block.chain()]
    calls = [call for method in ("append", "extend") for call in engine.mutations.methods.get(method, ())]
    for call in sorted((call for call in calls if _changes(call, name)), key=lambda call: call.site.order):
        more = _added(engine, call, frame)
        arms = [block for block in call.site.block.chain() if id(block) not in around]
        chosen = frozenset(Choice(block.fork, block.arm, False) for block in arms)
        passed = frozenset(Choice(block.fork, -1, False) for block in arms[:1])
        grown = []
        for items, choices in ways:
            for extra, further in [(more, chosen), ([], passed)] if arms else [(more, chosen)]:
                together = both(choices, further)
                if together is not None:
                    grown.append(([*items, *extra], together))
        ways = grown[:MAX_ALTERNATIVES]
    return ways


def _changes(call: f.Call, name: f.Name) -> bool:
    func = call.func
    if not isinstance(func, f.Attribute) or not isinstance(func.value, f.Name) or func.value.id != name.id:
        return False
    scope = names.home(name.id, name.site)
    return call.site.order < name.site.order and names.home(name.id, func.value.site) is scope and bool(call.arguments)


def _added(engine: Engine, call: f.Call, frame: Frame) -> list[Late | Value]:
    item = Late(call.arguments[0].value, frame)
    if isinstance(call.func, f.Attribute) and call.func.name == "append":
        return [item]
    value = engine.force(item)[0].value
    return list(value.items) if isinstance(value, Items) else [_UNKNOWN]


# -- a program's words -------------------------------------------------------------------------------------------


def _programs(words: Words, commands: Sequence[Command], nested: int = 0) -> Iterator[tuple[Command, Words]]:
    """The programs of the rules that a command runs, behind `sudo` and inside `sh -c` too, with their arguments."""
    for command in commands:
        rest = words
        while rest:
            name = (rest[0].literal or "").rpartition("/")[2]
            if name in command.names:
                yield command, rest[1:]
                break
            if name in command.shells and nested < _MAX_NESTED:
                flag = next((at for at, word in enumerate(rest) if re.fullmatch(r"-\w*c", word.literal or "")), None)
                for inner in split(rest[flag + 1]) if flag is not None and flag + 1 < len(rest) else ():
                    yield from _programs(inner, [command], nested + 1)
                break
            if name not in command.behind and not _ASSIGNED.match(_start(rest[0])):
                break
            rest = rest[1:]
            while rest and (_start(rest[0]).startswith("-") or _start(rest[0])[:1].isdigit()):
                rest = rest[1:]


def _start(word: Text) -> str:
    first = word.parts[0] if word.parts else ""
    return first if isinstance(first, str) else ""


def _requests(command: Command, words: Words) -> Iterator[tuple[Text | None, Text, tuple[Text, ...]]]:
    """What the words behind a program's name make it send: a request a URL."""
    operations: list[list[tuple[str, Text | None]]] = [[]]
    for option, value in _options(command, words):
        if option in command.following:
            operations.append([])
        else:
            operations[-1].append((option, value))
    for options in operations:
        if not options:
            continue
        urls = [value for name, value in options if value is not None and (name == "" or name in command.url)]
        urls = [url for url in urls if url.parts != _UNKNOWN.parts] or urls
        headers = [value for name, value in options if value is not None and name in command.headers]
        tokens = [value for name, value in options if value is not None and name in command.bearer]
        headers += [joined([Text(("Authorization: Bearer ",)), token]) for token in tokens]
        for url in urls or [_UNKNOWN]:
            yield _method(command, options), _with_scheme(url), tuple(headers)


def _method(command: Command, options: list[tuple[str, Text | None]]) -> Text | None:
    named = [value for name, value in options if value is not None and name in command.method]
    if named:
        parts = tuple(part.upper() if isinstance(part, str) else part for part in named[-1].parts)
        return replace(named[-1], parts=parts)
    given = {name for name, _ in options}
    implied = next((method for method, marks in command.implies if marks & given), command.default)
    # A word that nobody knows may be an option, and change the method.
    unsure = any(name == "" and value is not None and value.parts == _UNKNOWN.parts for name, value in options)
    several = sum(name == "" or name in command.url for name, _ in options) > 1
    return None if unsure and several else Text((implied,))


def _options(command: Command, words: Words) -> Iterator[tuple[str, Text | None]]:
    """Options with their values, in order; what is none comes with the name ""."""
    rest = list(words)
    while rest:
        word = rest.pop(0)
        start = _start(word)
        if start.startswith("--") and len(start) > 2:
            name, equals, _ = start.partition("=")
            if equals:
                yield name, _cut(word, len(name) + 1)
            else:
                yield name, rest.pop(0) if name in command.takes and rest else None
        elif start.startswith("-") and len(start) > 1:
            yield from _letters(command, word, start, rest)
        else:
            yield "", word


def _letters(command: Command, word: Text, start: str, rest: Words) -> Iterator[tuple[str, Text | None]]:
    """`-sSX POST`, `-XPOST`: options of one letter, the last perhaps with its value."""
    for at, letter in enumerate(start[1:], 1):
        option = "-" + letter
        if option not in command.takes:
            yield option, None
            continue
        value = _cut(word, at + 1)
        yield option, value if value.parts else (rest.pop(0) if rest else None)
        return


def _cut(word: Text, length: int) -> Text:
    first, *others = word.parts
    kept = first[length:] if isinstance(first, str) else first
    return replace(word, parts=(kept, *others) if kept else tuple(others))


def _with_scheme(url: Text) -> Text:
    """A URL without a scheme is an http one to curl (https://curl.se/docs/manpage.html#URL)."""
    start = _start(url)
    whole = not start or "://" in start or start.startswith("/")
    return url if whole else joined([Text(("http://",)), url])
