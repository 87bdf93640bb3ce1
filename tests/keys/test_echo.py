"""A known secret in a text of somebody else's: a stretch of it is seen, in every form that servers give it."""

from __future__ import annotations

import base64
import html
import json
import random
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import body

from allo_keyscan.keys.echo import STRETCH, shows

SECRET = body(61).encode()
FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "capitals": str.upper,
    "small": str.lower,
    "backwards": lambda text: text[::-1],
    "hex": lambda text: text.encode().hex(),
    "capital hex": lambda text: text.encode().hex().upper(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 behind one": lambda text: base64.b64encode(b":" + text.encode()).decode(),
    "base64 behind two": lambda text: base64.b64encode(b"::" + text.encode()).decode(),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(b"\xfb\xff" + text.encode()).decode(),
    "base64 with words before": lambda text: "x" + base64.b64encode(text.encode()).decode(),
    "percent": lambda text: "".join(f"%{ord(char):02x}" for char in text),
    "percent, twice": lambda text: quote("".join(f"%{ord(char):02X}" for char in text)),
    "escapes": lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    "escapes in braces": lambda text: "".join(f"\\u{{{ord(char):x}}}" for char in text),
    "escapes of bytes": lambda text: "".join(f"\\x{ord(char):02x}" for char in text),
    "escapes in JSON in JSON": lambda text: json.dumps("".join(f"\\u{ord(char):04x}" for char in text)),
    "entities": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "hex entities": lambda text: "".join(f"&#x{ord(char):x};" for char in text),
    "base64 of hex": lambda text: base64.b64encode(text.encode().hex().encode()).decode(),
    "hex of what is backwards": lambda text: text[::-1].encode().hex(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("piece", [slice(None), slice(0, 16), slice(10, 26), slice(-16, None)], ids=str)
def test_every_form_of_every_piece_is_seen(form: Callable[[str], str], piece: slice) -> None:
    text = form(SECRET.decode()[piece])
    assert shows(f"Key {text} is bad".encode(), SECRET)
    assert not shows(f"Key {form(body(62)[piece])} is bad".encode(), SECRET)


def test_fewer_characters_than_a_stretch_are_no_piece_of_it() -> None:
    assert not shows(SECRET[: STRETCH - 1], SECRET)
    assert shows(SECRET[:STRETCH], SECRET)


def test_a_short_secret_is_seen_whole() -> None:
    assert shows(b"it is hunter2!", b"hunter2")
    assert not shows(b"it is hunter3!", b"hunter2")


@given(st.binary(max_size=300))
def test_any_bytes_are_looked_at(text: bytes) -> None:
    assert shows(text + SECRET, SECRET)
    assert not shows(text, SECRET)


def test_what_an_answer_usually_holds_is_no_echo() -> None:
    chance = random.Random(61)
    words = " ".join(html.escape(f"/v2/api/{chance.randrange(16**8):x}?a=%20&amp;b") for _ in range(2000))
    assert not shows(words.encode(), SECRET)
