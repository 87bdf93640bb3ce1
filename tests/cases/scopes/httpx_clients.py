"""httpx: base_url merging, async, streams, shared headers."""
import asyncio
import os

import httpx

client = httpx.Client(
    base_url="https://api.withallo.com/v2/api",
    headers={"Authorization": f"Api-Key {os.environ['WITHALLO_API_KEY']}"},
)


def tags():
    return client.get("/tags").json()  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:WITHALLO_API_KEY


async def users(key: str):
    async with httpx.AsyncClient(base_url="https://api.withallo.com", headers={"Authorization": "Api-Key " + key}) as http:
        listing = await http.get("/v2/api/users")  # expect: GET /v2/api/users [USERS_READ] definite key=parameter:users.key
        return await asyncio.gather(*[
            http.get(f"/v2/api/users/{user['id']}")  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=parameter:users.key
            for user in listing.json()["data"]
        ])


def doubled():
    client.get("/v2/api/tags")  # expect: GET null [] definite key=env:WITHALLO_API_KEY


def with_annotation(http: httpx.Client, number: str):
    http.put(f"https://api.withallo.com/v2/api/conversations/{number}/action", json={})  # expect: PUT /v2/api/conversations/{contact_number}/action [CONVERSATIONS_READ] definite conflict=CONVERSATIONS_WRITE
    http.get("/v2/api/me")  # expect: GET /v2/api/me [] possible


def streamed():
    with httpx.stream("GET", "https://api.withallo.com/v2/api/conversations") as response:  # expect: GET /v2/api/conversations [CONVERSATIONS_READ] definite
        yield from response.iter_lines()


def elsewhere():
    client.get("https://example.com/v2/api/tags")
    httpx.post("https://hooks.slack.com/services/T/B/X", json={})


class Auth(httpx.Auth):
    def __init__(self, token):
        self.token = token

    def auth_flow(self, request):
        request.headers["Authorization"] = f"Api-Key {self.token}"
        yield request


def authed():
    with httpx.Client(auth=Auth(os.environ["ALLO_KEY"])) as http:
        http.post("https://api.withallo.com/v2/api/conversations/items/batch", json={"ids": []})  # expect: POST /v2/api/conversations/items/batch [CONVERSATIONS_READ] definite key=env:ALLO_KEY
