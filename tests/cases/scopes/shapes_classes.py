"""Shapes 6-8, 25, 27, 31-36: client classes, private helpers, resources, header factories, sessions of their own."""
from __future__ import annotations

import functools
import os
from typing import Any, Optional

import requests


class Plain:
    def __init__(self, key: str):
        self.base_url = "https://api.withallo.com/v2/api"
        self.headers = {"Authorization": "Api-Key " + key}

    def view(self, view_id: str) -> dict:
        return requests.get(f"{self.base_url}/crm/views/{view_id}", headers=self.headers).json()  # expect: GET /v2/api/crm/views/{id} [CRM_READ] definite

    def drop_view(self, view_id: str) -> None:
        requests.delete(f"{self.base_url}/crm/views/{view_id}", headers=self.headers).raise_for_status()  # expect: DELETE /v2/api/crm/views/{id} [CRM_DELETE] definite


class WithSession:
    """A session made in __init__, verbs on top of a private request method, resources on top of the verbs."""

    def __init__(self, api_key: Optional[str] = None, timeout: float = 10.0) -> None:
        self.base = "https://api.withallo.com/v2/api/"
        self.timeout = timeout
        self.session = requests.Session()
        self.session.headers.update({"Authorization": f"Api-Key {api_key or os.environ['ALLO_API_KEY']}"})

    def _request(self, method: str, path: str, **kw: Any) -> Any:
        response = self.session.request(method, self.base + path.lstrip("/"), timeout=self.timeout, **kw)
        response.raise_for_status()
        return response.json() if response.content else None

    def get(self, path: str, **params: Any) -> Any:
        return self._request("GET", path, params=params)

    def post(self, path: str, body: Any = None) -> Any:
        return self._request("POST", path, json=body)

    def companies(self, query: dict) -> Any:
        return self.post("/crm/companies/search", query)  # expect: POST /v2/api/crm/companies/search [CRM_READ] definite via=41,33

    def company(self, company_id: int) -> Any:
        return self.get(f"crm/companies/{company_id}")  # expect: GET /v2/api/crm/companies/{id} [CRM_READ] definite via=38,33

    def update_company(self, company_id: int, **fields: Any) -> Any:
        return self._request("PUT", f"/crm/companies/{company_id}", json=fields)  # expect: PUT /v2/api/crm/companies/{id} [CRM_WRITE] definite key=env:ALLO_API_KEY via=33


class AlloSession(requests.Session):
    """A Session whose request() puts the host before the path."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.headers["Authorization"] = f"Api-Key {key}"

    def request(self, method, url, *args, **kwargs):
        return super().request(method, "https://api.withallo.com" + url, *args, **kwargs)


def with_own_session():
    session = AlloSession(os.environ["ALLO_SESSION_KEY"])
    session.get("/v2/api/calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_SESSION_KEY via=61
    session.request("POST", "/v2/api/analytics/overview", json={})  # expect: POST /v2/api/analytics/overview [CONVERSATIONS_READ] definite key=env:ALLO_SESSION_KEY via=61


COMMON = {"Accept": "application/json", "User-Agent": "allo-sync/2"}


class Headers:
    host = "https://api.withallo.com"

    def __init__(self, key=None):
        self._key = key or os.getenv("WITHALLO_KEY")

    def _headers(self):
        return {**COMMON, "Authorization": f"Api-Key {self._key}"}

    @property
    def json_headers(self):
        return self._headers() | {"Content-Type": "application/json"}

    def agent(self, number):
        return requests.get(f"{self.host}/v2/api/numbers/{number}/agent", headers=self._headers())  # expect: GET /v2/api/numbers/{number}/agent [AGENTS_READ] definite key=env:WITHALLO_KEY

    def status(self, number, on):
        return requests.put(  # expect: PUT /v2/api/numbers/{number}/agent/status [AGENTS_WRITE] definite key=env:WITHALLO_KEY
            f"{self.host}/v2/api/numbers/{number}/agent/status",
            json={"enabled": on},
            headers=self.json_headers,
        )


class Factory:
    def __init__(self, key, host="https://api.withallo.com"):
        self.key, self.host = key, host
        self.call_flows = CallFlows(self)

    @classmethod
    def from_env(cls, name="ALLO_FACTORY_KEY"):
        return cls(os.environ[name])

    def send(self, method, path, body=None):
        return requests.request(method, self.host + path, json=body, headers={"Authorization": "Api-Key " + self.key})


class CallFlows:
    def __init__(self, client: Factory):
        self._client = client

    def get(self, number):
        return self._client.send("GET", f"/v2/api/numbers/{number}/call_flow")  # expect: GET /v2/api/numbers/{number}/call_flow [PHONE_NUMBERS_READ] definite key=env:ALLO_FACTORY_KEY via=107

    def publish(self, number):
        return self._client.send("POST", f"/v2/api/numbers/{number}/call_flow/publish")  # expect: POST /v2/api/numbers/{number}/call_flow/publish [PHONE_NUMBERS_WRITE] definite key=env:ALLO_FACTORY_KEY via=107


@functools.lru_cache(maxsize=None)
def get_client() -> Factory:
    return Factory.from_env()


def nightly(numbers):
    client = get_client()
    for number in numbers:
        client.call_flows.get(number)
        client.send("PUT", f"/v2/api/numbers/{number}/call_flow/draft", {"nodes": []})  # expect: PUT /v2/api/numbers/{number}/call_flow/draft [PHONE_NUMBERS_WRITE] definite key=env:ALLO_FACTORY_KEY via=107


class Bound:
    """Bound methods kept on the resource, as generated SDKs do."""

    def __init__(self, client: Factory) -> None:
        self._send = client.send
        self._get = functools.partial(client.send, "GET")

    def esim(self, esim_id):
        return self._get(f"/v2/api/partner/esims/{esim_id}")  # expect: GET /v2/api/partner/esims/{id} [PARTNER] definite via=107

    def tier(self, esim_id, tier):
        return self._send("PUT", f"/v2/api/partner/esims/{esim_id}/tier", {"tier": tier})  # expect: PUT /v2/api/partner/esims/{id}/tier [PARTNER] definite via=107


bound = Bound(get_client())
