"""Keys put together from pieces: found wherever they are joined, placed exactly, masked everywhere."""

import base64
import codecs
import random
import re
import zlib

import pytest
from samples import PREFIX, key

from allo_keyscan.calls.assembled import HOLE, Assembled, assembled
from allo_keyscan.calls.parse import ParseFailure

KEY = key(length=20)
A, B = KEY[:5], KEY[5:]
SEARCHED = re.compile(rb"(?<![A-Za-z0-9_])ak_live_(?:[A-Za-z0-9_-]{16,}|\0)")


def found(source: str) -> list[Assembled]:
    result = assembled(source.encode(), lambda value: SEARCHED.search(value) is not None)
    assert not isinstance(result, ParseFailure)
    return result


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def sole(source: str) -> Assembled:
    (only,) = found(source)
    return only


JOINED = {
    "default in a default": f'def g(k=lambda a=(lambda b="{A}" + "{B}": b): a): pass',
    "plus": f'k = "{A}" + "{B}"',
    "implicit": f'k = "{A}" "{B}"',
    "across lines": f'k = (\n    "{A}"\n    "{B}"\n)',
    "f-string": f'a = "{A}"\nb = "{B}"\nk = f"{{a}}{{b}}"',
    "f-string of literals": f"k = f\"{{'{A}'}}{{'{B}'}}\"",
    "percent": f'k = "%s%s" % ("{A}", "{B}")',
    "percent named": f'k = "%(a)s%(b)s" % {{"a": "{A}", "b": "{B}"}}',
    "format": f'k = "{{}}{{}}".format("{A}", "{B}")',
    "format named": f'k = "{{a}}{{b}}".format(a="{A}", b="{B}")',
    "format_map": f'k = "{{a}}{B}".format_map({{"a": "{A}"}})',
    "join": f'k = "".join(["{A}", "{B}"])',
    "join with a separator": f'k = "_".join(("ak", "live", "{KEY[8:]}"))',
    "template": f'import string\nk = string.Template("$a$b").substitute(a="{A}", b="{B}")',
    "hex": f'k = bytes.fromhex("{KEY.encode().hex()}")',
    "base64": f'import base64\nk = base64.b64decode("{base64.b64encode(KEY.encode()).decode()}").decode()',
    "base64 renamed": f'from base64 import b64decode as d\nk = str(d({base64.b64encode(KEY.encode())!r}), "utf-8")',
    "rot13": f'import codecs\nk = codecs.decode("{codecs.encode(KEY, "rot13")}", "rot13")',
    "numbers": f"k = bytes({list(KEY.encode())})",
    "characters": f'k = "".join(chr(c) for c in {list(KEY.encode())})',
    "xor": f"k = bytes(c ^ 7 for c in {[c ^ 7 for c in KEY.encode()]})",
    "reversed": f'k = "{KEY[::-1]}"[::-1]',
    "reversed()": f'k = "".join(reversed("{KEY[::-1]}"))',
    "replace": f'k = "{A}#{B}".replace("#", "")',
    "slices": f'k = "{A}zz"[:5] + "zz{B}"[2:]',
    "strip": f'k = "{A}" + "  {B} ".strip()',
    "walrus": f'if (p := "{A}"):\n    k = p + "{B}"',
    "conditional": f'k = ("{A}" if x else "none") + "{B}"',
    "augmented": f'k = "{A}"\nk += "{B[:4]}"\nk += "{B[4:]}"',
    "class attributes": f'class C:\n    a = "{A}"\n    b = "{B}"\n    def key(self):\n        return self.a + self.b',
    "self": f'class C:\n    def __init__(self):\n        self.a = "{A}"\n'
    f'    def key(self):\n        return self.a + "{B}"',
    "table": f'd = {{"a": "{A}", "b": "{B}"}}\nk = d["a"] + d["b"]',
    "tuple": f't = ("{A}", "{B}")\nk = t[0] + t[1]',
    "function": f'def f(tail):\n    return "{A}" + tail\nk = f("{B}")',
    "default of a parameter": f'def f(key="{A}" "{B}"):\n    pass',
    "in a lambda": f'k = lambda: "{A}" + "{B}"',
    "bytes": f'k = b"{A}" + b"{B}"',
    "raw bytes": f'k = rb"{A}" + b"{B}".strip()',
    "in a call": f'send(headers={{"Authorization": "Api-Key " + "{A}" + "{B}"}})',
    "in a decorator": f'@auth("{A}" "{B}")\ndef f():\n    pass',
    "enum": f'from enum import Enum\nclass E(Enum):\n    A = "{A}"\nk = E.A.value + "{B}"',
    "dead code": f'if False:\n    k = "{A}" + "{B}"',
}

