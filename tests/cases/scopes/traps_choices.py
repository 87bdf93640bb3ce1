"""Conditions that pick a value: one that is certain, one that is not, one that excludes another, and defaults."""
import os
from typing import Literal

import requests

BASE = "https://api.withallo.com/v2/api"
OTHER = "https://api.example.org/v2/api"
LIVE = os.environ.get("ALLO_LIVE")


def both_sides(flag):
    path = "/tags" if flag else "/users"
    verb = "GET" if flag else "POST"
    requests.request(verb, BASE + path)  # expect: GET /v2/api/tags [TAGS_READ] possible; POST null [] possible; GET /v2/api/users [USERS_READ] possible?; POST null [] possible?


def and_picks(flag):
    url = flag and BASE + "/tags"
    requests.get(url or BASE + "/users")  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible


def and_of_literals():
    path = "" and "/tags"
    requests.get(BASE + (path or "/users"))  # expect: GET /v2/api/users [USERS_READ] definite
    path = "x" and "/voices"
    requests.get(BASE + path)  # expect: GET /v2/api/voices [AGENTS_READ] definite


def and_of_env():
    requests.get((os.environ.get("ALLO_NEW") and BASE + "/numbers") or OTHER)  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] possible


def versioned(path, version=2, base=BASE):
    if version == 1:
        base = "https://api.withallo.com/v1/api"
    return requests.get(base + path)


versioned("/contacts", 1)  # expect: GET /v1/api/contacts [CONTACTS_READ] definite
versioned("/tags", version=2)  # expect: GET /v2/api/tags [TAGS_READ] definite
versioned("/users")  # expect: GET /v2/api/users [USERS_READ] definite


def kinds(kind):
    if kind in ("agent", "voice"):
        return requests.get(BASE + "/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite
    if len(kind) > 9:
        return requests.get(BASE + "/calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite?
    return None


kinds("agent")


def ended(path):
    if path.endswith("/"):
        path = path[:-1]
    if not path:
        path = "/webhooks"
    return requests.get(BASE + path)


ended("/numbers/")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
ended("/threads")  # expect: GET /v2/api/threads [THREADS_READ] definite
ended("")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite


def narrowed(what: Literal["tags", "users"] = "tags"):
    return requests.get(f"{BASE}/{what}")  # expect: GET /v2/api/tags [TAGS_READ] definite|possible; GET /v2/api/users [USERS_READ] possible?


def excluded(path):
    if path == "/tags":
        raise ValueError
    return requests.get(BASE + path)


excluded("/tags")
excluded("/users")  # expect: GET /v2/api/users [USERS_READ] definite


def reassigned_guard(path):
    if path == "/tags":
        path = "/users"
    if path == "/tags":
        return requests.get(BASE + "/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite?
    return requests.get(BASE + path)


reassigned_guard("/tags")  # expect: GET /v2/api/users [USERS_READ] definite


def flagged(path, admin=False):
    prefix = "/crm" if admin else ""
    return requests.get(BASE + prefix + path)


flagged("/views", True)  # expect: GET /v2/api/crm/views [CRM_READ] definite
flagged("/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite
flagged("/attributes", admin=LIVE)  # expect: GET /v2/api/crm/attributes [CRM_READ] possible; GET null [] possible


def compared(count: int):
    path = "/tags" if count > 3 else "/users"
    return requests.get(BASE + path)  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible


def chained(level):
    if 0 < level < 3:
        return requests.get(BASE + "/me")  # expect: GET /v2/api/me [] definite
    return None


def first_of(names=("tags", "users")):
    return requests.get(BASE + "/" + names[0])  # expect: GET /v2/api/tags [TAGS_READ] definite|possible


first_of(["calendars"])  # expect: GET /v2/api/calendars [AGENTS_READ] definite


def each_of(names=("tags", "users")):
    for name in names:
        requests.get(BASE + "/" + name)  # expect: GET /v2/api/tags [TAGS_READ] definite; GET /v2/api/users [USERS_READ] definite


each_of()
each_of(["numbers"])  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite


def kind_of(kinds={"views": "crm/views"}):
    return requests.get(BASE + "/" + kinds["views"])  # expect: GET /v2/api/crm/views [CRM_READ] definite|possible


kind_of({"views": "voices"})  # expect: GET /v2/api/voices [AGENTS_READ] definite


def picked(kind, kinds={"a": "/tags", "b": "/users"}):
    return requests.get(BASE + kinds[kind])


picked("a")  # expect: GET /v2/api/tags [TAGS_READ] definite
picked("b", {"b": "/voices"})  # expect: GET /v2/api/voices [AGENTS_READ] definite


def joined_up(parts=("crm", "views")):
    return requests.get("/".join([BASE, *parts]))  # expect: GET /v2/api/crm/views [CRM_READ] definite|possible


joined_up(["crm", "attributes"])  # expect: GET /v2/api/crm/attributes [CRM_READ] definite


def tried():
    path = "/tags"
    try:
        path = os.environ["ALLO_PATH"]
    except KeyError:
        pass
    requests.get(BASE + path)  # expect: GET /v2/api/tags [TAGS_READ] possible; unresolved?


def looked_up(kind):
    table = {"a": "/tags"}
    if kind:
        table = {"a": "/users"}
    requests.get(BASE + table["a"])  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible
    requests.get(BASE + {"a": "/voices", "b": "/numbers"}.get(kind, "/calendars"))  # expect: GET /v2/api/voices [AGENTS_READ] possible; GET /v2/api/numbers [PHONE_NUMBERS_READ] possible; GET /v2/api/calendars [AGENTS_READ] possible
