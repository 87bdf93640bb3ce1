"""Could Python source put a key together from pieces? A cheap test on bytes, before anything is parsed.

True for a prefix cut anywhere between two literals, for one that a format fills in, and for code that names the vendor
and takes strings apart and together. It errs on the side of yes; `import libcst` costs 170 ms, so not for every file.
"""

from __future__ import annotations

import base64
import codecs
import re
from collections.abc import Callable, Iterable

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from allo_keyscan.catalog.keys import KeyRules

_QUOTES = ("'", '"')
_IN_A_WORD = bytes(byte < 128 and chr(byte).isalnum() for byte in range(256))
"""Of each byte, whether no prefix begins right behind it."""
# What takes strings apart and together, where a clue beside it says whose.
_CRAFT = re.compile(
    rb"\[-?\d*:-?\d*:?-?\d*\]|\b(?:chr|reversed|zip|enumerate|bytes|decompress|unquote)\(|\breduce\("
    rb"|(?:fromhex|unhexlify|b\d\ddecode|a2b_\w+|from_bytes|to_bytes|maketrans|loads|setattr|codecs\.(?:de|en)code)\("
    rb"|\.(?:join|translate|replace|split|rsplit|partition|rpartition|decode|lower|swapcase)\("
)


def _cuts(prefix: str) -> set[str]:
    """A prefix cut inside or beside one of its words, at a literal's end or start: its longer part with a quote, or
    with the backslash of an escape or a joined line."""
    cuts = set()
    for place in range(1, len(prefix)):
        left, right = prefix[:place], prefix[place:]
        if place >= 4:
            cuts |= {f"{left}{end}" for end in (*_QUOTES, "\\")}
        else:
            escaped = f"{ord(left[-1]):02x}", f"{ord(left[-1]):03o}"
            cuts |= {f"{start}{right}" for start in (*_QUOTES, "\\\n", "\\\r\n", *escaped)}
    return cuts


def _encoded(text: str) -> set[str]:
    """A text as the decoders of Python's library take it, and reversed; endings that depend on what follows cut off."""
    raw = text.encode()
    full = len(raw) // 3 * 4 + (len(raw) * 8 % 24) // 6
    base32 = len(raw) * 8 // 5
    base85 = len(raw) // 4 * 5 or 9
    return {
        raw.hex(),
        raw.hex().upper(),
        "".join(f"%{byte:02x}" for byte in raw),
        "".join(f"%{byte:02X}" for byte in raw),
        base64.b64encode(raw).decode()[:full],
        base64.b32encode(raw).decode()[:base32],
        base64.b85encode(raw).decode()[:base85],
        base64.a85encode(raw).decode()[:base85],
        codecs.encode(text, "rot13"),
        text[::-1],
    }


def _spelled(prefix: str) -> set[str]:
    """The first two characters of a prefix written one by one, or as numbers."""
    written = [tuple(f"{quote}{char}{quote}" for char in prefix[:2]) for quote in _QUOTES]
    numbers = [tuple(form.format(ord(char)) for char in prefix[:3]) for form in ("{}", "0x{:x}", "0x{:X}")]
    joined = {mark.join(pair) for pair in written for mark in (" + ", "+", ", ", ",", " ")}
    return joined | {mark.join(row) for row in numbers for mark in (", ", ",")}


def _filled(prefix: str) -> list[re.Pattern[bytes]]:
    """A prefix that holes or literals' ends stand in: its first word before one, and another word behind one."""
    first, *others = (re.escape(word) for word in prefix.split("_") if word)
    if not others:
        return [re.compile(rb"(?!)")]
    return [
        re.compile(rf"{first}(?<![A-Za-z0-9]{first})_?[\"'{{%]".encode()),
        re.compile("|".join(rf"[\"'}}s]_?{word}_?" for word in others).encode()),
    ]


