"""What only Python's own meaning shows: keys put together from pieces, and credentials that are sent to the vendor."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from allo_keyscan.calls.analyze import literal_keys
from allo_keyscan.calls.assembled import Assembled, assembled
from allo_keyscan.calls.parse import ParseFailure
from allo_keyscan.calls.spans import Span
from allo_keyscan.catalog.api import ApiRules, api_rules
from allo_keyscan.keys.detect import Detector, Match
from allo_keyscan.keys.secret import Secret
from allo_keyscan.model import Position
from allo_keyscan.scan.lines import Lines
from allo_keyscan.scan.places import Place, Placed

ENCODING = "assembled"


class Unparsed(Exception):
    """Source that cannot be parsed; the message is the reason in words, and quotes nothing."""


def assembled_keys(detector: Detector, data: bytes, name: str, known: Collection[Secret] = ()) -> list[Placed]:
    """The keys that the source puts together, but for `known` ones. Raises Unparsed."""

    def matches(value: bytes) -> list[Match]:
        return [match for match in detector.assembled(value, name) if match.rule and match.secret not in known]

    found = assembled(data, lambda value: bool(matches(value)))
    placed: list[Placed] = []
    for one, place in _placed(found, data):
        for match in matches(one.value):
            encoding = ENCODING if match.encoding is None else f"{ENCODING}+{match.encoding}"
            placed.append((match._replace(encoding=encoding), place))
    return placed


def sent_credentials(detector: Detector, rules: str, data: bytes) -> list[Placed]:
    """The credentials without a prefix that the source sends to the vendor. Raises Unparsed."""
    matches = ((detector.sent(one.value), place) for one, place in _placed(literal_keys(data, _api(rules)), data))
    return [(match, place) for match, place in matches if match is not None]


@cache
def _api(rules: str) -> ApiRules:
    return api_rules(rules)


def _placed(found: list[Assembled] | ParseFailure, data: bytes) -> list[tuple[Assembled, Place]]:
    if isinstance(found, ParseFailure):
        raise Unparsed(found.reason)
    lines = Lines(data)
    placed = []
    for one in found:
        span = _offsets(lines, one.span)
        masks = tuple(_offsets(lines, piece) for piece in one.pieces)
        if sum(end - start for start, end in masks) < len(one.value):
            masks = (*masks, span)  # part of it came from a place the engine does not keep, such as a default
        placed.append((one, Place(*span, masks)))
    return placed


def _offsets(lines: Lines, span: Span) -> tuple[int, int]:
    return lines.offset(Position(span[0], span[1])), lines.offset(Position(span[2], span[3]))
