"""Dataclasses, properties, header factories, subclasses, factories and enums."""
import os
from dataclasses import dataclass, field
from enum import Enum

import httpx
import requests


class Path(str, Enum):
    TAGS = "/v2/api/tags"
    USERS = "/v2/api/users"


@dataclass
class Settings:
    key: str = field(default_factory=lambda: os.environ["ALLO_API_KEY"])
    base: str = "https://api.withallo.com"


class Base:
    root = "https://api.withallo.com"

    def __init__(self, key):
        self._key = key
        self._http = None

    @property
    def headers(self):
        return {"Accept": "application/json", **self._auth()}

    def _auth(self):
        return {"Authorization": "Api-Key %s" % self._key}

    def http(self):
        if self._http is None:
            self._http = requests.Session()
        return self._http

    def get(self, path):
        return self.http().get(self.root + path, headers=self.headers)


class Tags(Base):
    def all(self):
        return self.get(Path.TAGS.value)  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:TAGS_ALLO_KEY via=41


class Users(Base):
    def all(self):
        return super().get(Path.USERS.value)  # expect: GET /v2/api/users [USERS_READ] definite key=env:USERS_ALLO_KEY via=41


def build():
    return Tags(os.environ["TAGS_ALLO_KEY"]), Users(key=os.environ["USERS_ALLO_KEY"])


def settings_call(settings: Settings):
    return httpx.get(f"{settings.base}/v2/api/numbers", headers={"Authorization": f"Api-Key {settings.key}"})  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY


def make_client(key):
    return httpx.Client(base_url="https://api.withallo.com/v2/api/", headers={"Authorization": f"Api-Key {key}"})


def factory():
    with make_client(os.environ["ALLO_FACTORY_KEY"]) as client:
        client.get("users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_FACTORY_KEY


def pooled(pool, ids):
    for ident in ids:
        pool.submit(requests.get, f"https://api.withallo.com/v2/api/users/{ident}")  # expect: GET /v2/api/users/{id} [USERS_READ] definite
    pool.map(requests.get, ["https://api.withallo.com/v2/api/tags", "https://api.withallo.com/v2/api/me"])  # expect: GET /v2/api/tags [TAGS_READ] definite; GET /v2/api/me [] definite
