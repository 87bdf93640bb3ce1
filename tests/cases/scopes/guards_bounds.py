"""Guards before a call: they bound the method or the path, or leave it open."""
import os
from typing import Literal

import requests

HOST = "https://api.withallo.com"
BASE = HOST + "/v2/api"
HEADERS = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}
ALLOWED = frozenset({"/tags", "/users"})
METHODS = ("GET", "POST")


def only_versioned(method, path):
    if not path.startswith("/v2/api/"):
        raise ValueError(path)
    return requests.request(method, HOST + path, headers=HEADERS)


def passed_guard():
    only_versioned("GET", "/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY


def method_in_set(method):
    if method not in {"GET", "POST"}:
        raise ValueError(method)
    return requests.request(method, BASE + "/threads", headers=HEADERS)  # expect: GET /v2/api/threads [THREADS_READ] possible key=env:ALLO_API_KEY; POST /v2/api/threads [THREADS_WRITE] possible key=env:ALLO_API_KEY


def path_in_set(path):
    if path not in ALLOWED:
        raise KeyError(path)
    return requests.get(BASE + path, headers=HEADERS)  # expect: GET /v2/api/tags [TAGS_READ] possible key=env:ALLO_API_KEY; GET /v2/api/users [USERS_READ] possible key=env:ALLO_API_KEY


def equals(kind):
    if kind == "voices" or kind == "calendars":
        return requests.get(f"{BASE}/{kind}", headers=HEADERS)  # expect: GET /v2/api/voices [AGENTS_READ] possible key=env:ALLO_API_KEY; GET /v2/api/calendars [AGENTS_READ] possible key=env:ALLO_API_KEY
    return None


def asserted(method):
    assert method in METHODS
    return requests.request(method, f"{BASE}/crm/attributes", headers=HEADERS)  # expect: GET /v2/api/crm/attributes [CRM_READ] possible key=env:ALLO_API_KEY; POST /v2/api/crm/attributes [CRM_WRITE] possible key=env:ALLO_API_KEY


def typed(what: Literal["tags", "numbers"]):
    return requests.get(f"{BASE}/{what}", headers=HEADERS)  # expect: GET /v2/api/tags [TAGS_READ] possible key=env:ALLO_API_KEY; GET /v2/api/numbers [PHONE_NUMBERS_READ] possible key=env:ALLO_API_KEY


def exact(path):
    if path != "/webhooks":
        return None
    return requests.get(BASE + path, headers=HEADERS)  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=env:ALLO_API_KEY


def adds_prefix(path):
    if not path.startswith("/v2/api"):
        path = "/v2/api" + path
    return requests.get(HOST + path, headers=HEADERS)


def through_prefix():
    adds_prefix("/users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY
    adds_prefix("/v2/api/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY


def adds_slash(path, headers=None):
    if headers is None:
        headers = HEADERS
    url = BASE + (path if path.startswith("/") else "/" + path)
    return requests.get(url, headers=headers)


def through_slash():
    adds_slash("voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite key=env:ALLO_API_KEY
    adds_slash("/calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_API_KEY


def absolute_or_relative(url):
    if not url.startswith("http"):
        url = f"{BASE}/{url.lstrip('/')}"
    return requests.get(url, headers=HEADERS)


def through_absolute():
    absolute_or_relative("/threads")  # expect: GET /v2/api/threads [THREADS_READ] definite key=env:ALLO_API_KEY
    absolute_or_relative("https://api.withallo.com/v2/api/me")  # expect: GET /v2/api/me [] definite key=env:ALLO_API_KEY
    absolute_or_relative("https://example.org/v2/api/me")


def open_passthrough(path):
    return requests.get(BASE + path, headers=HEADERS)  # expect: unresolved


def open_method(method):
    return requests.request(method, BASE + "/crm/views", headers=HEADERS)  # expect: unresolved


def open_tail(path):
    if not path.startswith("crm/"):
        raise ValueError(path)
    return requests.post(f"{BASE}/{path}", headers=HEADERS)  # expect: unresolved


def from_outside(request):
    return requests.get(f"{BASE}/{request.GET['path']}", headers=HEADERS)  # expect: unresolved


def read_from_file(name):
    with open(name) as lines:
        for line in lines:
            requests.get(BASE + line.strip(), headers=HEADERS)  # expect: unresolved
