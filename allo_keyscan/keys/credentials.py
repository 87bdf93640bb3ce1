"""Credentials that need no prefix: the value of a vendor's setting, or an authorization header beside its servers.

The value must be secret-shaped (long, mixed, no words, no reference), whatever its form: the vendor documents none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from math import log2

from allo_keyscan.catalog.keys import KeyRules
from allo_keyscan.keys.placeholders import Placeholders

# How a setting's name and its value are written together, behind the name.
_LINKS = (
    # - name: NAME, and value: on the next line; {"name": "NAME", "value": "value"}
    rb"\\?[\"']?,?\s{1,80}\\?[\"']?(?i:value|default)\\?[\"']?[ \t]*[:=][ \t]*",
    # variable "NAME" { default = "value" }
    rb"[\"'][ \t]*\{[^{}]{0,200}?\bdefault[ \t]*=[ \t]*",
    # <string name="NAME">value</string>, <key>NAME</key> <string>value</string>
    rb"[\"'][^<>\n]{0,80}>\s{0,40}",
    rb"</key>\s{0,80}<string>\s{0,40}",
    # process.env.NAME || "value", ENV["NAME"] ||= "value", NAME ?? "value"
    rb"[\"'\])\\]{0,6}[ \t]*(?:\|\|=?|\?\?=?)[ \t]*",
    # NAME=value, NAME: value, "NAME": "value", environ["NAME"] = "value", NAME: str = "value", and escaped in JSON
    rb"[\"'\])\\]{0,6}[ \t]*(?::[ \t]*[A-Za-z_.\[\] |]{1,40})?(?:=>|:=|=|:|,)[ \t]*",
)
_ASSIGNED = re.compile(
    rb"(?:%b)(?:\\?[\"']|)(?P<value>[^\s\"'`#;,<>\\]{1,300})(?:[\"'\\]|[\s#;,<>}\])]|\Z)" % b"|".join(_LINKS)
)
# ENV NAME value in a Dockerfile, setx NAME value in a shell
_COMMAND_BEFORE = re.compile(rb"(?:^|[\s&;])(?:ENV|ARG|setx|set)[ \t]+\Z", re.IGNORECASE)
_BEHIND_A_BLANK = re.compile(rb"[ \t]+\\?[\"']?(?P<value>[^\s\"'`#;,<>\\]{1,300})(?:[\"'\s]|\Z)")
# Words of HTTP that may stand before any vendor's credential; its own come from the rules.
_SCHEMES = (b"Bearer", b"Token")
_SHAPE = re.compile(rb"[A-Za-z0-9][A-Za-z0-9_.=+/~-]{15,255}\Z")
_REFERENCE = re.compile(rb"[A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)+\Z")
_LITERAL = rb"[\"'](?i:(?:%s) )?([A-Za-z0-9][A-Za-z0-9_.=+/~-]{15,255})[\"']"
_URL_HEAD = re.compile(rb"[\w+.-]{1,10}://[^\s/]{0,40}\Z")
_HEADER_VALUE = (
    rb"(?i:%s)(?:\\?[\"'])?[ \t]*(?:[:=]|=>)[ \t]*(?:\\?[\"'])?(?:(?i:%s)[ \t]+)?"
    rb"(?P<value>[^\s\"'`<>\\]{1,300})"
)
_BESIDE = 1000
_LEAD = 40


def _led(before: Iterable[bytes]) -> re.Pattern[bytes]:
    """What may stand right before a setting's name: no letter, or one of the words that lead it."""
    return re.compile(rb"(?:\A|[^A-Za-z])(?:%s)?\Z" % b"|".join(map(re.escape, before)))


def secret_shaped(value: bytes, placeholders: Placeholders) -> bool:
    """Whether a value could only be a secret: 16 bytes or more, digits and letters mixed, no words or references."""
    if not _SHAPE.match(value) or _REFERENCE.match(value):
        return False
    digits = sum(48 <= byte < 58 for byte in value)
    letters = sum(byte | 32 in range(97, 123) for byte in value)
    if digits < 2 or letters < 2:
        return False
    counts = Counter(value).values()
    entropy = -sum(count / len(value) * log2(count / len(value)) for count in counts)
    text = value.decode("ascii")
    parts = [part for part in re.split(r"[/.=+~]", text) if part]
    wordy = all(placeholders.placeholder(part) for part in parts)
    return entropy >= 3.0 and not wordy


