"""aiohttp: base URLs join as URLs do, defaults of a session, requests inside `async with`, sockets and servers."""
import asyncio
import os

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

HEADERS = CIMultiDict({"authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"})
BASE = URL("https://api.withallo.com/v2/api/")


class Allo:
    def __init__(self, key: str) -> None:
        self._session = aiohttp.ClientSession(
            base_url="https://api.withallo.com", headers={"Authorization": f"Api-Key {key}"}
        )

    async def __aenter__(self):
        return self

    async def tags(self):
        async with self._session.get("/v2/api/tags") as response:  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_TAGS_KEY
            return await response.json()

    async def act(self, number: str):
        async with self._session.request("PUT", f"/v2/api/conversations/{number}/action", json={}) as response:  # expect: PUT /v2/api/conversations/{contact_number}/action [CONVERSATIONS_READ] definite key=env:ALLO_TAGS_KEY conflict=CONVERSATIONS_WRITE
            response.raise_for_status()


async def joined():
    async with aiohttp.ClientSession(BASE, headers=HEADERS) as session:
        async with session.get("users") as response:  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY
            users = await response.json()
        await session.get("/users")  # expect: GET null [] definite key=env:ALLO_API_KEY
        await session.get("/v2/api/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY
        return await asyncio.gather(*[session.get(f"users/{user['id']}") for user in users])  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY


async def handed(session: aiohttp.ClientSession, item: str):
    return await session.post(BASE / "conversations/items" / item / "tags", json={}, headers=HEADERS)  # expect: POST /v2/api/conversations/items/{id}/tags [TAGS_WRITE] definite key=env:ALLO_API_KEY


async def one():
    async with aiohttp.request("GET", "https://api.withallo.com/v2/api/me", headers=HEADERS) as response:  # expect: GET /v2/api/me [] definite key=env:ALLO_API_KEY
        return response.status


async def elsewhere(session: aiohttp.ClientSession):
    await session.ws_connect("https://api.withallo.com/v2/api/tags")
    await session.get("https://example.com/v2/api/tags")
    app = web.Application()
    app.add_routes([web.get("/v2/api/tags", one)])


Allo(os.environ["ALLO_TAGS_KEY"])
