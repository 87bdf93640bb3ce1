"""Callers of which some say what they ask for, and one does not: that one is open, and not passed over for the others."""

import requests

BASE = "https://api.withallo.com"


def pages(paths):
    for path in paths:
        yield requests.get(BASE + path)


def from_generator(rows):
    list(pages(["/v2/api/tags"]))  # expect: GET /v2/api/tags [TAGS_READ] definite via=10
    list(pages([rows()]))  # expect: unresolved


def fetch(path):
    return [requests.get(BASE + one) for one in (path,)]


def from_lists(rows):
    fetch("/v2/api/users")  # expect: GET /v2/api/users [USERS_READ] definite via=19
    fetch(rows.pop())  # expect: unresolved


def again(path, left=3):
    for one in [path]:
        answer = requests.get(BASE + one)
    return answer if answer.ok or not left else again(path, left - 1)


def from_itself():
    again("/v2/api/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite via=29
