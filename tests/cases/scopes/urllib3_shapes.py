"""urllib3: pool managers, pools of one host, the module's request."""
import json
import os

import urllib3
from urllib3 import HTTPSConnectionPool, PoolManager, Retry

KEY = os.environ["ALLO_API_KEY"]
HEADERS = {"Authorization": f"Api-Key {KEY}"}
http = urllib3.PoolManager(headers=HEADERS, retries=Retry(3))
pool = HTTPSConnectionPool("api.withallo.com", maxsize=4, headers=HEADERS)


def manager(ident):
    http.request("GET", "https://api.withallo.com/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
    http.request("POST", f"https://api.withallo.com/v2/api/threads/{ident}/comments", body=b"{}")  # expect: POST /v2/api/threads/{id}/comments [THREADS_WRITE] definite key=env:ALLO_API_KEY
    http.urlopen("GET", "https://api.withallo.com/v2/api/users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY
    PoolManager().request(method="DELETE", url=f"https://api.withallo.com/v2/api/crm/views/{ident}", headers=HEADERS)  # expect: DELETE /v2/api/crm/views/{id} [CRM_DELETE] definite key=env:ALLO_API_KEY
    urllib3.ProxyManager("http://proxy.internal:3128").request("GET", "https://api.withallo.com/v2/api/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite


def one_host():
    pool.request("GET", "/v2/api/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY
    pool.urlopen("POST", "/v2/api/analytics/overview", body=json.dumps({}))  # expect: POST /v2/api/analytics/overview [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY
    with urllib3.connection_from_url("https://api.withallo.com") as connections:
        connections.request("GET", "/v2/api/me", headers={"Authorization": f"Api-Key {os.environ['ALLO_OTHER_KEY']}"})  # expect: GET /v2/api/me [] definite key=env:ALLO_OTHER_KEY


def module_level():
    return urllib3.request("GET", "https://api.withallo.com/v2/api/webhooks", headers=HEADERS)  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=env:ALLO_API_KEY


def elsewhere():
    HTTPSConnectionPool("api.example.org").request("GET", "/v2/api/tags")
    http.request("GET", "https://api.example.org/v2/api/tags")
