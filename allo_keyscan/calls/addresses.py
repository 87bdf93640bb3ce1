"""URLs and paths as the classes for them work: urllib's split results, yarl.URL, httpx.URL, furl, PurePosixPath.

An address is a Text with a kind. Holes stand as one unreserved character each while the real library's rules run over
it; an address that begins with a hole has its host in there, and is lent one meanwhile.
"""

from __future__ import annotations

import posixpath
import re
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import Hole, Label, Part, Scalar, Text, Value, joined, plain, text_of

# What makes an address, and its kind.
MAKERS = {
    "furl.furl": "furl",
    "httpx.URL": "httpx",
    "pathlib.Path": "path",
    "pathlib.PosixPath": "path",
    "pathlib.PurePath": "path",
    "pathlib.PurePosixPath": "path",
    "urllib.parse.urlparse": "parse",
    "urllib.parse.urlsplit": "split",
    "yarl.URL": "yarl",
}
_FIELDS = {
    "split": ("scheme", "netloc", "path", "query", "fragment"),
    "parse": ("scheme", "netloc", "path", "params", "query", "fragment"),
}
_NAMES = {
    "authority": "netloc", "fragment": "fragment", "host": "hostname", "hostname": "hostname", "netloc": "netloc",
    "path": "path", "query": "query", "query_string": "query", "raw_path": "path",
    "scheme": "scheme", "url": "url", "params": "params", "raw_host": "hostname",
}  # fmt: skip
_OF_HTTPX = ("is_absolute_url", "is_relative_url", "path", "raw_path")
_LENT = "https://"
_FIRST, _LAST = "\ue000", "\uf8ff"


class _Masks:
    """Texts as plain strings, and back."""

    def __init__(self) -> None:
        self._holes: list[Hole] = []
        self._pieces: set[f.Constant] = set()

    def hide(self, text: Text) -> str:
        """The text with a character for each hole. Raises ValueError where it holds such characters of its own."""
        shown = ""
        self._pieces |= text.pieces
        for part in text.filled().parts:
            if isinstance(part, Hole):
                shown += chr(ord(_FIRST) + len(self._holes))
                self._holes.append(part)
            elif any(_FIRST <= char <= _LAST for char in part):
                raise ValueError
            else:
                shown += part
        return shown

    def show(self, string: str, kind: str | None = None) -> Text:
        """The string as a text again."""
        parts: list[Text] = []
        for chunk in re.split(f"([{_FIRST}-{_LAST}])", string):
            part: Part = self._holes[ord(chunk) - ord(_FIRST)] if _FIRST <= chunk <= _LAST and chunk else chunk
            parts.append(Text((part,)))
        return replace(joined(parts), pieces=frozenset(self._pieces), changed=True, kind=kind)


class _Address:
    """A URL taken apart."""

    def __init__(self, text: Text) -> None:
        self.masks = _Masks()
        self.kind = text.kind if isinstance(text.kind, str) else None
        whole = self.masks.hide(text)
        self.lent = whole[:1] >= _FIRST
        first = text.parts[0] if len(text.parts) == 1 else None
        self.unknown = isinstance(first, Hole) and (first.origin or "parameter:").startswith("parameter:")
        self.parts = urllib.parse.urlsplit(_LENT + whole if self.lent else whole)

    def put(self, **changes: Text | str) -> Text:
        """The URL with other parts."""
        hidden = {name: self.masks.hide(part) if isinstance(part, Text) else part for name, part in changes.items()}
        if self.lent:
            hidden.pop("scheme", None)  # it stands in the hole
        if hidden.get("path", "/")[:1] not in ("/", "") and self.parts.netloc:
            hidden["path"] = "/" + hidden["path"]
        whole = urllib.parse.urlunsplit(self.parts._replace(**hidden))
        if self.lent and "netloc" not in hidden:
            whole = whole.removeprefix(_LENT)
        return self.masks.show(whole, self.kind)

    def part(self, name: str) -> Text | None:
        """One part, by urllib's name for it."""
        if name == "origin":
            return self.put(path="", query="", fragment="")
        if name in ("scheme", "hostname") and self.lent:
            return Text((Hole(slash=False),))
        found = "" if name == "params" else getattr(self.parts, name, None)
        return self.masks.show(found) if isinstance(found, str) else None

    def below(self, segments: Sequence[Text]) -> Text:
        """The URL with segments behind its path, as `/` of yarl and furl does it."""
        path = self.parts.path
        for segment in segments:
            path = path.removesuffix("/") + "/" + self.masks.hide(segment).removeprefix("/")
        return self.put(path=path, **({} if self.kind == "furl" else {"query": "", "fragment": ""}))


