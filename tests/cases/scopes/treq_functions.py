"""treq: functions and a client, URLs and headers in bytes too, several values a header."""
import os

import treq
from treq.client import HTTPClient
from treq.testing import RequestTraversalAgent, StubTreq
from twisted.internet import reactor
from twisted.internet.defer import inlineCallbacks
from twisted.web.client import Agent
from twisted.web.http_headers import Headers

KEY = os.environ["ALLO_API_KEY"]


@inlineCallbacks
def tags():
    response = yield treq.get("https://api.withallo.com/v2/api/tags", headers={"Authorization": ["Api-Key " + KEY]})  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
    return (yield response.json())


async def batch(body):
    client = HTTPClient(Agent(reactor))
    headers = Headers({b"Authorization": [b"Api-Key " + KEY.encode()]})
    await client.request("POST", b"https://api.withallo.com/v2/api/conversations/items/batch", headers=headers)  # expect: POST /v2/api/conversations/items/batch [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY


def in_process(resource):
    StubTreq(resource).get("https://api.withallo.com/v2/api/tags")
    HTTPClient(RequestTraversalAgent(resource)).get("https://api.withallo.com/v2/api/tags")
