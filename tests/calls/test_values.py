"""The values engine against Python itself, and the bounds that keep it finite."""

import base64
import random
import sys
import time
import zlib

import pytest
from folded import evaluated
from samples import key

from allo_keyscan.calls import facts as f
from allo_keyscan.calls.collect import read_module
from allo_keyscan.calls.domain import MAX_ALTERNATIVES, Hole, Scalar, Text, text_of
from allo_keyscan.calls.link import Program
from allo_keyscan.calls.values import Engine

SETUP = """
import base64, binascii, codecs, functools, html, itertools, json, operator, os, posixpath, string, urllib.parse
import zlib
import http
HTTPMethod = getattr(http, "HTTPMethod", None)
from pathlib import PurePosixPath
from urllib.parse import urljoin, urlparse, urlsplit, urlunparse, urlunsplit
from collections import namedtuple
from enum import Enum, IntEnum, auto
from typing import NamedTuple
N = namedtuple("N", "x y")
class U(NamedTuple):
    p: str
    q: str = "dflt"
P, Q = "pre", "fix"
B = b"by"
T = ("a", "b", "c")
D = {"k": "val", "n": 7}
class C:
    attr = "cls"
class E(str, Enum):
    ONE = "one"
    def __str__(self):
        return self.value
class F(IntEnum):
    ONE = 1
    TWO = 2
class G(Enum):
    LIST = ("GET", "/list")
    MAKE = ("POST", "/make")
    def __init__(self, verb, path):
        self.verb = verb
        self.path = path
    @property
    def url(self):
        return "https:/" + self.path
    def full(self, more):
        return self.name + self.url + more
class S(str, Enum):
    ONLY = "only"
class O:
    late2 = None
O.late = "la" + "te"
setattr(O, "late2", "by name")
def cut(text, left="<", *, right=">"):
    inner = left + text
    return inner + right
"""


def python_value(value: object) -> object:
    """A Text or Scalar as the object it stands for."""
    if isinstance(value, Scalar):
        return value.value
    assert isinstance(value, Text), value
    assert value.literal is not None, value.parts
    return value.literal.encode("latin-1") if value.binary else value.literal


def same_as_python(source: str) -> None:
    scope: dict[str, object] = {}
    exec(source, scope)  # our own generated constants
    (only,) = evaluated(source)
    assert python_value(only.value) == scope["x"], source


