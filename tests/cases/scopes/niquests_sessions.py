"""niquests: requests' interface, base URLs, async sessions and functions."""
import os

import niquests

HEADERS = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}


def tags():
    with niquests.Session(base_url="https://api.withallo.com/v2/api", headers=HEADERS) as session:
        session.get("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
        session.get("/v2/api/tags")  # expect: GET null [] definite key=env:ALLO_API_KEY
        session.get("https://example.com/v2/api/tags")


async def later(items):
    async with niquests.AsyncSession() as session:
        session.headers.update(HEADERS)
        await session.post("https://api.withallo.com/v2/api/conversations/items/batch", json={"ids": items})  # expect: POST /v2/api/conversations/items/batch [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY
    await niquests.aget("https://api.withallo.com/v2/api/me", headers=HEADERS)  # expect: GET /v2/api/me [] definite key=env:ALLO_API_KEY


def prepared():
    session = niquests.Session(base_url="https://api.withallo.com")
    request = niquests.Request("GET", "https://api.withallo.com/v2/api/users", headers=HEADERS)
    return session.send(session.prepare_request(request))  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY
