"""urllib.request: Request objects, the method that the body implies, headers added later."""
import json
import os
import urllib.parse
import urllib.request
from urllib.request import Request, urlopen

BASE_URL = os.environ.get("ALLO_API_BASE", "https://api.withallo.com/v2/api/")


def call(path, method="GET", body=None):
    request = urllib.request.Request(
        urllib.parse.urljoin(BASE_URL, path),
        data=json.dumps(body).encode() if body is not None else None,
        headers={"User-Agent": "sync/1"},
        method=method,
    )
    request.add_header("Authorization", f"Api-Key {os.environ['ALLO_API_KEY']}")
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def tags():
    return call("tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY via=19


def archive(number):
    return call(f"conversations/{urllib.parse.quote(number, safe='')}/action", "PUT", {"action": "archive"})  # expect: PUT /v2/api/conversations/{contact_number}/action [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY via=19 conflict=CONVERSATIONS_WRITE


def lost_prefix():
    return call("/tags")  # expect: GET null [] definite key=env:ALLO_API_KEY via=19


def search(payload):
    request = Request("https://api.withallo.com/v2/api/conversations/items/search", data=payload, headers={"Authorization": "k"})
    return urlopen(request)  # expect: POST /v2/api/conversations/items/search [CONVERSATIONS_READ] definite


def plain():
    return urlopen("https://api.withallo.com/v2/api/me").read()  # expect: GET /v2/api/me [] definite
