"""A client with resource objects that hold it, made from the environment by a class method."""
from __future__ import annotations
import logging, os, sys, time
from typing import Any
import httpx
BASE_URL = "https://api.withallo.com/v1/api"
HEADERS = {"Authorization": os.environ["WITHALLO_API_KEY"]}
log = logging.getLogger(__name__)

class RateLimited(Exception): ...

def _client() -> httpx.Client:
    return httpx.Client(headers=HEADERS, timeout=30)

def fetch_calls(client: httpx.Client, page: int = 1) -> dict[str, Any]:
    r = client.get(f"{BASE_URL}/calls", params={"page": page})  # expect: GET /v1/api/calls [CONVERSATIONS_READ] definite key=env:WITHALLO_API_KEY
    r.raise_for_status()
    return r.json()

class Api:
    def __init__(self, *, token=None, http=None):
        self._token = token or os.getenv("ALLO_API_KEY")
        if not self._token:
            raise SystemExit("set ALLO_API_KEY")
        self._http = http or httpx.Client(base_url="https://api.withallo.com")
        self.tags = Tags(self)

    @classmethod
    def from_env(cls):
        return cls(token=os.environ["ALLO_ENV_KEY"])

    def request(self, method, path, **kw):
        for attempt in range(3):
            r = self._http.request(method, path, headers={"Authorization": f"Api-Key {self._token}"}, **kw)
            if r.status_code != 429:
                break
            time.sleep(1)
        return r.json()

class Tags:
    def __init__(self, api: "Api"):
        self._api = api
    def list(self):
        return self._api.request("GET", "/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_ENV_KEY via=34
    def add(self, item, tag):
        return self._api.request("POST", f"/v2/api/conversations/items/{item}/tags", json={"tag": tag})  # expect: POST /v2/api/conversations/items/{id}/tags [TAGS_WRITE] definite key=env:ALLO_ENV_KEY via=34

def main():
    with _client() as c:
        fetch_calls(c)
        data = c.get("https://api.withallo.com/v2/api/users").json()  # expect: GET /v2/api/users [USERS_READ] definite key=env:WITHALLO_API_KEY
    api = Api.from_env()
    print(api.tags.list())
    api.request("GET", "/v2/api/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_ENV_KEY via=34

if __name__ == "__main__":
    main()
