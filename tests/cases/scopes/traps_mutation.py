"""Lists and dicts that change on the way to a call: in a branch, in a loop, under another name, in another function."""
import requests

BASE = "https://api.withallo.com/v2/api"
OTHER = "https://api.example.org/v2/api"
SHARED = [BASE, "tags"]
OPTIONS = {"method": "GET", "url": BASE + "/tags"}


def in_a_branch(flag):
    parts = [BASE, "users"]
    if flag:
        parts[1] = "numbers"
    requests.get("/".join(parts))  # expect: GET /v2/api/users [USERS_READ] possible; GET /v2/api/numbers [PHONE_NUMBERS_READ] possible


def in_both_branches(flag):
    parts = [BASE]
    if flag:
        parts.append("users")
    else:
        parts.append("numbers")
    requests.get("/".join(parts))  # expect: GET /v2/api/users [USERS_READ] possible; GET /v2/api/numbers [PHONE_NUMBERS_READ] possible


def item_in_a_branch(flag):
    options = {"method": "GET", "url": BASE + "/threads"}
    if flag:
        options["method"] = "POST"
    requests.request(**options)  # expect: GET /v2/api/threads [THREADS_READ] possible; POST /v2/api/threads [THREADS_WRITE] possible


def update_in_a_branch(flag):
    options = {"url": BASE + "/voices"}
    if flag:
        options.update(url=OTHER + "/voices")
    requests.get(**options)  # expect: GET /v2/api/voices [AGENTS_READ] definite|possible


def set_default():
    options = {"url": BASE + "/calendars"}
    options.setdefault("url", BASE + "/users")
    requests.get(**options)  # expect: GET /v2/api/calendars [AGENTS_READ] definite


def popped_item():
    options = {"url": BASE + "/calendars", "path": "/users"}
    path = options.pop("path")
    requests.get(BASE + path)  # expect: GET /v2/api/users [USERS_READ] definite
    requests.get(BASE + options.get("path", "/tags"))  # expect: GET /v2/api/tags [TAGS_READ] definite


def cleared():
    options = {"path": "/users"}
    options.clear()
    requests.get(BASE + options.get("path", "/tags"))  # expect: GET /v2/api/tags [TAGS_READ] definite


def emptied():
    parts = [BASE, "tags"]
    parts.clear()
    parts += [OTHER, "users"]
    requests.get("/".join(parts))


def another_name():
    parts = [BASE]
    same = parts
    same.append("users")
    requests.get("/".join(parts))  # expect: GET /v2/api/users [USERS_READ] definite?; unresolved?


def another_name_first():
    parts = [BASE, "tags"]
    same = parts
    parts[1] = "users"
    requests.get("/".join(same))  # expect: GET /v2/api/users [USERS_READ] possible?; GET /v2/api/tags [TAGS_READ] possible?; unresolved?


def another_dict():
    options = {"url": BASE + "/tags"}
    same = options
    same["url"] = BASE + "/users"
    requests.get(**options)  # expect: GET /v2/api/users [USERS_READ] possible?; GET /v2/api/tags [TAGS_READ] possible?; unresolved?


def a_copy():
    parts = [BASE, "tags"]
    other = parts.copy()
    other[1] = "users"
    requests.get("/".join(parts))  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get("/".join(other))  # expect: GET /v2/api/users [USERS_READ] definite
    third = list(parts)
    third.append("x")
    requests.get("/".join(parts))  # expect: GET /v2/api/tags [TAGS_READ] definite


def grow(parts):
    parts.append("users")


def in_a_function():
    parts = [BASE]
    grow(parts)
    requests.get("/".join(parts))  # expect: GET /v2/api/users [USERS_READ] definite?; unresolved?


def redirect(options):
    options["url"] = BASE + "/users"


def dict_in_a_function():
    options = {"url": BASE + "/tags"}
    redirect(options)
    requests.get(**options)  # expect: GET /v2/api/users [USERS_READ] definite?; GET /v2/api/tags [TAGS_READ] possible?; unresolved?


def elsewhere():
    SHARED.append("deep")


def shared():
    requests.get("/".join(SHARED))  # expect: GET /v2/api/tags [TAGS_READ] possible?; unresolved?


def other_options():
    OPTIONS["url"] = BASE + "/users"