EXPRESSIONS = [
    '"a" "b"',
    'r"\\n" "\\n\\x41\\u00e9\\N{BULLET}\\101"',
    'b"\\xff\\x00" b"z"',
    "'''a\nb'''",
    '"a" + P + Q',
    '"ab" * 3',
    '2 * "ab"',
    "f\"{P}-{Q!r}-{D['n']:03d}-{P:>6}|{{}}\"",
    '"%s/%d/%05.1f/%x/%%" % (P, 7, 1.5, 255)',
    '"%(k)s-%(n)s" % D',
    '"%s" % P',
    'b"%s-%d" % (B, 3)',
    '"{}{}{}".format(P, 1, Q)',
    '"{1}{0}{name:>5}".format(P, Q, name="n")',
    '"{k}{n}".format(**D)',
    '"{k}".format_map({"k": P})',
    '"-".join([P, Q])',
    '"".join(("a", *T))',
    '"".join(reversed("abc"))',
    '"".join(T[::-1])',
    '"".join(c for c in "abc")',
    '"".join(chr(n) for n in [97, 98])',
    '"".join(map(chr, (97, 98)))',
    '"".join(chr(ord(c) + 1) for c in "abc")',
    'bytes.fromhex("61 62")',
    "bytes([97, 98]).decode()",
    'bytearray(b"ab").decode("ascii")',
    'bytes(n ^ 3 for n in b"abc")',
    'base64.b64decode("YWJj")',
    'base64.urlsafe_b64decode(b"YWJj").decode()',
    'codecs.decode("nop", "rot13")',
    'codecs.decode("616263", "hex")',
    'binascii.unhexlify("616263")',
    '"é".encode()',
    '"é".encode("latin-1")',
    'b"\\xc3\\xa9".decode("utf-8")',
    "str(12)",
    'str(b"ab", "utf-8")',
    '"abcdef"[1:4]',
    '"abcdef"[::-1]',
    '"abcdef"[-2]',
    'b"abc"[1]',
    '"abcdef"[::2]',
    '"a.b".replace(".", "")',
    '" a ".strip()',
    '"xxaxx".strip("x")',
    '"/a/".rstrip("/")',
    '"/a/".lstrip("/")',
    '"preab".removeprefix("pre")',
    '"abfix".removesuffix("fix")',
    '"Ab".lower()',
    '"Ab".upper()',
    '"" or P',
    "P or Q",
    'None or "" or Q',
    "P and Q",
    '"a" if P else "b"',
    '"a" if "" else "b"',
    "T[1]",
    "T[-1]",
    'D["k"]',
    'D.get("zz", Q)',
    'D.get("k", Q)',
    "C.attr",
    "E.ONE.value",
    'E("one").value',
    'cut("t")',
    'cut("t", "[")',
    'cut(right="]", text="t")',
    '(lambda a, b="!": a + b)(P)',
    '"a,b".split(",")[1]',
    'string.Template("$a-${b}-$$").substitute(a=P, b=Q)',
    '(w := "wal") + w',
    '"%s" % (P,)',
    'len("abc")',
    'int("0x1f", 16)',
    '"".join([chr(n - 1) for n in range(98, 101)])',
    '{**D, "k": "new"}["k"]',
    '(D | {"k": "or"})["k"]',
    'dict(a=P)["a"]',
    '"abc".title()',
    '"7".zfill(3)',
    '"".join({"a": "x", "b": "y"}.values())',
    '"".join(k + v for k, v in [("a", "b")])',
    '[*"ab", "c"][2]',
    '"a".__add__("b")',
    'getattr(C, "attr")',
    "str.join('', ['a', 'b'])",
    "str.upper('a')",
    "bytes.decode(b'ab')",
    "operator.add('a', P)",
    "functools.reduce(operator.add, [P, Q, 'c'])",
    "functools.reduce(lambda a, b: a + b, [P, Q], 'c')",
    "functools.partial(str.replace, 'aXb', 'X')('-')",
    "functools.partial(operator.add, 'a')('b')",
    "str.format_map('{a}', {'a': P})",
    "'aXbX'.translate(str.maketrans('X', '-'))",
    "'aXbY'.translate(str.maketrans('X', '-', 'Y'))",
    "'aXb'.translate({ord('X'): '-', ord('b'): None})",
    "'aXb'.translate({88: 'long'})",
    "''.join(a + b for a, b in zip('ac', 'bd'))",
    "''.join(f'{i}{c}' for i, c in enumerate('ab', 5))",
    "''.join(c for i, c in enumerate('abcdef') if i % 2 == 0)",
    "''.join(c for c in 'a#b#' if c != '#')",
    "''.join(c for c in 'a#b-' if c not in '#-' and True)",
    "''.join(c for c in 'abc' if c not in ('a', 'c'))",
    "''.join(c for c in 'abc' if not c == 'b')",
    "''.join(c for w in ['ab', 'cd'] for c in w)",
    "''.join(a + b for a in 'ab' for b in 'cd' if a != 'b')",
    "''.join(x + y for row in [[('a', 'b')], [('c', 'd')]] for x, y in row)",
    "''.join(itertools.chain('ab', ['c']))",
    "''.join(itertools.chain.from_iterable(['ab', 'cd']))",
    "''.join(a + b for a, b in itertools.product('ab', 'cd'))",
    "''.join(filter(lambda c: c != 'x', 'axb'))",
    "''.join(map(lambda a, b: a + b, 'ab', 'cd'))",
    "''.join(map(str.upper, ['a', 'b']))",
    "''.join(map('<{}>'.format, 'ab'))",
    "base64.b64decode('YW' + 'Jj').decode()",
    "binascii.unhexlify('6162' '63')",
    "zlib.decompress(base64.b64decode('eJxLTEoGAAJNASc=')).decode()",
    "urllib.parse.unquote('%61b%2F')",
    "urllib.parse.unquote_plus('a+b')",
    "html.unescape('&#97;&amp;')",
    "json.loads('{\"a\": [1, {\"b\": \"c\"}]}')['a'][1]['b']",
    "'a|b'.partition('|')[2]",
    "'a/b/c'.rpartition('/')[0]",
    "'a/b/c'.rsplit('/', 1)[0]",
    "'a/b/c'.split('/', maxsplit=1)[1]",
    "'a,b'.replace(',', '-', 0)",
    "'a\\nb'.splitlines()[1]",
    "''.join(sorted(['b', 'a']))",
    "''.join(v for _, v in sorted({'2': 'b', '1': 'a'}.items()))",
    "''.join(sorted('bca', reverse=True))",
    "'ab'.ljust(4, '-')",
    "'ab'.swapcase()",
    "(97).to_bytes(1, 'big')",
    "int.to_bytes(24930, length=2, byteorder='big').decode()",
    "dict([('a', 'b')])['a']",
    "dict(zip('ab', 'cd'))['b']",
    "dict.fromkeys(['a'], 'v')['a']",
    "{k: v for k, v in zip('ab', 'cd')}['b']",
    "N('a', 'b').y",
    "N(y='a', x='b')[0]",
    "''.join(N('a', 'b'))",
    "U('a').q",
    "E.ONE.name",
    "E['ONE'].value",
    "F.TWO.name",
    "F.TWO.value",
    "F(2).name",
    "G.LIST.path",
    "G.LIST.url",
    "G.LIST.full('!')",
    "''.join(e.name for e in F)",
    "''.join(e.url for e in G)",
    "''.join(E)",
    "S.ONLY.value",
    "S.ONLY + '!'",
    "'b' in 'abc' and 'y' or 'n'",
    "'a' if 'x' == 'y' else 'b'",
    "'a' if 3 in (1, 2) else 'b'",
    "O.late",
    "O.late2",
    "O().late",
    "string.ascii_lowercase[2:4]",
    "os.sep.join(['a', 'b'])",
    "HTTPMethod.GET.value" if sys.version_info >= (3, 11) else "'GET'",
    "HTTPMethod.POST.name.lower()" if sys.version_info >= (3, 11) else "'post'",
    "f'{HTTPMethod.PUT} /'" if sys.version_info >= (3, 11) else "'PUT /'",
    "urljoin('https://h/a/b', 'c')",
    "urljoin('https://h/a/b/', '/c')",
    "urljoin('https://h/a/', 'https://other/c')",
    "urljoin('https://h/a', '')",
    "urljoin(base='https://h/a/', url='../c?d=e')",
    "urlsplit('https://h/a?b=c')._replace(path='/z').geturl()",
    "urlparse('https://h/a')._replace(path='z', query='q=1').geturl()",
    "urlsplit('https://h/a')._replace(scheme='http', netloc='i').geturl()",
    "urlsplit('https://h:1/a').path",
    "urlsplit('https://h:1/a').hostname",
    "urlsplit('https://h/a')[2]",
    "urlunsplit(('https', 'h', 'p', 'q=1', ''))",
    "urlunparse(('https', 'h', '/p', '', '', ''))",
    "urlunsplit(urlsplit('https://h/a?b#c'))",
    "posixpath.join('https://h', 'a', 'b')",
    "posixpath.join('a/', '/b', 'c')",
    "os.path.join('a', '')",
    "str(PurePosixPath('/a') / 'b' / '/c')",
    "str(PurePosixPath('/a/', 'b//c/'))",
    "(PurePosixPath('/a') / 'b').as_posix()",
    "str(PurePosixPath('a').joinpath('b', 'c'))",
    "str(PurePosixPath('/a/b.txt').parent)",
    "PurePosixPath('/a/b.txt').stem",
    "str('/a' / PurePosixPath('b'))",
    "f'{PurePosixPath(\"a//b\")}/c'",
    "str(PurePosixPath('/a/b').with_name('c'))",
    "functools.partial(urljoin, 'https://h/a/')('b')",
]
# How to unpack and loop, and what x is then.
STATEMENTS = [
    "a, *b = 'xyz'\nx = b[0] + b[1]",
    "*a, b = ['x', 'y', 'z']\nx = a[1] + b",
    "a, *m, b = 'wxyz'\nx = m[-1] + b",
    "(a, b), c = ('x', 'y'), 'z'\nx = a + b + c",
    "a, b = 'x y'.split()\nx = a + b",
    "a, _, b = 'k=v'.partition('=')\nx = a + b",
    "a, b = N('p', 'q')\nx = a + b",
    "match ('GET', '/a'):\n    case (m, p):\n        x = m + p",
    "match {'p': '/a'}:\n    case {'p': p}:\n        x = p",
    "match ['a', 'b', 'c']:\n    case [first, *rest]:\n        x = first + rest[1]",
    "match N('a', 'b'):\n    case N(x=one, y=two):\n        x = one + two",
    "match 'a':\n    case str() as one:\n        x = one",
    "s, n, *_ = urlsplit('https://h/a')\nx = s + n",
]
# What Python folds and we do not: the honest answer is a hole, never a wrong text.
OPEN = {'"abc".expandtabs(10**9)', '"{0.real}".format(1)'}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_folds_to_what_python_says(expression: str) -> None:
    same_as_python(f"{SETUP}\nx = {expression}\n")