def made(path: str, values: list[Value], named: dict[str, Value]) -> Text | None:
    """What one of MAKERS makes of its arguments."""
    kind = MAKERS[path]
    if not values or not all(isinstance(value, Text) or text_of(value).parts for value in values):
        return None
    texts = [text_of(value) for value in values]
    if kind == "path":
        return _path(texts)
    address = replace(texts[0], kind=kind)
    return _put(address, "copy_with", [], named) if named and kind == "httpx" else address


def method(text: Text, name: str, values: list[Value], named: dict[str, Value]) -> Value | None:
    """A method of an address; None where it is none that we know."""
    try:
        rule = _PATH.get(name) if text.kind == "path" else _URL.get(name)
        return rule(text, name, values, named) if rule is not None else None
    except ValueError:
        return None


def attribute(text: Text, name: str) -> Text | Scalar | None:
    """An attribute of an address; None where it has none of that name that we know."""
    try:
        if text.kind == "httpx" and name in _OF_HTTPX:
            return _of_httpx(_Address(text), name)
        if text.kind == "path":
            masks = _Masks()
            found = getattr(PurePosixPath(masks.hide(text)), name) if name in _OF_PATH else None
            return None if found is None else masks.show(str(found), "path" if name == "parent" else None)
        if name == "url":
            return plain(text)
        if text.kind == "yarl" and name in ("name", "parent"):
            address = _Address(text)
            head, _, last = address.parts.path.rpartition("/")
            return address.masks.show(last) if name == "name" else address.put(path=head, query="", fragment="")
        return _Address(text).part(_NAMES[name]) if name in _NAMES else None
    except ValueError:
        return None


def _of_httpx(address: _Address, name: str) -> Text | Scalar | None:
    """What only httpx's URL has, or has otherwise: a path is never empty behind a host, and raw is bytes."""
    relative = not (address.parts.scheme and address.parts.netloc)
    if name.startswith("is_"):
        return None if address.lent else Scalar(relative is (name == "is_relative_url"))
    if address.lent and address.unknown:
        return replace(address.masks.show(address.parts.netloc), binary=name == "raw_path")
    path = address.parts.path or ("" if relative else "/")
    query = f"?{address.parts.query}" if name == "raw_path" and address.parts.query else ""
    return replace(address.masks.show(path + query), binary=name == "raw_path")


def fields(value: Value) -> tuple[Text, ...] | None:
    """The parts of a split result in order, None where the value is none."""
    if not isinstance(value, Text) or value.kind is None or isinstance(value.kind, Label):
        return None
    found = [attribute(value, name) for name in _FIELDS.get(value.kind, ())]
    known = tuple(part for part in found if isinstance(part, Text))
    return known if found and len(known) == len(found) else None


def unsplit(parts: Sequence[Text]) -> Text | None:
    """urlunsplit of five parts, urlunparse of six."""
    masks = _Masks()
    try:
        hidden = [masks.hide(part) for part in parts]
        make: Callable[[Sequence[str]], str] = urllib.parse.urlunparse if len(parts) == 6 else urllib.parse.urlunsplit
        whole = make(hidden)
    except (ValueError, TypeError):
        return None
    if parts[0].literal is None:  # a scheme that is not known, or one that stands in the host's hole
        whole = re.sub(f"^[{_FIRST}-{_LAST}]:(?=//)", "https:", whole)
    return masks.show(whole.removeprefix("//") if whole[2:3] >= _FIRST else whole)


def divided(left: Text, right: Text) -> Text | None:
    """`left / right`."""
    if left.kind == "path" or right.kind == "path":
        return _path([left, right])
    try:
        return _Address(left).below([right]) if isinstance(left.kind, str) else None
    except ValueError:
        return None


def joined_url(base: Text, path: Text) -> Text:
    """urllib.parse.urljoin, its traps included: a leading slash drops the base's path, a missing one its last part."""
    masks = _Masks()
    kind = base.kind if isinstance(base.kind, str) else None
    try:
        left, right = masks.hide(base), masks.hide(path)
        if left[:1] >= _FIRST:  # lent a host, so that the path is merged all the same
            whole = urllib.parse.urljoin(_LENT + left, right)
            merged = whole.removeprefix(_LENT) if whole.startswith(_LENT + left[0]) else whole
        else:
            merged = urllib.parse.urljoin(left, right)
    except ValueError:
        return Text((Hole(),))
    return masks.show(merged, kind)


