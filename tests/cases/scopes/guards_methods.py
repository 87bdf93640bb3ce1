"""Tests that let several methods or all paths below a prefix through."""
import os

import requests

HOST = "https://api.withallo.com"
BASE = HOST + "/v2/api"
HEADERS = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}


def read_only_path(method):
    """The path has one of the two methods: the other is no call of the program's, nor an endpoint."""
    if method not in ("GET", "POST"):
        raise ValueError(method)
    return requests.request(method, BASE + "/numbers", headers=HEADERS)  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] possible


def no_such_path(method):
    if method not in ("GET", "POST"):
        raise ValueError(method)
    return requests.request(method, BASE + "/nothing", headers=HEADERS)  # expect: GET null [] possible; POST null [] possible


def chosen(flag):
    """Here the program says it itself."""
    method = "POST" if flag else "GET"
    return requests.request(method, BASE + "/numbers", headers=HEADERS)  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] possible; POST null [] possible


def below_a_prefix(path):
    if not path.startswith("/v2/api/summary_templates"):
        raise ValueError(path)
    return requests.get(HOST + path, headers=HEADERS)  # expect: GET /v2/api/summary_templates [SUMMARY_TEMPLATES_READ] possible; GET /v2/api/summary_templates/{id} [SUMMARY_TEMPLATES_READ] possible


def below_a_wide_prefix(path):
    assert path.startswith("/v2/api/")
    return requests.get(HOST + path, headers=HEADERS)  # expect: unresolved


def below_no_prefix(path):
    assert path.startswith("/v3/api/")
    return requests.get(HOST + path, headers=HEADERS)  # expect: GET null [] definite|possible
