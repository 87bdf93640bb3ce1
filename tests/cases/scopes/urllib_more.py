"""urllib.request in the ways scripts use it: openers, headers added, methods by data."""
import json
import os
import urllib
import urllib.request as u
from urllib import request as rq

BASE = "https://api.withallo.com/v2/api"
KEY = os.environ["ALLO_API_KEY"]


def opened(ident):
    req = u.Request(f"{BASE}/crm/people/{ident}")
    req.add_header("Authorization", "Api-Key " + KEY)
    with u.urlopen(req) as answer:  # expect: GET /v2/api/crm/people/{id} [CRM_READ] definite key=env:ALLO_API_KEY
        return json.load(answer)


def patched(ident):
    req = rq.Request(
        url=f"{BASE}/crm/views/{ident}",
        data=json.dumps({}).encode(),
        headers={"Authorization": f"Api-Key {KEY}"},
        method="PATCH",
    )
    return rq.urlopen(req, timeout=5)  # expect: PATCH /v2/api/crm/views/{id} [CRM_WRITE] definite key=env:ALLO_API_KEY


def get_method(ident):
    req = u.Request(f"{BASE}/crm/views/{ident}")
    req.get_method = lambda: "DELETE"
    return u.urlopen(req)  # expect: DELETE /v2/api/crm/views/{id} [CRM_DELETE] definite


def method_attribute(ident):
    req = u.Request(f"{BASE}/threads/{ident}/resolve")
    req.method = "POST"
    return u.urlopen(req)  # expect: POST /v2/api/threads/{id}/resolve [THREADS_WRITE] definite


def opener():
    op = u.build_opener()
    op.addheaders = [("Authorization", "Api-Key " + KEY)]
    op.open(BASE + "/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY
    u.install_opener(op)
    return urllib.request.urlopen(BASE + "/voices").read()  # expect: GET /v2/api/voices [AGENTS_READ] definite


def body_later(payload):
    req = u.Request(BASE + "/analytics/outbound")
    req.data = json.dumps(payload).encode()
    return u.urlopen(req)  # expect: POST /v2/api/analytics/outbound [CONVERSATIONS_READ] definite


def body_given(payload):
    return u.urlopen(BASE + "/analytics/overview", data=payload)  # expect: POST /v2/api/analytics/overview [CONVERSATIONS_READ] definite