@pytest.mark.parametrize("statements", STATEMENTS)
def test_unpacks_as_python_does(statements: str) -> None:
    same_as_python(f"{SETUP}\n{statements}\n")


@pytest.mark.parametrize("expression", sorted(OPEN))
def test_what_is_not_folded_is_a_hole(expression: str) -> None:
    for value, _ in evaluated(f"{SETUP}\nx = {expression}\n"):
        assert text_of(value).literal is None


class Maker:
    """Random constant expressions that make a str."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def text(self) -> str:
        return "".join(self.random.choices("abcXYZ019_-/. é{%", k=self.random.randint(0, 6)))

    def make(self, depth: int) -> str:
        if depth == 0:
            return repr(self.text())
        one, two = self.make(depth - 1), self.make(depth - 1)
        number = self.random.randint(-3, 3)
        return self.random.choice(
            [
                f"({one} + {two})",
                f"({one} * {abs(number)})",
                f"f'<{{{self.quoted(one)}}}|{{{self.quoted(two)}!s}}>'",
                f"('%s=%s' % ({one}, {two}))",
                f"'{{}}.{{b}}'.format({one}, b={two})",
                f"{two}.join([{one}, {one}])",
                f"({one})[{number}:]",
                f"({one})[::-1]",
                f"({one}).replace('a', {two})",
                f"({one} or {two})",
                f"({one} if {number} else {two})",
                f"({one}).strip('a_')",
                f"({one}).upper()",
                f"[{one}, {two}][{number % 2}]",
                f"{{'k': {one}, 'l': {two}}}['k']",
                f"({one}).encode().decode()",
                f"bytes.fromhex(({one}).encode().hex()).decode()",
                f"''.join(reversed({one}))",
                f"''.join(chr(ord(c)) for c in {one})",
                f"(lambda v, w={two}: v + w)({one})",
                f"({one}).removeprefix({two})",
                f"str({one})",
                f"('' + {one}).lower()",
            ]
        )

    def quoted(self, expression: str) -> str:
        """Inside an f-string of an older Python neither its quote nor a backslash may stand: a name does."""
        name = f"v{self.random.randint(0, 10**9)}"
        self.names.append(f"{name} = {expression}")
        return name

    def module(self, depth: int) -> str:
        self.names: list[str] = []
        final = self.make(depth)
        return "\n".join([*self.names, f"x = {final}"]) + "\n"


@pytest.mark.parametrize("seed", range(200))
def test_random_constant_expressions_fold_to_what_python_says(seed: int) -> None:
    source = Maker(seed).module(seed % 4 + 1)
    same_as_python(source)


@pytest.mark.parametrize(
    ("statements", "wanted"),
    [
        ('x = "a"\nx = x + "b"\nx += "c"', ["abc"]),
        ('if c:\n    x = "a"\nelse:\n    x = "b"', ["a", "b"]),
        ('x = "z"\nif c:\n    x = "a"', ["a", "z"]),
        ('x = "z"\nif c:\n    x = "a"\nelse:\n    x = "b"', ["a", "b"]),
        ('x = "z"\nif c:\n    x = "a"\nelif d:\n    raise E\nelse:\n    x = "b"', ["a", "b"]),
        ('try:\n    x = "a"\nexcept E:\n    x = "b"', ["a", "b"]),
        ('try:\n    x = "a"\nexcept E:\n    x = "b"\n    raise', ["a"]),
        ('x = "z"\nif False:\n    x = "a"', ["z"]),
        ('x = "z"\ndef f():\n    global x\n    x = "a"', ["a", "z"]),
        ('for x in ("a", "b"):\n    pass', ["b"]),
        ('match c:\n    case 1:\n        x = "a"\n    case _:\n        x = "b"', ["a", "b"]),
        ('match c:\n    case "a" | "b" as x:\n        pass', ["a", "b"]),
        ('match c:\n    case "a" as x:\n        pass\n    case "b" as x:\n        pass', ["a", "b"]),
        ('x, y = "a", "b"', ["a"]),
        ('y = "z"\nif c:\n    y = "a"\nelse:\n    x = y', ["z"]),
        ('for m, p in [("GET", "a"), ("PUT", "b")]:\n    x = m + p', ["PUTb"]),
        ('if c:\n    m, p = "GET", "a"\nelse:\n    m, p = "PUT", "b"\nx = m + p', ["GETa", "PUTb"]),
        ('with open(f) as x:\n    x = "a"', ["a"]),
        ('x = "a"\ndel y\nx: str = "b"', ["b"]),
    ],
)
def test_a_name_is_what_reaches_it(statements: str, wanted: list[str]) -> None:
    module = read_module("a.py", (statements + "\nfinal = x\n").encode())
    assert isinstance(module, f.ModuleFacts)
    engine = Engine(Program.of(module))
    found = engine.evaluate(module.scope.bindings["final"][-1].value, engine.open)
    assert sorted(str(text_of(value).literal) for value, _ in found) == wanted


def test_holes_say_where_they_come_from() -> None:
    source = """
