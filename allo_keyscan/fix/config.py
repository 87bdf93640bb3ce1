"""One configuration file with keys in it -> the same file with variables, where its format has such.

Each key is tried alone: the text is read again, and one value must have changed, by the key in it alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from allo_keyscan.catalog.fixes import FixRules, Format, Syntax
from allo_keyscan.fix import Change, Found, Refused, Taken, Unprovable
from allo_keyscan.fix.naming import FOREIGN
from allo_keyscan.keys.secret import Secret

_NO_FORMAT = "how such a file names a variable is not known: take it out by hand"
_CLIENT_SIDE = "browsers or apps receive what stands here, a variable's value too: call the API from a server"
_NAMED = re.compile(rb"(?<![A-Za-z0-9_$])([A-Z][A-Z0-9]*_[A-Z0-9_]*)[\"']?[ \t]*[:=][ \t]*[\"']?\Z")
_NOT_THE_SAME = "the changed file would not say the same: write the variable there by hand"
_NEAR = 100
_OPEN = re.compile(r"\$\{[^}]*\Z")
"""What is filled in, `${…}` or `${{…}}`, and is not over yet."""
_PAGES = "client-side-key"
_BOM = "\ufeff"
# NAME=value of a .env file, the value alone on it or in quotes.
_LINE = re.compile(
    r"[ \t]*(?:export[ \t]+)?[A-Za-z_][A-Za-z0-9_.]*[ \t]*=[ \t]*"
    r"(?P<value>(?P<quote>[\"']?)(?P<inner>[^\"'#\s]+)(?P=quote))[ \t]*(?:#.*)?"
)


class _Scalar(NamedTuple):
    """A text in a document, and what says more than the text: a tag, a place in the structure."""

    where: str
    text: str


def changed(path: str, data: bytes, keys: Sequence[Found], names: Mapping[Secret, str], rules: FixRules) -> Change:
    """Put variables in the place of as many keys as can be proved."""
    form = rules.format_of(path)
    taken, refused, new = [], [], data
    for found in sorted(keys, key=lambda one: one.place.start, reverse=True):  # places before it stay what they are
        name = names.get(found.secret, "")
        if not name and (form is None or form.syntax is None or form.replacement):
            refused.append(Refused(found, "", FOREIGN))
            continue
        instead = form.named(name) if form is not None else ""
        try:
            new = _replaced(path, new, found, name, form)
        except Unprovable as refusal:
            refused.append(Refused(found, name, str(refusal), instead))
        else:
            taken.append(Taken(found, name, instead))
    return Change(path, data, new, tuple(reversed(taken)), tuple(reversed(refused)))


def hint(data: bytes, found: Found) -> str | None:
    """The variable that a file sets to a key: `NAME=key`, `NAME: key`; None where it sets none, or one of a page."""
    if found.finding.rule == _PAGES:
        return None
    match = _NAMED.search(data[max(0, found.place.start - _NEAR) : found.place.start])
    return match[1].decode() if match else None


def _replaced(path: str, data: bytes, found: Found, name: str, form: Format | None) -> bytes:
    if found.finding.rule == _PAGES:
        raise Unprovable(_CLIENT_SIDE)
    if form is None:
        raise Unprovable(_NO_FORMAT)
    if form.syntax is None:
        raise Unprovable(form.advice(name, path))
    start, end = found.place.start, found.place.end
    raw = found.secret.reveal()
    if data[start:end] != raw:
        raise Unprovable(f"it stands there as {found.finding.encoding or 'pieces'}: write a variable there by hand")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Unprovable("it is not UTF-8 text: take it out by hand") from None
    low = len(data[:start].decode("utf-8"))
    change = _CHANGES[form.syntax]
    return change(text, low, low + len(raw.decode()), form.named(name), form.whole).encode("utf-8")


def _env(text: str, start: int, end: int, replacement: str, whole: bool) -> str:
    """A line NAME=value, by nothing but its value."""
    low = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    match = _LINE.match(text, low)
    rest = text[match.end() :][:1] if match else ""
    if match is None or rest not in ("", "\n", "\r") or match.span("inner") != (start, end) or not whole:
        raise Unprovable("it is not the whole value of a line NAME=value: take it out by hand")
    return f"{text[: match.start('value')]}{replacement}{text[match.end('value') :]}"


def _document(text: str, start: int, end: int, replacement: str, whole: bool, read: Reader) -> str:
    """A text whose values can be listed, before and after."""
    raw = text[start:end]
    before = read(text)
    reasons: list[str] = []
    forms = [(start, end, replacement)]
    if text[start - 1 : start] not in ("'", '"'):
        forms.append((start, end, f'"{replacement}"'))  # a plain value of YAML, where the variable needs quotes
    for low, high, written in forms:
        new = f"{text[:low]}{written}{text[high:]}"
        try:
            after = read(new)
        except Unprovable:
            continue
        said = _difference(before, after, raw, replacement, whole)
        if not said:
            return new
        reasons.append(said)
    raise Unprovable(reasons[0] if reasons else "the file could not be read any more: write the variable there by hand")


Reader = Callable[[str], list[_Scalar]]


def _difference(before: list[_Scalar], after: list[_Scalar], raw: str, replacement: str, whole: bool) -> str:
    """Why the difference is not that of one value with the key in it; "" where it is."""
    if [one.where for one in before] != [one.where for one in after]:
        return _NOT_THE_SAME
    pairs = [(old.text, new.text) for old, new in zip(before, after, strict=True) if old != new]
    if not pairs:
        return "it stands in a comment: delete it there"
    if len(pairs) > 1:
        return _NOT_THE_SAME
    old, new = pairs[0]
    places = [match.start() for match in re.finditer(re.escape(raw), old)]
    at = next((one for one in places if new == f"{old[:one]}{replacement}{old[one + len(raw) :]}"), None)
    if at is None:
        return _NOT_THE_SAME
    if _OPEN.search(old, 0, at):
        return "it stands inside of an expression that is filled in: write the variable there by hand"
    return "" if old == raw or not whole else "it is only a part of the value: write the variable there by hand"


def _json(text: str) -> list[_Scalar]:
    try:
        document = json.loads(text.removeprefix(_BOM), object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        raise Unprovable(
            "it is no JSON as it stands, perhaps for a comment in it: write the variable there by hand"
        ) from None
    return list(_of_json(document, ""))


class _Pairs(list[Any]):
    """The pairs of an object, also those whose names are the same."""


def _of_json(value: Any, where: str) -> Iterator[_Scalar]:
    if isinstance(value, _Pairs):
        yield _Scalar(f"{where}{{", "")
        for number, (name, inner) in enumerate(value):
            yield from _of_json(inner, f"{where}.{number}:{name}")
    elif isinstance(value, list):
        yield _Scalar(f"{where}[", "")
        for number, inner in enumerate(value):
            yield from _of_json(inner, f"{where}.{number}")
    else:
        yield _Scalar(f"{where}={type(value).__name__}", str(value))


def _yaml(text: str) -> list[_Scalar]:
    import yaml  # here alone: libcst brings it

    try:
        nodes = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
        found: list[_Scalar] = []
        seen: dict[int, int] = {}
        for number, node in enumerate(nodes):
            found += _of_yaml(node, str(number), seen)
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Unprovable("it is not YAML as it stands: write the variable there by hand") from None
    return found


def _of_yaml(node: Any, where: str, seen: dict[int, int]) -> Iterator[_Scalar]:
    """The scalars of a node; one that an alias names again is told once."""
    if id(node) in seen:
        yield _Scalar(f"{where}*{seen[id(node)]}", "")
        return
    seen[id(node)] = len(seen)
    if node is None:
        return
    kind, value = type(node).__name__, node.value
    if isinstance(value, str):
        yield _Scalar(f"{where}={node.tag}", value)
        return
    yield _Scalar(f"{where}{kind}{node.tag}", "")
    for number, inner in enumerate(value):
        pair = inner if isinstance(inner, tuple) else (inner,)
        if len(pair) == 2:
            yield from (
                one._replace(where=f"{one.where} {one.text}", text="") for one in _of_yaml(pair[0], where, seen)
            )
        yield from _of_yaml(pair[-1], f"{where}.{number}", seen)


_CHANGES: dict[Syntax, Callable[[str, int, int, str, bool], str]] = {
    "env": _env,
    "json": lambda text, start, end, replacement, whole: _document(text, start, end, replacement, whole, _json),
    "yaml": lambda text, start, end, replacement, whole: _document(text, start, end, replacement, whole, _yaml),
}
