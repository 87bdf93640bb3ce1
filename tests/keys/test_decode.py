"""Every row of ENCODINGS: what it encodes is found, at the right bytes of the source, wherever it stands."""

from __future__ import annotations

import base64
import pickle
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import PREFIX, key

from allo_keyscan.catalog import rules_dir
from allo_keyscan.keys.decode import ENCODINGS
from allo_keyscan.keys.detect import Detector

DETECTOR = Detector(rules_dir())
KEY = key().encode()


def every(form: str) -> Callable[[bytes], bytes]:
    return lambda text: "".join(form.format(byte) for byte in text).encode()


def only_underscores(mark: bytes) -> Callable[[bytes], bytes]:
    return lambda text: text.replace(b"_", mark)


def mixed(form: str) -> Callable[[bytes], bytes]:
    """Capitals in every other number."""
    cases = (str.lower, str.upper)
    return lambda text: "".join(cases[place % 2](form.format(byte)) for place, byte in enumerate(text)).encode()


def first_letter(escape: bytes) -> Callable[[bytes], bytes]:
    return lambda text: text.replace(PREFIX.encode(), escape + PREFIX[1:].encode(), 1)


def joined(form: str, gap: str) -> Callable[[bytes], bytes]:
    return lambda text: gap.join(form.format(byte) for byte in text).encode()


# name of the row -> ways to write text in it; each maps a key to what stands for it.
WAYS: dict[str, dict[str, Callable[[bytes], bytes]]] = {
    "base64": {
        "first alignment": base64.b64encode,
        "second alignment": lambda text: base64.b64encode(b":" + text),
        "third alignment": lambda text: base64.b64encode(b"::" + text),
        "url-safe": lambda text: base64.urlsafe_b64encode(b"\xfb\xff\xfe" + text + b"\xfb\xff"),
        "in the middle": lambda text: base64.b64encode(b"Authorization: Api-Key " + text + b"\nnext"),
    },
    "hex": {
        "lower": lambda text: text.hex().encode(),
        "upper": lambda text: text.hex().upper().encode(),
        "mixed": mixed("{:02x}"),
    },
    "byte-array": {
        "decimal": joined("{}", ", "),
        "decimal without blanks": joined("{}", ","),
        "hex": joined("0x{:02x}", ", "),
        "upper hex": joined("0x{:02X}", ","),
    },
    "hex-bytes": {"blanks": joined("{:02x}", " "), "colons": joined("{:02X}", ":"), "dashes": joined("{:02x}", "-")},
    "percent": {
        "all": every("%{:02x}"),
        "all, upper": every("%{:02X}"),
        "underscores": only_underscores(b"%5F"),
        "the last underscore": lambda text: text.replace(b"live_", b"live%5f"),
        "twice": only_underscores(b"%255F"),
        "all, mixed": mixed("%{:02x}"),
        "all, twice": every("%25{:02X}"),
        "the first letter": first_letter(b"%61"),
    },
    "unicode-escape": {
        "all": every("\\u{:04x}"),
        "all, upper": every("\\u{:04X}"),
        "underscores": only_underscores(b"\\u005f"),
        "in a string in JSON": only_underscores(b"\\\\u005f"),
        "all in braces": every("\\u{{{:x}}}"),
        "all in eight digits": every("\\U{:08x}"),
        "the first letter": first_letter(b"\\u0061"),
        "the first letter in braces": first_letter(b"\\u{61}"),
    },
    "unicode-name": {
        "underscores": only_underscores(b"\\N{LOW LINE}"),
        "all": lambda text: "".join(f"\\N{{{unicodedata.name(char)}}}" for char in text.decode()).encode(),
    },
    "hex-escape": {
        "all": every("\\x{:02x}"),
        "underscores": only_underscores(b"\\x5f"),
        "the first letter": first_letter(b"\\x61"),
    },
    "octal-escape": {"all": every("\\{:03o}"), "underscores": only_underscores(b"\\137")},
    "html-entity": {
        "decimal": every("&#{};"),
        "hex": every("&#x{:x};"),
        "upper hex": every("&#x{:X};"),
        "underscores": only_underscores(b"&#95;"),
        "hex underscores": only_underscores(b"&#x5f;"),
        "named underscores": only_underscores(b"&lowbar;"),
        "twice": only_underscores(b"&amp;#95;"),
        "the first letter": first_letter(b"&#97;"),
    },
    "backslash": {"markdown": only_underscores(b"\\_")},
    "quoted-printable": {
        "all": every("={:02X}"),
        "underscores": only_underscores(b"=5F"),
        "a soft line break": lambda text: text[:20] + b"=\r\n" + text[20:],
    },
    "joined": {
        "plus": lambda text: text[:15] + b'" + "' + text[15:],
        "a dot": lambda text: text[:8] + b"' . '" + text[8:],
        "nothing": lambda text: text[:15] + b'" "' + text[15:],
        "the next line": lambda text: text[:15] + b'" +\n    "' + text[15:],
        "an operator on the next line": lambda text: text[:15] + b'"\n    + "' + text[15:],
        "the first letter apart": first_letter(b'a" + "'),
        "an ampersand": lambda text: text[:15] + b'" & "' + text[15:],
    },
    "utf-16": {
        "little endian": lambda text: text.decode().encode("utf-16le"),
        "big endian": lambda text: text.decode().encode("utf-16be"),
    },
    "utf-32": {
        "little endian": lambda text: text.decode().encode("utf-32le"),
        "big endian": lambda text: text.decode().encode("utf-32be"),
    },
    "reversed": {"all": lambda text: text[::-1]},
}
EVERY_WAY = [pytest.param(name, way, id=f"{name}: {how}") for name, ways in WAYS.items() for how, way in ways.items()]