# Forms in which no whole literal shows the prefix; found by an adversarial review.
ROT13 = codecs.encode(PREFIX, "rot13")
BASE32, BASE85 = base64.b32encode(PREFIX.encode()).decode(), base64.b85encode(PREFIX.encode()).decode()
ZIPPED = base64.b64encode(zlib.compress(KEY.encode())).decode()
NUMBERS, HEX_NUMBERS = [*map(ord, PREFIX)], ", ".join(map(hex, map(ord, PREFIX)))
NUMBER, SHIFTED = int.from_bytes(KEY.encode(), "big"), "".join(chr(ord(c) + 1) for c in KEY)
PERCENT = "".join(f"%{ord(c):02x}" for c in PREFIX)
HIDDEN = {
    "defaults of an uncalled function": f'def f(a="{A}", b="{B}"):\n    return a + b',
    "defaults of a constructor": f'class C:\n    def __init__(self, a="{A}", b="{B}"):\n        self.k = a + b',
    "defaults of a constructor, joined by a method": f'class C:\n    def __init__(self, a="{A}", b="{B}"):\n'
    "        self.a = a\n        self.b = b\n    def k(self):\n        return self.a + self.b",
    "a slice of one literal": f'k = "xx{KEY}yy"[2:-2]',
    "a slice of a constant": f'K = "xx{KEY}yy"\nk = K[2:-2]',
    "a slice backwards": f'k = "{KEY[::-1]}"[::-1]',
    "slice step": f'k = "{"x".join(KEY)}"[::2]',
    "a prefix in hex": f'B = "{KEY[8:]}"\nk = bytes.fromhex("{PREFIX.encode().hex()}").decode() + B',
    "a prefix in base64": f'import base64\nB = "{KEY[8:]}"\nk = base64.b64decode("{_base64(PREFIX)}").decode() + B',
    "a prefix in rot13": f'import codecs\nB = "{KEY[8:]}"\nk = codecs.decode("{ROT13}", "rot13") + B',
    "a prefix in rot13, encoded": f'import codecs\nB = "{KEY[8:]}"\nk = codecs.encode("{ROT13}", "rot_13") + B',
    "a prefix in numbers": f'k = "".join(map(chr, {NUMBERS})) + "{KEY[8:]}"',
    "a prefix in hexadecimal numbers": f'k = "".join(map(chr, [{HEX_NUMBERS}])) + "{KEY[8:]}"',
    "a prefix in bytes": f'k = bytes({NUMBERS}).decode() + "{KEY[8:]}"',
    "a line joined": f'k = "{KEY[:12]}\\\n{KEY[12:]}"',
    "a line joined inside the prefix": f'k = "{A}\\\n{B}"',
    "a line joined early": f'k = "{KEY[:3]}\\\n{KEY[3:]}"',
    "a line of an f-string joined": f'k = f"{A}\\\n{B}"',
    "an escape": f'k = "\\x61{KEY[1:]}"',
    "split": f'a, b = "{A} {B}".split()\nk = a + b',
    "split2": f'k = "".join("{A} {B}".split())',
    "strjoin": f'k = str.join("", ["{A}", "{B}"])',
    "opadd": f'import operator\nk = operator.add("{A}", "{B}")',
    "reduce": f'import functools, operator\nk = functools.reduce(operator.add, ["{A}", "{B}"])',
    "reduce lambda": f'from functools import reduce\nk = reduce(lambda x, y: x + y, ["{A}", "{B}"], "")',
    "template ": f'from string import Template\nk = Template("${{a}}{B}").substitute(a="{A}")',
    "pctdict2": f'k = "%(a)s{KEY[8:]}" % dict(a="{PREFIX}")',
    "outside": f'class C:\n    pass\nC.x = "{A}"\nk = C.x + "{B}"',
    "outside none": f'class C:\n    x = None\nC.x = "{A}"\nk = C.x + "{B}"',
    "setattr": f'class C:\n    pass\nsetattr(C, "x", "{A}")\nk = C.x + "{B}"',
    "chars": "k = " + " + ".join(map(repr, KEY)) + '\nallo = "withallo"',
    "chars novendor": "k = " + " + ".join(map(repr, KEY)),
    "chars list": "k = ''.join(" + repr([*KEY]) + ")",
    "replace ": f'k = "{KEY[:4]}-{KEY[4:]}".replace("-", "")',
    "replace2": f'k = "PRE{KEY[8:]}".replace("PRE", "{PREFIX}")',
    "replace3": f'k = "{KEY.replace("_", "#")}".replace("#", "_")',
    "translate": f'k = "{KEY.replace("_", "#")}".translate(str.maketrans("#", "_"))',
    "translate2": f'k = "{KEY.replace("_", "#")}".translate({{ord("#"): "_"}})',
    "translate3": f'k = "{KEY.replace("_", "_!")}".translate(str.maketrans("", "", "!"))',
    "format_map": f'k = str.format_map("{{a}}{{b}}", {{"a": "{A}", "b": "{B}"}})',
    "reversed list": f'k = "".join(reversed(["{B}", "{A}"]))',
    "zip": f'k = "".join(a + b for a, b in zip("{KEY[::2]}", "{KEY[1::2]}"))',
    "enumerate": f'k = "".join(c for i, c in enumerate("{"x".join(KEY)}") if i % 2 == 0)',
    "enum2": f'k = "".join(p for _, p in enumerate(["{A}", "{B}"]))',
    "filter": f'k = "".join(c for c in "{"#".join(KEY)}" if c != "#")',
    "2loop": f'k = "".join(c for w in ["{A}", "{B}"] for c in w)',
    "chain": f'import itertools\nk = "".join(itertools.chain(["{A}"], ["{B}"]))',
    "chain2": f'from itertools import chain\nk = "".join(chain.from_iterable(["{A}", "{B}"]))',
    "b64sum": f'import base64\nk = base64.b64decode("{_base64(KEY)[:6]}" + "{_base64(KEY)[6:]}")',
    "b64sum2": f'from base64 import b64decode\nA = "{_base64(KEY)[:6]}"\nC = "{_base64(KEY)[6:]}"\nb64decode(A + C)',
    "unhex": f'import binascii\nk = binascii.unhexlify("{KEY.encode().hex()[:9]}" "{KEY.encode().hex()[9:]}").decode()',
    "unquote": f'from urllib.parse import unquote\nk = unquote("{PERCENT}") + "{KEY[8:]}"',
    "zlib": f'import zlib, base64\nk = zlib.decompress(base64.b64decode("{ZIPPED}")).decode()\n# withallo',
    "zlib2": f'import zlib, base64\nk = zlib.decompress(base64.b64decode("{ZIPPED}")).decode()',
    "json": f'import json\nk = "".join(json.loads(\'["{A}", "{B}"]\'))',
    "json2": f'import json\nc = json.loads(\'{{"a": "{A}", "b": "{B}"}}\')\nk = c["a"] + c["b"]',
    "starun": f'a, *b = ["{A}", "{B}"]\nk = a + b[0]',
    "dunder": f'k = "{A}".__add__("{B}")',
    "iadd list": f'k = "".join(["{A}"] + ["{B}"])',
    "ljust": f'k = "{A}".ljust(6, "{B[0]}") + "{B[1:]}"',
    "partition": f'a, _, b = "{A}|{B}".partition("|")\nk = a + b',
    "a prefix in base32": f'import base64\nk = base64.b32decode("{BASE32}").decode() + "{KEY[8:]}"',
    "a prefix in base85": f'import base64\nk = base64.b85decode("{BASE85}").decode() + "{KEY[8:]}"',
    "sorted": f'k = "".join(v for _, v in sorted({{"2": "{B}", "1": "{A}"}}.items()))',
    "upper": f'k = "{PREFIX.upper()}".lower() + "{KEY[8:]}"',
    "swapcase": f'k = "{PREFIX.upper()}".swapcase() + "{KEY[8:]}"',
    "namedtuple": f'from collections import namedtuple\nT = namedtuple("T", "a b")\nt = T("{A}", "{B}")\nk = t.a + t.b',
    "int bytes": f'k = int.to_bytes({NUMBER}, {len(KEY)}, "big").decode()',
    "int bytes2": f'k = ({NUMBER}).to_bytes({len(KEY)}, "big").decode()',
    "ord shift": f'k = "".join(chr(ord(c) - 1) for c in "{SHIFTED}")',
}


