"""Client wrappers as packages have them, each beside one of the same shape for another server."""
import asyncio
import os
import threading
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Generic, NamedTuple, Protocol, TypeVar

import aiohttp
import httpx
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

BASE = "https://api.withallo.com/v2/api"
OTHER = "https://api.example.org/v2/api"
KEY = os.environ["ALLO_API_KEY"]
T = TypeVar("T")


# A factory of sessions that try again, and classes made by their class methods.
def retrying_session(token, retries=3):
    session = requests.Session()
    adapter = HTTPAdapter(max_retries=Retry(total=retries, backoff_factor=0.5))
    session.mount("https://", adapter)
    session.headers.update({"Authorization": f"Api-Key {token}"})
    return session


class FromEnvironment:
    def __init__(self, session, root):
        self.session = session
        self.root = root

    @classmethod
    def from_env(cls):
        return cls(retrying_session(os.environ["ALLO_API_KEY"]), BASE)

    @classmethod
    def example(cls):
        return cls(retrying_session(os.environ["EXAMPLE_KEY"]), root=OTHER)

    def call(self, verb, path):
        return self.session.request(verb, self.root + path)


def made_by_class_methods():
    FromEnvironment.from_env().call("GET", "/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
    FromEnvironment.example().call("GET", "/tags")


# Mixins over a transport that another base class has.
class UsersMixin:
    def users(self):
        return self._call("GET", "/users")  # expect: GET /v2/api/users [USERS_READ] definite


class NumbersMixin:
    def numbers(self):
        return self._call("GET", "/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite


class AlloTransport:
    root = BASE

    def _call(self, verb, path):
        return requests.request(verb, self.root + path, headers={"Authorization": f"Api-Key {KEY}"})


class Mixed(UsersMixin, NumbersMixin, AlloTransport):
    pass


class ExampleTransport:
    def _call(self, verb, path):
        return requests.request(verb, OTHER + path)


class ExampleMixin:
    def users(self):
        return self._call("GET", "/users")


class ExampleMixed(ExampleMixin, ExampleTransport):
    pass


# Resources of one generic base, each with its path.
class Crud(Generic[T], ABC):
    root = BASE

    def __init__(self, http: httpx.Client):
        self.http = http

    @property
    @abstractmethod
    def path(self) -> str: ...

    def all(self):
        return self.http.get(f"{self.root}{self.path}")  # expect: GET /v2/api/voices [AGENTS_READ] definite|possible; GET /v2/api/calendars [AGENTS_READ] definite|possible


class Voices(Crud[dict]):
    path = "/voices"


class Calendars(Crud[dict]):
    @property
    def path(self):
        return "/calendars"


class ExampleCrud(Crud[dict]):
    root = OTHER
    path = "/voices"


# A protocol with two implementations: the one that is given counts.
class Sends(Protocol):
    def send(self, verb: str, path: str): ...


class SendsToAllo:
    def send(self, verb, path):
        return httpx.request(verb, BASE + path)


class SendsToExample:
    def send(self, verb, path):
        return httpx.request(verb, OTHER + path)


class Service:
    def __init__(self, sends: Sends):
        self.sends = sends

    def threads(self):
        return self.sends.send("GET", "/threads")  # expect: GET /v2/api/threads [THREADS_READ] definite|possible


Service(SendsToAllo()).threads()


class ExampleService:
    def __init__(self, sends: Sends):
        self.sends = sends

    def threads(self):
        return self.sends.send("GET", "/threads")


ExampleService(SendsToExample()).threads()


# A callable client, and functions bound to it.
class Api:
    def __init__(self, root):
        self.root = root

    def __call__(self, verb, path, **kwargs):
        return requests.request(verb, self.root + path, **kwargs)


api = Api(BASE)
example_api = Api(OTHER)
get = partial(api, "GET")
example_get = partial(example_api, "GET")


def called():
    api("GET", "/crm/views")  # expect: GET /v2/api/crm/views [CRM_READ] definite
    example_api("GET", "/crm/views")
    get("/crm/attributes")  # expect: GET /v2/api/crm/attributes [CRM_READ] definite
    example_get("/crm/attributes")


# Commands and endpoints as data.
class Endpoint(NamedTuple):
    verb: str
    path: str


class Endpoints(Enum):
    ME = Endpoint("GET", "/me")
    RESOLVE = Endpoint("POST", "/threads/{id}/resolve")


@dataclass(frozen=True)
class Command:
    verb: str
    path: str
    root: str = BASE

    def execute(self, session):
        return session.request(self.verb, self.root + self.path)


def send(endpoint, **names):
    return requests.request(endpoint.verb, BASE + endpoint.path.format(**names))


def as_data(ident):
    send(Endpoint("GET", "/webhooks"))  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite
    send(Endpoints.RESOLVE.value, id=ident)  # expect: POST /v2/api/threads/{id}/resolve [THREADS_WRITE] definite
    Command("GET", "/summary_templates").execute(requests.Session())  # expect: GET /v2/api/summary_templates [SUMMARY_TEMPLATES_READ] definite
    Command("GET", "/summary_templates", OTHER).execute(requests.Session())


# Context managers of the program, and one session a thread.
@contextmanager
def session_for(root):
    with httpx.Client(base_url=root, headers={"Authorization": f"Api-Key {KEY}"}) as client:
        yield client


@asynccontextmanager
async def connected(root=BASE):
    async with aiohttp.ClientSession(headers={"Authorization": f"Api-Key {KEY}"}) as session:
        yield session, root


local = threading.local()


def thread_session():
    if not hasattr(local, "session"):
        local.session = retrying_session(KEY)
    return local.session


async def managed():
    with session_for(BASE) as client:
        client.get("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
    with session_for(OTHER) as client:
        client.get("/tags")
    async with connected() as (session, root):
        await session.get(root + "/users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY
    async with connected(OTHER) as (session, root):
        await session.get(root + "/users")
    thread_session().get(BASE + "/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY
    thread_session().get(OTHER + "/numbers")


# Pools: a semaphore around a client, and calls that a pool makes.
class Limited:
    def __init__(self, client: httpx.AsyncClient, limit=5):
        self.client = client
        self.gate = asyncio.Semaphore(limit)

    async def fetch(self, path):
        async with self.gate:
            return await self.client.get(path)


async def in_pools(idents):
    limited = Limited(httpx.AsyncClient(base_url=BASE))
    await asyncio.gather(*(limited.fetch(f"/users/{ident}") for ident in idents))  # expect: GET /v2/api/users/{id} [USERS_READ] definite
    example = Limited(httpx.AsyncClient(base_url=OTHER))
    await asyncio.gather(*(example.fetch(f"/users/{ident}") for ident in idents))
    async with asyncio.TaskGroup() as group:
        group.create_task(limited.fetch("/voices"))  # expect: GET /v2/api/voices [AGENTS_READ] definite
        group.create_task(example.fetch("/voices"))
    with ThreadPoolExecutor() as pool:
        list(pool.map(partial(api, "GET"), ["/calendars"]))  # expect: GET /v2/api/calendars [AGENTS_READ] definite
        pool.submit(example_api, "GET", "/calendars")


# A container that makes its parts when they are asked for.
class Container:
    def __init__(self, root):
        self.root = root
        self._made = {}

    @property
    def http(self):
        if "http" not in self._made:
            self._made["http"] = httpx.Client(base_url=self.root)
        return self._made["http"]

    def repository(self):
        return Repository(self.http)


class Repository:
    def __init__(self, http):
        self.http = http

    def find(self, path):
        return self.http.get(path)


def from_container():
    Container(BASE).repository().find("/crm/views")  # expect: GET /v2/api/crm/views [CRM_READ] definite
    Container(OTHER).repository().find("/crm/views")


# A subclass of a session that puts every path behind a prefix.
class Prefixed(requests.Session):
    def __init__(self, prefix):
        super().__init__()
        self.prefix = prefix

    def request(self, method, url, *args, **kwargs):
        return super().request(method, self.prefix + url, *args, **kwargs)


def prefixed():
    Prefixed(BASE).get("/threads")  # expect: GET /v2/api/threads [THREADS_READ] definite
    Prefixed(OTHER).get("/threads")
    Prefixed(BASE).post("/threads", json={})  # expect: POST /v2/api/threads [THREADS_WRITE] definite


# A path that is built piece by piece.
class Path:
    def __init__(self, root, *parts):
        self.root, self.parts = root, parts

    def __getattr__(self, name):
        return Path(self.root, *self.parts, name)

    def __truediv__(self, part):
        return Path(self.root, *self.parts, part)

    def get(self):
        return requests.get("/".join([self.root, *map(str, self.parts)]))


def piece_by_piece(ident):
    Path(BASE, "tags").get()  # expect: GET /v2/api/tags [TAGS_READ] definite
    Path(OTHER, "tags").get()
