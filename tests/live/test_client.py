"""The request that asks about a key, against real servers of this machine: as documented, and in every bad way."""

from __future__ import annotations

import ast
import http.client
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from loopback import Authority, Handler, Responder, api, error, me, says, serving, tunnel
from samples import key

from allo_keyscan import __version__
from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.live import live_rules
from allo_keyscan.errors import KeyscanError
from allo_keyscan.keys.secret import Secret
from allo_keyscan.live.client import MOST_BYTES, Client, Limits, refused
from allo_keyscan.live.values import Answer

RULES = live_rules(rules_dir())
KEY = key(71)
SHORT = Limits(whole=0.4, silent=0.2)


class Clock:
    """Time that passes only where somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


def ask(responder: Responder, value: str = KEY, limits: Limits = SHORT) -> Answer:
    with serving(responder) as server:
        return Client(RULES, server.url, limits=limits).ask(Secret(value.encode()))


def test_one_documented_request_is_sent_and_an_active_key_is_described() -> None:
    with serving(api({KEY: ("TAGS_READ",)})) as server:
        found = Client(RULES, server.url).ask(Secret(KEY.encode()))
    ((method, path, headers),) = server.requests
    assert (method, path) == ("GET", "/v2/api/me")
    assert headers == {
        "host": server.url.removeprefix("http://"),
        "authorization": f"Api-Key {KEY}",
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": f"allo-keyscan/{__version__}",
        "connection": "close",
    }
    assert (found.state, found.key_id, found.scopes) == ("active", "api-1", ("TAGS_READ",))
    assert found.team is not None
    assert (found.team.id, found.team.name) == ("tea-1", "Shop")
    assert ("GET", "/v2/api/tags", "TAGS_READ") in found.endpoints


def test_a_gateways_path_stands_before_the_apis_own() -> None:
    with serving(api({})) as server:
        Client(RULES, f"{server.url}/gate/way/").ask(Secret(KEY.encode()))
    assert [one.path for one in server.requests] == ["/gate/way/v2/api/me"]


@pytest.mark.parametrize(
    "body",
    [error("API_KEY_INVALID"), error("API_KEY_REVOKED"), b'{"code": "API_KEY_INVALID", "details": null}'],
    ids=["version 2", "revoked", "version 1"],
)
def test_a_401_of_the_apis_own_is_a_dead_key(body: bytes) -> None:
    found = ask(says(401, body))
    assert found.state == "invalid"
    assert found.reason.startswith("API_KEY_")


def cut_off(asked: Handler) -> None:
    asked.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n" + me()[:100])


def cut_off_in_chunks(asked: Handler) -> None:
    asked.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{}")


def silent(asked: Handler) -> None:
    asked.server.over.wait(5)


def dripping(start: bytes) -> Responder:
    """A byte at a time for ever, each soon enough that no read times out."""

    def respond(asked: Handler) -> None:
        asked.raw(start)
        while not asked.server.over.wait(0.02):
            asked.raw(b"x")

    return respond


def huge(asked: Handler) -> None:
    asked.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    for _ in range(MOST_BYTES // 65536 + 2):
        asked.raw(b"[" * 65536)


def repeats_the_key(asked: Handler) -> None:
    asked.reply(200, me(team=asked.headers["Authorization"]))


def repeats_the_key_in_a_header(asked: Handler) -> None:
    asked.reply(302, b"", Location=f"https://{KEY}.example/")


def repeats_the_key_in_escapes(asked: Handler) -> None:
    escaped = "".join(f"\\u{ord(char):04x}" for char in asked.headers["Authorization"])
    asked.reply(200, me(team="TEAM").replace(b"TEAM", escaped.encode()))


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BAD: dict[str, tuple[Responder, str]] = {
    "cut off": (cut_off, "the answer was cut off"),
    "cut off in chunks": (cut_off_in_chunks, "the answer was cut off"),
    "cut off before it began": (lambda _: None, "closed the connection without an answer"),
    "silent": (silent, "silent for 0.2 s"),
    "dripping body": (dripping(HEAD + b"\r\n"), "no whole answer within 0.4 s"),
    "dripping head": (dripping(HEAD), "no whole answer within 0.4 s"),
    "huge": (huge, "more than 1,048,576 bytes"),
    "long head": (lambda asked: asked.raw(HEAD + b"X: " + b"x" * 70_000), "no HTTP that counts (LineTooLong)"),
    "no HTTP": (lambda asked: asked.raw(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"), "no HTTP that counts (BadStatusLine)"),
    "wrong content type": (says(200, me(), "text/plain"), "not JSON by its content type"),
    "no content type": (lambda asked: asked.raw(b"HTTP/1.1 200 OK\r\n\r\n" + me()), "not JSON by its content type"),
    "captive portal": (says(200, b"<html>Accept our terms", "text/html"), "a captive portal"),
    "invalid JSON": (says(200, b'{"data": {'), "not valid JSON"),
    "deep JSON": (says(200, b"[" * 200_000), "not valid JSON"),
    "no UTF-8": (says(200, b'{"data": "\xff"}'), "not valid JSON"),
    "compressed": (says(200, b"\x1f\x8b", Content_Encoding="gzip"), "compressed"),
    "another shape": (says(200, b'{"ok": true}'), "not the documented answer"),
    "empty": (says(204, b""), "HTTP 204"),
    "the edge's 403": (says(403, b"<html>Just a moment", "text/html"), "what stands before the API refused"),
    "a 403 of the API": (
        says(403, error("API_KEY_TRIAL_NOT_ALLOWED", "permission_error")),
        "API_KEY_TRIAL_NOT_ALLOWED",
    ),
    "a 401 of somebody else": (says(401, b'{"message": "no"}'), "in no form of the API's"),
    "a 401 without the header": (says(401, error("UNAUTHORIZED")), "header is missing or ill-formed"),
    "a dead key's code with another status": (says(400, error("API_KEY_INVALID")), "nothing known about the key"),
    "a new code": (says(401, error("API_KEY_ASLEEP")), "API_KEY_ASLEEP"),
    "500": (says(500, error("INTERNAL", "api_error")), "INTERNAL"),
    "502 of a proxy": (says(502, b"Bad gateway", "text/plain"), "the server is in trouble"),
    "repeats the key": (repeats_the_key, "repeats the key"),
    "repeats the key in escapes": (repeats_the_key_in_escapes, "repeats the key"),
    "repeats the key in a header": (repeats_the_key_in_a_header, "repeats the key"),
}


@pytest.mark.parametrize(("responder", "reason"), BAD.values(), ids=BAD)
def test_whatever_else_comes_back_is_no_word_on_the_key(responder: Responder, reason: str) -> None:
    found = ask(responder)
    assert (found.state, found.scopes, found.endpoints) == ("unknown", (), ())
    assert reason in found.reason
    assert KEY not in found.reason


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with serving(api({KEY: ()})) as other:
        found = ask(says(status, b"", Location=f"{other.url}/v2/api/me"))
    assert other.requests == []
    assert (found.state, other.url.removeprefix("http://") in found.reason) == ("unknown", True)


def test_a_connection_that_nobody_takes_is_no_word_on_the_key() -> None:
    with serving(silent) as server:
        pass
    found = Client(RULES, server.url).ask(Secret(KEY.encode()))
    assert found == Answer("unknown", "the connection failed: Connection refused")


def test_a_name_that_does_not_resolve_is_named() -> None:
    found = Client(RULES, "https://api.invalid").ask(Secret(KEY.encode()))
    assert found == Answer("unknown", "the name api.invalid could not be resolved")


class TestTls:
    def test_a_trusted_certificate_is_needed(self, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
        with serving(api({KEY: ("TAGS_READ",)}), authority.server("localhost")) as server:
            url = f"https://localhost:{server.server_port}"
            strange = Client(RULES, url).ask(Secret(KEY.encode()))
            monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
            known = Client(RULES, url).ask(Secret(KEY.encode()))
        assert strange.state == "unknown"
        assert strange.reason.startswith("the server's certificate is not trusted: ")
        assert (known.state, len(server.requests)) == ("active", 1)

    def test_a_certificate_of_another_host_is_not_enough(
        self, authority: Authority, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        with serving(api({KEY: ()}), authority.server("other.example")) as server:
            found = Client(RULES, f"https://localhost:{server.server_port}").ask(Secret(KEY.encode()))
        assert "certificate is not trusted: Hostname mismatch" in found.reason
        assert server.requests == []

    def test_a_server_without_tls_is_told_nothing(self) -> None:
        with serving(api({KEY: ()})) as server:
            found = Client(RULES, f"https://localhost:{server.server_port}").ask(Secret(KEY.encode()))
        assert found.reason.startswith("TLS failed (")
        assert server.requests == []


class TestProxies:
    def test_a_proxy_sees_the_host_alone(self, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        with (
            serving(api({KEY: ("TAGS_READ",)}), authority.server("api.invalid")) as server,
            serving(tunnel(server.server_port)) as proxy,
        ):
            monkeypatch.setenv("HTTPS_PROXY", f"http://me:pass%20word@127.0.0.1:{proxy.server_port}")
            found = Client(RULES, "https://api.invalid").ask(Secret(KEY.encode()))
        assert found.state == "active"
        ((method, path, headers),) = proxy.requests
        assert (method, path) == ("CONNECT", "api.invalid:443")
        assert headers.pop("proxy-authorization") == "Basic bWU6cGFzcyB3b3Jk"
        assert set(headers) <= {"host"}
        assert "proxy-authorization" not in server.requests[0].headers

    def test_a_proxy_that_refuses_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with serving(says(407, b"Who are you?", "text/plain")) as proxy:
            monkeypatch.setenv("ALL_PROXY", proxy.url)
            found = Client(RULES, "https://api.invalid").ask(Secret(KEY.encode()))
        assert found == Answer("unknown", f"the proxy 127.0.0.1:{proxy.server_port} did not open the connection")

    def test_no_proxy_goes_without_and_so_does_plain_http_to_this_machine(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with serving(says(200, b"")) as proxy:
            for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
                monkeypatch.setenv(name, proxy.url)
            assert ask(api({KEY: ()})).state == "active"
            monkeypatch.setenv("NO_PROXY", "localhost")
            with serving(api({KEY: ()})) as server:
                Client(RULES, f"https://localhost:{server.server_port}").ask(Secret(KEY.encode()))
        assert proxy.requests == []

    @pytest.mark.parametrize("address", ["socks5://127.0.0.1:1", "https://127.0.0.1:1", "http://[::1", "http://a b"])
    def test_a_proxy_of_another_kind_is_refused(self, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", address)
        with pytest.raises(KeyscanError, match=r"NO_PROXY=api\.withallo\.com goes without"):
            Client(RULES)


class TestPace:
    def test_five_requests_a_second_and_each_key_once(self) -> None:
        clock = Clock()
        with serving(api({})) as server:
            client = Client(RULES, server.url, clock=clock, sleep=clock.sleep)
            for number in (1, 2, 3, 1, 2):
                client.ask(Secret(key(number).encode()))
        assert [one.headers["authorization"] for one in server.requests] == [f"Api-Key {key(n)}" for n in (1, 2, 3)]
        assert clock.slept == [0.2, 0.2]

    @pytest.mark.parametrize("limited", [error("RATE_LIMIT_EXCEEDED", retry_after_seconds=7), b"slow down"])
    def test_a_limit_is_waited_for_as_long_as_the_server_asks(self, limited: bytes) -> None:
        clock, header = Clock(), {} if limited.startswith(b"{") else {"Retry-After": "7"}

        def respond(asked: Handler) -> None:
            if len(asked.server.requests) == 1:
                asked.reply(429, limited, "application/json" if not header else "text/plain", **header)
            else:
                api({KEY: ()})(asked)

        with serving(respond) as server:
            found = Client(RULES, server.url, clock=clock, sleep=clock.sleep).ask(Secret(KEY.encode()))
        assert (found.state, clock.slept, len(server.requests)) == ("active", [7.0], 2)

    def test_a_date_to_wait_for_is_understood(self) -> None:
        clock = Clock()
        then = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)
        with serving(says(503, b"", Retry_After=then)) as server:
            Client(RULES, server.url, clock=clock, sleep=clock.sleep).ask(Secret(KEY.encode()))
        assert len(server.requests) == 3

    def test_a_storm_of_limits_ends(self) -> None:
        clock = Clock()
        with serving(says(429, error("RATE_LIMIT_EXCEEDED", "rate_limit_error"), Retry_After="2")) as server:
            found = Client(RULES, server.url, clock=clock, sleep=clock.sleep).ask(Secret(KEY.encode()))
        assert (found.state, clock.slept, len(server.requests)) == ("unknown", [2.0, 2.0], 3)
        assert "too many requests" in found.reason

    def test_a_server_that_asks_for_more_time_than_we_have_is_left_alone_for_all_keys(self) -> None:
        clock = Clock()
        with serving(says(429, b"{}", Retry_After="3600")) as server:
            client = Client(RULES, server.url, clock=clock, sleep=clock.sleep)
            answers = [client.ask(Secret(key(number).encode())).reason for number in (1, 2)]
        assert (len(server.requests), clock.slept) == (1, [])
        assert answers == ["the server asks to be left alone for 3600 s: ask again then"] * 2

    def test_a_limit_without_a_time_is_not_tried_again(self) -> None:
        with serving(says(429, error("RATE_LIMIT_EXCEEDED"))) as server:
            found = Client(RULES, server.url).ask(Secret(KEY.encode()))
        assert (found.state, len(server.requests)) == ("unknown", 1)


def test_a_server_that_never_answers_is_left_alone_after_a_while() -> None:
    clock = Clock()
    with serving(lambda _: None) as server:
        client = Client(RULES, server.url, clock=clock, sleep=clock.sleep)
        reasons = [client.ask(Secret(key(number).encode())).reason for number in range(5)]
    assert len(server.requests) == 3
    assert reasons[3:] == ["not asked: the 3 requests before it had no answer that counts"] * 2


ILLEGAL = {
    "": "is empty",
    "  ": "is empty",
    f"{KEY}\n": "line break",
    f"{KEY}\r\nX-Evil: 1": "line break",
    f"Api-Key {KEY}": "a blank",
    f"{KEY}\u20ac": "a character that no header may have",
    f"{KEY}\x00": "a character that no header may have",
    f"{KEY}\xe9": "a character that no header may have",
    "k" * 5000: "that is no key",
}


@pytest.mark.parametrize(("value", "reason"), ILLEGAL.items(), ids=range(len(ILLEGAL)))
def test_a_value_that_no_header_may_have_is_never_sent(value: str, reason: str) -> None:
    with serving(api({})) as server:
        found = Client(RULES, server.url).ask(Secret(value.encode()))
    assert server.requests == []
    assert found.state == "unknown"
    assert reason in found.reason == f"not asked: the value {refused(Secret(value.encode()))}"
    assert KEY not in found.reason


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://api.example.com", "send the key in clear"),
        ("http://127.0.0.1.example.com", "send the key in clear"),
        ("ftp://127.0.0.1", "not an address"),
        ("api.other.example", "not an address"),
        ("https:///v2", "not an address"),
        ("https://api.example.com:0", "not an address"),
        ("https://api.example.com:65536", "not an address"),
        ("https://api.example.com.", "not an address"),
        ("https://api..example.com", "not an address"),
        ("https://-api.example.com", "not an address"),
        ("http://localhost.", "not an address"),
        ("http://127.1", "send the key in clear"),
        ("http://localhost.example.com", "send the key in clear"),
        ("https://127.0.0.1\\@api.example.com", "all that it may have"),
        ("https://@api.example.com", "all that it may have"),
        ("https://api.exam\nple.com", "all that it may have"),
        (" https://api.example.com", "all that it may have"),
        ("https://api.example.com//other.example/", "all that it may have"),
        ("https://api.example.com/a;b", "all that it may have"),
        ("https://[::1", "not an address"),
        ("https://api.example.com:port", "not an address"),
        ("https://ex\u00e4mple.com", "not an address"),
        ("https://me:word@api.example.com", "all that it may have"),
        ("https://api.example.com/?a=1", "all that it may have"),
        ("https://api.example.com/a b", "all that it may have"),
    ],
)
def test_an_address_that_cannot_be_asked_is_refused_and_not_repeated(url: str, reason: str) -> None:
    with pytest.raises(KeyscanError, match=reason) as refusal:
        Client(RULES, url)
    assert url not in str(refusal.value)


def test_no_failure_shows_the_key(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Also where a program has the standard library print what it sends, and where sending itself fails."""
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    said = [str(ask(responder)) for responder, _ in BAD.values()]

    def fails(*_: object) -> None:
        raise ValueError(f"Invalid header value {KEY!r}")

    monkeypatch.setattr(http.client.HTTPConnection, "endheaders", fails)
    said.append(str(ask(api({}))))
    assert "no HTTP that counts (ValueError)" in said[-1]
    out, err = capfd.readouterr()
    assert [text for text in (*said, out, err) if KEY in text] == []


def test_raw_keys_are_revealed_where_they_are_sent_or_edited_and_the_client_alone_reaches_the_network() -> None:
    package = Path(rules_dir()).parent / "allo_keyscan"
    network = {"socket", "ssl", "http.client", "urllib.request", "http", "ftplib", "smtplib", "asyncio"}
    reveals, connects = set(), set()
    for path in package.rglob("*.py"):
        name, text = path.relative_to(package).as_posix(), path.read_text("utf-8")
        if not any(word in text for word in ("reveal", *network)):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Attribute) and node.attr == "reveal":
                reveals.add(name)
            elif (isinstance(node, ast.Import) and network & {alias.name for alias in node.names}) or (
                isinstance(node, ast.ImportFrom) and node.module in network
            ):
                connects.add(name)
    edits = {name for name in reveals if name.startswith(("fix/", "cli/fix"))}
    assert reveals - edits == {"live/client.py"}
    assert connects == {"live/client.py"}
