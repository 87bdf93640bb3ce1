"""Calls and scopes over a large Python project: what is parsed, what that costs, and what the cache and processes save.

The tree is what this interpreter has installed, standard library included, and beside it an application of 300 modules
that calls Allo through wrappers, so that the files that matter stand among many that do not.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
import sysconfig
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

from measure import Command, Run, environment, machine, once

MODULES = 300
_FILES = 5_000
_CLIENT = '''\
import os
import requests

from .settings import BASE, TIMEOUT


class Client:
    """A wrapper as projects write them."""

    def __init__(self, key=None):
        self.session = requests.Session()
        self.session.headers["Authorization"] = "Api-Key " + (key or os.environ["ALLO_API_KEY"])

    def request(self, method, path, **kwargs):
        response = self.session.request(method, BASE + path, timeout=TIMEOUT, **kwargs)
        response.raise_for_status()
        return response.json()
'''
_SETTINGS = 'BASE = "https://api.withallo.com/v2/api"\nTIMEOUT = 10\n'
_SERVICE = '''

def {name}_{n}(client, rows, limit=100):
    """Takes rows apart, and asks Allo about some of them."""
    found = {{}}
    for number, row in enumerate(rows):
        if number >= limit or not row.get("{name}"):
            continue
        key = "{name}-%s" % row["{name}"].strip().lower()
        value = [item["value"] for item in row.get("items", ()) if item and item["kind"] != "{n}"]
        found.setdefault(key, []).extend(value or [f"{{key}}:{{number:>{n}}}"])
    {call}
    return {{key: sorted(values) for key, values in found.items()}}
'''
_CALLS = (
    'client.request("GET", "/tags")',
    'client.request("GET", f"/conversations/items/{limit}")',
    'client.request("GET", "/users", params={"limit": limit})',
    "rows = list(rows)",
    "rows = list(rows)",
    "rows = list(rows)",
)


def grow(tree: Path) -> None:
    """Puts the tree there: at least 5,000 files of Python."""
    places = [Path(sysconfig.get_paths()[name]) for name in ("stdlib", "purelib")]
    copies = 0
    while sum(1 for _ in tree.rglob("*.py")) < _FILES:
        for place in places:
            for path in sorted(place.rglob("*.py")):
                inside = path.relative_to(place)
                if place.name != "site-packages" and "site-packages" in inside.parts:
                    continue
                target = tree / f"installed{copies}" / place.name / inside
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        copies += 1
    app = tree / "app"
    app.mkdir()
    (app / "__init__.py").write_text("")
    (app / "client.py").write_text(_CLIENT)
    (app / "settings.py").write_text(_SETTINGS)
    for number in range(MODULES):
        services = [
            _SERVICE.format(name=f"thing{number}", n=n, call=_CALLS[(number + n) % len(_CALLS)]) for n in range(12)
        ]
        uses = f"\n\ndef main():\n    client = Client()\n    return thing{number}_0(client, [])\n"
        (app / f"service{number}.py").write_text(
            "import requests\n\nfrom .client import Client\n" + "".join(services) + uses
        )


def scopes(rounds: int, limit: float) -> int:
    """The whole part."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        tree.mkdir()
        grow(tree)
        print(f"{machine()}\n")
        parsed = _selected(tree)
        _parsing(parsed)
        _runs(tree, Path(folder), rounds, limit)
    return 0


def _selected(tree: Path) -> list[bytes]:
    from allo_keyscan.calls.layout import Layout
    from allo_keyscan.calls.selection import Look, select
    from allo_keyscan.catalog import rules_dir
    from allo_keyscan.catalog.api import api_rules

    rules = api_rules(rules_dir())
    files = {str(path.relative_to(tree)): path.read_bytes() for path in tree.rglob("*.py")}
    start = time.process_time()
    looks = {path: Look(source, rules) for path, source in files.items()}
    chosen = select(looks, Layout(files, rules.imports), rules)
    seconds = time.process_time() - start
    size = sum(map(len, files.values()))
    print(f"{len(files):,} files, {size / 1e6:.0f} MB; parsed: {len(chosen)}; chosen in {seconds:.2f} s of cpu time\n")
    return [files[path] for path in sorted(chosen)]


def _parsing(sources: list[bytes]) -> None:
    """Seconds of cpu time a megabyte, interleaved file by file: libcst alone, and all until the facts are bytes."""
    import libcst

    from allo_keyscan.calls.decode import decode
    from allo_keyscan.calls.encode import encode
    from allo_keyscan.calls.facts import ModuleFacts
    from allo_keyscan.calls.read import read_module
    from allo_keyscan.calls.source import Source, python_of

    spent = {"libcst's bare parse": 0.0, "facts": 0.0, "facts, their places, as bytes": 0.0, "facts from bytes": 0.0}
    gc.disable()
    for data in sources:
        marks = [time.process_time()]
        libcst.parse_module(data)
        marks.append(time.process_time())
        module, text = read_module("a.py", data), python_of("a.py", data)
        marks.append(time.process_time())
        if not isinstance(module, ModuleFacts) or not isinstance(text, Source):
            continue
        written = encode(module, text)
        marks.append(time.process_time())
        decode("a.py", written or b"", text)
        marks.append(time.process_time())
        steps = [later - earlier for earlier, later in pairwise(marks)]
        for name, seconds in zip(spent, (steps[0], steps[1], steps[1] + steps[2], steps[3]), strict=True):
            spent[name] += seconds
    gc.enable()
    size = sum(map(len, sources)) / 1e6
    bare = spent["libcst's bare parse"]
    print("| what | s/MB | x |\n|---|---|---|")
    for name, seconds in spent.items():
        print(f"| {name} | {seconds / size:.2f} | {seconds / bare:.2f} |")
    print()


def _runs(tree: Path, folder: Path, rounds: int, limit: float) -> None:
    """Whole processes, in turn; before a cold one the cache is removed."""
    cache = folder / "cache"
    kinds = {"cold, -j 1": (True, 1), "cold, -j 2": (True, 2), "warm, -j 2": (False, 2), "warm, -j 1": (False, 1)}
    runs: dict[str, list[Run]] = {name: [] for name in kinds}
    once(_command(tree, cache, 1), limit)
    answers = set()
    for _ in range(rounds):
        for name, (cold, jobs) in kinds.items():
            if cold:
                shutil.rmtree(cache, ignore_errors=True)
            done = once(_command(tree, cache, jobs), limit)
            answers.add(done.output)
            runs[name].append(done)
    print("| run | wall s | x cold, -j 1 | cpu s | peak MB |\n|---|---|---|---|---|")
    first = runs["cold, -j 1"]
    for name, found in runs.items():
        ratio = median(one.wall / other.wall for one, other in zip(found, first, strict=True))
        wall, cpu = median(one.wall for one in found), median(one.cpu for one in found)
        print(f"| {name} | {wall:.2f} | {ratio:.2f} | {cpu:.2f} | {max(one.peak_mb for one in found):.0f} |")
    kept = sum(path.stat().st_size for path in cache.rglob("*") if path.is_file())
    print(f"\ncache: {kept / 1e6:.1f} MB; the same answer in every run: {len(answers) == 1}")


def _command(tree: Path, cache: Path, jobs: int) -> Command:
    argv = (sys.executable, "-m", "allo_keyscan", "scopes", "--format", "json", "-q", "-j", str(jobs), str(tree))
    here = os.pathsep.join([str(Path(__file__).parents[1]), environment().get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return Command("scopes", argv, {"ALLO_KEYSCAN_CACHE_DIR": str(cache), "PYTHONPATH": here})
