"""What an ill-meaning server, proxy or environment could do with the one request, and must not."""

from __future__ import annotations

import json
import socket
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from live.test_client import HEAD, KEY, RULES, SHORT, Clock, ask, dripping
from loopback import Authority, Handler, Responder, api, error, me, says, serving, tunnel
from samples import key

from allo_keyscan.errors import KeyscanError
from allo_keyscan.keys.secret import Secret
from allo_keyscan.live.client import MOST_BYTES, Client, Limits
from allo_keyscan.live.server import Server

PATIENT = Limits(whole=20, silent=10)
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
TOO_MUCH = f"more than {2 * MOST_BYTES:,} bytes came"


def pouring(start: bytes, more: bytes) -> Responder:
    """Many times more than is taken, but not for ever."""

    def respond(asked: Handler) -> None:
        asked.raw(start)
        for _ in range(32 * MOST_BYTES // len(more)):
            asked.raw(more)

    return respond


LIES: dict[str, tuple[Responder, str]] = {
    "a chunk of a negative size": (pouring(CHUNKED + b"-1\r\n", b"x" * 65536), TOO_MUCH),
    "a flood of answers before the answer": (pouring(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 4096), TOO_MUCH),
    "chunks that say less": (lambda one: one.raw(CHUNKED + b"2\r\n" + me() + b"\r\n0\r\n\r\n"), "cut off"),
    "chunks that say more": (lambda one: one.raw(CHUNKED + b"fffffff\r\n" + me() + b"\r\n0\r\n\r\n"), "cut off"),
    "chunks of no size": (lambda one: one.raw(CHUNKED + b"size\r\n" + me()), "cut off"),
    "a length that says less": (lambda one: one.raw(HEAD + b"Content-Length: 20\r\n\r\n" + me()), "not valid JSON"),
    "many headers": (lambda one: one.raw(HEAD + b"X: y\r\n" * 200 + b"\r\n" + me()), "no HTTP that counts"),
    "no head at all": (lambda one: one.raw(me()), "no HTTP that counts (BadStatusLine)"),
    "another HTTP": (lambda one: one.raw(b"HTTP/2 200\r\n\r\n" + me()), "no HTTP that counts (UnknownProtocol)"),
    "said twice how it is compressed": (
        lambda one: one.raw(HEAD + b"Content-Encoding: gzip\r\nContent-Encoding: identity\r\n\r\n\x1f\x8b"),
        "not valid JSON",
    ),
}


@pytest.mark.parametrize(("responder", "reason"), LIES.values(), ids=LIES)
def test_a_server_that_lies_about_its_answer_is_no_word_on_the_key(responder: Responder, reason: str) -> None:
    found = ask(responder, limits=PATIENT)
    assert found.state == "unknown"
    assert reason in found.reason


def test_nothing_that_a_server_sends_along_leads_elsewhere() -> None:
    with serving(api({KEY: ()})) as other:
        host = other.url.removeprefix("http://")

        def respond(asked: Handler) -> None:
            if len(asked.server.requests) > 1:
                api({KEY: ()})(asked)
                return
            asked.reply(
                429,
                b"{}",
                Retry_After="0",
                Location=f"{other.url}/v2/api/me",
                Refresh=f"0; url={other.url}",
                Alt_Svc=f'h2="{host}", http/1.1="{host}"',
                Set_Cookie="a=b; Path=/",
                WWW_Authenticate='Basic realm="key"',
                Link=f"<{other.url}>; rel=preconnect",
            )

        with serving(respond) as server:
            clock = Clock()
            found = Client(RULES, server.url, clock=clock, sleep=clock.sleep).ask(Secret(KEY.encode()))
    assert (found.state, other.requests) == ("active", [])
    first, second = server.requests
    assert first == second


ECHOES = {
    "as a team": lambda shown: (200, me(team=shown)),
    "as an id": lambda shown: (200, me(key_id=shown)),
    "as a scope": lambda shown: (200, me(f"X_{shown}")),
    "as a path": lambda shown: (200, me(more=[{"method": "GET", "path": f"/{shown}", "scope": None}])),
    "as a code": lambda shown: (401, error(f"NO_{shown}")),
    "as a code of version 1": lambda shown: (403, json.dumps({"code": f"NO_{shown}", "details": None}).encode()),
}


@pytest.mark.parametrize("answer", ECHOES.values(), ids=ECHOES)
@pytest.mark.parametrize(
    "change",
    [lambda body: body, lambda body: body[6:20], str.lower, lambda body: body[::-1], lambda body: body.encode().hex()],
    ids=["whole", "a piece", "lower", "backwards", "hex"],
)
def test_no_part_of_a_key_comes_back_without_its_prefix(answer: Any, change: Any) -> None:
    shown = change(KEY.removeprefix("ak_live_"))
    with serving(says(*answer(shown))) as server:
        found = Client(RULES, server.url).ask(Secret(KEY.encode(), b"ak_live_"))
    assert found.state == "unknown"
    assert shown not in str(found)


def test_texts_of_a_server_are_shown_up_to_a_length() -> None:
    found = ask(says(200, me(team="x" * 300)))
    assert found.team is not None
    assert found.team.name == "x" * 200
    assert ask(says(200, me("S" * 513))).reason.startswith("HTTP 200, but not the documented answer")


WAITS: dict[str, tuple[str | None, bytes, str, list[float]]] = {
    "at once": ("0", b"", "too many requests", []),
    "below nothing": ("-5", b"", "no form of the API's", []),
    "for ages": ("9" * 400, b"", "left alone for 1000000000 s", []),
    "until the last day": ("Fri, 31 Dec 9999 23:59:59 GMT", b"", "left alone for ", []),
    "until no day": ("Fri, 99 Foo 2026 99:99:99 GMT", b"", "no form of the API's", []),
    "soon": ("soon", b"", "no form of the API's", []),
    "a day, by a date": (
        format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True),
        b"",
        "left alone for",
        [],
    ),
    "for more than any number": (None, b'{"error": {"code": "BUSY", "retry_after_seconds": 1e999}}', "left alone", []),
    "for more than a float": (
        None,
        b'{"error": {"code": "BUSY", "retry_after_seconds": 1%s}}' % (b"0" * 400),
        "left alone for 1000000000 s",
        [],
    ),
    "below nothing in the body": (None, b'{"error": {"code": "BUSY", "retry_after_seconds": -1}}', "BUSY", []),
    "a word in the body": (None, b'{"error": {"code": "BUSY", "retry_after_seconds": "7"}}', "BUSY", []),
}


