"""Decorators that add headers, hand in a client, turn arguments round, or declare the call themselves."""
import functools
import os

import httpx
import requests

BASE = "https://api.withallo.com/v2/api"
OTHER = "https://api.example.org/v2/api"


def with_client(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        with httpx.Client(base_url=BASE, headers={"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}) as client:
            return function(client, *args, **kwargs)
    return wrapper


def with_other(function):
    def wrapper(*args, **kwargs):
        return function(*args, client=httpx.Client(base_url=OTHER), **kwargs)
    return wrapper


@with_client
def user(client, ident):
    return client.get(f"/users/{ident}")  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY


@with_other
def other_user(ident, client=None):
    return client.get(f"/users/{ident}")


@with_client
def fetch(client, path):
    return client.get(path)


def through():
    fetch("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
    fetch(path="/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY


def under_prefix(prefix):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(self, path, **kwargs):
            return function(self, prefix + path, **kwargs)
        return wrapper
    return decorate


def signed(variable):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(self, path, **kwargs):
            headers = kwargs.pop("headers", {})
            return function(self, path, headers={**headers, "Authorization": "Api-Key " + os.environ[variable]}, **kwargs)
        return wrapper
    return decorate


class Crm:
    @under_prefix("/crm")
    @signed("ALLO_CRM_KEY")
    def get(self, path, headers=None):
        return requests.get(BASE + path, headers=headers)

    @signed("ALLO_OTHER_KEY")
    def other(self, path, headers=None):
        return requests.get(OTHER + path, headers=headers)

    def views(self):
        return self.get("/views")  # expect: GET /v2/api/crm/views [CRM_READ] definite key=env:ALLO_CRM_KEY

    def elsewhere(self):
        return self.other("/crm/views")


def cached(function):
    """One that calls what it wraps in one arm of two."""
    seen = {}

    def wrapper(path):
        if path not in seen:
            seen[path] = function(path)
        return seen[path]
    return wrapper


@cached
def cached_get(path):
    return requests.get(BASE + path)


def through_cache():
    cached_get("/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite


def calls(method, template):
    """Declares a method by its path; the method itself says nothing."""
    def decorate(function):
        @functools.wraps(function)
        def send(self, *args):
            return requests.request(method, self.base + template.format(*args))
        return send
    return decorate


class Declared:
    base = BASE

    @calls("GET", "/threads/{0}")  # expect: GET /v2/api/threads/{id} [THREADS_READ] definite
    def thread(self, ident): ...

    @calls("POST", "/threads/{0}/resolve")  # expect: POST /v2/api/threads/{id}/resolve [THREADS_WRITE] definite
    def resolve(self, ident):
        """Closes it."""


class DeclaredElsewhere:
    base = OTHER

    @calls("GET", "/threads/{0}")
    def thread(self, ident): ...


HANDLERS = {}


def handles(method, path):
    """A registry: nothing is called."""
    def decorate(function):
        HANDLERS[method, path] = function
        return function
    return decorate


@handles("GET", "/v2/api/tags")
def handle_tags(request):
    return []


@handles("GET", "https://api.withallo.com/v2/api/users")
def handle_users(request):
    return []
