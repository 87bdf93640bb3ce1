"""Build a tree to measure on: at least 50,000 files and 1 GB, with planted keys, in a git repository.

python benchmarks/corpus.py DIR            # Debian's linux-source package where apt has it, else synthesised
python benchmarks/corpus.py DIR --plant    # only plant keys into a tree that exists
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from plant import plant

PACKAGE = "linux-source-6.1"
FILES, BYTES = 60_000, 1_100_000_000


def debian(tree: Path) -> bool:
    """Unpack the kernel's source into `tree`; False where apt or the package is missing."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return False
    tree.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=tree.parent) as held:
        folder = Path(held)
        if subprocess.run(("apt-get", "download", PACKAGE), cwd=folder, check=False).returncode:
            return False
        package = next(folder.glob("*.deb"))
        subprocess.run(("dpkg-deb", "-x", package, folder / "d"), check=True)
        archive = folder / "d" / "usr" / "src" / f"{PACKAGE}.tar.xz"
        tree.mkdir(parents=True)
        subprocess.run(("tar", "xf", archive, "-C", tree, "--strip-components=1"), check=True)
    ignore = tree / ".gitignore"  # Debian adds a line that ignores everything
    ignore.write_text(ignore.read_text(encoding="utf-8").replace("\n/*\n", "\n"), encoding="utf-8")
    return True


def synthetic(tree: Path, seed: int = 1) -> None:
    """Runs of lines from the interpreter's own library, in files as large and as deep as those of a real tree."""
    source = random.Random(seed)
    library = Path(sysconfig.get_path("stdlib"))
    texts = [path.read_bytes().splitlines(keepends=True) for path in sorted(library.rglob("*.py"))[:1500]]
    texts = [lines for lines in texts if len(lines) > 50]
    written = 0
    for number in range(FILES):
        folder = tree / f"part{number % 40}" / f"area{number % 1200 // 40}" / f"unit{number % 4800 // 1200}"
        folder.mkdir(parents=True, exist_ok=True)
        wanted = min(8_000_000, int(source.paretovariate(1.2) * 5_000))
        if number == FILES - 1:
            wanted = max(wanted, BYTES - written)
        with open(folder / f"file{number}{source.choice(('.c', '.h', '.js', '.txt', '.yaml'))}", "wb") as file:
            while file.tell() < wanted:
                lines = source.choice(texts)
                start = source.randrange(len(lines))
                file.write(b"".join(lines[start : start + 200]))
            written += file.tell()


def commit(tree: Path) -> None:
    """Make the tree a repository: what git tracks is what a scan of it reads."""
    git = ("git", "-C", str(tree), "-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "core.compression=0")
    for arguments in (("init", "-q"), ("add", "-A", "-f"), ("commit", "-q", "-m", "corpus")):
        subprocess.run((*git, *arguments), check=True)


def main() -> int:
    """Build the tree, unless it exists; plant the keys."""
    parser = argparse.ArgumentParser(description="Build a tree to measure on.")
    parser.add_argument("tree", type=Path)
    parser.add_argument("--plant", action="store_true", help="only plant keys, into a tree that exists")
    parser.add_argument("--synthetic", action="store_true", help="no package, no network")
    given = parser.parse_args()
    tree: Path = given.tree.absolute()
    if not given.plant:
        if tree.exists():
            parser.error(f"{tree} exists")
        if given.synthetic or not debian(tree):
            synthetic(tree)
        commit(tree)
    files = [os.path.join(folder, name) for folder, _, names in os.walk(tree) if ".git" not in folder for name in names]
    size = sum(os.lstat(file).st_size for file in files)
    print(f"{tree}: {len(files):,} files, {size / 1e6:,.0f} MB, {len(plant(tree))} planted keys")
    return 0


if __name__ == "__main__":
    sys.exit(main())