def joined_path(texts: Sequence[Text]) -> Text | None:
    """posixpath.join: an absolute part drops what stands before it."""
    masks = _Masks()
    try:
        return masks.show(posixpath.join(*(masks.hide(text) for text in texts)))
    except ValueError:
        return None


def _path(texts: Sequence[Text]) -> Text | None:
    masks = _Masks()
    try:
        return masks.show(str(PurePosixPath(*(masks.hide(text) for text in texts))), "path")
    except ValueError:
        return None


Rule = Callable[[Text, str, "list[Value]", "dict[str, Value]"], "Value | None"]


def _put(text: Text, _name: str, values: list[Value], named: dict[str, Value]) -> Text:
    """`_replace`, `copy_with`, `set`, `build`: parts by their names; a query is no part of what is matched."""
    changes: dict[str, Text | str] = {}
    for key, value in named.items():
        part = "netloc" if key == "host" else _NAMES.get(key)
        if part in ("scheme", "netloc", "path", "fragment"):
            changes[part] = text_of(value)
        elif key == "query" and isinstance(value, Text) and value.literal is not None:
            changes["query"] = value
        elif part in ("query", "params") or key == "args":
            changes["query"] = Text((Hole(slash=False),))
    if values:
        changes["query"] = Text((Hole(slash=False),))
    return _Address(text).put(**changes)


def _with(part: str) -> Rule:
    def rule(text: Text, _name: str, values: list[Value], _named: dict[str, Value]) -> Value | None:
        more: dict[str, Text | str] = {"query": "", "fragment": ""} if part == "path" else {}
        return _Address(text).put(**{**more, part: text_of(values[0])}) if values else None

    return rule


def _queried(text: Text, _name: str, _values: list[Value], _named: dict[str, Value]) -> Value | None:
    return _Address(text).put(query=Text((Hole(slash=False),)))


def _below(text: Text, _name: str, values: list[Value], _named: dict[str, Value]) -> Value | None:
    return _Address(text).below([text_of(value) for value in values])


def _added(text: Text, name: str, values: list[Value], named: dict[str, Value]) -> Value | None:
    """furl's `add`: a path goes behind the one there is."""
    grown = _Address(text).below([text_of(named["path"])]) if "path" in named else text
    rest = {key: value for key, value in named.items() if key != "path"}
    return _put(grown, name, values, rest) if rest or values else grown


def _named(text: Text, _name: str, values: list[Value], _more: dict[str, Value]) -> Value | None:
    """yarl's `with_name`: another last segment."""
    address = _Address(text)
    head = address.parts.path.rpartition("/")[0]
    last = address.masks.hide(text_of(values[0])) if values else ""
    return address.put(path=f"{head}/{last}", query="", fragment="")


def _part(name: str) -> Rule:
    return lambda text, _name, _values, _named: _Address(text).part(name)


def _same(text: Text, _name: str, _values: list[Value], _named: dict[str, Value]) -> Value | None:
    return text


def _of_path(text: Text, name: str, values: list[Value], _named: dict[str, Value]) -> Value | None:
    masks = _Masks()
    found = getattr(PurePosixPath(masks.hide(text)), name)(*(masks.hide(text_of(value)) for value in values))
    return masks.show(str(found), None if name == "as_posix" else "path")


_OF_PATH = ("name", "parent", "stem", "suffix")
_PATH: dict[str, Rule] = dict.fromkeys(
    ("as_posix", "joinpath", "relative_to", "with_name", "with_stem", "with_suffix"), _of_path
)
_URL: dict[str, Rule] = {
    "_replace": _put,
    "add": _added,
    "copy": _same,
    "copy_with": _put,
    "join": lambda text, _name, values, _named: joined_url(text, text_of(values[0])) if values else None,
    "joinpath": _below,
    "origin": _part("origin"),
    "set": _put,
    "with_fragment": _with("fragment"),
    "with_host": _with("netloc"),
    "with_name": _named,
    "with_path": _with("path"),
    "with_scheme": _with("scheme"),
    **dict.fromkeys(("geturl", "human_repr", "tostr", "unicode_string"), lambda text, _n, _v, _k: plain(text)),
    **dict.fromkeys(
        ("with_query", "update_query", "extend_query", "copy_set_param", "copy_add_param", "copy_merge_params"),
        _queried,
    ),
}
