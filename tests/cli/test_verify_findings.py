"""`scan --verify` and `audit --verify`: each distinct key that was found is asked about, once, and nobody else's."""

from __future__ import annotations

import pickle
import re
import signal
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli.conftest import Keyscan, Run
from hooks.repositories import Repository
from loopback import Handler, Server, api, serving
from samples import EXAMPLE, body, key, secret

from allo_keyscan.keys.secret import Secret
from allo_keyscan.keys.vault import Vault
from allo_keyscan.live.findings import FOREIGN, GONE
from allo_keyscan.scan.parallel import WORTH_A_FORK

ACTIVE, DEAD, FOREIGNER, PAGARME, ODD = key(91), key(92), key(93), key(94, 30), secret(95)
KEYS = {ACTIVE: ("CONVERSATIONS_READ", "SMS_SEND"), FOREIGNER: (), PAGARME: (), ODD: ()}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(api(KEYS)) as running:
        yield running


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / "deep").mkdir(parents=True)
    (folder / "app.py").write_text(f'KEY = "{ACTIVE}"\n')
    (folder / "deep" / "again.txt").write_text(f"https://api.withallo.com {ACTIVE}\n")
    (folder / "old.env").write_text(f"ALLO_API_KEY={DEAD}\n")
    (folder / "pay.env").write_text(f"PAGARME_KEY={FOREIGNER}\n")
    (folder / "shared.txt").write_text(f"token {PAGARME}\n")
    (folder / "odd.env").write_text(f"ALLO_API_KEY={ODD}\n")
    (folder / "doc.py").write_text(f'KEY = "{EXAMPLE}"\n')
    return folder


def asked(server: Server) -> Counter[str]:
    return Counter(one.headers["authorization"].removeprefix("Api-Key ") for one in server.requests)


def states(done: Run) -> dict[str, Any]:
    return {one["path"]: one.get("verification") for one in done.json["findings"]}


ACTIVE_SAID = {"state": "active", "scopes": ["CONVERSATIONS_READ", "SMS_SEND"]}
DEAD_SAID = {
    "state": "invalid",
    "scopes": [],
    "reason": "API_KEY_INVALID: the key does not exist, or was revoked",
}
FOREIGN_SAID = {"state": "unknown", "scopes": [], "reason": FOREIGN}


def test_each_key_is_asked_about_once_and_other_vendors_are_not(tree: Path, server: Server, keyscan: Keyscan) -> None:
    done = keyscan("scan", ".", "--verify", "--api-url", server.url, "--format", "json", cwd=tree)
    assert asked(server) == Counter([ACTIVE, DEAD, ODD])
    assert states(done) == {
        "app.py": ACTIVE_SAID,
        "deep/again.txt": ACTIVE_SAID,
        "doc.py": None,
        "odd.env": {"state": "active", "scopes": []},
        "old.env": DEAD_SAID,
        "pay.env": FOREIGN_SAID,
        "shared.txt": FOREIGN_SAID,
    }
    assert done.code == 1
    assert f"5 keys to ask {server.url} about: 2 active, 1 invalid, 2 unknown\n" in done.err
    assert not any(body(number) in done.out + done.err for number in (91, 92, 93))


def test_all_are_asked_about_on_demand(tree: Path, server: Server, keyscan: Keyscan) -> None:
    done = keyscan("scan", ".", "--verify-all", "--api-url", server.url, "--format", "json", cwd=tree)
    assert asked(server) == Counter([ACTIVE, DEAD, ODD, FOREIGNER, PAGARME])
    assert states(done)["pay.env"] == {"state": "active", "scopes": []}


def test_keys_that_other_processes_found_are_read_again(tree: Path, server: Server, keyscan: Keyscan) -> None:
    for number in range(WORTH_A_FORK * 2):
        (tree / "deep" / f"{number}.txt").write_text(f"{key(5000)}\n" if number % 100 == 50 else "nothing\n")
    done = keyscan("scan", ".", "--verify", "--api-url", server.url, "--format", "json", "-j", "4", cwd=tree)
    assert asked(server) == Counter([ACTIVE, DEAD, ODD, key(5000)])
    assert GONE not in done.out


def test_what_was_answered_is_kept_nowhere(tree: Path, server: Server, keyscan: Keyscan, tmp_path: Path) -> None:
    (tree / "calls.py").write_text('import requests\nrequests.get("https://api.withallo.com/v2/api/tags")\n')
    asking = ("--api-url", server.url, "--cache-dir", str(tmp_path / "cache"))
    for _ in range(2):
        keyscan("scan", str(tree), "--verify", *asking)
        done = keyscan("scopes", str(tree), "--granted-from-api", *asking, ALLO_API_KEY=ACTIVE)
        assert f"asked {server.url}\n" in done.err
    assert asked(server)[ACTIVE] == 4
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_relative_to(tree)]
    assert any("facts-" in str(path) for path in kept), "the cache holds something"
    texts = [path.read_bytes() for path in kept]
    texts += [zlib.decompress(text[16:]) for text in texts if text[16:18] in (b"\x78\x01", b"\x78\x9c")]
    assert [text for text in texts if b"api-1" in text or b"Shop" in text or b"SMS_SEND" in text] == []


