"""Wrappers one to six deep, with every way of handing arguments on: the call that gives the path is the one reported."""
import functools
import os
from functools import partial, partialmethod, wraps

import requests

BASE = "https://api.withallo.com/v2/api"
HEADERS = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}


def one(method, path):
    return requests.request(method, BASE + path, headers=HEADERS)


def two(method, path):
    return one(method, path)


def three(path, method="GET"):
    return two(method, path)


def four(path):
    return three(path)


def five(name):
    return four("/" + name)


def six(*, name):
    return five(name)


def depths(ident):
    one("GET", "/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY via=13
    two("POST", "/threads")  # expect: POST /v2/api/threads [THREADS_WRITE] definite key=env:ALLO_API_KEY via=17,13
    three("/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY via=21,17,13
    three(f"/threads/{ident}/resolve", method="POST")  # expect: POST /v2/api/threads/{id}/resolve [THREADS_WRITE] definite key=env:ALLO_API_KEY via=21,17,13
    four("/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite key=env:ALLO_API_KEY via=25,21,17,13
    five("calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_API_KEY via=29,25,21,17,13
    six(name="webhooks")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=env:ALLO_API_KEY via=33,29,25,21,17,13


def starred(*args, **kwargs):
    return one(*args, **kwargs)


def options(path, **kwargs):
    kwargs.setdefault("headers", HEADERS)
    return requests.get(BASE + path, **kwargs)


def by_stars(ident):
    starred("GET", "/users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY via=47,13
    starred("GET", path=f"/users/{ident}")  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY via=47,13
    one(*("GET", "/crm/views"))  # expect: GET /v2/api/crm/views [CRM_READ] definite key=env:ALLO_API_KEY via=13
    arguments = ["GET", "/crm/attributes"]
    one(*arguments)  # expect: GET /v2/api/crm/attributes [CRM_READ] definite key=env:ALLO_API_KEY via=13
    keywords = {"method": "DELETE", "path": f"/crm/views/{ident}"}
    one(**keywords)  # expect: DELETE /v2/api/crm/views/{id} [CRM_DELETE] definite key=env:ALLO_API_KEY via=13
    one(**{**keywords, "method": "PATCH"})  # expect: PATCH /v2/api/crm/views/{id} [CRM_WRITE] definite key=env:ALLO_API_KEY via=13
    options("/me", timeout=3)  # expect: GET /v2/api/me [] definite key=env:ALLO_API_KEY via=52


get = partial(one, "GET")


def partials():
    get("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY via=13


class Verbs:
    def call(self, method, path, **kw):
        return requests.request(method, BASE + path, headers=HEADERS, **kw)

    get = partialmethod(call, "GET")
    post = partialmethod(call, "POST")

    def templates(self):
        return self.get("/summary_templates")  # expect: GET /v2/api/summary_templates [SUMMARY_TEMPLATES_READ] definite key=env:ALLO_API_KEY via=76

    def add_template(self, body):
        return self.post("/summary_templates", json=body)  # expect: POST /v2/api/summary_templates [SUMMARY_TEMPLATES_WRITE] definite key=env:ALLO_API_KEY via=76

