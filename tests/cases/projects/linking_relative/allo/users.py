from . import http as h
from .constants import ENDPOINTS
from .http import get, send as call


def one(ident):
    return get(ENDPOINTS["user"].format(id=ident))  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY via=allo/http.py:17,allo/http.py:13


def tags():
    return h.get(ENDPOINTS["tags"])  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY via=allo/http.py:17,allo/http.py:13


def search(query):
    return call("POST", "/conversations/items/search", json=query)  # expect: POST /v2/api/conversations/items/search [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY via=allo/http.py:13
