# expect: none
"""Code that never runs, and text that is no code. Example: requests.get("https://api.withallo.com/v2/api/tags")."""
import abc
import typing
from typing import TYPE_CHECKING, Protocol, overload

import requests

BASE = "https://api.withallo.com/v2/api"
DEBUG = False

if TYPE_CHECKING:
    requests.get(BASE + "/tags")
if typing.TYPE_CHECKING:
    requests.get(BASE + "/tags")
if False:
    requests.get(BASE + "/tags")
if 0:
    requests.get(BASE + "/users")
while False:
    requests.get(BASE + "/users")


def after_return(ident):
    """
    >>> requests.get("https://api.withallo.com/v2/api/users")
    """
    return ident
    requests.get(f"{BASE}/users/{ident}")


def after_raise():
    raise NotImplementedError("use the bulk endpoint")
    requests.get(f"{BASE}/users")


def after_loop():
    while True:
        pass
    requests.get(f"{BASE}/users")


def after_both(flag):
    if flag:
        return 1
    else:
        raise ValueError
    requests.get(f"{BASE}/users")


def after_continue(ids):
    for ident in ids:
        continue
        requests.get(f"{BASE}/users/{ident}")


def never_assigned():
    # requests.get("https://api.withallo.com/v2/api/users")
    text = 'requests.get("https://api.withallo.com/v2/api/tags")'
    return text


class Interface(Protocol):
    def get(self, url: str = "https://api.withallo.com/v2/api/tags") -> str: ...


class Abstract(abc.ABC):
    @abc.abstractmethod
    def tags(self, url=f"{BASE}/tags"):
        raise NotImplementedError

    @overload
    def users(self, ident: int) -> str: ...
    @overload
    def users(self, ident: str) -> str: ...
    def users(self, ident):
        return f"{BASE}/users/{ident}"