def _continued(prefix: str, body: str) -> str:
    """A literal that begins a key and may go on behind its end, or that holds more than the key: the prefix and at most
    a short body, an operator, a method, a slice or a joined line behind it, or a letter before it."""
    key = re.escape(prefix)
    end = rf"[{body}]*(?:\\|[\"']\s*(?:[+%\\.\[]|[rbfuRBFU]{{0,2}}[\"']))"
    return rf"{key}(?:[{body}]{{0,15}}[\"'{{%]|{end}|(?<=[A-Za-z0-9_]{key})[{body}]{{16}})"


def _apart(prefix: str) -> str:
    """A prefix with other marks in it than its own, which the program may take out or change."""
    first, rest = re.escape(prefix[:2]), [char for char in prefix[2:] if char.isalnum()]
    return rf"(?!{re.escape(prefix)}){first}(?<![A-Za-z0-9]{first})" + "".join(
        rf"[^A-Za-z0-9\n]{{0,3}}{char}" for char in rest
    )


def _tails(prefix: str) -> set[str]:
    """What any text holds that the last pattern of `_filled` finds."""
    return {f"{start}{mark}{word}" for word in prefix.split("_")[1:] if word for start in "\"'}s" for mark in ("", "_")}


def _search(*literals: set[str]) -> Callable[[bytes | memoryview], list[tuple[int, int, int]]]:
    """One pass for some literals, numbered set by set: beyond 64 of them it takes ten times as long."""
    ordered = [text.encode() for some in literals for text in sorted(some)]
    automaton = BytesAhoCorasick(ordered, matchkind=MatchKind.LeftmostFirst)
    return automaton.find_matches_as_indexes


class Pieces:
    """The compiled test for the key forms and the vendor's names of keys.toml."""

    def __init__(self, rules: KeyRules, known: Iterable[bytes] = ()) -> None:
        """`known` are literals that are looked for as well (keys/find)."""
        prefixes = [form.prefix.decode() for form in rules.forms]
        sure = {text for prefix in prefixes for make in (_cuts, _encoded, _spelled) for text in make(prefix)}
        vendors = [context for context in rules.contexts if context.confidence == "high"]
        names = {case(word) for context in vendors for word in context.words for case in (str, str.upper)}
        clues = {text for prefix in prefixes for text in (prefix.upper(), *_encoded(prefix[:4]))} | names
        tails = {text for prefix in prefixes for text in _tails(prefix)} - sure
        self._sure = len(sure)
        self._strong = _search(sure, tails)
        self._clues = _search(clues - sure)
        self._firsts = _search({prefix[:2] for prefix in prefixes})
        every = [text.encode() for text in sure | tails | clues]
        held = [*known, *every]
        self.literals = tuple(text for text in every if not any(one in text and one != text for one in held))
        """Source that is worth parsing holds one, or one that is known, or has a place in `parted`."""
        continued = "|".join(_continued(form.prefix.decode(), form.body) for form in rules.forms)
        self._continued = re.compile(continued.encode())
        self._prefixes = [prefix.encode() for prefix in prefixes]
        self._filled = [_filled(prefix) for prefix in prefixes]
        self._apart = re.compile("|".join(map(_apart, prefixes)).encode())

    def __call__(self, source: bytes) -> bool:
        """Whether the source is worth parsing."""
        hits = self._strong(source)
        if any(number < self._sure for number, _, _ in hits):
            return True
        if any(prefix in source for prefix in self._prefixes) and self._continued.search(source):
            return True
        if hits and any(all(part.search(source) for part in parts) for parts in self._filled):
            return True
        clued = bool(self._clues(source)) or bool(self.parted(source))
        return clued and _CRAFT.search(source) is not None

    def parted(self, data: bytes | memoryview) -> list[int]:
        """Offsets of prefixes that have other marks in them than their own."""
        inside, apart = _IN_A_WORD, self._apart.match
        return [
            start
            for _, start, _ in self._firsts(data)
            if not (start and inside[data[start - 1]]) and apart(data, start)  # nearly all stand inside a word
        ]
