"""docs/privacy.md: who opens a connection, and which files are written, by Python's own account of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT
from demo import shop
from loopback import api, serving
from samples import key

HOOKED = """
import json, os, sys
log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def hook(event, given):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"):
        os.write(log, (json.dumps(["net", event]) + "\\n").encode())
    elif event == "open" and given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and isinstance(given[0], (str, bytes)):
        os.write(log, (json.dumps(["file", os.path.realpath(os.fsdecode(given[0]))]) + "\\n").encode())
from allo_keyscan.cli import run
sys.addaudithook(hook)
for arguments in json.loads(sys.argv[2]):
    run(arguments)
"""

QUIET = (
    ["scan", "."],
    ["scan", "--history"],
    ["scan", "--staged"],
    ["scopes", "--check"],
    ["audit"],
    ["ci", "--base", "HEAD~1"],
    ["fix"],
    ["explain", "AK001"],
    ["config", "show"],
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shop(tmp_path_factory.mktemp("privacy")).root


def noted(tree: Path, tmp_path: Path, *commands: list[str]) -> tuple[set[str], set[str]]:
    """The events of the network, and the files opened for writing, of some commands in one process and its forks."""
    log = tmp_path / "log"
    env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    env |= {"PYTHONPATH": str(ROOT), "ALLO_KEYSCAN_CACHE_DIR": str(tmp_path / "cache"), "ALLO_API_KEY": key(77)}
    command = [sys.executable, "-c", HOOKED, str(log), json.dumps(commands)]
    subprocess.run(command, cwd=tree, env=env, capture_output=True, check=True, timeout=120)
    told = [json.loads(line) for line in log.read_text().splitlines()]
    return {what for kind, what in told if kind == "net"}, {what for kind, what in told if kind == "file"}


def test_nothing_leaves_the_machine_and_only_the_cache_is_written(tree: Path, tmp_path: Path) -> None:
    net, files = noted(tree, tmp_path, *QUIET)
    assert net == set()
    cache = os.path.realpath(tmp_path / "cache")
    assert any(file.startswith(cache) for file in files), "the hook sees what is written"
    assert {file for file in files if not file.startswith(cache)} <= {os.devnull}


def test_asking_about_keys_is_seen(tree: Path, tmp_path: Path) -> None:
    with serving(api({})) as server:
        net, _ = noted(tree, tmp_path, ["verify", "--api-url", server.url])
    assert net == {"socket.getaddrinfo", "socket.connect"}
