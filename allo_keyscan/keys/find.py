"""bytes -> candidates: one multi-literal pass, then decoding only where it hit.

The pass looks for every key prefix, every needle of every encoding (keys/decode) and the words of the other searches
(settings, hosts, ignore comments). Up to 64 literals it runs on SIMD at several GB/s; one more and it falls to a tenth
of that (measured, benchmarks/README.md), so encodings share needles and a test counts them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from allo_keyscan.catalog.keys import KeyForm
from allo_keyscan.keys.decode import ENCODINGS, Decoded, Encoding

MAX_DEPTH = 4
# A key longer than this is cut: bodies of real keys have tens of characters.
MAX_BODY = 4096

# A hit with this much room in text that was decoded already was found there: a key seldom takes more, and without the
# rule 10 kB of needles side by side took 3 s.
_ROOM = 2048

Hit = tuple[int, int, int]
_Read = dict[str, tuple[int, int]]


class Candidate(NamedTuple):
    """A prefix at its left boundary and the body behind it.

    `text[start:end]` is the candidate in the innermost decoded bytes, `source` its byte range in the searched data, and
    `encoding` the decodings in between, outermost first (`base64+utf-16`), or None.
    """

    form: KeyForm
    text: bytes
    start: int
    end: int
    source: tuple[int, int]
    encoding: str | None
    glued: bool = False
    """Whether it stands in binary data right behind a letter or digit: a length byte, or another column's text."""

    @property
    def body(self) -> bytes:
        """What stands behind the prefix."""
        return self.text[self.start + len(self.form.prefix) : self.end]

    def __repr__(self) -> str:
        return f"Candidate({self.form.id}, source={self.source}, encoding={self.encoding})"


# What may end right before a prefix although its last character is a letter or a digit: a one-letter escape, an escape
# by number (URL, JSON, quoted-printable), pickle's mark of a text, or a terminal's colour sequence.
_ESCAPE_BEFORE = re.compile(
    rb"(?:\\[abefnrtv0]|%(?:25)*[0-9A-Fa-f]{2}|=[0-9A-F]{2}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[0-3][0-7]{2}|(?:\A|[\n(])V"
    rb"|(?:\x1b|\\x1[bB]|\\033|\\e|\\u001[bB])\[[0-9;]*m)\Z"
)
_ESCAPE_LENGTH = 24
# Bytes that text does not hold. Databases, bytecode and message packs write strings side by side, without a mark.
_BINARY = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")
_NEAR = 256
# What may stand behind the beginning of a key that goes on: an escape, or the end of a literal.
_GOES_ON = frozenset({b"\\", b"%", b"&", b"=", b'"', b"'", b"`"})


