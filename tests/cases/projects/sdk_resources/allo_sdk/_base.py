from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

if TYPE_CHECKING:
    from ._client import Allo

T = TypeVar("T")
DEFAULT_BASE = "https://api.withallo.com"


class SyncTransport:
    """Sends, tries again, and knows where the API is."""

    _client: httpx.Client

    def __init__(self, *, base_url: str, api_key: str, timeout: float = 30.0, max_retries: int = 2) -> None:
        self._base_url = base_url.rstrip("/")
        self.api_key = api_key
        self.max_retries = max_retries
        self._client = httpx.Client(base_url=self._base_url, timeout=timeout)

    @property
    def auth_headers(self) -> dict[str, str]:
        return {"Authorization": f"Api-Key {self.api_key}"}

    @property
    def default_headers(self) -> dict[str, str]:
        return {"Accept": "application/json", **self.auth_headers}

    def _request(self, method: str, path: str, *, json: Any = None, params: Any = None) -> Any:
        for attempt in range(self.max_retries + 1):
            response = self._client.request(method, path, json=json, params=params, headers=self.default_headers)
            if response.status_code < 500:
                return response.json()
            time.sleep(2**attempt)
        raise RuntimeError(response.text)

    def get(self, path: str, **params: Any) -> Any:
        return self._request("GET", path, params=params)

    def post(self, path: str, body: Any = None) -> Any:
        return self._request("POST", path, json=body)

    def delete(self, path: str) -> Any:
        return self._request("DELETE", path)


class SyncResource:
    _client: Allo

    def __init__(self, client: Allo) -> None:
        self._client = client
        self._get = client.get
        self._post = client.post
        self._delete = client.delete