def test_an_interrupt_while_asking_leaves_what_was_found(tree: Path) -> None:
    def silence(request: Handler) -> None:
        request.server.over.wait(20)

    with serving(silence) as silent:
        command = [sys.executable, "-m", "allo_keyscan", "scan", "app.py", "--verify", "--api-url", silent.url]
        with subprocess.Popen(command, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            while not silent.requests:
                assert running.poll() is None
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=20)
    assert (running.returncode, out.startswith(b"app.py:1:8: AK001")) == (130, True)
    assert b"interrupted: what was found so far is shown" in err


def test_nothing_is_asked_without_the_option(tree: Path, server: Server, keyscan: Keyscan) -> None:
    done = keyscan("scan", ".", "--format", "json", cwd=tree)
    assert set(states(done).values()) == {None}
    lost = keyscan("scan", ".", "--api-url", server.url, cwd=tree)
    assert (lost.code, lost.err) == (2, "error: --api-url says where --verify asks: give both\n")
    assert server.requests == []


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A key that the history alone has, one that is staged too, and one in a message."""
    made = Repository.of(tmp_path, ("old.env", f"ALLO_API_KEY={DEAD}\n"))
    made.git("rm", "-q", "old.env")
    made.stage("app.py", f"import x\nKEY = '{ACTIVE}'  # withallo\n")
    made.commit_unchecked(f"Use withallo {key(96)}")
    made.stage("more.txt", "nothing")
    made.commit_unchecked()
    return made


class TestHistories:
    def test_keys_of_a_history(self, repository: Repository, server: Server, keyscan: Keyscan) -> None:
        done = keyscan(
            "scan", "--history", "--verify", "--api-url", server.url, "--format", "json", cwd=repository.root
        )
        assert asked(server) == Counter([ACTIVE, DEAD, key(96)])
        found = states(done)
        assert (found["app.py"], found["old.env"]) == (ACTIVE_SAID, DEAD_SAID)

    def test_keys_of_a_range_of_commits(self, repository: Repository, server: Server, keyscan: Keyscan) -> None:
        keyscan("scan", "--commits", "HEAD~2..HEAD~1", "--verify", "--api-url", server.url, cwd=repository.root)
        assert asked(server) == Counter([ACTIVE, key(96)])

    def test_an_audit_asks_once_about_a_key_in_work_tree_and_history(
        self, repository: Repository, server: Server, keyscan: Keyscan
    ) -> None:
        forms = [
            f"--report={form}:{repository.root.parent}/report.{form}" for form in ("json", "markdown", "html", "sarif")
        ]
        done = keyscan("audit", "--verify", "--api-url", server.url, *forms, cwd=repository.root)
        assert asked(server) == Counter([ACTIVE, DEAD, key(96)])
        assert "= the API says: active, with CONVERSATIONS_READ, SMS_SEND" in done.out
        for form in ("markdown", "html", "sarif"):
            text = (repository.root.parent / f"report.{form}").read_text("utf-8")
            assert "active, with CONVERSATIONS_READ, SMS_SEND" in text
        saved = f"{repository.root.parent}/report.json"
        assert keyscan("report", "show", saved).out == done.out

    def test_several_repositories_share_what_was_answered(
        self, repository: Repository, server: Server, keyscan: Keyscan, tmp_path: Path
    ) -> None:
        (tmp_path / "other").mkdir()
        other = Repository.of(tmp_path / "other", ("app.env", f"ALLO_API_KEY={ACTIVE}\n"))
        done = keyscan(
            "audit", str(repository.root), str(other.root), "missing", "--verify", "--api-url", server.url,
            "--format", "jsonl",
        )  # fmt: skip
        assert asked(server) == Counter([ACTIVE, DEAD, key(96)])
        lines = [line for line in done.out.splitlines() if '"state":"active"' in line]
        assert len(lines) == 2
        assert (done.code, "missing: does not exist" in done.err) == (1, True)


def test_every_format_of_scan_says_it(tree: Path, server: Server, keyscan: Keyscan) -> None:
    forms = ("json", "jsonl", "sarif", "github", "gitlab", "junit", "csv", "markdown", "html")
    reports = [f"--report={form}:{tree.parent}/report.{form}" for form in forms]
    done = keyscan("scan", "app.py", "--verify", "--api-url", server.url, *reports, cwd=tree)
    texts = {form: (tree.parent / f"report.{form}").read_text("utf-8") for form in forms} | {"text": done.out}
    said = re.compile(r'active, with CONVERSATIONS_READ, SMS_SEND|"scopes":\s*\[\s*"CONVERSATIONS_READ",\s*"SMS_SEND"')
    assert [form for form, text in texts.items() if not said.search(text)] == []
    for form in ("json", "jsonl"):
        assert keyscan("report", "show", f"{tree.parent}/report.{form}").out == done.out


def test_a_vault_stays_in_its_process() -> None:
    vault = Vault()
    vault.keep("a", Secret(ACTIVE.encode()))
    with pytest.raises(TypeError, match="stays in its process"):
        pickle.dumps(vault)
