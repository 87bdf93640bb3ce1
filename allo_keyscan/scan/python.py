"""Keys that Python source puts together from pieces, as matches with the places of their pieces."""

from __future__ import annotations

from allo_keyscan.calls.assembled import assembled
from allo_keyscan.calls.parse import ParseFailure
from allo_keyscan.calls.spans import Span
from allo_keyscan.keys.detect import Detector
from allo_keyscan.model import Position
from allo_keyscan.scan.lines import Lines
from allo_keyscan.scan.places import Place, Placed

ENCODING = "assembled"


def assembled_keys(detector: Detector, data: bytes, name: str) -> list[Placed] | str:
    """The keys that the source puts together; where it cannot be parsed, the reason in words."""
    found = assembled(data, lambda value: any(match.rule for match in detector.assembled(value, name)))
    if isinstance(found, ParseFailure):
        return found.reason
    lines = Lines(data)
    placed: list[Placed] = []
    for one in found:
        start, end = _offsets(lines, one.span)
        masks = tuple(_offsets(lines, piece) for piece in one.pieces) or ((start, end),)
        for match in detector.assembled(one.value, name):
            if match.rule is not None:
                encoding = ENCODING if match.encoding is None else f"{ENCODING}+{match.encoding}"
                placed.append((match._replace(encoding=encoding), Place(start, end, masks)))
    return placed


def _offsets(lines: Lines, span: Span) -> tuple[int, int]:
    return lines.offset(Position(span[0], span[1])), lines.offset(Position(span[2], span[3]))
