"""Facts as bytes: the same facts come back, and nothing of the source stands in them."""

import argparse
import dataclasses
import typing
from array import array
from pathlib import Path

import pytest
from canaries import leaks, unused
from samples import PREFIX

from allo_keyscan.calls.collect import read_module
from allo_keyscan.calls.decode import decode
from allo_keyscan.calls.encode import encode
from allo_keyscan.calls.facts import Argument, Constant, ModuleFacts
from allo_keyscan.calls.source import Source, python_of
from allo_keyscan.calls.spans import Spans

CASES = sorted((Path(__file__).parents[1] / "cases" / "scopes").glob("*.py"))
TRICKY = """\
from . import a, b as c
from .. import *
from .pack.age import (name)
import os.path, urllib.request as u
x: int = -1_000; y = 0x1F; z = 1.5e-3; w = 2j; nothing = [None, True, False, ..., "", b"", '']
first, (second, *rest) = 7, (8, 9)
t = f"{{a}}\\n{x!r:>{y}}é\\x41" rf"\\d{{2}}{z}" "joined"; no = b'no' b"\x6e"
raw = r'\\n' + '''long
text''' + "\\N{BULLET}" % (x,) * 2
class C(Base, metaclass=M):
    field: str
    def __init__(self, *args, k=1, **kw):
        global G
        self.url = kw["u"][1:2:3]; self.headers = {**kw, "A": lambda q=t: q}
        G = [i async for i in args if i] or {j: k for j, k in kw} and (v := 3)
        if x: return await self.send(*args, **kw)
        elif y: raise E
        else:
            while False: x += 1; x |= 2
    @property
    def p(self): ...
for i in range(3): x.y[i] = i if x else -2.5
match x:
    case {"k": q} if q: pass
    case _: pool.submit(send, "a")
try: pass
except* E as e: e.x = 1
def gen(): yield (yield from x)
type A = int
"""


def same(left: object, right: object) -> None:
    """Walks two graphs of facts side by side: equal values, and what is shared in one is shared in the other."""
    pairs: list[tuple[object, object, str]] = [(left, right, "")]
    known: dict[int, object] = {}
    while pairs:
        one, other, where = pairs.pop()
        if not (isinstance(one, (set, frozenset)) and isinstance(other, (set, frozenset))):
            assert type(one) is type(other), where
        if dataclasses.is_dataclass(one) and not isinstance(one, type):
            if id(one) in known:
                assert known[id(one)] is other or isinstance(one, Argument), where  # nobody asks which argument it is
                continue
            known[id(one)] = other
            names = [field.name for field in dataclasses.fields(one)]
            if isinstance(one, Constant):
                names = ["span", "value"]  # the rest is for whoever reads the file itself
            pairs += [(getattr(one, name), getattr(other, name), f"{where}.{name}"[-60:]) for name in names]
        elif isinstance(one, Spans):
            assert isinstance(other, Spans)
            assert [*one.flat] == [*other.flat]
        elif isinstance(one, dict):
            assert isinstance(other, dict)
            assert [*one] == [*other], where
            pairs += [(one[name], other[name], f"{where}[{name}]") for name in one]
        elif isinstance(one, (list, tuple)):
            assert isinstance(other, (list, tuple))
            assert len(one) == len(other), where
            pairs += [(a, b, where) for a, b in zip(one, other, strict=True)]
        else:
            assert one == other, where


def parts(source: bytes, path: str = "a.py") -> tuple[ModuleFacts, Source, bytes]:
    module, text = read_module(path, source), python_of(path, source)
    assert isinstance(module, ModuleFacts)
    assert isinstance(text, Source)
    data = encode(module, text)
    assert data is not None
    return module, text, data


@pytest.mark.parametrize("path", [*CASES, Path(argparse.__file__), Path(typing.__file__)], ids=lambda path: path.name)
def test_the_same_facts_come_back(path: Path) -> None:
    module, text, data = parts(path.read_bytes())
    same(module, decode("a.py", data, text))


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("coding", ["utf-8", "latin-1"])
def test_every_form_of_expression_comes_back(newline: str, coding: str) -> None:
    source = f"# coding: {coding}\n{TRICKY}".replace("\n", newline).encode(coding)
    module, text, data = parts(source)
    same(module, decode("a.py", data, text))


def test_no_key_stands_in_the_bytes() -> None:
    """As a literal, in pieces, as a name, a keyword, an import, a number, in f-strings, docstrings and comments."""
    one, two, three, four = unused(4)
    numbers = "".join(str(ord(letter) % 10) for letter in four)
    source = (
        f'"""{one}"""\n# {two}\nimport {three}.{four}\nfrom {one} import {two}\n'
        f'a = "{one}" + "{two[:9]}" "{two[9:]}"\nb = f"{three}{{a}}{four}" + r"{one}"\n{two} = {three}.{four}\n'
        f"def {one}({two}, *, {three}={{'{four}': 1}}): return {one}({two}={numbers}, x={numbers}.5)\n"
        f"class {four}: {three} = {list(one.encode())}\n"
        f"n = '\\x61{one[1:]}' + {list(one)!r}[0] + '{one.encode().hex()}'\n"
    ).encode()
    assert leaks(source) != [], "the search sees them where they are"
    module, text, data = parts(source)
    same(module, decode("a.py", data, text))
    numbers_alone = bytes(number & 0xFF for number in array("i", data))
    for written in (data, numbers_alone):
        assert leaks(written) == []
        assert PREFIX.encode() not in written
    assert numbers.encode() not in data


def test_what_does_not_stand_in_the_source_is_not_written() -> None:
    module, text, data = parts(b"name = 'value'\n")
    assert encode(module, Source(text.text.replace("name", "Name"))) is None
    assert encode(module, Source(text.text.replace("value", "Value"))) is None
    assert encode(module, text) == data


def test_bytes_of_another_make_are_no_facts() -> None:
    """Cut off, changed in any number, or noise: another graph or None, never an exception, a loop, or much memory."""
    _, text, data = parts(TRICKY.encode())
    numbers = array("i", data)
    for size in range(0, len(data), 97):
        assert decode("a.py", data[:size], text) is None
    for at in range(0, len(numbers), 7):
        for value in (-1, 1 << 30, numbers[at] ^ 8):
            changed = array("i", numbers)
            changed[at] = value
            decode("a.py", changed.tobytes(), text)
    for noise in (b"", b"abc", b"\xff" * 400, b"\0" * 400, array("i", [1 << 30] * 99).tobytes()):
        assert decode("a.py", noise, text) is None