class Finder:
    """The compiled search for some key forms and for `words`, the literals of the other searches."""

    def __init__(self, forms: Iterable[KeyForm], words: Iterable[bytes] = ()) -> None:
        self._forms: dict[bytes, list[KeyForm]] = {}
        self._encodings: dict[bytes, list[Encoding]] = {}
        self._patterns: dict[str, tuple[re.Pattern[bytes], re.Pattern[bytes]]] = {}
        for form in forms:
            self._forms.setdefault(form.prefix.rstrip(b"_"), []).append(form)
            self._patterns[form.id] = (
                re.compile(f"[{form.boundary}]".encode()),
                re.compile(f"[{form.body}]{{0,{MAX_BODY}}}".encode()),
            )
            for encoding in ENCODINGS:
                for needle in encoding.needles(form.prefix):
                    self._encodings.setdefault(needle, []).append(encoding)
        self.words = frozenset(words)
        self.literals = ordered(list(dict.fromkeys((*self._forms, *self._encodings, *self.words))))
        automaton = BytesAhoCorasick(list(self.literals), matchkind=MatchKind.LeftmostFirst)
        self.hits: Callable[[bytes | memoryview], list[Hit]] = automaton.find_matches_as_indexes
        """Each literal found, as (its number in `literals`, start, end); non-overlapping, from the left."""

    def word_hits(self, hits: Iterable[Hit]) -> Iterator[tuple[bytes, int]]:
        """The other searches' words among hits, with their offsets."""
        for number, start, _ in hits:
            if self.literals[number] in self.words:
                yield self.literals[number], start

    def candidates(self, data: bytes, hits: Iterable[Hit] | None = None) -> list[Candidate]:
        """Every candidate of `data`, in the order of its source; `hits` saves the pass where it was made already."""
        found: dict[int, Candidate] = {}
        for candidate in self._candidates(data, self.hits(data) if hits is None else hits, 0):
            seen = found.get(candidate.source[0])
            # The same place read two ways: the reading that goes on further knows more of the key.
            if seen is None or len(candidate.body) > len(seen.body):
                found[candidate.source[0]] = candidate
        return _outermost(sorted(found.values(), key=lambda one: one.source))

    def _candidates(self, data: bytes, hits: Iterable[Hit], depth: int) -> Iterator[Candidate]:
        read: dict[str, tuple[int, int]] = {}
        for number, start, end in hits:
            literal = self.literals[number]
            for form in self._forms.get(literal, ()):
                yield from self._plain(form, data, start, depth, read)
            if depth < MAX_DEPTH:
                for encoding in self._encodings.get(literal, ()):
                    yield from self._decoded(encoding, data, start, end, depth, read)

    def _plain(self, form: KeyForm, data: bytes, start: int, depth: int, read: _Read) -> Iterator[Candidate]:
        boundary, body = self._patterns[form.id]
        if data.startswith(form.prefix, start):
            inside_word = start > 0 and boundary.match(data, start - 1)
            glued = False
            if inside_word and not _ESCAPE_BEFORE.search(data, max(0, start - _ESCAPE_LENGTH), start):
                glued = _BINARY.search(data, max(0, start - _NEAR), start + _NEAR) is not None
                if not glued:
                    return
            match = body.match(data, start + len(form.prefix))
            end = match.end() if match else start + len(form.prefix)
            yield Candidate(form, data, start, end, (start, end), None, glued)
        else:
            end = start + len(form.prefix) - 1
        # The rest of a key may be escaped where its beginning is not: `ak_live\_…`, `%2D` or a soft line break inside.
        if depth < MAX_DEPTH and data[end : end + 1] in _GOES_ON:
            for encoding in ENCODINGS:
                if encoding.escapes:
                    yield from self._decoded(encoding, data, start, end, depth, read)

    def _decoded(
        self, encoding: Encoding, data: bytes, start: int, end: int, depth: int, read: _Read
    ) -> Iterator[Candidate]:
        """What shows once the text around a hit is decoded; `read` are the ranges decoded before, by encoding."""
        low, high = read.get(encoding.name, (0, 0))
        first = max(0, start - _ROOM) if encoding.backward else start
        last = end if encoding.backward else min(len(data), end + _ROOM)
        if low <= first and last <= high:
            return
        decoded = encoding.decode(data, start, end)
        if decoded is None or not decoded.text or decoded.text == data:
            return
        read[encoding.name] = _outside(decoded, (0, len(decoded.text)))
        low, high = read[encoding.name]
        if encoding.escapes and len(decoded.text) == high - low:
            return  # nothing here is written in this way
        for inner in self._candidates(decoded.text, self.hits(decoded.text), depth + 1):
            outer = _outside(decoded, inner.source)
            if inner.encoding is None and outer[1] - outer[0] == inner.end - inner.start and encoding.escapes:
                continue  # nothing of it was escaped: it is found as it stands
            if encoding.escapes and inner.form.prefix in inner.body:
                continue  # it ran on into the next key: `…=` at a line's end may be a soft break, or may not
            name = encoding.name if inner.encoding is None else f"{encoding.name}+{inner.encoding}"
            yield Candidate(inner.form, inner.text, inner.start, inner.end, outer, name, inner.glued)


def ordered(literals: list[bytes]) -> tuple[bytes, ...]:
    """Literals in the order in which they are found fastest: 5.0 GB/s against 3.8 as they come.

    The search deals them out to 16 buckets in turn, and looks closer where four bytes could be in a bucket, so those
    that share bytes go to one bucket. Where one begins with another, order decides which is found: it is left alone.
    """
    inorder = sorted(literals)
    if any(longer.startswith(shorter) for shorter, longer in pairwise(inorder)):
        return tuple(literals)
    alike = sorted(literals, key=lambda literal: (literal[3::-1], literal))
    size = -(-len(alike) // 16)
    return tuple(literal for place in range(size) for literal in alike[place::size])


def _outside(decoded: Decoded, inner: tuple[int, int]) -> tuple[int, int]:
    """The source range of decoded bytes; reversed text runs backwards."""
    first, last = inner[0], max(inner[0], inner[1] - 1)
    return (
        min(decoded.starts[first], decoded.starts[last]),
        max(decoded.ends[first], decoded.ends[last]),
    )


def _outermost(candidates: list[Candidate]) -> list[Candidate]:
    """Candidates less those that lie inside the source of a longer one (a nested reading of the same key)."""
    kept: list[Candidate] = []
    for candidate in candidates:
        if kept and candidate.source[1] <= kept[-1].source[1]:
            continue
        kept.append(candidate)
    return kept
