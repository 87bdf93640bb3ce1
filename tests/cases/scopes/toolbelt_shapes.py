"""requests_toolbelt's BaseUrlSession (urljoin's rules) and requests-futures."""
import os

from requests_futures.sessions import FuturesSession
from requests_toolbelt import sessions
from requests_toolbelt.sessions import BaseUrlSession

HEADERS = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}


def base_url_session(ident):
    session = BaseUrlSession(base_url="https://api.withallo.com/v2/api/")
    session.headers.update(HEADERS)
    session.get("tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
    session.get(f"users/{ident}")  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY
    session.get("/v2/api/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY
    session.get("/tags")  # expect: GET null [] definite key=env:ALLO_API_KEY
    session.get("https://example.org/v2/api/tags")


def no_slash():
    with sessions.BaseUrlSession("https://api.withallo.com/v2/api") as session:
        session.get("tags")  # expect: GET null [] definite
        session.request("GET", "api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite


def futures(ids):
    session = FuturesSession(max_workers=4)
    session.headers["Authorization"] = HEADERS["Authorization"]
    pending = [session.get(f"https://api.withallo.com/v2/api/threads/{ident}") for ident in ids]  # expect: GET /v2/api/threads/{id} [THREADS_READ] definite key=env:ALLO_API_KEY
    pending.append(session.post("https://api.withallo.com/v2/api/crm/people/search", json={}))  # expect: POST /v2/api/crm/people/search [CRM_READ] definite key=env:ALLO_API_KEY
    return [future.result() for future in pending]
