"""Pools of processes and threads, which take the arguments of a call as a tuple, or one tuple a call."""

import os
from multiprocessing.pool import ThreadPool

import requests

BASE = "https://api.withallo.com"
HEADERS = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}


class Api:
    def __init__(self):
        self.pool = ThreadPool(4)

    def __call(self, method, path, timeout=None):
        return requests.request(method, BASE + path, headers=HEADERS, timeout=timeout)

    def call(self, method, path, async_req=False):
        if not async_req:
            return self.__call(method, path)
        return self.pool.apply_async(self.__call, (method, path), {"timeout": 5})

    def threads(self, **kwargs):
        return self.call("GET", "/v2/api/threads", async_req=kwargs.get("async_req"))  # expect: GET /v2/api/threads [THREADS_READ] definite


def send(method, path):
    return requests.request(method, BASE + path, headers=HEADERS)


def everything(pool):
    pool.apply(requests.get, (BASE + "/v2/api/users",), {"headers": HEADERS})  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY
    pool.apply_async(send, args=("GET", "/v2/api/tags"))  # expect: GET /v2/api/tags [TAGS_READ] definite
    pool.starmap(send, [("GET", "/v2/api/numbers"), ("POST", "/v2/api/threads")])  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite; POST /v2/api/threads [THREADS_WRITE] definite
    list(pool.imap_unordered(fetch, ["crm/views", "crm/attributes"]))  # expect: GET /v2/api/crm/views [CRM_READ] definite; GET /v2/api/crm/attributes [CRM_READ] definite


def fetch(name):
    return requests.get(f"{BASE}/v2/api/{name}", headers=HEADERS)