def test_every_row_is_tested() -> None:
    assert set(WAYS) == {encoding.name for encoding in ENCODINGS}


def test_the_pass_stays_on_simd() -> None:
    # One literal more than 64 and the multi-literal pass runs at a tenth of its speed (benchmarks/README.md).
    assert len(DETECTOR.finder.literals) <= 64


@pytest.mark.parametrize(("name", "way"), EVERY_WAY)
def test_an_encoded_key_is_found(name: str, way: Callable[[bytes], bytes]) -> None:
    (match,) = DETECTOR.matches(way(KEY), "a.conf")
    assert (match.rule, match.encoding, match.secret.masked) == ("leaked-key", name, f"{PREFIX}…{key()[-4:]}")
    assert len(match.secret) == len(KEY)


@pytest.mark.parametrize(("name", "way"), EVERY_WAY)
def test_the_source_range_holds_the_encoded_key_and_nothing_else(name: str, way: Callable[[bytes], bytes]) -> None:
    encoded = way(KEY)
    before, after = b"first line\n\xc3\xa9 = '", b"'\nlast line"
    (match,) = DETECTOR.matches(before + encoded + after, "a.conf")
    start, end = match.start - len(before), match.end - len(before)
    # Widths beyond a byte may put the padding of a unit on either side, and base64 what shares a character.
    slack = {"utf-16": 1, "utf-32": 3}.get(name, 0)
    if name == "base64":
        assert KEY in base64.b64decode(encoded[start // 4 * 4 :].replace(b"-", b"+").replace(b"_", b"/") + b"==")
        assert len(KEY) * 4 // 3 <= end - start <= len(KEY) * 4 // 3 + 2
    else:
        assert 0 <= start <= slack
        assert len(encoded) - slack <= end <= len(encoded)


@pytest.mark.parametrize(("name", "way"), EVERY_WAY)
def test_a_longer_word_is_no_key_in_any_encoding(name: str, way: Callable[[bytes], bytes]) -> None:
    if name == "base64" and way(b"") != b"":
        way = base64.b64encode
    encoded = way(b"pe" + KEY)
    assert [match.rule for match in DETECTOR.matches(encoded, "a.conf")] == []


@pytest.mark.parametrize("inner", ["base64", "utf-16"])
def test_encodings_nest_in_base64(inner: str) -> None:
    encoded = base64.b64encode(next(iter(WAYS[inner].values()))(KEY))
    (match,) = DETECTOR.matches(encoded, "a.conf")
    assert (match.encoding, len(match.secret)) == (f"base64+{inner}", len(KEY))


@pytest.mark.parametrize("lead", [b"", b":", b"::"])
@pytest.mark.parametrize(
    ("way", "encoding"),
    [
        (lambda text: base64.b64encode(text).hex().encode(), "hex+base64"),
        (lambda text: base64.b64encode(text).hex().upper().encode(), "hex+base64"),
        (lambda text: base64.b64encode(text)[::-1], "reversed+base64"),
    ],
    ids=["hex", "upper hex", "reversed"],
)
def test_base64_in_another_encoding_is_read(way: Callable[[bytes], bytes], encoding: str, lead: bytes) -> None:
    (match,) = DETECTOR.matches(way(lead + KEY), "a.conf")
    assert (match.rule, match.encoding, len(match.secret)) == ("leaked-key", encoding, len(KEY))


@pytest.mark.parametrize("value", [key(), KEY, {"key": key()}], ids=["text", "bytes", "dictionary"])
def test_a_key_in_a_pickle_of_lines_is_found(value: object) -> None:
    (match,) = DETECTOR.matches(pickle.dumps(value, 0), "a.pickle")
    assert (match.rule, match.encoding, len(match.secret)) == ("leaked-key", None, len(KEY))


def test_another_vendors_longer_prefix_is_no_key_whose_first_letter_is_escaped() -> None:
    assert DETECTOR.matches(b"s" + KEY[1:] + b" \\x73" + KEY[1:], "a.conf") == []


@pytest.mark.parametrize("prefix", [b"jkl_mno_", b"qrst_uvw_", b"zzzzzz_"])
def test_needles_of_any_prefix_stand_in_what_is_encoded(prefix: bytes) -> None:
    texts = {
        "hex": [prefix.hex(), prefix.hex().upper()],
        "percent": ["".join(f"%{byte:02x}" for byte in prefix), "".join(f"%{byte:02X}" for byte in prefix)],
        "hex-bytes": [prefix.hex(" "), prefix.hex(":").upper()],
        "byte-array": [", ".join(f"0x{byte:02X}" for byte in prefix), ",".join(f"0x{byte:02x}" for byte in prefix)],
    }
    for encoding in ENCODINGS:
        for text in texts.get(encoding.name, ()):
            assert any(needle in text.encode() for needle in encoding.needles(prefix)), (encoding.name, text)


@pytest.mark.parametrize("width", [60, 64, 76])
@pytest.mark.parametrize("lead", range(0, 90, 7))
def test_wrapped_base64_hides_nothing(width: int, lead: int) -> None:
    raw = base64.b64encode(b"#" * lead + b"\n" + KEY + b"\n" + b"#" * 90)
    wrapped = b"\n".join(raw[start : start + width] for start in range(0, len(raw), width))
    (match,) = DETECTOR.matches(wrapped, "a.b64")
    assert len(match.secret) == len(KEY)


def test_base64_on_a_line_of_its_own_owes_nothing_to_the_line_before() -> None:
    lines = [base64.b64encode(b"xyz" * 5 + text) for text in (b"abc", b"")] + [base64.b64encode(KEY)]
    (match,) = DETECTOR.matches(b"\n".join(lines), "a.txt")
    assert (match.rule, len(match.secret)) == ("leaked-key", len(KEY))


@pytest.mark.parametrize("lead", range(60, 76))
def test_a_soft_break_inside_the_prefix_is_taken_out(lead: int) -> None:
    from quopri import encodestring

    mail = b"Content-Transfer-Encoding: quoted-printable\n\n" + encodestring(
        b"x" * (lead - 1) + b" " + KEY + b" y" * 40
    )
    (match,) = DETECTOR.matches(mail, "a.eml")
    assert (match.rule, len(match.secret)) == ("leaked-key", len(KEY))


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Content-Transfer-Encoding: quoted-printable", 1),
        ("content-transfer-encoding:   Base64", 1),
        ('"Content-Transfer-Encoding": "quoted-printable",', 1),
        ("Content-Transfer-Encoding:\\r\\n quoted-printable", 1),
        ("Content-Transfer-Encoding: 8bit", 0),
        ("Content-Transfer-Encoding: 7bit\nContent-Description: what quoted-printable is", 0),
    ],
)
def test_lines_are_joined_only_where_the_encoding_breaks_them(header: str, found: int) -> None:
    """Every file of gettext names an encoding, `8bit`: to join the lines of 1 MB took a third of a second."""
    data = header.encode() + b"\n\n" + KEY[:6] + b"=\n" + KEY[6:]
    assert len(DETECTOR.matches(data, "a.po")) == found