class Credentials:
    """The search for credentials without a prefix, around the words that `Finder` looks for."""

    def __init__(self, rules: KeyRules, placeholders: Placeholders) -> None:
        self._placeholders = placeholders
        self._prefixes = tuple(form.prefix for form in rules.forms)
        self._names = {name: _led(setting.before) for setting in rules.settings for name in setting.names}
        schemes = b"|".join(map(re.escape, dict.fromkeys((*(form.scheme.encode() for form in rules.forms), *_SCHEMES))))
        self._scheme = re.compile(rb"(?i:%s|Basic)[ \t]+" % schemes)
        self._literal = re.compile(_LITERAL % schemes)
        self._headers = {
            host: re.compile(_HEADER_VALUE % (re.escape(header.header.encode()), schemes))
            for header in rules.headers
            for host in header.hosts
        }

    @staticmethod
    def words(rules: KeyRules) -> frozenset[bytes]:
        """The literals around which this search looks."""
        names = {name for setting in rules.settings for name in setting.names}
        return frozenset(names.union(*(header.hosts for header in rules.headers)))

    def may_stand_in(self, source: bytes) -> bool:
        """Whether Python source holds a literal that could be a credential: a cheap test on bytes."""
        return any(self.is_secret(match.group(1)) for match in self._literal.finditer(source))

    def spans(
        self, data: bytes, words: Iterable[tuple[bytes, int]], *, headers: bool = True
    ) -> Iterator[tuple[int, int]]:
        """Byte ranges of credentials, given the words that were found and their offsets.

        Without `headers` what stands beside a server's name is left to whoever understands the program.
        """
        for word, offset in words:
            if word in self._names:
                yield from self._setting(data, offset, offset + len(word))
            elif headers and word in self._headers:
                yield from self._beside(data, word, offset)

    def is_secret(self, value: bytes) -> bool:
        """Whether a value is secret-shaped, and no key whose prefix tells."""
        return not value.startswith(self._prefixes) and secret_shaped(value, self._placeholders)

    def _setting(self, data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
        if not self._names[data[start:end]].search(data, max(0, start - _LEAD), start):
            return
        match = _ASSIGNED.match(data, end)
        if match is None and _COMMAND_BEFORE.search(data, max(0, start - 40), start):
            match = _BEHIND_A_BLANK.match(data, end)
        if match is None:
            return
        low, high = match.span("value")
        scheme = self._scheme.match(data, low)
        if scheme is not None:  # a quoted `Bearer …`: the value goes on behind the blank
            low = scheme.end()
            rest = re.compile(rb"[^\s\"'`#;,<>\\]{1,300}").match(data, low)
            high = rest.end() if rest else low
        if self.is_secret(data[low:high]):
            yield low, high

    def _beside(self, data: bytes, host: bytes, offset: int) -> Iterator[tuple[int, int]]:
        low, high = max(0, offset - _BESIDE), min(len(data), offset + len(host) + _BESIDE)
        found = list(self._headers[host].finditer(data, low, high))
        after = next((match for match in found if match.start() > offset), None)
        before = next((match for match in reversed(found) if match.start() <= offset), None)
        for match in (before, after):
            if match is None:
                continue
            if match.start() > offset:
                together = _together(data[offset + len(host) : match.start()], header_first=False)
            else:
                between = data[match.end() : offset]
                together = _together(_URL_HEAD.sub(b"", between), header_first=True)
            if together and self.is_secret(match.group("value")):
                yield match.span("value")


def _together(between: bytes, *, header_first: bool) -> bool:
    """Whether what stands between a host and a header leaves both in one entry of a configuration or one command."""
    if b"://" in between or b"\n[" in between or b"\n\n" in between:
        return False
    depth = lowest = 0
    for byte in between:
        depth += (byte == 0x7B) - (byte == 0x7D)
        lowest = min(lowest, depth)
    if header_first:  # the header's own object may close before the host's name comes, and nothing opens after it
        return lowest >= -1 and depth == lowest
    return lowest >= 0
