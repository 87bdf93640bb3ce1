"""From a leak to a clean tree, as docs/loop.md tells it, against a server of this machine."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from checkout import ROOT
from hooks.repositories import Repository
from loopback import api, serving
from samples import key
from transcripts import shown

ACTIVE, DEAD, FOREIGN = key(91), key(92), key(93)
APP = f"""import requests

KEY = "{ACTIVE}"


def tags():
    url = "https://api.withallo.com/v2/api/tags"
    return requests.get(url, headers={{"Authorization": "Api-Key " + KEY}})
"""
COMPOSE = f"""services:
  shop:
    environment:
      ALLO_OLD_KEY: {DEAD}
"""
ASKS = re.compile(r"(allo-keyscan .*(?:--verify|--granted-from-api)\b)")


def test_the_page_happens_as_written(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "loop.md").read_text("utf-8").replace("```shell-session", "```console")
    repo = Repository.of(tmp_path, (".gitignore", ".env\n"), ("compose.yaml", COMPOSE))
    repo.stage("src/app.py", APP)
    repo.stage("src/pay.py", f'PAGARME_KEY = "{FOREIGN}"\n')
    repo.commit_unchecked()
    command = tmp_path / "allo-keyscan"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m allo_keyscan "$@"\n')
    command.chmod(0o755)
    nowhere = "http://127.0.0.1:1"  # nothing of this page may leave the machine
    env = repo.env | {"PATH": f"{tmp_path}:{repo.env['PATH']}", "HTTPS_PROXY": nowhere, "PYTHONPATH": str(ROOT)}
    wrong, codes = [], []
    with serving(api({ACTIVE: ("CONVERSATIONS_READ", "SMS_SEND", "TAGS_READ")})) as server:
        for one in shown(page):
            done = subprocess.run(
                ["bash", "-c", ASKS.sub(rf"\1 --api-url {server.url}", one.command)],
                cwd=repo.root, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                check=False, timeout=60,
            )  # fmt: skip
            printed = done.stdout.decode().replace(server.url, "https://api.withallo.com")
            codes.append(done.returncode)
            pattern = "".join(
                ".*" if line == "…" else re.escape(line).replace("…", ".*") + r"\n" for line in one.output or ()
            )
            if not re.fullmatch(pattern, printed, re.DOTALL):
                wrong.append(f"docs/loop.md:{one.line}: $ {one.command}\n{printed}")
    assert not wrong, "\n".join(wrong)
    assert codes == [1, 0, 1, 0]
    asked = [request.headers["authorization"] for request in server.requests]
    assert sorted(asked) == sorted([f"Api-Key {ACTIVE}", f"Api-Key {DEAD}", f"Api-Key {ACTIVE}"])
