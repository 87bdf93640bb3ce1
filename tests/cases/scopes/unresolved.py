"""Calls that may be Allo's and cannot be resolved: listed, never dropped, never widened."""
import os

import requests

BASE = "https://api.withallo.com/v2/api"


def fetch(path):
    return requests.get(f"{BASE}/{path}")  # expect: unresolved


def follow(url):
    while url:
        data = requests.get(url).json()  # expect: unresolved
        url = data["next"]


def by_method(method):
    return requests.request(method, BASE + "/tags")  # expect: unresolved


def recording(call):
    return requests.get(call["recording_url"])  # expect: unresolved


def from_environment():
    requests.get(os.environ["ALLO_URL"])  # expect: unresolved
    requests.get(os.environ["ALLO_URL"] + "/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(os.environ["API_ROOT"] + "/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] possible
    requests.post(os.environ["SLACK_WEBHOOK_URL"], json={})


def unknown_library(http):
    return http.get(f"{BASE}/tags")  # expect: unresolved


def splat(arguments):
    return requests.get(*arguments)  # expect: unresolved
