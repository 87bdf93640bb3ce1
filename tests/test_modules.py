"""Facts of many files: the same from here, from processes and from the cache; no key in them; tests apart."""

import subprocess
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from canaries import leaks, unused

from allo_keyscan import answers, modules
from allo_keyscan.cache import Cache
from allo_keyscan.calls import analyze as analysis
from allo_keyscan.calls.outcome import ModuleCalls
from allo_keyscan.catalog.api import api_rules
from allo_keyscan.modules import Modules, facts_cache, search
from allo_keyscan.scopes import scopes_report

ROOT = Path(__file__).parents[1]
RULES = api_rules(str(ROOT / "rules"))
CASES = {path.name: path.read_bytes() for path in sorted((ROOT / "tests" / "cases" / "scopes").glob("*.py"))}
HEAD = 'import os, requests\nB = "https://api.withallo.com/v2/api"\n'


def test_any_number_of_processes_gives_the_same_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules, "_WORTH_A_PROCESS", 1)
    monkeypatch.setattr(modules, "_WORTH_A_SPAWN", 1)
    monkeypatch.setattr(modules, "_BATCH", 5_000)
    monkeypatch.setattr(answers, "get", lambda *_: None)  # facts alone are kept
    sources = [*CASES.items(), ("broken.py", (HEAD + "def f(:\n").encode())]
    alone = scopes_report(sources, RULES)
    assert [skip.path for skip in alone.skipped] == ["broken.py"]
    for jobs in (2, 3):
        cache = Cache(str(tmp_path / f"c{jobs}"), "1")
        assert scopes_report(sources, RULES, jobs=jobs, cache=cache) == alone
        assert scopes_report(sources, RULES, jobs=jobs, cache=cache) == alone


def test_a_worker_that_dies_costs_nothing_but_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules, "_WORTH_A_PROCESS", 1)
    monkeypatch.setattr(modules, "_context", lambda: "fork")
    monkeypatch.setattr(modules, "_read_all", _die)
    alone = scopes_report([*CASES.items()], RULES)
    assert scopes_report([*CASES.items()], RULES, jobs=2) == alone


def _die(_batch: object) -> None:
    import os

    os._exit(9)


