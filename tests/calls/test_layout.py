"""Which file an import means, compared with what the interpreter finds where it can be asked."""

import importlib.util
import sys
from pathlib import Path

import pytest

from allo_keyscan.calls.layout import Layout, is_test

FILES = [
    "main.py",
    "requests.py",
    "app/__init__.py",
    "app/client.py",
    "app/requests.py",
    "app/sub/__init__.py",
    "app/sub/deep.py",
    "space/one.py",
    "space/in/two.py",
    "src/pkg/__init__.py",
    "src/pkg/mod.py",
    "tools/run.py",
    "tools/helper.py",
    "packages/other/src/far/__init__.py",
    "packages/other/src/far/away.py",
    "scripts/notebook.ipynb",
]
LAYOUT = Layout(FILES, ["requests", "httpx"])


@pytest.mark.parametrize(
    ("importer", "dotted", "wanted"),
    [
        ("main.py", "app", "app/__init__.py"),
        ("main.py", "app.client", "app/client.py"),
        ("main.py", "app.absent", None),
        ("main.py", "json", None),
        ("app/sub/deep.py", ".", "app/sub/__init__.py"),
        ("app/sub/deep.py", "..", "app/__init__.py"),
        ("app/sub/deep.py", "..client", "app/client.py"),
        ("app/sub/__init__.py", ".deep", "app/sub/deep.py"),
        ("app/client.py", "sub", None),  # Python 2's implicit relative import
        ("app/sub/deep.py", "app.client", "app/client.py"),
        ("main.py", "space", "space/"),
        ("main.py", "space.one", "space/one.py"),
        ("main.py", "space.in.two", "space/in/two.py"),
        ("main.py", "pkg.mod", "src/pkg/mod.py"),
        ("src/pkg/mod.py", "pkg", "src/pkg/__init__.py"),
        ("tools/run.py", "helper", "tools/helper.py"),
        ("main.py", "helper", None),
        ("tools/run.py", "app.client", "app/client.py"),
        ("main.py", "far.away", "packages/other/src/far/away.py"),
        ("app/client.py", "requests", None),  # app/ is a package, so its neighbour does not shadow the library
        ("app/client.py", ".requests", "app/requests.py"),
        ("main.py", "requests", "requests.py"),  # a script's neighbour does
        ("main.py", "httpx", None),
    ],
)
def test_a_name_means_a_file(importer: str, dotted: str, wanted: str | None) -> None:
    assert LAYOUT.find(importer, dotted) == wanted


def test_a_relative_import_above_the_project_finds_nothing() -> None:
    assert LAYOUT.find("main.py", "...client") is None
    assert LAYOUT.find("app/client.py", "....x.y") is None


def test_absolute_paths_and_a_common_prefix_make_no_difference() -> None:
    layout = Layout([f"/home/me/project/{path}" for path in FILES], ["requests"])
    assert layout.find("/home/me/project/tools/run.py", "app.client") == "/home/me/project/app/client.py"
    assert layout.find("/home/me/project/app/sub/deep.py", "..client") == "/home/me/project/app/client.py"
    assert layout.submodule("/home/me/project/app/__init__.py", "sub") == "/home/me/project/app/sub/__init__.py"


def test_the_nearest_of_two_modules_of_one_name_wins() -> None:
    layout = Layout(["one/util.py", "one/run.py", "two/util.py", "two/run.py"])
    assert [layout.find(f"{folder}/run.py", "util") for folder in ("one", "two")] == ["one/util.py", "two/util.py"]


@pytest.mark.parametrize("dotted", ["app", "app.client", "app.sub.deep", "space.one", "space.in.two", "app.none"])
def test_the_interpreter_agrees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dotted: str) -> None:
    for path in FILES:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] in ("app", "space")]:
        monkeypatch.delitem(sys.modules, name)
    spec = importlib.util.find_spec(dotted)
    found = LAYOUT.find("main.py", dotted)
    assert (spec.origin if spec is not None else None) == (str(tmp_path / found) if found is not None else None)
    for name in [name for name in sys.modules if name.partition(".")[0] in ("app", "space")]:
        monkeypatch.delitem(sys.modules, name)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("test_a.py", True),
        ("pkg/a_test.py", True),
        ("pkg/conftest.py", True),
        ("tests/helpers.py", True),
        ("pkg/testing/x/y.py", True),
        ("test/a.py", True),
        ("tests.py", True),
        ("contest.py", False),
        ("latest/a.py", False),
        ("testimonials.py", False),
        ("pkg/attest.py", False),
    ],
)
def test_a_test_is_told_by_its_path(path: str, wanted: bool) -> None:
    assert is_test(path) is wanted
