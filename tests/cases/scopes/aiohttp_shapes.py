"""aiohttp: sessions with and without base_url, async with, headers of session and request, yarl URLs."""
import asyncio
import os

import aiohttp
from aiohttp import ClientSession
from yarl import URL

BASE = "https://api.withallo.com/v2/api"
HEADERS = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}


async def tags():
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        async with session.get(f"{BASE}/tags") as response:  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
            return await response.json()


async def users(session: aiohttp.ClientSession, ids):
    async def one(ident):
        async with session.get(f"{BASE}/users/{ident}", headers=HEADERS) as response:  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY
            return await response.json()

    return await asyncio.gather(*(one(ident) for ident in ids))


async def relative():
    async with ClientSession(base_url="https://api.withallo.com", headers=HEADERS) as session:
        await session.post("/v2/api/conversations/items/search", json={})  # expect: POST /v2/api/conversations/items/search [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY
    async with ClientSession("https://api.withallo.com/v2/api/") as session:
        async with session.request("GET", "numbers", headers=HEADERS) as response:  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY
            await response.read()
        await session.get("/v2/api/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite
        await session.get("/voices")  # expect: GET null [] definite


async def yarl_urls(cid):
    async with aiohttp.request("GET", URL(BASE) / "crm" / "people" / cid, headers=HEADERS) as response:  # expect: GET /v2/api/crm/people/{id} [CRM_READ] definite key=env:ALLO_API_KEY
        response.raise_for_status()
    async with ClientSession() as session, session.put(URL(BASE) / "crm" / "people" / cid, json={}) as answer:  # expect: PUT /v2/api/crm/people/{id} [CRM_WRITE] definite
        return answer.status


class Worker:
    def __init__(self, key):
        self.key = key
        self.session = None

    async def __aenter__(self):
        self.session = aiohttp.ClientSession(headers={"Authorization": f"Api-Key {self.key}"})
        return self

    async def __aexit__(self, *exc):
        await self.session.close()

    async def _call(self, method, path, **kw):
        async with self.session.request(method, BASE + path, **kw) as response:
            return await response.json()

    async def summary(self, item):
        return await self._call("PATCH", f"/conversations/items/{item}/summary", json={})  # expect: PATCH /v2/api/conversations/items/{id}/summary [CONVERSATIONS_WRITE] definite key=env:ALLO_WORKER_KEY

    async def webhooks(self):
        return await self._call("GET", "/webhooks")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=env:ALLO_WORKER_KEY


async def main():
    async with Worker(os.environ["ALLO_WORKER_KEY"]) as worker:
        await asyncio.gather(worker.summary("itm"), worker.webhooks())
        task = asyncio.create_task(worker._call("GET", "/calendars"))  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_WORKER_KEY
        await task


asyncio.run(main())
