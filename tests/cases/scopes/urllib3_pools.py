"""urllib3: pool managers take URLs, connection pools a host and paths."""
import os

import urllib3
from urllib3.util import Retry

HEADERS = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}
http = urllib3.PoolManager(headers=HEADERS, retries=Retry(3))
pool = urllib3.HTTPSConnectionPool("api.withallo.com", maxsize=4)
proxied = urllib3.ProxyManager("http://proxy.example:3128", headers=HEADERS)


def tags():
    return http.request("GET", "https://api.withallo.com/v2/api/tags").json()  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY


def search(body):
    return proxied.request("POST", "https://api.withallo.com/v2/api/conversations/items/search", body=body)  # expect: POST /v2/api/conversations/items/search [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY


def user(ident):
    return pool.request("GET", f"/v2/api/users/{ident}", headers=HEADERS)  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY


def batch(body):
    other = urllib3.connection_from_url("https://api.withallo.com/v1/api", headers=HEADERS)
    return other.urlopen("POST", "/v2/api/conversations/items/batch", body)  # expect: POST /v2/api/conversations/items/batch [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY


def by_setting():
    host = os.environ["ALLO_HOST"]
    return urllib3.HTTPSConnectionPool(host, headers=HEADERS).request("GET", "/v2/api/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY


def elsewhere():
    urllib3.HTTPSConnectionPool("example.com").request("GET", "/v2/api/tags")
    http.request("GET", "https://example.com/v2/api/tags")


def any_path(path):
    return pool.request("GET", path, headers=HEADERS)  # expect: unresolved
