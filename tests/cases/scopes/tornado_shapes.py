"""tornado's clients and treq: fetch with method and body, requests made first."""
import os

import treq
from tornado.httpclient import AsyncHTTPClient, HTTPClient, HTTPRequest
from twisted.internet import defer

HEADERS = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}
BASE = "https://api.withallo.com/v2/api"


async def fetch(ident):
    client = AsyncHTTPClient()
    await client.fetch(f"{BASE}/tags", headers=HEADERS)  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
    await client.fetch(f"{BASE}/threads/{ident}/resolve", method="POST", body="", headers=HEADERS)  # expect: POST /v2/api/threads/{id}/resolve [THREADS_WRITE] definite key=env:ALLO_API_KEY
    request = HTTPRequest(f"{BASE}/crm/views/{ident}", method="DELETE", headers=HEADERS)
    await client.fetch(request)  # expect: DELETE /v2/api/crm/views/{id} [CRM_DELETE] definite key=env:ALLO_API_KEY
    return HTTPClient().fetch(BASE + "/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite


@defer.inlineCallbacks
def twisted(ident):
    response = yield treq.get(f"{BASE}/users/{ident}", headers=HEADERS)  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY
    yield treq.post(BASE + "/analytics/outbound", json={}, headers=HEADERS)  # expect: POST /v2/api/analytics/outbound [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY
    yield treq.request("PATCH", f"{BASE}/threads/comments/{ident}", headers=HEADERS)  # expect: PATCH /v2/api/threads/comments/{comment_id} [THREADS_WRITE] definite key=env:ALLO_API_KEY
    return (yield treq.json_content(response))