import os, settings
from django.conf import settings as conf
E = os.environ["ALLO_API_KEY"]
G = os.getenv("ALLO_URL", "https://a")
O = os.environ.get("ALLO_URL") or "https://b"
S = conf.ALLO_KEY
def f(p, q="d"):
    return p + q
F = f
"""
    module = read_module("a.py", source.encode())
    assert isinstance(module, f.ModuleFacts)
    engine = Engine(Program.of(module))

    def hole(name: str) -> Hole:
        (only,) = engine.evaluate(module.scope.bindings[name][-1].value, engine.open)
        (part,) = text_of(only.value).parts
        assert isinstance(part, Hole)
        return part

    assert hole("E") == Hole("env:ALLO_API_KEY", present=True)
    assert hole("G") == Hole("env:ALLO_URL", default="https://a")
    assert hole("O") == Hole("env:ALLO_URL", default="https://b")
    assert hole("S") == Hole("setting:django.conf.settings.ALLO_KEY")
    (_, returned) = module.functions[0].returns[0]
    (only,) = engine.evaluate(returned, engine.open)
    assert text_of(only.value).parts == (Hole("parameter:f.p"), Hole("parameter:f.q", default="d"))


HOSTILE = {
    "mutual constants": "A = B + 'a'\nB = A + 'b'\nx = A",
    "a function that calls itself": "def f(n):\n    return 'a' + f(n)\nx = f(1)",
    "functions that call each other": "def f(n):\n    return g(n) + g(n)\ndef g(n):\n    return f(n) + f(n)\nx = f(1)",
    "a loop that grows": "x = ''\nfor i in range(10):\n    x = x + 'a' + x",
    "doubling": "a0 = 'a'\n" + "\n".join(f"a{n + 1} = a{n} + a{n}" for n in range(60)) + "\nx = a60",
    "repeating": "x = ('a' * 9999999) * 9999999",
    "many ways": "\n".join(f"if c{n}:\n    v{n} = 'a'\nelse:\n    v{n} = 'b'" for n in range(40))
    + "\nx = "
    + " + ".join(f"v{n}" for n in range(40)),
    "a wide table": "t = {" + ",".join(f"'{n}': 'v{n}'" for n in range(500)) + "}\nx = t[unknown]",
    "a long chain of names": "n0 = 'a'\n" + "\n".join(f"n{n + 1} = n{n}" for n in range(3000)) + "\nx = n3000",
    "format bomb": "x = '{0:9999999999}'.format('a')",
    "percent bomb": "x = '%999999999d' % 1",
    "a class of itself": "class A(A):\n    b = A.b\nx = A().b",
    "self in terms of self": "class A:\n    def __init__(self):\n"
    "        self.a = self.b + 'x'\n        self.b = self.a + 'y'\nx = A().a",
    "loops in loops": "r = range(4000)\nx = ''.join(chr(a + b + c) for a in r for b in r for c in r)",
    "lists in lists": "x = ''.join(''.join(''.join(c for c in 'a' * 999) for b in 'b' * 999) for a in 'c' * 999)",
    "a product": "import itertools\nr = range(4000)\nx = ''.join(map(str, itertools.product(r, r, r)))",
    "reduced and doubled": "import functools\nx = functools.reduce(lambda a, b: a + a, range(4000), 'ab')",
    "reduced and replaced": "import functools\n"
    "x = functools.reduce(lambda a, b: a.replace('a', 'aa'), range(4000), 'a')",
    "a bomb": "import base64, zlib\nx = zlib.decompress(base64.b64decode('"
    + base64.b64encode(zlib.compress(b"a" * 50_000_000)).decode()
    + "'))",
    "deep JSON": "import json\nx = json.loads('[' * 60000)[0][0]",
    "an Enum of itself": "from enum import Enum\n"
    "class E(Enum):\n    A = E.B\n    B = E.A\nx = ''.join(e.value for e in E)",
    "a large Enum": "from enum import Enum\nclass E(Enum):\n"
    + "\n".join(f"    A{n} = '{n}'" for n in range(2000))
    + "\nx = ''.join(e.value + E(e.value).name for e in E)",
    "translated and grown": "x = 'a' * 60000\nx = x.translate({97: x})",
    "unpacked again and again": "a, *a = 'a' * 999\n" + "a, *a = a + a\n" * 60 + "x = ''.join(a)",
    "set from outside by itself": "class C:\n    pass\nC.a = C.b\nC.b = C.a\nx = C.a + C.b",
    "many writes from outside": "class C:\n    pass\n"
    + "\n".join(f"C.a = C.a + '{n}'" for n in range(300))
    + "\nx = C.a",
    "addresses in addresses": "import yarl\nx = yarl.URL('https://h')\n" + "x = x / str(x)\n" * 200,
    "many options": "import argparse\np = argparse.ArgumentParser()\n"
    + "\n".join(f"p.add_argument('--a', default=p.parse_args().a + '{n}')" for n in range(100))
    + "\nx = p.parse_args().a",
    "settings of themselves": "class S(BaseSettings):\n    a: S = S()\nx = S().a.a.a.b",
    "text that grows line by line": "x = 'a'\n" + "x += 'b'\n" * 5000,
    "a list that grows line by line": "p = []\n" + "p.append('b')\n" * 5000 + "x = ''.join(p)",
    "a list that perhaps grows": "p = []\n"
    + "".join(f"if c{n}:\n    p.append('{n}')\n" for n in range(150))
    + "x = ''.join(p)",
    "a dict in itself": "p = {}\n" + "".join(f"p['a{n}'] = p\n" for n in range(2000)) + "x = p['a1']['a0']",
    "a list in itself": "p = []\np.append(p)\np.extend(p)\nfor q in p:\n    q.append(p)\nx = ''.join(p)",
    "names of each other": "".join(f"p{n} = p{n + 1}\np{n}.append(p{n + 1})\n" for n in range(300)) + "x = ''.join(p0)",
    "a list handed round": "".join(
        f"def f{n}(p):\n    p.append('a')\n    f{(n + 1) % 50}(p)\n    f{(n + 2) % 50}(p)\n" for n in range(50)
    )
    + "p = []\nf0(p)\nx = ''.join(p)",
    "turns of turns": "x = ''\n"
    + "".join("    " * n + f"for a{n} in 'abcdefgh':\n" for n in range(6))
    + "    " * 6
    + "x += a0",
    "turns that double": "x = 'a'\nfor a in range(20):\n    x = x + x\n",
    "calls in turns that call each other": "def f(a):\n    for b in 'abcd':\n        a = g(a + b)\n    return a\n"
    "def g(a):\n    for b in 'abcd':\n        a = f(a + b)\n    return a\nx = f('a')",
    "calls one after the other": "def f(a):\n    return a + 'b'\ny0 = 'a'\n"
    + "".join(f"y{n + 1} = f(y{n})\n" for n in range(2000))
    + "x = y2000",
    "called between bindings": "def f0():\n    return y\n"
    + "".join(f"def f{n}():\n    f{n - 1}()\n    f{n // 2}()\n    return y\n" for n in range(1, 200))
    + "".join(f"y = '{n}'\nf{n}()\n" for n in range(200))
    + "x = f199() + f5()",
    "one try after the other": "x = ''\n" + "".join(f"try:\n    x += '{n}'\nexcept E:\n    pass\n" for n in range(200)),
    "or of and": "x = " + " or ".join(f"(a{n} and b{n})" for n in range(300)),
    "conditions on what conditions chose": "def f(a):\n"
    + "".join(f"    if a == '{n}':\n        a = a + '{n}'\n" for n in range(150))
    + "    return a\nx = f('0')",
    "many returns": "def f(c):\n"
    + "\n".join(f"    if c == {n}:\n        return f(c) + '{n}'" for n in range(200))
    + "\nx = f(1)",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_code_ends_soon_and_stays_bounded(name: str) -> None:
    start = time.process_time()
    found = evaluated(HOSTILE[name])
    assert time.process_time() - start < 3
    assert 0 < len(found) <= MAX_ALTERNATIVES
    assert all(len(text_of(value).parts) <= 65 for value, _ in found)


def test_what_is_cut_off_is_an_unknown_not_nothing() -> None:
    found = evaluated(HOSTILE["a wide table"])
    assert len(found) == MAX_ALTERNATIVES
    assert text_of(found[0].value).literal == "v0"
    assert text_of(found[-1].value).literal is None


def test_texts_do_not_show_themselves() -> None:
    secret = key(length=20)
    (only,) = evaluated(f"x = '{secret}'")
    assert secret not in repr(only)
    assert secret not in f"{only.value}"
