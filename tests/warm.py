"""The command in a fork of a process that has loaded it: for tests whose point is not how it starts.

Of a run's 0.3 s, loading click, libcst and our own modules takes 0.2; the suite makes more than a thousand runs. Each
still is a process of its own: with its own streams, folder, environment and exit code.

`python warm.py` serves its standard input, a Unix socket. A request is JSON (arguments, cwd, environment) with three
open files, the run's streams; it is answered with the process's id at once, and with its wait status when it ended.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import pkgutil
import runpy
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO

import allo_keyscan

_NUMBER = struct.Struct("q")
_WITHOUT = ("distributed", "allo_keyscan.many.cluster", "allo_keyscan.__main__")
_LARGEST = 1 << 20


class Server:
    """A loaded process, and the way to ask it for runs."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            env = os.environ | {"PYTHONWARNINGS": "error", "PYTHONPATH": str(Path(allo_keyscan.__file__).parents[1])}
            self._process = subprocess.Popen([sys.executable, __file__], stdin=theirs.fileno(), env=env)

    def close(self) -> None:
        """End the server; runs that go on are left alone."""
        self._socket.close()
        self._process.wait()

    def run(
        self, arguments: Sequence[str], cwd: Path, env: Mapping[str, str], stdin: bytes, timeout: float
    ) -> tuple[int, bytes, bytes]:
        """The exit code (negative: the signal that ended it), and what came on standard output and standard error.

        Raises:
            TimeoutError: it did not end within `timeout` seconds, and was killed.
        """
        with contextlib.ExitStack() as stack:
            streams = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(3)]
            streams[0].write(stdin)
            streams[0].seek(0)
            request = json.dumps([list(arguments), str(cwd), dict(env)]).encode()
            socket.send_fds(self._socket, [request], [stream.fileno() for stream in streams])
            child = self._number(10)
            try:
                status = self._number(timeout)
            except TimeoutError:
                os.kill(child, signal.SIGKILL)
                self._number(10)
                raise
            return os.waitstatus_to_exitcode(status), _whole(streams[1]), _whole(streams[2])

    def _number(self, timeout: float) -> int:
        self._socket.settimeout(timeout)
        return int(_NUMBER.unpack(self._socket.recv(_NUMBER.size, socket.MSG_WAITALL))[0])


def _whole(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    return stream.read()


def _modules() -> Iterator[str]:
    for found in pkgutil.walk_packages(allo_keyscan.__path__, "allo_keyscan."):
        if not found.name.startswith(_WITHOUT):
            yield found.name


def _serve(requests: socket.socket) -> None:
    for name in _modules():
        import_module(name)
    gc.collect()
    gc.freeze()
    while True:
        request, streams, _, _ = socket.recv_fds(requests, _LARGEST, 3)
        if not request:
            return
        child = os.fork()
        if not child:
            requests.close()
            _become(json.loads(request), streams)
        for stream in streams:
            os.close(stream)
        requests.sendall(_NUMBER.pack(child))
        requests.sendall(_NUMBER.pack(os.waitpid(child, 0)[1]))


def _become(request: tuple[list[str], str, dict[str, str]], streams: list[int]) -> None:
    """Be the run that was asked for, which ends the process."""
    arguments, cwd, env = request
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["allo-keyscan", *arguments]
    runpy.run_module("allo_keyscan", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    with socket.socket(fileno=os.dup(0)) as asked:
        _serve(asked)
