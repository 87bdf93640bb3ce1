"""Callables made from others, called by others, or drawn from several."""

import itertools
import os
import random
from contextlib import ExitStack
from functools import partial

import requests
import tenacity

BASE = "https://api.withallo.com"
HEADERS = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}


class Client:
    def __init__(self, base, key=None):
        self.base = base
        self.key = key

    def tags(self):
        return requests.get(f"{self.base}/v2/api/tags", headers={"Authorization": f"Api-Key {self.key}"})  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:TAGS_KEY


make = partial(Client, BASE)
make(key=os.environ["TAGS_KEY"]).tags()

request = partial(requests.request, headers=HEADERS)
get = partial(request, "GET")
users = partial(get, f"{BASE}/v2/api/users")
users()  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY
get(f"{BASE}/v2/api/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY


def send(path):
    return requests.get(BASE + path, headers=HEADERS)


tenacity.Retrying(stop=tenacity.stop_after_attempt(3))(send, "/v2/api/me")  # expect: GET /v2/api/me [] definite


def at_the_end(stack: ExitStack, breaker):
    stack.callback(send, "/v2/api/calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite
    breaker.call(send, path="/v2/api/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite


one, two = requests.Session(), requests.Session()
one.headers.update(HEADERS)
two.headers.update(HEADERS)
random.choice([one, two]).get(f"{BASE}/v2/api/threads")  # expect: GET /v2/api/threads [THREADS_READ] definite key=env:ALLO_API_KEY
turns = itertools.cycle([one, two])
next(turns).get(f"{BASE}/v2/api/webhooks")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=env:ALLO_API_KEY


def kept(bus, tasks):
    """Nobody calls these here."""
    bus.callback(send)
    bus.add_callback(requests.get)
    tasks.register(send)


def get_of(path):
    """A decorator that sends, with what the function says of the parameters."""

    def decorate(function):
        def inner(self, *args, **kwargs):
            params = function(self, *args, **kwargs)
            return self.session.get(self.base + path.format(**kwargs), params=params)

        return inner

    return decorate


class Declared:
    base = BASE

    def __init__(self):
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Api-Key {os.environ['DECLARED_KEY']}"

    @get_of("/v2/api/crm/views")  # expect: GET /v2/api/crm/views [CRM_READ] definite key=env:DECLARED_KEY
    def views(self):
        return {"page": 1}

    @get_of("/v2/api/users/{uid}")  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:DECLARED_KEY
    def user(self, uid=None):
        return {}


def addresses():
    yield from (f"{BASE}/v2/api/{name}" for name in ["crm/attributes", "summary_templates"])


for address in addresses():
    requests.get(address, headers=HEADERS)  # expect: GET /v2/api/crm/attributes [CRM_READ] definite; GET /v2/api/summary_templates [SUMMARY_TEMPLATES_READ] definite
