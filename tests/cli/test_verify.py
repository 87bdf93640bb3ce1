"""`verify` as a user runs it, against a server of this machine."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.conftest import Keyscan, Run
from loopback import Handler, Server, api, error, me, says, serving
from samples import body, key, secret

from allo_keyscan.cli import run

ACTIVE, BARE, DEAD = key(81), secret(82), key(83)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(api({ACTIVE: ("CONVERSATIONS_READ", "MOON_WRITE", "SMS_SEND"), BARE: ()})) as running:
        yield running


@pytest.fixture
def verify(keyscan: Keyscan, server: Server) -> Keyscan:
    def call(*arguments: str, **given: object) -> Run:
        return keyscan("verify", "--api-url", server.url, *arguments, **given)

    return call


def test_an_active_key_is_described_with_what_a_thief_could_do(verify: Keyscan, server: Server) -> None:
    done = verify(ALLO_API_KEY=ACTIVE)
    lines = done.out.splitlines()
    assert (done.code, done.err) == (0, "")
    assert lines[:6] == [
        "active: the key works",
        f"  key        ak_live_…{ACTIVE[-4:]}",
        f"  asked      {server.url}",
        "  key id     api-1",
        "  team       Shop (tea-1)",
        "",
    ]
    assert lines[6:10] == [
        "Whoever has this key can",
        "  CONVERSATIONS_READ  read and copy every call, recording, transcript and text message",
        "  MOON_WRITE          do what this scope opens, which the rules do not know",
        "  SMS_SEND            send text messages from your numbers, in your name and at your cost",
    ]
    assert "  POST   /v1/api/sms  SMS_SEND" in lines
    assert lines[-1] == "Where it leaked, revoke it: https://web.withallo.com/settings/api"


def test_json_as_in_the_contract(verify: Keyscan, server: Server) -> None:
    done = verify("--format", "json", ALLO_API_KEY=ACTIVE)
    assert (done.code, done.json["state"], done.json["reason"], done.json["api_key_id"]) == (0, "active", None, "api-1")
    assert done.json["scopes"] == ["CONVERSATIONS_READ", "MOON_WRITE", "SMS_SEND"]
    assert done.json["team"] == {"id": "tea-1", "name": "Shop"}
    assert {"method": "POST", "path": "/v1/api/sms", "scope": "SMS_SEND"} in done.json["endpoints"]
    assert (done.json["masked"], done.json["server"]) == (f"ak_live_…{ACTIVE[-4:]}", server.url)
    dead = verify("--format", "json", "--key-env", "OLD", OLD=DEAD)
    assert (dead.code, dead.json["state"], dead.json["scopes"], dead.json["team"]) == (1, "invalid", [], None)
    assert dead.json["reason"].startswith("API_KEY_INVALID: ")


def test_what_is_not_known_exits_3(keyscan: Keyscan) -> None:
    done = keyscan("verify", "--api-url", "http://127.0.0.1:1", ALLO_API_KEY=ACTIVE)
    assert done.code == 3
    assert done.out.startswith("unknown: nothing is known of the key\n")
    assert "Connection refused" in done.out


def test_a_key_on_a_file_descriptor(verify: Keyscan) -> None:
    assert verify("--key-fd", "0", stdin=f"{BARE}\r\n".encode(), ALLO_API_KEY=DEAD).code == 0
    assert verify("--key-fd", "77").err == "error: --key-fd 77: cannot be read: Bad file descriptor\n"


UNUSABLE = {
    "huge": (BARE.encode() * 3000, "the key has 65,536 bytes: that is no key; nothing was sent"),
    "binary": (b"\xff\x00" + BARE.encode(), "the key holds a character that no header may have"),
    "two lines": (f"{BARE}\n{BARE}\n".encode(), "the key holds a line break"),
    "nothing": (b"\n", "the key is empty"),
}


@pytest.mark.parametrize(("data", "said"), UNUSABLE.values(), ids=UNUSABLE)
def test_what_a_file_descriptor_has_is_checked_before_anything_is_sent(
    verify: Keyscan, server: Server, data: bytes, said: str
) -> None:
    before = len(server.requests)
    done = verify("--key-fd", "0", stdin=data)
    assert (done.code, done.out, len(server.requests) - before) == (2, "", 0)
    assert said in done.err
    assert BARE not in done.err


def bare(tmp_path: Path, shell: str, stdin: int = subprocess.DEVNULL) -> Run:
    """A shell's line with the command as `$keyscan`, without the key's variable and without a terminal of its own."""
    env = {name: value for name, value in os.environ.items() if name != "ALLO_API_KEY"}
    env |= {"keyscan": f"{sys.executable} -m allo_keyscan", "KEY": BARE}
    done = subprocess.run(
        ["bash", "-c", shell],
        cwd=tmp_path,
        env=env,
        stdin=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        start_new_session=True,
    )
    return Run(done.returncode, done.stdout, done.stderr)


def test_a_time_limit_of_ones_own_ends_a_request(keyscan: Keyscan) -> None:
    def drips(asked: Handler) -> None:
        while not asked.server.over.wait(0.02):
            asked.raw(b"x")

    with serving(drips) as slow:
        done = keyscan("verify", "--timeout", "0.3", "--api-url", slow.url, ALLO_API_KEY=ACTIVE)
    assert (done.code, "no whole answer within 0.3 s" in done.out) == (3, True)


def test_a_proxy_is_told_without_what_is_said_to_it(keyscan: Keyscan) -> None:
    proxies = {"https_proxy": "http://me:hunter2@127.0.0.1:1", "no_proxy": ""}
    done = keyscan("verify", "--api-url", "https://api.invalid", ALLO_API_KEY=ACTIVE, **proxies)
    assert (done.code, done.err) == (3, "by way of the proxy 127.0.0.1:1, as HTTPS_PROXY or ALL_PROXY says\n")
    assert "hunter2" not in done.out


def test_a_closed_standard_input_is_no_defect(tmp_path: Path) -> None:
    done = bare(tmp_path, "$keyscan verify <&-")
    assert (done.code, done.err.startswith("error: ALLO_API_KEY is not set: ")) == (2, True)


def test_no_key_is_asked_for_where_it_would_be_shown(tmp_path: Path, server: Server) -> None:
    before = len(server.requests)
    done = bare(tmp_path, f'echo "$KEY" | $keyscan verify --prompt --api-url {server.url}')
    assert (done.code, done.out, len(server.requests) - before) == (2, "", 0)
    assert done.err == "error: --prompt: no terminal, or one that would show the key: use --key-env or --key-fd\n"
    ours, theirs = pty.openpty()
    done = bare(tmp_path, f"$keyscan verify --key-fd 0 --api-url {server.url}", theirs)
    os.close(ours)
    os.close(theirs)
    assert (done.code, done.err) == (
        2,
        "error: --key-fd 0: is a terminal, which would show the key: use --prompt\n",
    )


def test_nothing_that_a_server_writes_reaches_the_terminal_as_a_command(keyscan: Keyscan) -> None:
    evil = "\x1b]0;x\x07\x1b[2J\x9b31m\u202e\r\n::warning::\x00\ud800"
    opened = [{"method": "GET", "path": "/##[error]x/##vso[task.x]", "scope": None}]
    with serving(says(200, me(team=evil, more=opened))) as hostile:
        text = keyscan("verify", "--api-url", hostile.url, ALLO_API_KEY=ACTIVE)
        said = keyscan("verify", "--api-url", hostile.url, "--format", "json", ALLO_API_KEY=ACTIVE)
    assert (text.code, said.code, said.json["team"]["name"]) == (0, 0, evil.replace("\ud800", "?"))
    for out in (text.out, said.out):
        assert [char for char in out if not char.isprintable() and char != "\n"] == []
        assert [line for line in out.splitlines() if line.lstrip().startswith("::")] == []
        assert "##[" not in out
        assert "##vso[" not in out


def test_a_key_typed_at_the_prompt_is_not_shown(server: Server, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "allo_keyscan", "verify", "--api-url", server.url, "--color", "never"]
    env = {name: value for name, value in os.environ.items() if name != "ALLO_API_KEY"}
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=env, cwd=tmp_path, start_new_session=True
    ) as running:
        shown = b""
        while b"Key (not shown): " not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, f"{ACTIVE}\n".encode())
        while b"revoke it" not in shown:
            shown += os.read(ours, 4096)
        assert running.wait(20) == 0
    os.close(ours)
    os.close(theirs)
    assert b"active: the key works" in shown
    assert body(81) not in shown.decode()


REFUSED = {
    "no key": ([], {}, "ALLO_API_KEY is not set: set it, or use --key-env NAME, --key-fd N or --prompt"),
    "an empty one": ([], {"ALLO_API_KEY": ""}, "ALLO_API_KEY is not set"),
    "a misspelt name": (
        ["--key-env", "MY_KYE"],
        {"MY_KEY": BARE},
        "--key-env MY_KYE: is not set; did you mean MY_KEY?",
    ),
    "a line break": (
        [],
        {"ALLO_API_KEY": f"{BARE}\nX: 1"},
        "the key holds a line break: give the key alone; nothing was",
    ),
    "a header": ([], {"ALLO_API_KEY": f"Api-Key {BARE}"}, "the key holds a blank"),
    "two ways": (["--key-env", "A", "--prompt"], {}, "one key at a time, so one of them, once"),
    "two keys": (["--key-env", "A", "--key-env", "B"], {"A": BARE, "B": BARE}, "one key at a time"),
    "two descriptors": (["--key-fd", "0", "--key-fd", "0"], {}, "one key at a time"),
    "in clear": (["--api-url", "http://api.example.com"], {"ALLO_API_KEY": BARE}, "would send the key in clear"),
    "an argument": ([BARE], {}, "a key is not taken from the command line"),
    "an unknown option": ([f"--key={BARE}"], {}, "No such option"),
    "a key for a name": (["--key-env", BARE], {}, "takes the name of an environment variable"),
    "a key for a number": (["--key-fd", BARE], {}, "takes the number of a file descriptor"),
}


@pytest.mark.parametrize(("arguments", "environment", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_asked_exits_2_and_nothing_is_sent(
    verify: Keyscan, server: Server, arguments: list[str], environment: dict[str, str], said: str
) -> None:
    before = len(server.requests)
    done = verify(*arguments, **environment)
    assert (done.code, done.out, len(server.requests) - before) == (2, "", 0)
    assert said in done.err
    assert BARE not in done.err


def test_waiting_for_a_server_is_told(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    monkeypatch.setenv("ALLO_API_KEY", ACTIVE)
    with serving(says(429, error("RATE_LIMIT_EXCEEDED"), Retry_After="5")) as busy:
        assert run(["verify", "--api-url", busy.url]) == 3
    out, err = capfd.readouterr()
    assert err == "waiting 5 s, as the server asks\n" * 2
    assert "too many requests, also after waiting" in out
    assert [round(seconds) for seconds in waited] == [5, 5]


@pytest.mark.parametrize("where", ["for an answer", "for a proxy"])
def test_an_interrupt_while_waiting_exits_130(tmp_path: Path, where: str) -> None:
    def silence(asked: Handler) -> None:
        asked.server.over.wait(20)

    with serving(silence) as silent:
        url = silent.url if where == "for an answer" else "https://api.invalid"
        command = [sys.executable, "-m", "allo_keyscan", "verify", "-q", "--api-url", url]
        env = {**os.environ, "ALLO_API_KEY": ACTIVE, "HTTPS_PROXY": silent.url, "NO_PROXY": "127.0.0.1"}
        with subprocess.Popen(
            command, env=env, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as running:
            while not silent.requests:
                assert running.poll() is None
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err.strip()) == (130, b"", b"interrupted")
