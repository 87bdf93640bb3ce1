"""Which files are parsed: what imports a file has, and which of them tie it to a seed."""

import pytest

from allo_keyscan.calls.layout import Layout
from allo_keyscan.calls.selection import Look, imports, select
from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.api import api_rules

RULES = api_rules(rules_dir())


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (b"import a.b as c, d\n", ["a.b", "d"]),
        (b"from a import b as x, c  # d\n", ["a", "a.b", "a.c"]),
        (b"from . import b\nfrom ..up import c\n", [".", ".b", "..up", "..up.c"]),
        (b"from a import (\n    b,\n    c as d,  # why\n)\n", ["a", "a.b", "a.c", "a.why"]),
        (b"    from a import *\n", ["a", "a.*"]),
        (b"try: pass\nexcept ImportError:\n\timport late\n", ["late"]),
        (b"importlib.import_module(\"a.b\")\n__import__('c')\n", ["a.b", "c"]),
        (b"fromage = 1\nimported = 2\n", []),
        (b"from a import b; import c\n", ["a", "a.b"]),
        (b"x = 1; import_module('a'); import b\nimport c; __import__ ('d')\n", ["a", "c"]),
        (
            b"from importlib import util\nimportant = 1\nimport importlib.abc\n",
            ["importlib", "importlib.util", "importlib.abc"],
        ),
    ],
)
def test_the_imports_of_a_file(source: bytes, wanted: list[str]) -> None:
    assert list(imports(source)) == wanted


def chosen(files: dict[str, bytes]) -> set[str]:
    return select({path: Look(source, RULES) for path, source in files.items()}, Layout(files, RULES.imports), RULES)


PROJECT = {
    "app/__init__.py": b"",
    "app/config.py": b"ALLO_URL = 'https://api.withallo.com'\n",  # the only seed
    "app/http.py": b"import requests\nfrom .base import Sender\n",
    "app/base.py": b"import requests\n",
    "app/models.py": b"from . import config\n",  # imports the seed, and nothing that sends
    "app/service.py": b"from . import config, http\n",
    "app/views.py": b"from .service import run\n",
    "app/other.py": b"import requests\nfrom .base import Sender\n",  # sends, and is not tied to the seed
    "app/plain.py": b"import json\n",
}


def test_what_ties_a_file_to_a_seed() -> None:
    assert chosen(PROJECT) == {"app/config.py", "app/http.py", "app/base.py", "app/service.py", "app/views.py"}


def test_without_a_seed_nothing_is_parsed() -> None:
    files = {path: source for path, source in PROJECT.items() if path != "app/config.py"}
    assert chosen(files) == set()
