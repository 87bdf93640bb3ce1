"""Keys put together from pieces: found wherever they are joined, placed exactly, masked everywhere."""

import base64
import codecs
import random
import re

import pytest
from samples import PREFIX, key

from allo_keyscan.calls.assembled import HOLE, Assembled, assembled
from allo_keyscan.calls.parse import ParseFailure

KEY = key(length=20)
A, B = KEY[:5], KEY[5:]
SEARCHED = re.compile(rb"ak_live_(?:[A-Za-z0-9_-]{16,}|\0)")


def found(source: str) -> list[Assembled]:
    result = assembled(source.encode(), lambda value: SEARCHED.search(value) is not None)
    assert not isinstance(result, ParseFailure)
    return result


def sole(source: str) -> Assembled:
    (only,) = found(source)
    return only


JOINED = {
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