@given(st.binary(max_size=60), st.binary(max_size=60), st.sampled_from(EVERY_WAY))
def test_neighbours_hide_no_key(before: bytes, after: bytes, case: object) -> None:
    name, way = case.values  # type: ignore[attr-defined]
    data = before + b"\n\n\n\n" + way(KEY) + b"\n\n\n\n" + after
    found = DETECTOR.matches(data, "a.bin")
    # `=` at a line's end before the key is a soft break of quoted-printable, perhaps: the key is found inside that.
    assert any(len(match.secret) == len(KEY) and name in (match.encoding or "").split("+") for match in found)


@given(st.binary(max_size=4000))
def test_any_bytes_are_searched_without_an_error(data: bytes) -> None:
    for match in DETECTOR.matches(data, "a.bin"):
        assert 0 <= match.start < match.end <= len(data)


@given(
    st.lists(
        st.sampled_from(
            [
                PREFIX,
                "ak_",
                "live",
                "_",
                "%5F",
                "\\u005f",
                "=\n",
                "&#95;",
                "YWtfbGl2ZV",
                "616b5f6c6976655f",
                " ",
                "a1B2",
            ]
        )
    )
)
def test_shuffled_fragments_are_searched_without_an_error(parts: list[str]) -> None:
    data = "".join(parts).encode()
    for match in DETECTOR.matches(data, "a.txt"):
        assert 0 <= match.start < match.end <= len(data)
