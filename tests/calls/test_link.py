"""Calls and values that lead through several modules."""

import pytest

from allo_keyscan.calls import facts as f
from allo_keyscan.calls.collect import read_module
from allo_keyscan.calls.domain import Module, text_of
from allo_keyscan.calls.layout import Layout
from allo_keyscan.calls.link import Program
from allo_keyscan.calls.values import Engine


def worth(files: dict[str, str], name: str = "x", path: str = "main.py") -> list[str]:
    """What a module-level name of one file may be worth: texts, or the paths of modules."""

    def load(one: str) -> f.ModuleFacts:
        module = read_module(one, files[one].encode())
        assert isinstance(module, f.ModuleFacts), module
        return module

    program = Program(Layout(files), load)
    program.include([path])
    engine = Engine(program)
    found = engine.evaluate(program.name(program.modules[path], name), engine.open)
    return sorted(
        value.path if isinstance(value, Module) else str(text_of(value).literal or text_of(value).parts)
        for value, _ in found
    )


@pytest.mark.parametrize(
    ("main", "wanted"),
    [
        ("from conf import A as x", ["a"]),
        ("import conf\nx = conf.A", ["a"]),
        ("import pkg.deep.mod\nx = pkg.deep.mod.B", ["b"]),
        ("import pkg.deep.mod as m\nx = m.B", ["b"]),
        ("from pkg.deep import mod\nx = mod.B", ["b"]),
        ("from pkg.deep.mod import B\nx = B", ["b"]),
        ("import pkg\nx = pkg.exported", ["b"]),  # re-exported by pkg/__init__
        ("from pkg import star as x", ["s"]),  # which has it from a star import
        ("from pkg import *\nx = star", ["s"]),
        ("from conf import *\nx = A", ["a"]),
        ("from conf import *\nA = 'mine'\nx = A", ["mine"]),
        ("def f():\n    from conf import A\n    return A\nx = f()", ["a"]),
        ("try:\n    from conf import A\nexcept ImportError:\n    A = 'z'\nx = A", ["a", "z"]),
        ("from conf import join\nx = join('l', 'r')", ["l/r"]),
        ("from conf import Table\nx = Table.ROW", ["row"]),
        ("from conf import Table\nclass Mine(Table):\n    pass\nx = Mine.ROW", ["row"]),
        ("import cycle_a\nx = cycle_a.A", ["end"]),
        ("from space.one import N as x", ["n"]),  # a namespace package
        ("import space\nx = space.one", ["space/one.py"]),
    ],
)
def test_a_value_comes_through_imports(main: str, wanted: list[str]) -> None:
    files = {
        "main.py": main,
        "conf.py": "A = 'a'\n_hidden = 'h'\ndef join(l, r):\n    return l + '/' + r\nclass Table:\n    ROW = 'row'\n",
        "pkg/__init__.py": "from .deep.mod import B as exported\nfrom .stars import *\nfrom . import deep\n",
        "pkg/stars.py": "__all__ = ['star']\nstar = 's'\nother = 'o'\n",
        "pkg/deep/__init__.py": "",
        "pkg/deep/mod.py": "B = 'b'\n",
        "cycle_a.py": "import cycle_b\nA = cycle_b.B\n",
        "cycle_b.py": "import cycle_a\nB = 'end'\nC = cycle_a.A\n",
        "space/one.py": "N = 'n'\n",
    }
    assert worth(files) == wanted


def test_star_imports_take_only_what_is_exported() -> None:
    files = {
        "main.py": "from a import *\nx = other\ny = _hidden",
        "a.py": "__all__ = ['one']\none = other = _hidden = 'v'",
    }
    assert worth(files, "x") != ["v"]
    assert worth({**files, "a.py": "other = _hidden = 'v'"}, "x") == ["v"]
    assert worth({**files, "a.py": "other = _hidden = 'v'"}, "y") != ["v"]


def test_what_no_module_of_the_program_binds_keeps_its_name() -> None:
    (found,) = worth({"main.py": "from conf import absent as x", "conf.py": ""})
    assert "setting:conf.absent" in found


def test_a_module_is_read_only_when_a_value_leads_there() -> None:
    read = []

    def load(path: str) -> f.ModuleFacts:
        read.append(path)
        module = read_module(path, b"import other, unused\nx = other.A" if path == "main.py" else b"A = 'a'")
        assert isinstance(module, f.ModuleFacts)
        return module

    program = Program(Layout(["main.py", "other.py", "unused.py"]), load)
    program.include(["main.py"])
    engine = Engine(program)
    engine.evaluate(program.name(program.modules["main.py"], "x"), engine.open)
    assert read == ["main.py", "other.py"]
