"""A home-made wrapper, and helpers on top of it: reported where the path is given."""
import os

import requests

ROOT = "https://api.withallo.com"


def api(method, path, **kwargs):
    headers = {"Authorization": "Api-Key " + os.environ["ALLO_API_KEY"]}
    response = requests.request(method, ROOT + path, headers=headers, **kwargs)
    response.raise_for_status()
    return response.json()


def get(path, params=None):
    return api("GET", path, params=params)


def list_tags():
    return api("GET", "/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY via=11


def list_users():
    return get("/v2/api/users", params={"page": 1})  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY via=17,11


def one(kind, ident):
    return get(f"/v2/api/{kind}/{ident}")


def one_user(ident):
    return one("users", ident)  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY via=29,17,11


def tag(item, name):
    api(path=f"/v2/api/conversations/items/{item}/tags", method="POST", json={"tag": name})  # expect: POST /v2/api/conversations/items/{id}/tags [TAGS_WRITE] definite key=env:ALLO_API_KEY via=11


ENDPOINTS = {"numbers": "/v2/api/numbers", "item": "/v2/api/conversations/items/{id}"}


def numbers():
    return get(ENDPOINTS["numbers"])  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY via=17,11


def item(ident):
    return get(ENDPOINTS["item"].format(id=ident))  # expect: GET /v2/api/conversations/items/{id} [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY via=17,11


def sync():
    for path in ("tags", "users"):
        get(f"/v2/api/{path}")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY via=17,11; GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY via=17,11
    for method, path in [("GET", "/v2/api/me"), ("POST", "/v2/api/conversations/items/batch")]:
        api(method, path)  # expect: GET /v2/api/me [] definite key=env:ALLO_API_KEY via=11; POST /v2/api/conversations/items/batch [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY via=11


def either(detailed):
    path = "/v2/api/conversations" if detailed else "/v2/api/tags"
    return get(path)  # expect: GET /v2/api/conversations [CONVERSATIONS_READ] possible key=env:ALLO_API_KEY via=17,11; GET /v2/api/tags [TAGS_READ] possible key=env:ALLO_API_KEY via=17,11


def anything(path):
    return requests.get(ROOT + path)  # expect: unresolved
