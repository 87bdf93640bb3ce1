"""requests: adapters, prepared requests, hooks, sessions kept in odd places, aliases."""
import os
from contextlib import closing, contextmanager

import requests
import requests as rq
from requests import Request, Session, delete, get as http_get, sessions
from requests.adapters import HTTPAdapter, Retry

BASE = "https://api.withallo.com/v2/api"
KEY = os.environ.get("ALLO_API_KEY")


def retrying():
    session = requests.session()
    session.mount("https://", HTTPAdapter(max_retries=Retry(total=5, backoff_factor=1)))
    session.headers = {"Authorization": f"Api-Key {KEY}"}
    return session


def with_adapter():
    s = retrying()
    s.get(f"{BASE}/webhooks")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=env:ALLO_API_KEY
    s.post(f"{BASE}/webhooks", json={})  # expect: POST /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=env:ALLO_API_KEY


def prepared(ident):
    s = Session()
    s.headers["authorization"] = "Api-Key %s" % KEY
    request = s.prepare_request(Request("PUT", f"{BASE}/webhooks/{ident}"))
    s.send(request)  # expect: PUT /v2/api/webhooks/{webhook_id} [WEBHOOKS_READ_WRITE] definite key=env:ALLO_API_KEY
    again = Request(method="DELETE", url=f"{BASE}/webhooks/{ident}", headers={"Authorization": KEY}).prepare()
    again.headers["X-Trace"] = "1"
    s.send(again, timeout=3)  # expect: DELETE /v2/api/webhooks/{webhook_id} [WEBHOOKS_READ_WRITE] definite key=env:ALLO_API_KEY


@contextmanager
def allo_session(key):
    session = requests.Session()
    session.headers.update({"Authorization": f"Api-Key {key}"})
    try:
        yield session
    finally:
        session.close()


def managed():
    with allo_session(os.environ["ALLO_MANAGED_KEY"]) as session:
        session.get(BASE + "/crm/views")  # expect: GET /v2/api/crm/views [CRM_READ] definite key=env:ALLO_MANAGED_KEY
    with closing(requests.Session()) as plain:
        plain.get(BASE + "/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite


def aliases(ident):
    rq.get(BASE + "/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
    http_get(BASE + "/users")  # expect: GET /v2/api/users [USERS_READ] definite
    delete(f"{BASE}/crm/deals/{ident}")  # expect: DELETE /v2/api/crm/deals/{id} [CRM_DELETE] definite
    sessions.Session().get(BASE + "/calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite
    requests.api.get(BASE + "/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    get = requests.get
    get(BASE + "/threads")  # expect: GET /v2/api/threads [THREADS_READ] definite
    fetch = retrying().get
    fetch(BASE + "/crm/attributes")  # expect: GET /v2/api/crm/attributes [CRM_READ] definite key=env:ALLO_API_KEY


def streamed(ident):
    with requests.get(f"{BASE}/conversations/items/{ident}/recording", stream=True) as response:  # expect: GET /v2/api/conversations/items/{id}/recording [CONVERSATIONS_READ] definite
        return response.headers


session = requests.Session()
session.headers.update(
    {
        "Authorization": f"Api-Key {KEY}",
    }
)


def module_session(number):
    return (
        session.patch(  # expect: PATCH /v2/api/numbers/{number}/agent [AGENTS_WRITE] definite key=env:ALLO_API_KEY
            f"{BASE}/numbers/{number}/agent",
            json={},
        )
        .json()
        .get("data")
    )