@pytest.mark.parametrize(("header", "body", "reason", "slept"), WAITS.values(), ids=WAITS)
def test_however_a_server_asks_to_wait(header: str | None, body: bytes, reason: str, slept: list[float]) -> None:
    clock = Clock()
    more = {} if header is None else {"Retry_After": header}
    with serving(says(429, body or b"{}", **more)) as server:
        found = Client(RULES, server.url, clock=clock, sleep=clock.sleep).ask(Secret(KEY.encode()))
    assert found.state == "unknown"
    assert reason in found.reason
    assert [seconds for seconds in clock.slept if seconds != 0.2] == slept


@pytest.mark.parametrize("more", [{"Retry_After": "2"}, {}], ids=["with a time", "without"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_storm_of_limits_ends_for_all_keys(status: int, more: dict[str, str]) -> None:
    clock = Clock()
    with serving(says(status, error("RATE_LIMIT_EXCEEDED", "rate_limit_error"), **more)) as server:
        client = Client(RULES, server.url, clock=clock, sleep=clock.sleep)
        reasons = [client.ask(Secret(key(number).encode())).reason for number in range(8)]
    assert len(server.requests) == 3
    assert reasons[-1] == "not asked: the 3 requests before it had no answer that counts"


class TestAfterTheDeadline:
    """Who was given up sends nothing later, and leaves no thread behind."""

    def test_a_proxy_that_drips_is_cut(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with serving(dripping(b"HTTP/1.1 200 Connection established\r\nX: ")) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            found = Client(RULES, "https://api.invalid", limits=SHORT).ask(Secret(KEY.encode()))
            left = [one for one in threading.enumerate() if one.name == "allo-keyscan check"]
        assert found.reason == "no whole answer within 0.4 s"
        assert left == []

    def test_a_name_that_is_found_late_is_not_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found_late, look_up = threading.Event(), socket.getaddrinfo

        def slow(host: str, *others: Any) -> Any:
            if threading.current_thread().name == "allo-keyscan check":
                found_late.wait(20)
            return look_up(host, *others)

        monkeypatch.setattr(socket, "getaddrinfo", slow)
        with serving(api({KEY: ()})) as server:
            found = Client(RULES, server.url, limits=SHORT).ask(Secret(KEY.encode()))
            threads = [one for one in threading.enumerate() if one.name == "allo-keyscan check"]
            found_late.set()
            for one in threads:
                one.join(20)
        assert found.reason == "no whole answer within 0.4 s"
        assert (len(threads), server.requests) == (1, [])


class TestWhere:
    def test_a_name_that_says_this_machine_and_means_another_gets_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(socket.socket, "getpeername", lambda _: ("192.0.2.7", 80), raising=False)
        with serving(api({KEY: ()})) as server:
            found = Client(RULES, f"http://localhost:{server.server_port}").ask(Secret(KEY.encode()))
        assert found.reason == "localhost is another machine, and http:// would send the key in clear"
        assert server.requests == []

    @pytest.mark.parametrize(
        ("url", "shown"),
        [
            ("HTTPS://API.Example.COM", "https://api.example.com"),
            ("https://api.example.com:443/", "https://api.example.com"),
            ("https://api.example.com:8443/gate/way", "https://api.example.com:8443/gate/way"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
            ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
            ("http://LocalHost:80", "http://localhost"),
        ],
    )
    def test_an_address_is_shown_as_it_is_asked(self, url: str, shown: str) -> None:
        assert str(Server.of(url)) == shown

    @pytest.mark.parametrize("without", ["api.invalid", "API.invalid", "invalid", ".invalid", "*", "api.invalid:8443"])
    def test_no_proxy_names_hosts_domains_and_ports(self, without: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
        url = "https://api.invalid:8443"
        assert str(Client(RULES, url).proxy) == "127.0.0.1:9"
        monkeypatch.setenv("NO_PROXY", without if without == "*" else f"other.example, {without}")
        assert Client(RULES, url).proxy is None

    def test_a_proxy_for_plain_http_is_none_for_https(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        assert Client(RULES).proxy is None

    def test_a_proxys_own_word_may_be_of_any_bytes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://me:\udcff%0d%0aX@127.0.0.1:9")
        proxy = Client(RULES).proxy
        assert proxy is not None
        assert proxy.credentials == "Basic bWU6/w0KWA=="

    @pytest.mark.parametrize("address", ["http://127.0.0.1:70000", "http://pro xy:1", "http://pr\u00f6xy:1"])
    def test_a_proxy_that_is_no_address_is_refused_and_not_repeated(
        self, address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ALL_PROXY", address)
        with pytest.raises(KeyscanError, match="HTTPS_PROXY or ALL_PROXY: not an address") as refusal:
            Client(RULES)
        assert address not in str(refusal.value)


def test_the_secrets_of_a_session_are_written_nowhere(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secrets = tmp_path / "secrets.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(secrets))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with serving(api({KEY: ()}), authority.server("localhost")) as server:
        found = Client(RULES, f"https://localhost:{server.server_port}").ask(Secret(KEY.encode()))
    assert found.state == "active"
    assert not secrets.exists()


def test_a_proxy_sees_no_byte_of_the_key(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    recv = socket.socket.recv

    with (
        serving(api({KEY: ()}), authority.server("api.invalid")) as server,
        serving(tunnel(server.server_port)) as proxy,
    ):

        def noted(self: socket.socket, *given: Any) -> bytes:
            data = recv(self, *given)
            if type(self) is socket.socket:  # the proxy's two ends; the server's own is TLS
                seen.append(data)
            return data

        monkeypatch.setattr(socket.socket, "recv", noted, raising=False)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        found = Client(RULES, "https://api.invalid").ask(Secret(KEY.encode()))
    assert found.state == "active"
    assert len(b"".join(seen)) > 500
    assert KEY.encode() not in b"".join(seen)
