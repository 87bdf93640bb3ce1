"""The last line of defence: whatever is written, names of files and words of others included, has its keys masked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, reduce
from typing import Protocol, TypeVar, cast, runtime_checkable

from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.keys import key_rules
from allo_keyscan.keys.secret import Redactor

_ANY_TOKEN = re.compile(r"[A-Za-z0-9_-]{12,}")
_SHORTEST = 12
"""No key is written in fewer characters, however it is encoded."""

_folders: list[str] = []

Value = TypeVar("Value")


@runtime_checkable
class _Named(Protocol):
    """What every named tuple has."""

    def _make(self, parts: Iterable[object]) -> object: ...


def mask_keys_of(rules: str) -> None:
    """From now on the keys that a folder of rules describes are masked too, in everything that is written."""
    if rules not in _folders:
        _folders.append(rules)


@cache
def _redactor(folder: str) -> Callable[[str], str]:
    try:
        return Redactor(key_rules(folder).forms)
    except Exception:  # noqa: BLE001 (without rules nobody knows what a key looks like: every long word may be one)
        return lambda text: _ANY_TOKEN.sub("…", text)


@cache
def _hider(folder: str) -> Callable[[str], str]:
    from allo_keyscan.keys.detect import Detector

    try:
        return Detector(folder).hide
    except Exception:  # noqa: BLE001 (as above: then _redactor has masked every long word)
        return lambda text: text


def redact(text: str) -> str:
    """The text with every key masked that stands in it as it is."""
    if _ANY_TOKEN.search(text) is None:
        return text
    for folder in _all_folders():
        text = _redactor(folder)(text)
    return text


def cleaned(value: Value) -> Value:
    """A value of the model with every key masked in every text of it, however it is encoded."""
    return cast("Value", _cleaned(value, _all_folders(), {}))


def _all_folders() -> tuple[str, ...]:
    return tuple(dict.fromkeys((rules_dir(), *_folders)))


@cache
def _ways(folders: tuple[str, ...]) -> tuple[Callable[[str], str], ...]:
    """How keys are masked; made once something is there to be masked."""
    return tuple(way for folder in folders for way in (_redactor(folder), _hider(folder)))


def _cleaned(value: object, folders: tuple[str, ...], known: dict[object, object]) -> object:
    """The value with its texts masked; `known` has each text, and by its id each tuple, that was met before.

    The findings of one key share what is said of its life: walked again for each, 800 of them took 12 s.
    """
    if isinstance(value, str):
        if len(value) < _SHORTEST:
            return value
        if value not in known:
            known[value] = reduce(lambda text, way: way(text), _ways(folders), value)
        return known[value]
    if isinstance(value, tuple):
        if id(value) not in known:
            parts = [_cleaned(part, folders, known) for part in value]
            known[id(value)] = value
            if any(new is not old for new, old in zip(parts, value, strict=True)):
                known[id(value)] = value._make(parts) if isinstance(value, _Named) else tuple(parts)
        return known[id(value)]
    return value
