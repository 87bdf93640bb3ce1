"""Decorators that keep the call, closures, callbacks, transports handed in, bound methods as values."""
import asyncio
import functools
import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Callable, Protocol

import requests

BASE = "https://api.withallo.com/v2/api"
HEADERS = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        print(function.__name__)
        return function(*args, **kwargs)
    return wrapper


def retrying(times):
    def decorate(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            for _ in range(times):
                try:
                    return function(*args, **kwargs)
                except requests.ConnectionError:
                    continue
            raise RuntimeError
        return inner
    return decorate


class Timed:
    def __init__(self, function):
        self.function = function

    def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)


@logged
def logged_get(path):
    return requests.get(BASE + path, headers=HEADERS)


@retrying(times=3)
def steady_get(path):
    return requests.get(BASE + path, headers=HEADERS)


@Timed
def timed_get(path):
    return requests.get(BASE + path, headers=HEADERS)


@functools.lru_cache(maxsize=128)
def cached_get(path):
    return requests.get(BASE + path, headers=HEADERS).json()


@logged
@retrying(5)
def both_get(path):
    return requests.get(BASE + path, headers=HEADERS)


def decorated(ident):
    logged_get("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
    steady_get("/users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY
    timed_get("/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY
    cached_get(f"/threads/{ident}")  # expect: GET /v2/api/threads/{id} [THREADS_READ] definite key=env:ALLO_API_KEY
    both_get("/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite key=env:ALLO_API_KEY
    again = retrying(2)(requests.get)
    again(BASE + "/calendars", headers=HEADERS)  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_API_KEY






def closures(ident):
    def local(path):
        return requests.get(BASE + path, headers=HEADERS)

    local("/webhooks")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=env:ALLO_API_KEY
    url = BASE + "/crm/views"

    def nothing_given():
        return requests.get(url, headers=HEADERS)  # expect: GET /v2/api/crm/views [CRM_READ] definite key=env:ALLO_API_KEY

    return nothing_given


def on_page(fetch: Callable[[str], requests.Response], handle):
    handle(fetch("/conversations").json())  # expect: GET /v2/api/conversations [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY


def transport(path):
    return requests.get(BASE + path, headers=HEADERS)


on_page(transport, print)


class Transport(Protocol):
    def send(self, method: str, path: str) -> requests.Response: ...


class Http:
    def __init__(self, key: str) -> None:
        self._key = key

    def send(self, method: str, path: str) -> requests.Response:
        return requests.request(method, BASE + path, headers={"Authorization": f"Api-Key {self._key}"})


class Api:
    def __init__(self, transport: Transport, on_error: Callable[[Exception], None] | None = None) -> None:
        self._transport = transport
        self._on_error = on_error

    def deals(self, query: dict) -> requests.Response:
        return self._transport.send("POST", "/crm/deals/search")  # expect: POST /v2/api/crm/deals/search [CRM_READ] definite key=env:ALLO_CRM_KEY


api = Api(Http(os.environ["ALLO_CRM_KEY"]))


class Values:
    def __init__(self, session: requests.Session):
        self._get = session.get
        self.handlers = {"tags": self.tags, "users": self.users}

    def tags(self):
        return self._get(BASE + "/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY

    def users(self):
        return self._get(BASE + "/users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY

    def run(self, name):
        return self.handlers[name]()


session = requests.Session()
session.headers.update(HEADERS)
values = Values(session)


def fan_out(paths=("/tags", "/users")):
    with ThreadPoolExecutor() as pool:
        jobs = {pool.submit(transport, path): path for path in paths}  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY; GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY
        for job in as_completed(jobs):
            job.result()
        list(pool.map(transport, ["/numbers", "/voices"]))  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY; GET /v2/api/voices [AGENTS_READ] definite key=env:ALLO_API_KEY
    list(map(transport, ("/threads",)))  # expect: GET /v2/api/threads [THREADS_READ] definite key=env:ALLO_API_KEY
    map(transport, ("/companies",))


def mapped():
    for answer in map(transport, ["/me"]):  # expect: GET /v2/api/me [] definite
        print(answer)
    names = [answer.json() for answer in map(transport, ["/crm/views", "/crm/attributes"])]  # expect: GET /v2/api/crm/views [CRM_READ] definite; GET /v2/api/crm/attributes [CRM_READ] definite
    return names, map(transport, ["/tags", "/users"])  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible


def side_by_side(pool):
    list(map(paired, ["/crm", "/webhooks"], ["/views", "/event_types"]))  # expect: GET /v2/api/crm/views [CRM_READ] definite; GET /v2/api/webhooks/event_types [WEBHOOKS_READ_WRITE] definite
    pool.map(paired, ["/crm", "/webhooks"], ["/attributes", "/event_types"])  # expect: GET /v2/api/crm/attributes [CRM_READ] definite; GET /v2/api/webhooks/event_types [WEBHOOKS_READ_WRITE] definite


def paired(start, end):
    return transport(start + end)


async def gathered():
    async def go(path):
        return await asyncio.to_thread(transport, path)

    await asyncio.gather(*[go(path) for path in ("/calendars", "/webhooks")])  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_API_KEY; GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=env:ALLO_API_KEY
    await asyncio.gather(go("/crm/views"), go("/crm/attributes"))  # expect: GET /v2/api/crm/views [CRM_READ] definite key=env:ALLO_API_KEY; GET /v2/api/crm/attributes [CRM_READ] definite key=env:ALLO_API_KEY


HANDLERS: dict[str, Callable[[], requests.Response]] = {
    "me": lambda: requests.get(BASE + "/me", headers=HEADERS),  # expect: GET /v2/api/me [] definite key=env:ALLO_API_KEY
    "templates": lambda: transport("/summary_templates"),  # expect: GET /v2/api/summary_templates [SUMMARY_TEMPLATES_READ] definite key=env:ALLO_API_KEY
}
