"""What users install: a wheel, an sdist, a checkout in place. Each finds a key, and its own rules.

The wheel is installed as users do it, with the dependencies that it declares and nothing else to be seen. The others
are installed without dependencies, which they borrow from the tests' interpreter: they prove what is in the package and
where its rules are found, and the build that pip makes of them, in isolation, from their own `[build-system]`.
"""

from __future__ import annotations

import json
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from built import Built, run
from checkout import ROOT, copy
from samples import PREFIX, body, key

from allo_keyscan import __version__

pytestmark = pytest.mark.slow

_CALL = "import requests\nrequests.get('https://api.withallo.com/v2/api/tags')\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The packages."""
    return Built.once(tmp_path_factory)


@dataclass(frozen=True)
class Installed:
    """A virtual environment that holds the package, and an empty folder to work in."""

    venv: Path
    work: Path

    @classmethod
    def make(cls, folder: Path, *what: str | Path, dependencies: bool = False) -> Installed:
        """Install by pip, as `pip install *what`."""
        made = cls(folder / "venv", folder / "work")
        made.work.mkdir()
        run(sys.executable, "-m", "venv", "--without-pip", made.venv, cwd=folder)
        python = made.venv / "bin" / "python"
        pip = (sys.executable, "-m", "pip", "--python", python, "install", "-q")
        run(*pip, *(() if dependencies else ("--no-deps",)), *what, cwd=folder)
        if not dependencies:
            # A .pth file in a folder named by a .pth file is not obeyed: the tests' own editable install stays unseen.
            (site,) = made.venv.glob("lib/python*/site-packages")
            (site / "zz_borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
        return made

    def python(self, code: str) -> str:
        """What code prints, run apart from the checkout and the user's settings."""
        return run(self.venv / "bin" / "python", "-I", "-c", code, cwd=self.work).strip()

    def keyscan(self, *arguments: str, code: int) -> str:
        """What the installed command writes."""
        return run(self.venv / "bin" / "allo-keyscan", *arguments, cwd=self.work, code=code)

    @property
    def package(self) -> Path:
        """The folder of the package that is imported."""
        return Path(self.python("import allo_keyscan; print(allo_keyscan.__file__)")).parent

    @property
    def rules(self) -> Path:
        """The folder of rules in force."""
        return Path(self.python("from allo_keyscan.catalog import rules_dir; print(rules_dir())"))

    def assert_finds_a_key(self) -> None:
        """The command finds a planted key, at its place, and no other."""
        (self.work / "app.py").write_text(f'\nkey = "{key()}"\nother = "{PREFIX}your_key_here"\n')
        found = json.loads(self.keyscan("scan", ".", "--format", "json", code=1))
        places = [(one["code"], one["path"], one["start"]["line"], one["masked"]) for one in found["findings"]]
        assert places == [("AK001", "app.py", 2, f"{PREFIX}…{body()[-4:]}")]
        assert (found["placeholders"], found["complete"], found["tool"]["version"]) == (1, True, __version__)


def test_the_wheel_with_what_it_declares(built: Built, tmp_path: Path) -> None:
    installed = Installed.make(tmp_path, built.wheel, dependencies=True)
    (site,) = installed.venv.glob("lib/python*/site-packages")
    assert (installed.package, installed.rules) == (site / "allo_keyscan", site / "allo_keyscan" / "rules")
    installed.assert_finds_a_key()
    assert installed.keyscan("--version", code=0) == f"allo-keyscan {__version__}\n"
    (installed.work / "app.py").write_text(_CALL)
    calls = json.loads(installed.keyscan("scopes", ".", "--format", "json", code=0))
    assert [(one["path"], one["line"]) for one in calls["calls"]] == [("app.py", 2)]
    assert calls["required_scopes"] == ["TAGS_READ"]


def test_the_sdist(built: Built, tmp_path: Path) -> None:
    installed = Installed.make(tmp_path, built.sdist)
    (site,) = installed.venv.glob("lib/python*/site-packages")
    assert (installed.package, installed.rules) == (site / "allo_keyscan", site / "allo_keyscan" / "rules")
    installed.assert_finds_a_key()


def test_a_checkout_in_place(tmp_path: Path) -> None:
    tree = copy(tmp_path / "tree")
    installed = Installed.make(tmp_path, "-e", tree)
    assert (installed.package, installed.rules) == (tree / "allo_keyscan", tree / "rules")
    installed.assert_finds_a_key()
    (tree / "rules" / "keys.toml").write_text("not TOML")
    installed.keyscan("scan", ".", code=2)  # the rules in the checkout are the ones that count


def test_the_wheel_holds_the_package_and_the_rules_and_nothing_else(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
        metadata = wheel.read(f"allo_keyscan-{__version__}.dist-info/METADATA").decode()
    package, rules = built.names("allo_keyscan"), {f"allo_keyscan/{name}" for name in built.names("rules")}
    assert {"allo_keyscan/py.typed", "allo_keyscan/rules/keys.toml"} <= names
    pages = {f"allo_keyscan-{__version__}.data/data/share/{name}" for name in built.names("man")}
    assert names == package | rules | pages | {"allo_keyscan/allo-keyscan.schema.json"}
    assert f"\nVersion: {__version__}\n" in metadata
    assert "\nLicense-Expression: MIT\n" in metadata


def test_the_sdist_holds_what_is_needed_to_test_it(built: Built) -> None:
    with tarfile.open(built.sdist) as sdist:
        names = {member.name.partition("/")[2] for member in sdist.getmembers() if member.isfile()}
    folders = ("allo_keyscan", "rules", "tests", "docs", "templates", ".github", ".ci", "man")
    wanted = set().union(*map(built.names, folders)) | {"action.yml", "Dockerfile", ".dockerignore"}
    assert (wanted | {"pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"}) - names == set()


def test_the_version_stands_in_two_places_and_is_one() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == __version__


def test_the_index_takes_both_packages(built: Built, tmp_path: Path) -> None:
    for tool, names in (("twine", ["check", "--strict"]), ("check_wheel_contents", [])):
        packages = [built.wheel] if tool == "check_wheel_contents" else [built.wheel, built.sdist]
        run(sys.executable, "-m", tool, *names, *packages, cwd=tmp_path)
