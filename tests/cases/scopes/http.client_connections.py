"""http.client: a connection to a host, paths on it, headers one by one, a proxy's tunnel."""
import http.client
import json
import os
from http.client import HTTPSConnection

KEY = os.environ["ALLO_API_KEY"]


def call(method, path, body=None):
    connection = http.client.HTTPSConnection("api.withallo.com", timeout=10)
    connection.request(method, path, body and json.dumps(body), {"Authorization": "Api-Key " + KEY})
    return json.load(connection.getresponse())


def tags():
    return call("GET", "/v2/api/tags?page=1")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY via=12


def untag(item, tag):
    return call("DELETE", f"/v2/api/conversations/items/{item}/tags/{tag}")  # expect: DELETE /v2/api/conversations/items/{id}/tags/{tag} [TAGS_WRITE] definite key=env:ALLO_API_KEY via=12


def piecemeal():
    connection = HTTPSConnection("api.withallo.com:443")
    connection.putrequest("GET", "/v2/api/users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_OTHER_KEY
    connection.putheader("Authorization", f"Api-Key {os.environ['ALLO_OTHER_KEY']}")
    connection.endheaders()


def tunnelled():
    connection = HTTPSConnection("proxy.example", 3128)
    connection.set_tunnel("api.withallo.com")
    connection.request("GET", "/v2/api/numbers", headers={"Authorization": "Api-Key " + KEY})  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY


def elsewhere():
    connection = HTTPSConnection("example.com")
    connection.request("GET", "/v2/api/tags")
    connection = HTTPSConnection("api.withallo.com.example.com")
    connection.request("GET", "/v2/api/tags")
