"""Async all the way: awaited wrappers, task groups, semaphores, async generators and comprehensions, queue workers."""
import asyncio
import os
from functools import partial

import anyio
import httpx

BASE = "https://api.withallo.com/v2/api"


class Allo:
    def __init__(self, key=None, limit=5):
        self._key = key or os.environ["ALLO_API_KEY"]
        self._limit = asyncio.Semaphore(limit)
        self._http = None

    async def __aenter__(self):
        self._http = httpx.AsyncClient(base_url=BASE, headers={"Authorization": f"Api-Key {self._key}"})
        return self

    async def __aexit__(self, *exc_info):
        await self._http.aclose()

    async def request(self, method, path, **kw):
        async with self._limit:
            for attempt in range(3):
                response = await self._http.request(method, path, **kw)
                if response.status_code != 429:
                    break
                await asyncio.sleep(2**attempt)
        response.raise_for_status()
        return response.json()

    async def get(self, path, **params):
        return await self.request("GET", path, params=params)

    async def pages(self, path):
        page = 1
        while True:
            data = await self.get(path, page=page)
            for row in data["data"]:
                yield row
            page += 1

    async def threads(self):
        async for row in self.pages("/threads"):  # expect: GET /v2/api/threads [THREADS_READ] definite key=env:ALLO_API_KEY
            yield row

    async def close_all(self, idents):
        async with asyncio.TaskGroup() as group:
            for ident in idents:
                group.create_task(self.request("POST", f"/threads/{ident}/resolve"))  # expect: POST /v2/api/threads/{id}/resolve [THREADS_WRITE] definite key=env:ALLO_API_KEY

    async def details(self, idents):
        return [await self.get(f"/threads/{ident}") for ident in idents]  # expect: GET /v2/api/threads/{id} [THREADS_READ] definite key=env:ALLO_API_KEY


async def worker(queue, allo: Allo):
    while True:
        ident = await queue.get()
        await allo.request("PATCH", f"/conversations/notes/{ident}", json={})  # expect: PATCH /v2/api/conversations/notes/{id} [NOTES_WRITE] definite key=env:ALLO_API_KEY
        queue.task_done()


async def main():
    async with Allo() as allo:
        rows = [row async for row in allo.threads()]
        await allo.close_all(row["id"] for row in rows)
        queue = asyncio.Queue()
        asyncio.create_task(worker(queue, allo))
        first, second = await asyncio.gather(allo.get("/tags"), allo.get("/users"))  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY; GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY
        await asyncio.wait_for(allo.get("/numbers"), timeout=5)  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(allo.get, "/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite key=env:ALLO_API_KEY
            tasks.start_soon(partial(allo.get, "/calendars"))  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_API_KEY


if __name__ == "__main__":
    asyncio.run(main())
