"""niquests: a drop-in for requests, with base_url and async sessions."""
import os

import niquests
import niquests as requests

HEADERS = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}


def drop_in():
    return requests.get("https://api.withallo.com/v2/api/tags", headers=HEADERS).json()  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY


def with_base(ident):
    with niquests.Session(base_url="https://api.withallo.com/v2/api") as session:
        session.headers.update(HEADERS)
        session.get(f"/users/{ident}")  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY
        session.post("/threads", json={})  # expect: POST /v2/api/threads [THREADS_WRITE] definite key=env:ALLO_API_KEY


async def awaited():
    async with niquests.AsyncSession() as session:
        await session.get("https://api.withallo.com/v2/api/numbers", headers=HEADERS)  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY
    return await niquests.aget("https://api.withallo.com/v2/api/voices", headers=HEADERS)  # expect: GET /v2/api/voices [AGENTS_READ] definite key=env:ALLO_API_KEY
