"""tornado: fetch takes a URL or a request object, GET where nothing else is said."""
import json
import os

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httputil import HTTPHeaders
from tornado.web import Application

HEADERS = HTTPHeaders({"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"})
client = AsyncHTTPClient()


async def tags():
    response = await client.fetch("https://api.withallo.com/v2/api/tags", headers=HEADERS)  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
    return json.loads(response.body)


async def search(query):
    request = HTTPRequest(
        "https://api.withallo.com/v2/api/conversations/items/search", method="POST", headers=HEADERS, body=query
    )
    return await client.fetch(request)  # expect: POST /v2/api/conversations/items/search [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY


async def act(number):
    await client.fetch(f"https://api.withallo.com/v2/api/conversations/{number}/action", method="PUT", body="{}")  # expect: PUT /v2/api/conversations/{contact_number}/action [CONVERSATIONS_READ] definite conflict=CONVERSATIONS_WRITE


app = Application([("/v2/api/tags", object)])
unsent = HTTPRequest("https://api.withallo.com/v2/api/users")