@pytest.mark.parametrize("name", HIDDEN)
def test_every_way_of_hiding_the_prefix(name: str) -> None:
    assert any(KEY.encode() in item.value for item in found(HIDDEN[name]))


@pytest.mark.parametrize("name", JOINED)
def test_every_way_of_joining(name: str) -> None:
    assert KEY.encode() in sole(JOINED[name]).value


@pytest.mark.parametrize(
    "source",
    [
        f'k = "{KEY}"',
        f'k = f"{{x}} {KEY}"',
        f'k = "{KEY}".strip()',
        f'k = "key: " + "{KEY}"',
        f'K = "{KEY}"\nk = f"Api-Key {{K}}"',
        f'k = "{KEY}" if x else None',
        f'k = ["{KEY}", "{A}"]',
        f'k = "{A}" if x else "{B}"',
        f'print("{A}", "{B}")',
        f'k = "{B}" + "{A}"',
        f'k = len("{A}") + len("{B}")',
        f'# "{A}" + "{B}"',
        f'k = "{A}", "{B}"',
        f'x = "{A}"\ndef f():\n    x = "no"\n    return x + "{B}"',
    ],
)
def test_what_is_not_put_together_or_readable_already(source: str) -> None:
    assert found(source) == []


def test_places_of_the_pieces_and_of_the_whole() -> None:
    only = sole(f'é = 1\nhead = "{A}"\n\nkey = send(\n    head + f"{B}",  # joined\n)\n')
    assert only.span == (5, 5, 5, 5 + len('head + f""') + len(B))
    assert only.pieces == ((2, 8, 2, 8 + len(A) + 2), (5, 12, 5, 12 + len(B) + 3))
    assert only.value == KEY.encode()
    assert only.whole