def shared_options():
    requests.request(**OPTIONS)  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible


def in_a_loop(names):
    parts = [BASE]
    for name in names:
        parts.append(name)
    requests.get("/".join(parts))  # expect: unresolved; GET null [] possible?


def in_a_literal_loop():
    parts = [BASE]
    for name in ("crm", "views"):
        parts.append(name)
    requests.get("/".join(parts))  # expect: GET /v2/api/crm/views [CRM_READ] definite?; unresolved?; GET null [] possible?


def each_turn():
    parts = [BASE, "x"]
    for name in ("tags", "users"):
        parts[1] = name
        requests.get("/".join(parts))  # expect: GET /v2/api/tags [TAGS_READ] definite|possible; GET /v2/api/users [USERS_READ] definite|possible; unresolved?


def in_one_statement():
    parts = ["users", "tags"]
    requests.get(BASE + "/" + parts.pop() + "?" + parts[0])  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(BASE + "/" + parts[-1])  # expect: GET /v2/api/users [USERS_READ] definite


def perhaps(flag):
    parts = ["users", "tags"]
    flag and parts.pop()
    requests.get(BASE + "/" + parts[-1])  # expect: GET /v2/api/users [USERS_READ] possible; GET /v2/api/tags [TAGS_READ] possible


def sorted_in_place():
    names = ["users", "tags"]
    names.sort()
    requests.get(BASE + "/" + names[0])  # expect: GET /v2/api/tags [TAGS_READ] definite
    names.sort(key=len, reverse=True)
    requests.get(BASE + "/" + names[0])  # expect: unresolved?; GET /v2/api/users [USERS_READ] definite|possible?; GET /v2/api/tags [TAGS_READ] possible?


def deleted():
    names = ["users", "tags"]
    del names[0]
    requests.get(BASE + "/" + names[0])  # expect: GET /v2/api/tags [TAGS_READ] definite
    names.insert(0, "voices")
    names.remove("voices")
    requests.get(BASE + "/" + names[0])  # expect: GET /v2/api/tags [TAGS_READ] definite


def by_slice():
    names = ["users", "tags"]
    names[:] = ["voices"]
    requests.get(BASE + "/" + names[0])  # expect: GET /v2/api/voices [AGENTS_READ] definite?; unresolved?


def nested():
    table = {"a": {"path": "/tags"}}
    table["a"]["path"] = "/users"
    requests.get(BASE + table["a"]["path"])  # expect: GET /v2/api/users [USERS_READ] definite?; GET /v2/api/tags [TAGS_READ] possible?; unresolved?


def held():
    inner = ["tags"]
    table = {"names": inner}
    inner[0] = "users"
    requests.get(BASE + "/" + table["names"][0])  # expect: GET /v2/api/users [USERS_READ] definite?; GET /v2/api/tags [TAGS_READ] possible?; unresolved?


class Builder:
    def __init__(self):
        self.parts = [BASE]
        self.table = {"path": "/tags"}

    def more(self):
        self.parts.append("users")
        self.table["path"] = "/users"

    def send(self):
        requests.get("/".join(self.parts))  # expect: unresolved?
        requests.get(BASE + self.table["path"])  # expect: GET /v2/api/users [USERS_READ] possible?; GET /v2/api/tags [TAGS_READ] possible?; unresolved?


def reused(client):
    options = dict(url=BASE + "/tags")
    requests.get(**options)  # expect: GET /v2/api/tags [TAGS_READ] definite
    options = {**options, "url": BASE + "/numbers"}
    requests.get(**options)  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite


def chosen(flag):
    options = {"url": BASE + "/tags"} if flag else {"url": BASE + "/users"}
    requests.get(**options)  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible
    parts = ["tags"] if flag else ["users"]
    requests.get("/".join([BASE, *parts]))  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible
    merged = {"url": BASE + "/voices", **options}
    requests.get(**merged)  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible
    arguments = (BASE + "/numbers",) if flag else (BASE + "/calendars",)
    requests.get(*arguments)  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] possible; GET /v2/api/calendars [AGENTS_READ] possible
    paths = ["/" + name for name in (["threads"] if flag else ["webhooks"])]
    requests.get(BASE + paths[0])  # expect: GET /v2/api/threads [THREADS_READ] possible; GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] possible