def _tied(count: int) -> dict[str, bytes]:
    """Modules in one program: they need constants of modules that nobody looks at, one of which cannot be read; one of
    them sends nobody knows where, and is tied to the server's name by nothing but such a module."""
    files = {
        f"m{number}.py": f"{HEAD}from names{number % 3} import PATH\nrequests.get(B + PATH)\n".encode()
        for number in range(count)
    }
    files |= {"names0.py": b"PATH = '/tags'\n", "names1.py": b"PATH = '/users'\n", "names2.py": b"PATH = (\n"}
    files["m3.py"] = b"import requests, bridge, m0\nrequests.get(bridge.URL)\n"
    files["bridge.py"] = b"from server import NAME\nURL = input()\n"
    files["server.py"] = b"NAME = 'https://api.withallo.com/v2/api'\n"
    return files


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only there a process is forked")
def test_modules_that_other_processes_look_at_give_the_same_report(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [*_tied(40).items()]
    alone = scopes_report(files, RULES)
    assert [skip.path for skip in alone.skipped] == ["names2.py"]
    assert {call.endpoint for call in alone.calls} == {"/v2/api/tags", "/v2/api/users"}
    assert {one.path for one in alone.unresolved} >= {"m2.py", "server.py"}
    assert "m0.py" not in {one.path for one in alone.unresolved}
    shared: list[int] = []
    ours = modules._in_processes

    def noted(batches: Iterator[Any], jobs: int, *more: Any) -> Iterator[Any]:
        shared.append(jobs)
        return ours(batches, jobs, *more)

    monkeypatch.setattr(modules, "_in_processes", noted)
    for jobs in (2, 3):
        assert scopes_report(files, RULES, jobs=jobs) == alone
    assert shared == [2, 3]
    monkeypatch.setattr(modules, "_serve", _die_at_once)
    assert scopes_report(files, RULES, jobs=2) == alone


def _die_at_once(*_: object) -> None:
    _die(None)


_INTERRUPTED = """
import sys
from allo_keyscan import modules

class Interrupting:
    def get(self, key): return None
    def put(self, key, data): raise KeyboardInterrupt

def work(batch):
    return [(path, bytes(50_000_000)) for path, _ in batch]  # most of the time is its way here

modules._WORTH_A_PROCESS = modules._WORTH_A_SPAWN = modules._BATCH = 1
modules._read_all = work
files = {f"{n}.py": bytes(200_000) for n in range(8)}
try:
    modules.Modules(files, jobs=3, cache=Interrupting()).prepare(files)
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="workers are spawned, and have not what is set here")
def test_an_interrupt_ends_workers_that_are_in_the_middle_of_an_answer() -> None:
    assert subprocess.run([sys.executable, "-c", _INTERRUPTED], timeout=60, check=False).returncode == 130


def test_no_key_stands_in_the_cache(tmp_path: Path) -> None:
    """Plain, in pieces, in names, in comments: nothing of the source is in any file, packed or unpacked."""
    one, two, three, four = unused(4)
    source = (
        f'{HEAD}# {one}\nkey = "{two}"\nother = "{three[:14]}" + "{three[14:]}"\n'
        f'def {four}({one}="{two}"):\n    """{three}"""\n'
        f'    headers = {{"Authorization": f"Api-Key {one}{{{four}}}", "{four}": {two}}}\n'
        f'    return requests.get(B + "/tags", headers=headers)\n'
        f'{three} = {four}({one}="{one}")\nrequests.get(B + "/{two}")\n'
    ).encode()
    cache = facts_cache(str(tmp_path / "c"))
    reader = Modules({"a.py": source}, cache=cache)
    assert reader.read("a.py", source) is reader.read("a.py", source)
    kept = [path for path in (tmp_path / "c").glob("facts-*/*") if path.is_file()]
    assert len(kept) == 1
    packed = kept[0].read_bytes()
    unpacked = zlib.decompress(packed[16:])
    assert len(unpacked) > 1000
    assert leaks(packed) + leaks(unpacked) + leaks(kept[0].name.encode()) == []


def test_what_only_tests_do_is_as_if_nobody_did_it() -> None:
    files = {
        "client.py": (HEAD + "def call(path):\n    return requests.get(B + path)\n").encode(),
        "app.py": b"from client import call\ncall('/tags')\n",
        "tests/test_client.py": b"from client import call\ncall('/users')\ncall('/tags')\n",
        "tests/broken.py": (HEAD + "def f(:\n").encode(),
    }
    tests = {"tests/test_client.py", "tests/broken.py"}
    report = scopes_report([*files.items()], RULES, tests=tests)
    assert [(call.path, call.endpoint) for call in report.calls] == [("app.py", "/v2/api/tags")]
    assert report.required_scopes == ("TAGS_READ",)
    assert report.tests == (2, 2)
    assert [(skip.path, skip.incomplete) for skip in report.skipped] == [("tests/broken.py", False)]
    assert report.complete
    without = {path: data for path, data in files.items() if path not in tests}
    assert search(without, RULES).found == search(files, RULES, tests=tests).found
    alone = {path: data for path, data in files.items() if path != "app.py"}
    assert scopes_report([*alone.items()], RULES, tests=tests).calls == ()


def _with_tests() -> tuple[dict[str, bytes], set[str]]:
    files = {
        "client.py": (HEAD + "def call(path):\n    return requests.get(B + path)\n").encode(),
        "tests/test_client.py": b"from client import call\ncall('/users')\ncall('/tags')\n",
        "tests/broken.py": (HEAD + "def f(:\n").encode(),
    }
    return files, {"tests/test_client.py", "tests/broken.py"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only there a process is forked")
def test_the_tests_are_looked_at_by_a_process_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules, "_WORTH_A_COUNT", 0)
    files, tests = _with_tests()
    ours = analysis.analyze
    looked: list[set[str]] = []

    def noted(sources: Iterable[tuple[str, bytes]], *arguments: Any, **options: Any) -> ModuleCalls:
        held = dict(sources)
        looked.append({*held})
        return ours(held.items(), *arguments, **options)

    monkeypatch.setattr(analysis, "analyze", noted)
    counted = search(files, RULES, tests=tests, jobs=2)
    assert looked == [{"client.py"}], "this process did not look at the tests"
    assert counted == search(files, RULES, tests=tests)
    assert (counted.test_calls, [skip.path for skip in counted.unread]) == (2, ["tests/broken.py"])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only there a process is forked")
def test_tests_are_counted_here_where_their_process_fails(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(modules, "_WORTH_A_COUNT", 0)
    monkeypatch.setattr(modules, "_leave_interrupts_alone", _fail)
    files, tests = _with_tests()
    assert search(files, RULES, tests=tests, jobs=2).test_calls == 2
    assert capfd.readouterr().err == ""


def _fail() -> None:
    raise MemoryError
