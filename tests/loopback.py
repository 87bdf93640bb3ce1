"""Real servers on this machine: the API as it is documented, whatever else may answer in its place, and a proxy."""

from __future__ import annotations

import json
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import trustme

from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.api import load_endpoints

ENDPOINTS = load_endpoints(rules_dir())


class Request(NamedTuple):
    """What a server was asked."""

    method: str
    path: str
    headers: dict[str, str]


Responder = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Records each request and leaves the answer to the server's responder."""

    server: Server
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append(Request(self.command, self.path, headers))
        self.close_connection = True
        with suppress(OSError):  # who asked may have gone
            self.server.responder(self)

    do_GET = do_POST = do_HEAD = do_CONNECT = _any

    def log_message(self, *_: object) -> None:
        """Nothing to standard error."""

    def reply(self, status: int, body: bytes, content: str = "application/json", **headers: str) -> None:
        """One whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", content)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def raw(self, data: bytes) -> None:
        """Bytes as they are."""
        self.wfile.write(data)


class Server(ThreadingHTTPServer):
    """A server that remembers what it was asked; `over` is set once the test is."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, responder: Responder) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.responder = responder
        self.requests: list[Request] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """A client that leaves is no error."""


@contextmanager
def serving(responder: Responder, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server for as long as the block runs."""
    server = Server(responder)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def me(*scopes: str, key_id: str = "api-1", team: str = "Shop", more: list[dict[str, Any]] | None = None) -> bytes:
    """The documented answer for an active key: its endpoints are those of the rules that its scopes open."""
    opened = [
        {"method": one.method, "path": one.path, "description": "", "scope": next(iter(one.scopes), None)}
        for one in ENDPOINTS
        if set(one.scopes) <= set(scopes) and one.method != "PATCH" and one.basis != "unknown"
    ]
    data = {
        "api_key_id": key_id,
        "scopes": list(scopes),
        "endpoints": opened + (more or []),
        "team": {"id": "tea-1", "name": team},
        "rate_limits": {"read_per_second": 20, "write_per_second": 5},
    }
    return json.dumps({"data": data}).encode()


def error(code: str, kind: str = "authentication_error", message: str = "No.", **more: object) -> bytes:
    """The documented error answer of version 2."""
    said = {"type": kind, "code": code, "message": message, "retryable": False, "request_id": "req_0123456789ab"}
    return json.dumps({"error": said | more}).encode()


def api(keys: Mapping[str, tuple[str, ...]]) -> Responder:
    """The API for some active keys and their scopes; every other one is dead."""

    def respond(asked: Handler) -> None:
        scheme, _, key = asked.headers.get("Authorization", "").partition(" ")
        if asked.command != "GET" or asked.path != "/v2/api/me":
            asked.reply(404, error("NOT_FOUND", "not_found_error"))
        elif scheme != "Api-Key" or not key:
            asked.reply(401, error("UNAUTHORIZED"))
        elif key in keys:
            asked.reply(200, me(*keys[key], key_id=f"api-{list(keys).index(key) + 1}"))
        else:
            asked.reply(401, error("API_KEY_INVALID"))

    return respond


def says(status: int, body: bytes, content: str = "application/json", **headers: str) -> Responder:
    """The same answer to everything."""
    return lambda asked: asked.reply(status, body, content, **headers)


class Authority:
    """A certificate authority of the test's own, and servers' certificates by it."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self.file = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(self.file)

    def server(self, name: str) -> ssl.SSLContext:
        """What a server of a name needs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(name).configure_cert(context)
        return context


def tunnel(port: int) -> Responder:
    """A proxy that connects everybody to one port of this machine, whatever host is asked for."""

    def respond(asked: Handler) -> None:
        with socket.create_connection(("127.0.0.1", port)) as other:
            asked.raw(b"HTTP/1.1 200 Connection established\r\n\r\n")
            ends = {asked.connection: other, other: asked.connection}
            while True:
                for ready in select.select(list(ends), [], [], 10)[0]:
                    data = ready.recv(1 << 16)
                    if not data:
                        return
                    ends[ready].sendall(data)

    return respond
