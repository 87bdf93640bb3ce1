"""A repository with a key pushed, one local, one in files that browsers get, one not committed, and scopes amiss."""

from __future__ import annotations

from pathlib import Path

from hooks.repositories import Repository
from samples import PREFIX, key

PUSHED, LOCAL, CLIENT, LOOSE = (key(seed) for seed in (1, 2, 3, 4))

APP = """import os
import requests

BASE = "https://api.withallo.com/v2/api"
HEADERS = {"Authorization": "Api-Key " + os.environ["ALLO_API_KEY"]}


def call(method, path):
    return requests.request(method, BASE + path, headers=HEADERS)


def tags():
    return call("GET", "/tags")


def user(number):
    return call("GET", f"/users/{number}")


def anything(path):
    return requests.get(BASE + path, headers=HEADERS)


def unknown():
    return call("GET", "/unicorns")


def other():
    key = os.environ["ALLO_OTHER_KEY"]
    return requests.get(BASE + "/conversations", headers={"Authorization": "Api-Key " + key})
"""
SETTINGS = """[tool.allo-keyscan.scopes]
"env:ALLO_API_KEY" = ["TAGS_READ"]
"env:ALLO_OTHER_KEY" = ["CONVERSATIONS_READ", "WEBHOOKS_READ_WRITE"]
"""


def masked(value: str) -> str:
    """A key as reports show it."""
    return f"{PREFIX}…{value[-4:]}"


def leaky(folder: Path) -> Repository:
    """The repository; four commits on main, one on a branch."""
    repo = Repository.make(folder)
    day = iter(range(1, 9))

    def commit(message: str) -> None:
        date = f"2026-03-0{next(day)}T10:00:00+0000"
        repo.git("commit", "-q", "-m", message, GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date)

    repo.stage("README.md", "# Shop\n")
    repo.stage("deploy/prod.env", f"DEBUG=0\nALLO_API_KEY={PUSHED}\n")
    commit("Begin")
    repo.stage("ci/settings.yaml", f"api_key: {PUSHED}\n")
    commit("Use the key in CI")
    repo.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repo.git("rm", "-q", "deploy/prod.env", "ci/settings.yaml")
    commit("Take settings out")
    repo.git("checkout", "-q", "-b", "import")
    repo.stage("scripts/job.py", f'TOKEN = "{LOCAL}"\n')
    commit("Try the import")
    repo.git("checkout", "-q", "main")
    repo.stage("shop/allo.py", APP)
    repo.stage("pyproject.toml", SETTINGS)
    repo.stage("web/.env.production", f"NEXT_PUBLIC_ALLO_KEY={CLIENT}\n")
    commit("Call Allo")
    repo.write("local.env", f"ALLO_OTHER_KEY={LOOSE}\n")
    return repo
