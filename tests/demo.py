"""The project in which the commands of the documents are run: a shop with a key that was pushed, and scopes amiss."""

from __future__ import annotations

import shutil
from pathlib import Path

from checkout import PERSON, environment
from hooks.repositories import Repository
from samples import PREFIX, key

KEY = key(12)

APP = f"""import requests

KEY = "{KEY}"
BASE = "https://api.withallo.com/v2/api"


def conversations():
    return requests.get(BASE + "/conversations", headers={{"Authorization": "Api-Key " + KEY}})
"""
CLIENT = """import os

import requests


class Client:
    def __init__(self, base="https://api.withallo.com"):
        self.base = base
        self.session = requests.Session()
        self.session.headers["Authorization"] = "Api-Key " + os.environ["ALLO_API_KEY"]

    def call(self, method, path, **options):
        return self.session.request(method, f"{self.base}/v2/api{path}", **options)
"""
PEOPLE = """from .client import Client


def tags():
    return Client().call("GET", "/tags")


def person(number):
    return Client().call("GET", f"/users/{number}")
"""
SETTINGS = """[project]
name = "shop"
version = "1"

[tool.allo-keyscan.scopes]
"env:ALLO_API_KEY" = ["CONTACTS_READ", "TAGS_READ"]
"""
EXAMPLE = f"ALLO_API_KEY={PREFIX}your_key_here\n"


def shop(folder: Path) -> Repository:
    """The repository; three commits on main, two of them pushed to `origin`, a bare repository beside it."""
    repo = Repository.make(folder)
    repo = Repository(repo.root, {name: value for name, value in repo.env.items() if name not in PERSON})
    days = iter(("2026-03-02", "2026-03-07", "2026-03-09"))

    def commit(message: str) -> None:
        date = f"{next(days)}T10:00:00+0000"
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
        repo.git(*who, "commit", "-q", "-m", message, GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date)

    repo.stage("README.md", "# Shop\n")
    repo.stage(".gitignore", ".env\n")
    repo.stage(".env.example", EXAMPLE)
    commit("Begin")
    repo.stage("src/app.py", APP)
    commit("Read the conversations")
    origin = folder / "origin.git"
    repo.git("init", "-q", "--bare", str(origin))
    repo.git("remote", "add", "origin", "../origin.git")
    repo.git("push", "-q", "origin", "main")
    repo.stage("src/shop/__init__.py", "")
    repo.stage("src/shop/client.py", CLIENT)
    repo.stage("src/shop/people.py", PEOPLE)
    repo.stage("pyproject.toml", SETTINGS)
    commit("Read tags and people")
    return repo


def made_in(folder: Path) -> Repository:
    """The repository that was made in a folder."""
    return Repository(folder.resolve() / "repo", environment(folder / "gitconfig"))


def copied(repo: Repository, folder: Path) -> Repository:
    """The same repository elsewhere, to be changed."""
    shutil.copytree(repo.root.parent, folder, symlinks=True)
    return Repository(folder / repo.root.name, repo.env)
