"""Clients held in properties, class attributes, namespaces, context managers and defaults."""
import asyncio
import contextlib
import functools
import os
from types import SimpleNamespace

import anyio
import httpx
import requests
from fastapi import Depends
from fastapi.concurrency import run_in_threadpool

BASE = "https://api.withallo.com/v2/api"
OTHER = "https://api.example.org/v2/api"
KEY = os.environ["ALLO_API_KEY"]


def session(base=None):
    made = requests.Session()
    made.headers["Authorization"] = f"Api-Key {KEY}"
    return made


class Held:
    http = property(lambda self: httpx.Client(base_url=self.base))
    lazy = functools.cached_property(lambda self: session())

    def __init__(self, base):
        self.base = base

    def tags(self):
        return self.http.get("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite|possible

    def users(self):
        return self.lazy.get(BASE + "/users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY


def of_bases():
    Held(BASE).tags()
    Held(BASE).http.get("/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    Held(OTHER).http.get("/numbers")


class Single:
    """One object for all, made when it is first asked for."""

    _one = None
    _http = None

    def __new__(cls, *args):
        if cls._one is None:
            one = super().__new__(cls)
            one.http = session()
            cls._one = one
        return cls._one

    @classmethod
    def shared(cls):
        if cls._http is None:
            cls._http = httpx.Client(base_url=BASE, headers={"Authorization": f"Api-Key {KEY}"})
        return cls._http

    def voices(self):
        return self.http.get(f"{BASE}/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite key=env:ALLO_API_KEY

    def calendars(self):
        return self.shared().get("/calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_API_KEY


class OtherSingle:
    _http = None

    @classmethod
    def shared(cls):
        if cls._http is None:
            cls._http = httpx.Client(base_url=OTHER)
        return cls._http

    def calendars(self):
        return self.shared().get("/calendars")


def namespaces():
    allo = SimpleNamespace(base=BASE, http=session())
    other = SimpleNamespace(base=OTHER, http=session())
    allo.http.get(allo.base + "/threads")  # expect: GET /v2/api/threads [THREADS_READ] definite key=env:ALLO_API_KEY
    other.http.get(other.base + "/threads")
    other.base = BASE
    other.http.get(other.base + "/me")  # expect: GET /v2/api/me [] definite key=env:ALLO_API_KEY


async def stacks():
    with contextlib.ExitStack() as stack:
        http = stack.enter_context(httpx.Client(base_url=BASE))
        http.get("/webhooks")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite
        other = stack.enter_context(httpx.Client(base_url=OTHER))
        other.get("/webhooks")
    async with contextlib.AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=BASE))
        await client.get("/crm/views")  # expect: GET /v2/api/crm/views [CRM_READ] definite
    with contextlib.closing(session()) as plain, contextlib.nullcontext(OTHER) as base:
        plain.get(base + "/tags")
        plain.get(BASE + "/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY


class Config:
    def __init__(self, base=BASE):
        self.base = base


def with_default(config: Config = Config(), http: requests.Session = session()):
    return http.get(config.base + "/crm/attributes")  # expect: GET /v2/api/crm/attributes [CRM_READ] definite key=env:ALLO_API_KEY


def with_other_default(config: Config = Config(OTHER)):
    return requests.get(config.base + "/crm/attributes")


def allo():
    with httpx.Client(base_url=BASE) as client:
        yield client


def example():
    return httpx.Client(base_url=OTHER)


def route(client: httpx.Client = Depends(allo)):
    return client.get("/summary_templates")  # expect: GET /v2/api/summary_templates [SUMMARY_TEMPLATES_READ] definite


def other_route(client: httpx.Client = Depends(example)):
    return client.get("/summary_templates")


def fetch(path, base=BASE):
    return requests.get(base + path)


async def handed_on(hass):
    async with anyio.create_task_group() as group:
        group.start_soon(fetch, "/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
        group.start_soon(fetch, "/tags", OTHER)
        group.start_soon(functools.partial(fetch, "/users", base=BASE))  # expect: GET /v2/api/users [USERS_READ] definite
        group.start_soon(functools.partial(fetch, base=OTHER), "/users")
    await run_in_threadpool(fetch, "/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    await hass.async_add_executor_job(fetch, "/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite
    await hass.async_add_executor_job(fetch, "/voices", OTHER)
    asyncio.get_running_loop().call_later(5, fetch, "/calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite
