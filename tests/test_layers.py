"""The house of docs/architecture.md, held up: imports run one way, and each third-party library has its room."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "allo_keyscan"

# From the top: a module may import from rows below its own, and from its own row only inside the same room.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"__main__", "api"}),
    frozenset({"cli"}),
    frozenset({"fix"}),
    frozenset({"scan", "scopes", "report", "many"}),
    frozenset({"audit", "saved"}),
    frozenset({"modules"}),
    frozenset({"answers"}),
    frozenset({"keys", "calls", "needs", "suppress", "baseline", "declare", "pipelines"}),
    frozenset({"sources", "catalog", "config", "comments", "cache"}),
    frozenset({"model"}),
    frozenset({"fingerprint"}),
    frozenset({"errors", "__init__"}),
)
ROOM_OF = {
    "click": {"cli"},
    "distributed": {"many"},
    "libcst": {"calls", "fix"},
    "pathspec": {"sources"},
    "tomlkit": {"declare"},
    "yaml": {"fix"},
    "ahocorasick_rs": {"keys"},
}


def room(path: Path) -> str:
    """The first part below the package: a module's own name, or the folder it stands in."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def row(name: str) -> int:
    return next(number for number, names in enumerate(LAYERS) if name in names)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Absolute dotted names a module imports, with their lines; imports inside functions count too."""
    package = ("allo_keyscan", *path.relative_to(PACKAGE).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) + "." if node.level else ""
            stem = (base + (node.module or "")).rstrip(".")
            for alias in node.names:
                yield (f"{stem}.{alias.name}" if stem == "allo_keyscan" else stem), node.lineno


MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    own = room(path)
    assert any(own in names for names in LAYERS), f"{own} has no row in LAYERS: give it one"
    for name, line in imports(path):
        top, _, rest = name.partition(".")
        if top != "allo_keyscan":
            known = top in sys.stdlib_module_names or top in ROOM_OF
            assert known, f"{path.name}:{line}: {top} is not a run-time dependency with a room of its own"
            assert own in ROOM_OF.get(top, {own}), f"{path.name}:{line}: {top} may only be imported in {ROOM_OF[top]}"
            continue
        other = rest.partition(".")[0] or "__init__"
        if not (PACKAGE / other).is_dir() and not (PACKAGE / f"{other}.py").is_file():
            other = "__init__"  # a name defined in allo_keyscan/__init__.py itself
        allowed = other == own or row(other) > row(own)
        assert allowed, f"{path.name}:{line}: {own} imports {other}, which does not stand below it"


def test_the_layers_name_only_rooms_that_exist() -> None:
    rooms = {room(path) for path in MODULES}
    assert set().union(*LAYERS) == rooms


def test_the_package_root_imports_nothing() -> None:
    assert list(imports(PACKAGE / "__init__.py")) == []
