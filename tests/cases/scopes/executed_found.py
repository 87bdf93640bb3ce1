"""Shapes that running programs beside the analysis found: missed, or said for certain and never sent."""

import contextvars
import functools
import itertools
import os
import queue
import random

import httpx
import requests

BASE = "https://api.withallo.com"


def paths():
    yield "/v2/api/tags"


def named():
    for name in ("users", "numbers"):
        yield "/v2/api/" + name


def over_generators():
    for path in paths():
        requests.get(BASE + path)  # expect: GET /v2/api/tags [TAGS_READ] definite
    for path in named():
        requests.get(BASE + path)  # expect: GET /v2/api/users [USERS_READ] definite; GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    requests.get(BASE + list(paths())[0])  # expect: GET /v2/api/tags [TAGS_READ] definite


def by_a_flag_of_the_environment():
    flag = bool(os.getenv("TAGS"))
    requests.get(BASE + ("/v2/api/tags" if flag else "/v2/api/threads"))  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/threads [THREADS_READ] possible


def rooted(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return "/v2/api/" + function(*args, **kwargs)

    return inner


@rooted
def path_of(name):
    return name


@functools.singledispatch
def path_for(value):
    return "/v2/api/users"


@path_for.register
def _(value: int):
    return "/v2/api/tags"


def by_functions_of_another_make():
    requests.get(BASE + path_of("tags"))  # expect: unresolved
    requests.get(BASE + path_for(1))  # expect: unresolved


pool = [requests.Session(), requests.Session()]
turns = itertools.cycle(pool)
waiting = queue.Queue()
waiting.put(httpx.Client(base_url=BASE))
current = contextvars.ContextVar("current")
current.set(httpx.Client(base_url=BASE))


def from_what_holds_clients():
    random.choice(pool).get(BASE + "/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
    next(turns).get(BASE + "/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
    waiting.get().get("/v2/api/tags")  # expect: unresolved
    current.get().get("/v2/api/tags")  # expect: unresolved


def swapped_in_each_turn():
    while True:
        one, two = f"{BASE}/v2/api/users", f"{BASE}/v2/api/numbers"
        one, two = two, one
        requests.get(one)  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
        if two:
            break
