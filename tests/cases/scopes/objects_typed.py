"""Parameters whose types say what they are: aliases, unions, dependencies, names that only type checkers import."""
from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Optional, Union

import httpx
import requests
from fastapi import Depends

if TYPE_CHECKING:
    from elsewhere import Unknown

BASE = "https://api.withallo.com/v2/api"
OTHER = "https://api.example.org/v2/api"


class Allo:
    def __init__(self, base=BASE, key=None):
        self.base = base
        self.key = key

    def get(self, path):
        return requests.get(self.base + path, headers={"Authorization": f"Api-Key {self.key}"})


def client():
    with httpx.Client(base_url=BASE, headers={"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}) as made:
        yield made


def other():
    return httpx.Client(base_url=OTHER)


Client = Annotated[httpx.Client, Depends(client)]
Other = Annotated[httpx.Client, Depends(other)]
Maybe = Optional[Allo]
Either = Union[Allo, None]
Loop = Optional["Loop"]


def dependency(http: Client):
    return http.get("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY


def other_dependency(http: Other):
    return http.get("/tags")


def maybe(allo: Maybe = None):
    return allo.get("/users")  # expect: GET /v2/api/users [USERS_READ] definite


def either(allo: Allo | None = None):
    return allo.get("/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite


def quoted(allo: "Allo"):
    return allo.get("/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite


def unknown(one: Unknown, two: Loop):
    one.get(OTHER + "/calendars")
    return two
