"""Methods that getattr takes by a name which only callers know, or nobody."""

import os

import httpx
import requests

BASE = "https://api.withallo.com/v2/api"
HEADERS = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}


def by_module(method):
    return getattr(requests, method)(f"{BASE}/numbers", headers=HEADERS)  # expect: unresolved


def by_session(method):
    session = requests.Session()
    send = getattr(session, method.lower())
    return send(BASE + "/voices", headers=HEADERS)  # expect: unresolved


class Sdk:
    def __init__(self):
        self.http = httpx.Client(base_url="https://api.withallo.com", headers=HEADERS)

    def send(self, verb, path):
        send = getattr(self.http, verb.lower())
        return send(path)

    def tags(self):
        return self.send("GET", "/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY

    def own(self, name):
        return getattr(self, name)()


def elsewhere(method):
    return getattr(requests, method)("https://example.com/v2/api/tags")


def of_no_client(settings, name):
    return getattr(os, name)("https://api.withallo.com/v2/api/tags"), getattr(settings, name)(BASE + "/tags")