def test_a_constant_used_in_many_places_is_reported_where_it_is_joined() -> None:
    only = sole(f'K = "{A}" + "{B}"\na(f"Api-Key {{K}}")\nb("Bearer " + K)\ndef f():\n    return K + "!"\nc = f()\n')
    assert only.span.line == 1


def test_what_a_function_joins_is_reported_in_the_function() -> None:
    only = sole(f'def key():\n    return "{A}" + "{B}"\na(key())\nb(key())\n')
    assert only.span.line == 2


def test_a_key_that_grows_beyond_a_readable_literal_is_reported_whole() -> None:
    assert sole(f'k = "{KEY}" + "longer"').value == KEY.encode() + b"longer"
    assert found(f'k = "{KEY}" + " and more"') == []


def test_a_factory_is_a_value_with_a_hole() -> None:
    for source in (f'k = f"{PREFIX}{{x}}"', f'k = "{PREFIX}" + token()', f'k = "{PREFIX}%s" % x'):
        only = sole(source)
        assert only.value == PREFIX.encode() + HOLE
        assert not only.whole


def test_no_repr_or_error_shows_a_value() -> None:
    only = sole(f'k = "{A}" + "{B}"')
    for shown in (repr(only), str(only), f"{only}", repr([only])):
        assert KEY not in shown
        assert B not in shown
    failure = assembled(f'k = "{A}" + "{B}" ('.encode(), lambda _: True)
    assert isinstance(failure, ParseFailure)
    assert B not in repr(failure)


def test_other_encodings_of_the_file() -> None:
    source = f'# coding: latin-1\nk = "é"; j = "{A}" + "{B}"\n'
    result = assembled(source.encode("latin-1"), lambda value: KEY.encode() in value)
    assert isinstance(result, list)
    assert [item.span for item in result] == [(2, 14, 2, 14 + len(KEY) + 7)]
    crlf = assembled(
        b"\xef\xbb\xbf" + source.replace("# coding: latin-1", "#").replace("\n", "\r\n").encode(),
        lambda value: KEY.encode() in value,
    )
    assert isinstance(crlf, list)
    assert [item.span.line for item in crlf] == [2]


@pytest.mark.parametrize("seed", range(150))
def test_random_assemblies_are_found(seed: int) -> None:
    """A random string, cut at random, put together again in a random way, possibly with text around it."""
    rng = random.Random(seed)
    body = "".join(rng.choices("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789_-", k=rng.randint(16, 60)))
    key = PREFIX + body
    cuts = sorted(rng.sample(range(1, len(key)), rng.randint(1, 5)))
    pieces = [key[low:high] for low, high in zip([0, *cuts], [*cuts, len(key)], strict=True)]
    lines, terms = [], []
    for number, piece in enumerate(pieces):
        way = rng.randrange(6)
        spelled = {
            0: repr(piece),
            1: repr(piece[::-1]) + "[::-1]",
            2: f"bytes.fromhex({piece.encode().hex()!r}).decode()",
            3: f"base64.b64decode({base64.b64encode(piece.encode())!r}).decode()",
            4: f"{'x' + piece + 'y'!r}[1:-1]",
            5: f"''.join(map(chr, {list(map(ord, piece))}))",
        }[way]
        if rng.random() < 0.4:
            lines.append(f"p{number} = {spelled}")
            spelled = f"p{number}"
        terms.append(spelled)
    names = [f"q{number}" for number in range(len(terms))]
    whole = rng.choice(
        [
            " + ".join(terms),
            f"''.join([{', '.join(terms)}])",
            f"{'%s' * len(terms)!r} % ({', '.join(terms)},)",
            f"{'{}' * len(terms)!r}.format({', '.join(terms)})",
            f"(lambda {', '.join(names)}: {' + '.join(names)})({', '.join(terms)})",
        ]
    )
    source = "import base64\n" + "\n".join(lines) + f"\nsend({whole})\n"
    result = assembled(source.encode(), lambda value: key.encode() in value)
    assert isinstance(result, list)
    assert [item.value for item in result] == [key.encode()]
    assert result[0].span.line == len(lines) + 2 + (0 if lines else 1)


def test_a_key_that_grows_by_augmented_assignment_is_reported_once_and_whole() -> None:
    only = sole(f'k = "{A}"\nk += "{B}"\nk += "more"\n')
    assert (only.value, only.span.line) == (KEY.encode() + b"more", 3)
