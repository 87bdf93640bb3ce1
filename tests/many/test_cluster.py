"""The engine on Dask Distributed: a real scheduler, real worker processes, and some of these killed."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fleet import Fleet, entries, left, told, until

from allo_keyscan.errors import KeyscanError

needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None or sys.platform != "linux",
    reason="distributed is not installed (pip install 'allo-keyscan[dask]'), or this is not Linux",
)
# The parent of the process in which git was started: the worker.
KILL_THE_WORKER = "kill -9 $(cut -d ' ' -f 4 /proc/$PPID/stat)"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return Fleet(tmp_path_factory.mktemp("fleet").resolve())


@pytest.fixture(scope="module")
def dask(fleet: Fleet) -> Iterator[list[str]]:
    """A scheduler that gives a job up when it loses two workers, and two workers that are started again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    env = fleet.env() | {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    elsewhere = fleet.folder / "elsewhere"
    elsewhere.mkdir()
    started = []
    for words in (
        ["scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--no-dashboard"],
        ["worker", address, "--nworkers", "2", "--nthreads", "1", "--no-dashboard"],
    ):
        command = [sys.executable, "-m", "dask", *words]
        with open(fleet.folder / words[0], "wb") as log:
            started.append(subprocess.Popen(command, cwd=elsewhere, env=env, stdout=log, stderr=log))
    yield ["--engine", "dask", "--scheduler", address]
    for process in started[::-1]:
        process.terminate()
        process.wait(30)


@needs_dask
def test_answers_are_those_of_this_machine(fleet: Fleet, dask: list[str]) -> None:
    """Paths are named from here: the workers' current folder is another one."""
    fleet.list.write_text("\n".join(os.path.relpath(path, fleet.folder) for path in fleet.paths))
    here, there = (fleet.run(fleet.env(), "--format", "json", *more) for more in ([], dask))
    fleet.list.write_text("\n".join(fleet.paths))
    assert (here[0], here[1]) == (there[0], there[1])
    assert "leak.env" in there[1]


@needs_dask
def test_a_lost_worker_has_its_repository_looked_at_elsewhere(fleet: Fleet, dask: list[str]) -> None:
    once = fleet.folder / "once"
    env = fleet.env("gamma", f"[ -e {once} ] || {{ touch {once}; {KILL_THE_WORKER}; sleep 60; }}")
    code, out, err = fleet.run(env, "--format", "jsonl", *dask)
    found = entries(out)
    assert (code, sorted(found), [one["error"] for one in found.values()]) == (1, sorted(fleet.names), [None] * 4)
    assert found["gamma"]["attempts"] == 2
    assert (found["gamma"]["complete"], found["gamma"]["history"]["summary"]["commits"]) == (True, 1)
    assert (told(out)[-1]["retried"] >= 1, told(out)[-1]["complete"]) == (True, True)
    assert "begun more than once" in err


@needs_dask
def test_one_that_loses_every_worker_is_given_up_and_named(fleet: Fleet, dask: list[str]) -> None:
    code, out, err = fleet.run(fleet.env("beta", f"{KILL_THE_WORKER}; sleep 60"), "--format", "jsonl", *dask)
    found = entries(out)
    assert (code, sorted(found)) == (1, sorted(fleet.names))
    assert found["beta"]["error"].endswith("the worker that looked at it was lost, 2 times: given up")
    assert found["beta"]["attempts"] == 2
    assert found["alpha"]["keys"] != []
    assert "Traceback" not in err


@needs_dask
def test_an_interrupt_ends_what_workers_do(fleet: Fleet, dask: list[str]) -> None:
    there = fleet.folder / "there"
    process = fleet.begin(fleet.env("gamma", f"touch {there}; exec sleep 599"), "--format", "jsonl", *dask)
    until(there.exists, "the third is not reached")
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    out, err = (stream.decode() for stream in process.communicate(timeout=30))
    assert (process.returncode, "Traceback" in err) == (130, False)
    assert "interrupted" in entries(out)["gamma"]["skipped"][0]["reason"]
    assert (len(entries(out)), told(out)[-1]["interrupted"]) == (4, True)
    until(lambda: not [one for one in left(fleet) if "sleep 599" in one], "it goes on there")


@needs_dask
def test_a_scheduler_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from allo_keyscan.many import cluster
    from allo_keyscan.many.jobs import Job

    monkeypatch.setattr(cluster, "_CONNECT", 1.0)
    monkeypatch.setattr("logging.disable", print)
    with pytest.raises(KeyscanError, match="no Dask scheduler answers there"):
        next(cluster.Cluster("a:b", "tcp://127.0.0.1:9", None).run([Job("a", "{}")]))


def test_without_dask_the_extra_is_named(fleet: Fleet, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['distributed'] = None\n")
    env = fleet.env()
    env["PYTHONPATH"] = f"{tmp_path}{os.pathsep}{env['PYTHONPATH']}"
    code, out, err = fleet.run(env, "--engine", "dask", "--scheduler", "tcp://127.0.0.1:9")
    assert (code, out, "pip install 'allo-keyscan[dask]'" in err) == (2, "", True)
    for half in (["--engine", "dask"], ["--scheduler", "tcp://127.0.0.1:9"]):
        code, out, err = fleet.run(env, *half)
        assert (code, out, "belong together" in err) == (2, "", True)
