"""http.client: a connection to a host, then method and path."""
import http.client
import json
import os
from http.client import HTTPSConnection

HEADERS = {"Authorization": "Api-Key " + os.environ["ALLO_API_KEY"]}


def tags():
    conn = http.client.HTTPSConnection("api.withallo.com", timeout=10)
    conn.request("GET", "/v2/api/tags", headers=HEADERS)  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
    return json.load(conn.getresponse())


def search(payload, key=None):
    connection = HTTPSConnection("api.withallo.com:443")
    connection.request("POST", "/v2/api/conversations/items/search", json.dumps(payload), HEADERS)  # expect: POST /v2/api/conversations/items/search [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY
    return connection.getresponse().read()


def piecewise(ident):
    connection = HTTPSConnection(host="api.withallo.com")
    connection.putrequest("GET", f"/v2/api/users/{ident}")  # expect: GET /v2/api/users/{id} [USERS_READ] definite
    connection.putheader("Authorization", HEADERS["Authorization"])
    connection.endheaders()
    return connection.getresponse()


class Connection:
    def __init__(self, host="api.withallo.com"):
        self._conn = http.client.HTTPSConnection(host)

    def send(self, method, path, body=None):
        self._conn.request(method, "/v2/api" + path, body=body, headers=HEADERS)
        return self._conn.getresponse()

    def resume(self, account):
        return self.send("POST", f"/partner/accounts/{account}/resume")  # expect: POST /v2/api/partner/accounts/{id}/resume [PARTNER] definite key=env:ALLO_API_KEY


def elsewhere():
    HTTPSConnection("mcp.withallo.com").request("POST", "/mcp", "{}")
    HTTPSConnection("example.org").request("GET", "/v2/api/tags")
