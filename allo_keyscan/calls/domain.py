"""What an expression may be worth: a bounded set of alternatives, texts with holes among them.

A Text is a row of known strings and holes. Bytes are Texts too, one character a byte. Every Text knows which literals
it came from, so that a value put together from pieces can name its pieces.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from allo_keyscan.calls import facts as f

MAX_ALTERNATIVES = 32
MAX_PARTS = 64
MAX_LENGTH = 1 << 16
MAX_ELEMENTS = 4096
MAX_ENTRIES = 512
MAX_CHOICES = 48


class Hole(NamedTuple):
    """An unknown stretch of text.

    `origin` says where it comes from (`env:NAME`, `parameter:func.name`, `setting:dotted.name`); `slash` whether it may
    hold a `/`; `default` what the program falls back on, where that is literal; `present` that it cannot be empty or
    missing (`os.environ[…]`), `guarded` that a test of the program bounds what stands before it.
    """

    origin: str | None = None
    slash: bool = True
    default: str | None = None
    present: bool = False
    guarded: bool = False


Part: TypeAlias = str | Hole
NOTHING: frozenset[f.Constant] = frozenset()


class Label(NamedTuple):
    """A member of an Enum of this program."""

    scope: f.Scope
    name: str


@dataclass(frozen=True, slots=True, repr=False)
class Text:
    """A str or bytes value; `pieces` are the literals in it, `changed` says more than joining was done."""

    parts: tuple[Part, ...] = ()
    binary: bool = False
    pieces: frozenset[f.Constant] = NOTHING
    changed: bool = False
    kind: str | Label | None = None  # what class of text: of an address (addresses.py), or the member of an Enum

    @property
    def literal(self) -> str | None:
        """The whole text where no part of it is a hole."""
        if not self.parts:
            return ""
        first = self.parts[0]
        return first if len(self.parts) == 1 and isinstance(first, str) else None

    def made(self, literal: str, *, binary: bool | None = None) -> Text:
        """What a transformation of this text gave."""
        return Text((literal,) if literal else (), self.binary if binary is None else binary, self.pieces, True)

    def filled(self) -> Text:
        """The same text with every hole that has a default replaced by it."""
        if not any(isinstance(part, Hole) and part.default is not None for part in self.parts):
            return self
        parts = [part.default if isinstance(part, Hole) and part.default is not None else part for part in self.parts]
        return joined([Text((part,), self.binary, self.pieces, self.changed) for part in parts])

    def __repr__(self) -> str:
        return f"Text({len(self.parts)} parts)"  # a part may be a key


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number, True, False or None."""

    value: int | float | bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """A value nothing is known of, save perhaps where it comes from."""

    origin: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Late:
    """An expression to evaluate in a frame when somebody asks."""

    expr: f.Expr
    frame: Frame


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """A list or tuple with all its elements."""

    items: tuple[Late | Value, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """A dict: later entries win; a key of None may be any key."""

    entries: tuple[tuple[str | None, Late | Value], ...]


@dataclass(frozen=True, slots=True)
class Ref:
    """Something from outside of the program, or a builtin, by its dotted name."""

    path: str


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A member of an Enum whose value is no text (that one is a Text with the label)."""

    label: Label
    value: Value


@dataclass(frozen=True, slots=True)
class Module:
    """A module or namespace package of this program: its path (link.Program), and its name where it was imported."""

    path: str
    dotted: str


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of this program with its closure; `receiver` is what `self` is bound to."""

    scope: f.Scope
    frame: Frame
    receiver: Value | None = None


@dataclass(frozen=True, slots=True)
class Class:
    """A class of this program."""

    scope: f.Scope


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class of this program; `call` made it (None: some object of that class)."""

    scope: f.Scope
    call: f.Call | None = None
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class Super:
    """`super()` in a method of class `after`: the object as the classes behind that one see it."""

    instance: Instance
    after: f.Scope


@dataclass(frozen=True, slots=True)
class Made:
    """What calling another module's `path` gave (call None: declared by an annotation)."""

    path: str
    call: f.Call | None
    frame: Frame | None


@dataclass(frozen=True, slots=True)
class Method:
    """An attribute of an object that is not of this module."""

    receiver: Value
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """A callable with arguments laid down before; `method` where a class makes it for its objects, `of_first` where
    the first new argument is the object it is a method of."""

    target: Value
    call: f.Call
    frame: Frame
    method: bool = False
    of_first: bool = False

    @property
    def innermost(self) -> Value:
        """What is called in the end."""
        return self.target.innermost if isinstance(self.target, Partial) else self.target


Value: TypeAlias = (
    Text
    | Scalar
    | Unknown
    | Items
    | Mapping
    | Ref
    | Member
    | Module
    | Function
    | Class
    | Instance
    | Super
    | Made
    | Method
    | Partial
)


class Choice(NamedTuple):
    """One way at a fork of the program; a loop goes every way, a condition one of them."""

    fork: object
    arm: int
    loop: bool


class Callers(NamedTuple):
    """The fork of what each of its callers gives a function: all of them do."""

    scope: f.Scope


class Default(NamedTuple):
    """The fork of what a parameter's default holds: it stands as long as no caller gives another."""

    parameter: f.Parameter


class Alternative(NamedTuple):
    """One value an expression may have, and the choices under which it has it."""

    value: Value
    choices: frozenset[Choice] = frozenset()


Alternatives: TypeAlias = tuple[Alternative, ...]
_MANY = frozenset({Choice("many", 0, False)})  # more choices than are told apart
ANY = "*"
"""The name of an attribute that getattr takes, and nobody knows."""
UNKNOWN = Unknown()
NO_VALUE: Alternatives = (Alternative(UNKNOWN),)


class Turn(NamedTuple):
    """One turn of a loop: the frame of the turn before it, None for the first; `lost` where that is not kept."""

    loop: f.Block
    before: Frame | None
    lost: bool


@dataclass(slots=True, eq=False)
class Frame:
    """What the names of a scope stand for in one call of it. `joined` frames read an unbound parameter as what all
    callers in the module give it; others leave it open."""

    scope: f.Scope | None
    bound: dict[str, Late | Value | Alternatives]
    parent: Frame | None
    joined: bool = False
    entered: tuple[f.Scope, ...] = ()  # the functions whose calls led here
    memo: dict[f.Expr, Alternatives] = field(default_factory=dict)
    turn: Turn | None = None  # where it is one turn of a loop
    leans: dict[f.Expr, tuple[int, int]] = field(default_factory=dict)  # on whose callers the memo depends (values.py)
    call: f.Call | None = None  # the call that made the frame, where that is known, and the frame it stands in
    caller: Frame | None = None


def one(value: Value) -> Alternatives:
    """The alternatives of a value that has none."""
    return (Alternative(value),)


def listed(items: Sequence[Late | Value]) -> Value:
    """A list of these elements; one too long is unknown."""
    return Items(tuple(items)) if len(items) <= MAX_ELEMENTS else UNKNOWN


def table(entries: Sequence[tuple[str | None, Late | Value]]) -> Mapping:
    """A dict of these entries; of one too long the last are kept, and any key may be among the others."""
    if len(entries) > MAX_ENTRIES:
        entries = [(None, UNKNOWN), *entries[-MAX_ENTRIES:]]
    return Mapping(tuple(entries))


def joined(texts: list[Text]) -> Text:
    """Texts end to end; what grows past the bounds ends in a hole."""
    parts: list[Part] = []
    length = 0
    pieces: set[f.Constant] = set()
    for text in texts:
        pieces |= text.pieces
        for part in text.parts:
            if isinstance(part, str):
                length += len(part)
                if not part:
                    continue
                if parts and isinstance(parts[-1], str):
                    parts[-1] += part
                    continue
            parts.append(part)
        if length > MAX_LENGTH or len(parts) > MAX_PARTS:
            return Text((*parts[:MAX_PARTS], Hole()) if length <= MAX_LENGTH else (Hole(),))
    binary = any(text.binary for text in texts)
    return Text(tuple(parts), binary, frozenset(pieces), any(text.changed for text in texts))


def text_of(value: Value) -> Text:
    """A value as text: a hole where it is not known."""
    match value:
        case Text():
            return value
        case Scalar():
            return Text((str(value.value),))
        case Member():
            return text_of(value.value)
        case Unknown():
            return Text((Hole(value.origin),))
        case Ref(path=path) | Module(dotted=path):
            return Text((Hole(f"setting:{path.lstrip('.')}"),))
        case Method(receiver=Made(path=path), name=name) if "." in path:
            return Text((Hole(f"setting:{path.lstrip('.')}.{name}"),))
        case Method(receiver=Text(parts=(Hole(origin=str(origin)),)), name=name):
            return Text((Hole(f"{origin}.{name}"),))
        case _:
            return Text((Hole(),))


def plain(text: Text) -> Text:
    """The same as a str."""
    return text if text.kind is None else replace(text, kind=None)


def both(left: frozenset[Choice], right: frozenset[Choice]) -> frozenset[Choice] | None:
    """Two sets of choices together, None where they contradict each other."""
    if not left or not right:
        return left or right
    if len(left) < len(right):
        left, right = right, left
    if right <= left:
        return left
    arms = _arms(left)
    for fork, arm, _ in right:
        if arms.get(fork, arm) != arm:
            return None
    together = left | right
    return together if len(together) <= MAX_CHOICES else _MANY


@functools.lru_cache(maxsize=1 << 14)  # the same choices meet many others: half of the time of a big program
def _arms(choices: frozenset[Choice]) -> dict[object, int]:
    return {fork: arm for fork, arm, _ in choices}


def product(rows: list[Alternatives]) -> list[tuple[list[Value], frozenset[Choice]]]:
    """Every consistent way of taking one alternative of each row, up to the bound."""
    ways: list[tuple[list[Value], frozenset[Choice]]] = [([], frozenset())]
    for row in rows:
        grown = []
        for values, choices in ways:
            for value, own in row:
                together = both(choices, own) if choices and own else choices or own
                if together is not None:
                    grown.append(([*values, value], together))
        if len(grown) > MAX_ALTERNATIVES:  # the rest is not dropped: it becomes one unknown
            rest = frozenset({Choice("more", 0, False)})
            grown = [*grown[: MAX_ALTERNATIVES - 1], ([UNKNOWN] * len(grown[0][0]), rest)]
        ways = grown
    return ways


def bounded(found: list[Alternative]) -> Alternatives:
    """Alternatives without repeats; past the bound the rest becomes one unknown."""
    if len(found) < 2:
        return tuple(found)
    unique = tuple(dict.fromkeys(found))
    if len(unique) <= MAX_ALTERNATIVES:
        return unique
    return (*unique[: MAX_ALTERNATIVES - 1], Alternative(UNKNOWN, frozenset({Choice(unique[-1], 0, False)})))


def under(found: Alternatives, choice: Choice) -> list[Alternative]:
    """The alternatives, each under one more choice; what contradicts it drops out."""
    return within(found, frozenset({choice}))


def with_default(text: Text, default: str | None) -> Text:
    """A text that is one hole, with a fallback."""
    if len(text.parts) == 1 and isinstance(text.parts[0], Hole) and default:
        return replace(text, parts=(text.parts[0]._replace(default=default),))
    return text


def within(found: Alternatives, choices: frozenset[Choice]) -> list[Alternative]:
    """Alternatives under more choices; what contradicts them drops out."""
    if not choices:
        return list(found)
    made = []
    for value, own in found:
        together = both(choices, own) if own else choices
        if together is not None:
            made.append(Alternative(value, together))
    return made
