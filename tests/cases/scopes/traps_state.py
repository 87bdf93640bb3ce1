"""State that changes under way: where a value read too early, too late or from a namesake gives a wrong endpoint."""
import copy
import os
from functools import partial

import httpx
import requests

BASE = "https://api.withallo.com/v2/api"
OTHER = "https://api.example.org/v2/api"


def reassigned():
    path = "/tags"
    requests.get(BASE + path)  # expect: GET /v2/api/tags [TAGS_READ] definite
    path = "/users"
    requests.get(BASE + path)  # expect: GET /v2/api/users [USERS_READ] definite
    base = OTHER
    requests.get(base + path)
    base = BASE
    requests.get(base + path)  # expect: GET /v2/api/users [USERS_READ] definite


def lists_change():
    parts = ["users"]
    parts.insert(0, BASE)
    requests.get("/".join(parts))  # expect: GET /v2/api/users [USERS_READ] definite
    parts[1] = "numbers"
    requests.get("/".join(parts))  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    parts.pop()
    parts += ["crm", "views"]
    requests.get("/".join(parts))  # expect: GET /v2/api/crm/views [CRM_READ] definite
    steps = [BASE]
    steps.extend(["crm", "attributes"])
    requests.get("/".join(steps))  # expect: GET /v2/api/crm/attributes [CRM_READ] definite
    reverse = ["tags", BASE]
    reverse.reverse()
    requests.get("/".join(reverse))  # expect: GET /v2/api/tags [TAGS_READ] definite


def dicts_change():
    options = {"method": "GET", "url": BASE + "/tags"}
    options["url"] = BASE + "/threads"
    requests.request(**options)  # expect: GET /v2/api/threads [THREADS_READ] definite
    options.update(method="POST")
    requests.request(**options)  # expect: POST /v2/api/threads [THREADS_WRITE] definite
    later = dict(options, url=BASE + "/crm/people")
    requests.request(**later)  # expect: POST /v2/api/crm/people [CRM_WRITE] definite
    copied = copy.deepcopy(options)
    copied["method"] = "GET"
    requests.request(**options)  # expect: POST /v2/api/threads [THREADS_WRITE] definite
    requests.request(**copied)  # expect: GET /v2/api/threads [THREADS_READ] definite
    options |= {"url": BASE + "/webhooks"}
    requests.request(**options)  # expect: POST /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite
    del options["method"]
    requests.get(**options)  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite


class Client:
    base = OTHER

    def __init__(self, base=None):
        if base:
            self.base = base

    def get(self, path):
        return requests.get(self.base + path)


def instances():
    allo = Client(BASE)
    other = Client()
    allo.get("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
    other.get("/tags")
    other.base = BASE
    other.get("/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite


class Shadow:
    """The method of the subclass runs, not the one of the base."""

    root = BASE

    def path(self):
        return "/tags"

    def fetch(self):
        return requests.get(self.root + self.path())  # expect: GET /v2/api/tags [TAGS_READ] definite|possible; GET /v2/api/users [USERS_READ] definite|possible

    def verb(self):
        return "GET"


class Shadowed(Shadow):
    def path(self):
        return "/users"


class Elsewhere(Shadow):
    root = OTHER


Shadowed().fetch()
Shadow().fetch()


def same_name_inside(path):
    def get(path):
        return requests.get(OTHER + path)

    get(path)
    get("/tags")


def get(path):
    return requests.get(BASE + path)


get("/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite


def arguments_cross(a, b):
    return requests.get(a + b)


arguments_cross(OTHER, "/tags")
arguments_cross(BASE, "/calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite
arguments_cross(b=BASE, a="")  # expect: GET null [] definite
arguments_cross(b="/webhooks", a=BASE)  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite


def default_is_not_used(path="/tags"):
    return requests.get(BASE + path)  # expect: GET /v2/api/tags [TAGS_READ] definite|possible?


default_is_not_used("/crm/views")  # expect: GET /v2/api/crm/views [CRM_READ] definite
default_is_not_used(path="/crm/attributes")  # expect: GET /v2/api/crm/attributes [CRM_READ] definite

counter = 0


def global_state():
    global counter
    counter += 1
    requests.get(f"{BASE}/users/{counter}")  # expect: GET /v2/api/users/{id} [USERS_READ] definite


def loop_variable_after():
    for name in ("tags", "users", "voices"):
        pass
    requests.get(f"{BASE}/{name}")  # expect: GET /v2/api/voices [AGENTS_READ] definite


def first_match():
    for name in ("tags", "users"):
        response = requests.get(f"{BASE}/{name}")  # expect: GET /v2/api/tags [TAGS_READ] definite|possible; GET /v2/api/users [USERS_READ] definite|possible
        if response.ok:
            break


def swapped():
    one, two = "tags", "numbers"
    one, two = two, one
    requests.get(f"{BASE}/{one}")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    first, *rest = ["voices", "crm", "views"]
    requests.get("/".join([BASE, *rest]))  # expect: GET /v2/api/crm/views [CRM_READ] definite
    requests.get(f"{BASE}/{first}")  # expect: GET /v2/api/voices [AGENTS_READ] definite


def late_binding():
    name = "tags"
    call = lambda: requests.get(f"{BASE}/{name}")  # expect: GET /v2/api/users [USERS_READ] definite
    name = "users"
    return call()


def bound_early():
    name = "tags"
    call = partial(requests.get, f"{BASE}/{name}")  # expect: GET /v2/api/tags [TAGS_READ] definite?
    name = "users"
    return call(), name  # expect: GET /v2/api/tags [TAGS_READ] definite?


def exceptions():
    try:
        path = "/tags"
        open("/nonexistent/file")
    except OSError:
        path = "/numbers"
    requests.get(BASE + path)  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/numbers [PHONE_NUMBERS_READ] possible


def numbers_in_text(n=2):
    requests.get(f"https://api.withallo.com/v{n}/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get("https://api.withallo.com/v" + str(1) + "/api/calls")  # expect: GET /v1/api/calls [CONVERSATIONS_READ] definite
    requests.get("https://api.withallo.com/v%s/api/numbers" % (1 + 1))  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    requests.get(f"{BASE}/{'tag' + 's' * 1}")  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(BASE + "/" + ("users", "tags")[1])  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(BASE + "/" + "tags,users".split(",")[1])  # expect: GET /v2/api/users [USERS_READ] definite
    requests.get(BASE + "/" + {"a": "voices"}.get("b", "calendars"))  # expect: GET /v2/api/calendars [AGENTS_READ] definite
    requests.get(BASE + "/" + sorted({"threads": 1})[0])  # expect: GET /v2/api/threads [THREADS_READ] definite
    requests.get(BASE + "/" + max("tags", "users"))  # expect: GET /v2/api/users [USERS_READ] definite
    requests.get(BASE + "/" + "sgat"[::-1])  # expect: GET /v2/api/tags [TAGS_READ] definite


def headers_of_others():
    client = httpx.Client(base_url=OTHER)
    client.base_url = BASE
    client.get("/me")  # expect: GET /v2/api/me [] definite
    client.base_url = OTHER
    client.get("/me")


def not_a_default():
    url = os.environ.get("ALLO_NONE") and BASE
    requests.get((url or OTHER) + "/tags")  # expect: GET /v2/api/tags [TAGS_READ] possible
    requests.get(BASE or OTHER + "/users")  # expect: GET null [] definite
