"""Which Python sources are parsed for keys put together from pieces."""

import base64
import codecs

import pytest
from samples import PREFIX, key

from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.keys import key_rules
from allo_keyscan.keys.detect import Detector
from allo_keyscan.keys.pieces import Pieces

KEY = key(length=20)
WORTH = {
    "a slice of one literal": f'k = "xx{KEY}yy"[2:-2]',
    "a slice of a constant": f'k = "xx{KEY}yy"',
    "backwards": f'k = "{KEY[::-1]}"[::-1]',
    "hex": f'k = bytes.fromhex("{PREFIX.encode().hex()}").decode() + BODY',
    "base64": f'k = b64decode("{base64.b64encode(PREFIX.encode()).decode()}").decode() + BODY',
    "base64 in pieces": f'k = b64decode("{base64.b64encode(KEY.encode()).decode()[:8]}" + REST)',
    "rot13": f'k = codecs.decode("{codecs.encode(PREFIX, "rot13")}", "rot13") + BODY',
    "numbers": f'k = "".join(map(chr, {list(map(ord, PREFIX))})) + BODY',
    "characters": "k = " + " + ".join(map(repr, KEY)),
    "a list of characters": "k = ''.join(" + repr(list(KEY)) + ")",
    "a joined line": f'k = "{KEY[:12]}\\\n{KEY[12:]}"',
    "a joined line inside the prefix": f'k = "{PREFIX[:2]}\\\n{PREFIX[2:]}{KEY[8:]}"',
    "an escape": f'k = "\\x61{KEY[1:]}"',
    "two words": f'a, b = "{KEY[:5]} {KEY[5:]}".split()',
    "other marks": f"""k = "{KEY.replace("_", "#")}".replace("#", "_")""",
    "marks inside": f"""k = "{KEY[:4]}-{KEY[4:]}".translate(str.maketrans("", "", "-"))""",
    "upper case": f'k = "{PREFIX.upper()}".lower() + BODY',
    "percent": 'k = unquote("' + "".join(f"%{ord(char):02x}" for char in PREFIX) + '") + BODY',
    "crafted beside the vendor's name": "URL = 'https://api.withallo.com'\nk = bytes(c ^ 7 for c in zip(A, B))",
}
NOT_WORTH = [
    "break_long_words = x[1:]",
    f"{PREFIX}bytes = psutil.virtual_memory()",
    "peak_" + "live_bytes = ''.join(parts)[1:]",
    "import base64\nbase64.b64decode(x).replace('a', 'b')",
    "# the tweak_live_view option\nx.split()",
    "table = [97, 98, 99, 100]",
]


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(rules_dir())


@pytest.fixture(scope="module")
def may_assemble(detector: Detector) -> Pieces:
    return detector.may_assemble


@pytest.mark.parametrize("name", WORTH)
def test_parses_what_may_hide_a_key(may_assemble: Pieces, name: str) -> None:
    assert may_assemble(WORTH[name].encode())


@pytest.mark.parametrize("source", NOT_WORTH)
def test_parses_nothing_else(may_assemble: Pieces, source: str) -> None:
    assert not may_assemble(source.encode())


@pytest.mark.parametrize("source", WORTH.values(), ids=WORTH)
def test_what_is_worth_parsing_has_a_mark_amid_other_data(detector: Detector, source: str) -> None:
    before = b"peak = leak\n" * 300
    after = b"\nbreak\n" * 300
    data = before + source.encode() + after
    marks = detector.marks(memoryview(data))
    assert marks
    assert all(len(before) <= mark < len(data) - len(after) for mark in marks)


@pytest.mark.parametrize(
    ("source", "marks"),
    [
        ("ak.live.", [0]),
        ("-ak-live-", [1]),
        ("ak = live", [0]),
        ("ak\nlive", []),
        ("Xak.live.", []),
        ("x ak.livx", []),
        ("x ak", []),
        ("aklive aklive", [0, 7]),
    ],
)
def test_a_prefix_with_other_marks_or_none(source: str, marks: list[int]) -> None:
    assert Pieces(key_rules(rules_dir())).parted(source.encode()) == marks
