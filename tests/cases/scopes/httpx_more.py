"""httpx: base_url merging in each of its ways, clients kept on objects, async twins, timeouts and hooks."""
import os
from contextlib import asynccontextmanager

import httpx
from httpx import AsyncClient, Client

KEY = os.environ["ALLO_API_KEY"]
AUTH = {"Authorization": f"Api-Key {KEY}"}


def merging():
    with Client(base_url="https://api.withallo.com/v2/api", headers=AUTH) as c:
        c.get("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
        c.get("users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY
        c.get("/v2/api/tags")  # expect: GET null [] definite key=env:ALLO_API_KEY
        c.get("https://api.withallo.com/v2/api/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY
        c.get("https://example.org/v2/api/tags")
    with Client(base_url=httpx.URL("https://api.withallo.com/v2/api/")) as c:
        c.get("/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite
        c.get("calendars", headers=AUTH)  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_API_KEY
    with Client(base_url="https://api.withallo.com/v2/") as c:
        c.get("api/webhooks")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite


def set_later(ident):
    client = Client()
    client.base_url = "https://api.withallo.com/v2/api"
    client.headers["Authorization"] = "Api-Key " + KEY
    client.delete(f"/crm/deals/{ident}")  # expect: DELETE /v2/api/crm/deals/{id} [CRM_DELETE] definite key=env:ALLO_API_KEY
    client.headers.update(AUTH)
    with client.stream("GET", f"/conversations/items/{ident}/recording") as response:  # expect: GET /v2/api/conversations/items/{id}/recording [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY
        response.read()


class Both:
    def __init__(self, key: str, *, timeout: float = 5, transport=None):
        options = {
            "base_url": "https://api.withallo.com",
            "headers": {"Authorization": f"Api-Key {key}"},
            "timeout": timeout,
        }
        self.sync = httpx.Client(**options)
        self.later = httpx.AsyncClient(**options)

    def tag(self, item, tag):
        return self.sync.post(f"/v2/api/conversations/items/{item}/tags", json={"tag": tag})  # expect: POST /v2/api/conversations/items/{id}/tags [TAGS_WRITE] definite

    async def atag(self, item, tag):
        return await self.later.post(f"/v2/api/conversations/items/{item}/tags", json={"tag": tag})  # expect: POST /v2/api/conversations/items/{id}/tags [TAGS_WRITE] definite


@asynccontextmanager
async def lifespan():
    async with AsyncClient(base_url="https://api.withallo.com/v2/api", headers=AUTH) as client:
        yield client


async def managed(number):
    async with lifespan() as client:
        (await client.get(f"/numbers/{number}/agent")).raise_for_status()  # expect: GET /v2/api/numbers/{number}/agent [AGENTS_READ] definite key=env:ALLO_API_KEY
        request = client.build_request(method="PUT", url=f"/numbers/{number}/agent/prompt", json={})
        return await client.send(request, stream=True)  # expect: PUT /v2/api/numbers/{number}/agent/prompt [AGENTS_WRITE] definite key=env:ALLO_API_KEY


def with_transport():
    transport = httpx.HTTPTransport(retries=3)
    with httpx.Client(transport=transport, base_url="https://api.withallo.com") as client:
        client.request("GET", "/v2/api/me")  # expect: GET /v2/api/me [] definite


http = httpx.Client(base_url=os.environ.get("ALLO_URL", "https://api.withallo.com/v2/api"), headers=AUTH)


def by_default():
    return http.get("/threads").json()  # expect: GET /v2/api/threads [THREADS_READ] definite key=env:ALLO_API_KEY
