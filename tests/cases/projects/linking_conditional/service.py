from __future__ import annotations

import os
from typing import TYPE_CHECKING, Optional

from compat import ALLO_BASE, cache, http

if TYPE_CHECKING:
    from allo_client import AlloClient

HEADERS = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}


def tags():
    return http.get(ALLO_BASE + "/tags", headers=HEADERS).json()  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY


@cache
def users():
    return http.get(f"{ALLO_BASE}/users", headers=HEADERS).json()  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY


def numbers(client: AlloClient):
    return client.get("/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite


def maybe(client: Optional["AlloClient"] = None):
    if client is None:
        return None
    return client.get("/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite
