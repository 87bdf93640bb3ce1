"""Clients declared with uplink: one class, its objects, and what they are made with."""
import os

import uplink
from fastapi import APIRouter
from uplink import Consumer, delete, get

router = APIRouter()


@uplink.headers({"Accept": "application/json"})
class Tags(Consumer):
    @get("v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
    def all(self): ...

    @uplink.json
    @uplink.post("v2/api/conversations/items/{item}/tags")  # expect: POST /v2/api/conversations/items/{id}/tags [TAGS_WRITE] definite
    def add(self, item, body: uplink.Body): ...

    @delete("v2/api/conversations/items/{item}/tags/{tag}")  # expect: DELETE /v2/api/conversations/items/{id}/tags/{tag} [TAGS_WRITE] definite
    def remove(self, item, tag): ...


tags = Tags(base_url="https://api.withallo.com/", client=uplink.RequestsClient())


class Users(Consumer):
    """The base URL comes from the class's own `__init__`."""

    def __init__(self, base=os.environ.get("ALLO_URL", "https://api.withallo.com/v2/api/")):
        super().__init__(base_url=base)

    @get("users/{ident}")  # expect: GET /v2/api/users/{id} [USERS_READ] definite
    def user(self, ident): ...


class Elsewhere(Consumer):
    @get("v2/api/tags")
    def all(self): ...


elsewhere = Elsewhere(base_url="https://api.example.org/")


class NoConsumer:
    """A route of a server, whatever the decorator is called."""

    @router.get("/v2/api/tags")
    def tags(self): ...


@router.get("/v2/api/users")
def users(): ...
