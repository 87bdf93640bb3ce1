"""A client class: base URL and session on self, a private request method, public verbs, two keys."""
import os
from typing import Any, Optional

import requests


class AlloClient:
    BASE = "https://api.withallo.com/v2/api"

    def __init__(self, api_key: Optional[str] = None, base_url: str = BASE) -> None:
        self.api_key = api_key or os.environ["ALLO_API_KEY"]
        self.base_url = base_url.rstrip("/")
        self.session = requests.Session()
        self.session.headers.update({"Authorization": f"Api-Key {self.api_key}"})

    def _request(self, method: str, path: str, **kwargs: Any) -> Any:
        response = self.session.request(method, f"{self.base_url}{path}", **kwargs)
        response.raise_for_status()
        return response.json()

    def _get(self, path: str, **params: Any) -> Any:
        return self._request("GET", path, params=params)

    def tags(self) -> Any:
        return self._get("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY via=23,18

    def user(self, user_id: str) -> Any:
        return self._get(f"/users/{user_id}")  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY via=23,18

    def search(self, **query: Any) -> Any:
        return self._request("POST", "/conversations/items/search", json=query)  # expect: POST /v2/api/conversations/items/search [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY via=18

    def numbers(self):
        return self.session.get(self.base_url + "/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY


def main() -> None:
    client = AlloClient()
    client.tags()
    client._get("/users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY via=23,18
