"""The only network access: one GET that asks the API about one key, and nothing else.

What it must do is narrow and what it must not do is long: no redirect is followed, no request repeated unasked, no
proxy taken that the user did not set, nothing logged, nothing decompressed, and whatever the server does it ends by the
deadline. The standard library's http.client does no more than it is told, which makes that short to write and to check;
of a larger client everything would have to be switched off, and the module that handles raw keys would rest on one more
package. The deadline is kept from outside, by a thread that is given up: sockets time out between two bytes only, names
are looked up without any limit, and a server that sends a byte a second would hold a read for ever. Bytes are counted
below http.client, which believes a chunk of a negative size and then reads without end.

Proxies: HTTPS_PROXY or ALL_PROXY (in either case of letters), unless NO_PROXY names the host; http:// ones alone, by
CONNECT, so that a proxy sees the host and never the request. Certificates: the system's, or SSL_CERT_FILE's and
SSL_CERT_DIR's. SSLKEYLOGFILE is not obeyed: whoever has that file and the traffic has the key. Plain http is spoken to
this machine alone, without a proxy.
"""

from __future__ import annotations

import base64
import http.client
import io
import math
import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

from allo_keyscan import __version__
from allo_keyscan.catalog.live import LiveRules
from allo_keyscan.errors import KeyscanError
from allo_keyscan.keys.secret import Secret
from allo_keyscan.live.answer import answer
from allo_keyscan.live.errors import document, understood
from allo_keyscan.live.server import HOST, Server, is_here
from allo_keyscan.live.values import Answer, Got, unknown

USER_AGENT = f"allo-keyscan/{__version__}"
MOST_BYTES = 1 << 20
"""Of an answer: the documented one has some 30 kB."""

_MOST_RECEIVED = 2 * MOST_BYTES  # heads, chunks and answers before the answer too
_APART = 0.2  # seconds from one request to the next: five a second
_TRIES = 3
_ENOUGH = 3  # requests without an answer or with a limit, one after the other: the others would fare no better
_BUSY = (429, 503)
_LONGEST_WAIT = 60.0  # seconds, for all that a server asks to wait
_LONGEST_KEY = 4096
_AGES = 1e9  # seconds: all that is longer


class Proxy(NamedTuple):
    """An HTTP proxy that opens connections for us; `credentials` are the value of its own header."""

    host: str
    port: int
    credentials: str | None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Limits(NamedTuple):
    """Seconds: for a request from its first step to its last, and between two bytes."""

    whole: float = 20.0
    silent: float = 10.0


class _FailedError(Exception):
    """No answer; the text says why, and holds nothing that was sent."""


class _Counted(io.RawIOBase):
    """What a server sends, which raises _FailedError where it is more than anybody means."""

    def __init__(self, received: io.RawIOBase) -> None:
        self._received = received
        self._left = _MOST_RECEIVED

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        number: int | None = self._received.readinto(buffer)
        self._left -= number or 0
        if self._left < 0:
            raise _FailedError(f"more than {_MOST_RECEIVED:,} bytes came: not read")
        return number

    def close(self) -> None:
        self._received.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """An answer of which so many bytes are received and no more."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fp = io.BufferedReader(_Counted(self.fp.detach()))


def refused(secret: Secret) -> str:
    """Why a value cannot be a key that is sent in a header, as the rest of a sentence; "" where it can."""
    value = secret.reveal()
    if not value.strip():
        return "is empty"
    if len(value) > _LONGEST_KEY:
        return f"has {len(value):,} bytes: that is no key"
    if b"\r" in value or b"\n" in value:
        return "holds a line break: give the key alone"
    if b" " in value or b"\t" in value:
        return "holds a blank: give the key alone, without the word that stands before it in a header"
    if not all(0x21 <= byte <= 0x7E for byte in value):
        return "holds a character that no header may have: give the key alone, as it was shown when it was created"
    return ""


class Client:
    """Asks one server about keys: about each once, not more than five a second, and later where the server asks for it.

    What was answered is kept in this object alone. `clock` and `sleep` count in seconds.
    """

    def __init__(
        self,
        rules: LiveRules,
        url: str | None = None,
        *,
        limits: Limits = Limits(),  # noqa: B008 (a value that does not change)
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rules = rules
        self.server = Server.of(url or rules.check.server)
        self.proxy = _proxy_for(self.server)
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._tls = _tls() if self.server.secure else None
        self._next = -math.inf  # the time before which nothing is sent
        self._unanswered = 0
        self._answers: dict[Secret, Answer] = {}

    def ask(self, secret: Secret) -> Answer:
        """What the API says of a key; every failure is an answer too."""
        if secret not in self._answers:
            if self._unanswered >= _ENOUGH:
                return unknown(f"not asked: the {self._unanswered} requests before it had no answer that counts")
            problem = refused(secret)
            self._answers[secret] = unknown(f"not asked: the value {problem}") if problem else self._asked(secret)
        return self._answers[secret]

    def _asked(self, secret: Secret) -> Answer:
        left = _LONGEST_WAIT
        try:
            for number in range(1, _TRIES + 1):
                left -= self._wait(left)
                self._unanswered += 1
                got = self._send(secret)
                if got.status not in _BUSY:
                    self._unanswered = 0
                seconds = _retry_after(got, self._rules)
                if seconds is None:
                    break
                self._next = self._clock() + seconds
                if number == _TRIES:
                    return unknown(f"HTTP {got.status}: too many requests, also after waiting as the server asked")
        except _FailedError as failed:
            return unknown(str(failed))
        found = answer(got, self._rules)
        if secret.is_shown_by(b"\0".join(_texts(found))):
            return unknown("the answer repeats the key, so that nothing of it is shown: what stands before the API?")
        return found

    def _wait(self, most: float) -> float:
        """Wait for the turn of a request; the seconds that took."""
        seconds = max(0.0, self._next - self._clock())
        if seconds > most:
            raise _FailedError(f"the server asks to be left alone for {math.ceil(seconds)} s: ask again then")
        if seconds:
            self._sleep(seconds)
        self._next = self._clock() + _APART
        return seconds

    def _send(self, secret: Secret) -> Got:
        """One request, which ends by the deadline. Raises _FailedError."""
        done: SimpleQueue[Got | str] = SimpleQueue()
        line, over = self._line(), threading.Event()
        opened: list[socket.socket] = []

        def talk() -> None:
            try:
                done.put(self._talk(line, opened, secret, over))
            except _FailedError as failed:
                done.put(str(failed))
            except BaseException as error:  # noqa: BLE001 (its text may hold what was sent)
                done.put(self._said(error))
            finally:
                line.close()

        thread = threading.Thread(target=talk, name="allo-keyscan check", daemon=True)
        thread.start()
        got: Got | str | None = None
        try:
            got = done.get(timeout=self._limits.whole)
        except Empty:
            raise _FailedError(f"no whole answer within {self._limits.whole:g} s") from None
        finally:
            over.set()
            if _cut((*opened, line.sock)) or got is not None:
                thread.join(1.0)  # it ends now; one that looks up a name or connects cannot be made to
        if isinstance(got, str):
            raise _FailedError(got)
        return got

    def _line(self) -> http.client.HTTPConnection:
        """A connection that is not open yet."""
        host, port = (self.server.host, self.server.port) if self.proxy is None else (self.proxy.host, self.proxy.port)
        if self._tls is None:
            return http.client.HTTPConnection(host, port, timeout=self._limits.silent)
        line = http.client.HTTPSConnection(host, port, timeout=self._limits.silent, context=self._tls)
        if self.proxy is not None:
            headers = {"Proxy-Authorization": self.proxy.credentials} if self.proxy.credentials else {}
            line.set_tunnel(self.server.host, self.server.port, headers)
        return line

    def _talk(
        self, line: http.client.HTTPConnection, opened: list[socket.socket], secret: Secret, over: threading.Event
    ) -> Got:
        line.set_debuglevel(0)  # else it prints headers, should a program have switched that on for all connections
        line.response_class = _Response
        line.connect()
        opened.append(line.sock)  # the connection forgets it once an answer begins
        if over.is_set():
            raise _FailedError("given up")
        if self._tls is None and not is_here(line.sock.getpeername()[0]):
            raise _FailedError(f"{self.server.host} is another machine, and http:// would send the key in clear")
        value = secret.reveal()
        scheme = f"{self._rules.scheme} ".encode() if self._rules.scheme else b""
        line.putrequest("GET", self.server.base + self._rules.check.path, skip_accept_encoding=True)
        line.putheader(self._rules.header, scheme + value)
        line.putheader("Accept", "application/json")
        line.putheader("Accept-Encoding", "identity")
        line.putheader("User-Agent", USER_AGENT)
        line.putheader("Connection", "close")
        line.endheaders()
        with line.getresponse() as response:
            body = response.read(MOST_BYTES + 1)
            if len(body) > MOST_BYTES:
                raise _FailedError(f"HTTP {response.status} with more than {MOST_BYTES:,} bytes: not read")
            if response.length:
                raise _FailedError("the answer was cut off")
            return Got(response.status, {name.lower(): text for name, text in response.getheaders()}, body)

    def _said(self, error: BaseException) -> str:
        """A failure in words of our own."""
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"the server's certificate is not trusted: {error.verify_message}"
        if isinstance(error, ssl.SSLError):
            return f"TLS failed ({error.reason or type(error).__name__})"
        if isinstance(error, socket.gaierror):
            return f"the name {self.server.host if self.proxy is None else self.proxy.host} could not be resolved"
        if isinstance(error, TimeoutError):
            return f"the server was silent for {self._limits.silent:g} s"
        if isinstance(error, http.client.RemoteDisconnected):
            return "the server closed the connection without an answer"
        if isinstance(error, http.client.IncompleteRead):
            return "the answer was cut off"
        if isinstance(error, OSError):
            if error.errno is None and self.proxy is not None:
                return f"the proxy {self.proxy} did not open the connection"
            return f"the connection failed: {os.strerror(error.errno) if error.errno else type(error).__name__}"
        return f"the answer is no HTTP that counts ({type(error).__name__})"


def _retry_after(got: Got, rules: LiveRules) -> float | None:
    """Seconds after which an answer asks to be tried again; None where it does not."""
    if got.status not in (429, 503):
        return None
    told = got.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+", told):
        return float(told) if len(told) < 10 else _AGES
    with suppress(ValueError, TypeError, IndexError, OverflowError, OSError):
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    with suppress(ValueError):
        said = understood(document(got.body), rules.envelopes, rules.errors)
        return None if said is None or said.wait is None else min(said.wait, _AGES)
    return None


def _cut(socks: Iterable[socket.socket | None]) -> bool:
    """Have whatever waits on some connections fail now; whether one was open."""
    cut = False
    for sock in socks:
        with suppress(OSError, ValueError):
            if sock is not None:
                sock.shutdown(socket.SHUT_RDWR)
                cut = True
    return cut


def _tls() -> ssl.SSLContext:
    """Trust as `ssl.create_default_context` of Python 3.13 makes it, without the file of SSLKEYLOGFILE."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    return context


def _texts(value: object) -> Iterator[bytes]:
    """Every text in an answer: what could be shown."""
    if isinstance(value, str):
        yield value.encode("utf-8", "surrogatepass")
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)


def _proxy_for(server: Server) -> Proxy | None:
    """The proxy that the user set for a server.

    Raises KeyscanError, which does not repeat its address, where it cannot be used.
    """
    set_ones = getproxies_environment()
    address = set_ones.get("https") or set_ones.get("all")
    names = (server.host, f"{server.host}:{server.port}")
    if not server.secure or not address or any(map(proxy_bypass_environment, names)):
        return None
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        host, port = parts.hostname or "", parts.port or 80
    except ValueError:
        host = ""
    if not HOST.fullmatch(host) or parts.scheme != "http":
        raise KeyscanError(
            "HTTPS_PROXY or ALL_PROXY: not an address such as http://proxy.example:3128, the only kind that is used "
            f"here; NO_PROXY={server.host} goes without"
        )
    credentials = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        credentials = f"Basic {base64.b64encode(os.fsencode(pair)).decode()}"
    return Proxy(host, port, credentials)
