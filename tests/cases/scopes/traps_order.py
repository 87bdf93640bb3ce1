"""When a value is read: behind a loop, in a function that runs later, between two calls, after code that never ends."""
import requests

BASE = "https://api.withallo.com/v2/api"
PATH = "/tags"
MODE = "/numbers"


def read_path():
    requests.get(BASE + PATH)  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible


read_path()
PATH = "/users"
read_path()


def read_mode():
    requests.get(BASE + MODE)  # expect: GET /v2/api/voices [AGENTS_READ] definite


MODE = "/voices"
read_mode()


def with_break(names):
    for name in ("tags", "users"):
        if name in names:
            break
    requests.get(f"{BASE}/{name}")  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible


def computed_in_a_loop():
    for name in ("tags", "users"):
        url = f"{BASE}/{name}"
    requests.get(url)  # expect: GET /v2/api/users [USERS_READ] definite


def pairs_after():
    for method, path in (("GET", "/threads"), ("POST", "/threads")):
        pass
    requests.request(method, BASE + path)  # expect: POST /v2/api/threads [THREADS_WRITE] definite


def some_turns(skipped):
    for name in ("tags", "users"):
        if name == "tags":
            continue
        requests.get(f"{BASE}/{name}")  # expect: GET /v2/api/users [USERS_READ] definite


def only_one():
    for name in ("tags", "users", "voices"):
        if name == "users":
            requests.get(f"{BASE}/{name}")  # expect: GET /v2/api/users [USERS_READ] definite
        if name != "users":
            requests.post(f"{BASE}/{name}")  # expect: POST null [] definite; POST null [] definite


def perhaps_some(wanted):
    for name in ("tags", "users"):
        if name in wanted:
            requests.get(f"{BASE}/{name}")  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible


def first_only():
    for name in ("tags", "users"):
        return requests.get(f"{BASE}/{name}")  # expect: GET /v2/api/tags [TAGS_READ] definite|possible; GET /v2/api/users [USERS_READ] possible?


def nested_late():
    name = "tags"

    def call():
        return requests.get(f"{BASE}/{name}")  # expect: GET /v2/api/tags [TAGS_READ] definite

    call()
    name = "users"
    return name


def nested_twice():
    name = "tags"

    def call():
        return requests.get(f"{BASE}/{name}")  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible

    call()
    name = "users"
    call()


def lambda_twice():
    name = "tags"
    call = lambda: requests.get(f"{BASE}/{name}")  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible
    call()
    name = "users"
    call()


def handed_on(pool):
    name = "tags"
    call = lambda: requests.get(f"{BASE}/{name}")  # expect: GET /v2/api/tags [TAGS_READ] possible?; GET /v2/api/users [USERS_READ] possible
    pool.later(call)
    name = "users"


def early(name="tags"):
    call = lambda name=name: requests.get(f"{BASE}/{name}")  # expect: GET /v2/api/tags [TAGS_READ] definite|possible
    name = "users"
    call()


def from_nonlocal():
    path = "/tags"

    def change():
        nonlocal path
        path = "/users"

    change()
    requests.get(BASE + path)  # expect: GET /v2/api/users [USERS_READ] definite|possible; GET /v2/api/tags [TAGS_READ] possible?


STATE = "/calendars"


def change_state():
    global STATE
    STATE = "/webhooks"
    requests.get(BASE + STATE)  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite


def read_state():
    requests.get(BASE + STATE)  # expect: GET /v2/api/calendars [AGENTS_READ] possible; GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] possible


def forever(queue):
    while True:
        queue.get()
    requests.get(BASE + "/tags")


def forever_left(queue):
    while True:
        if queue.get():
            break
    requests.get(BASE + "/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite


def forever_inner(queue):
    while 1:
        for item in queue:
            break
    requests.get(BASE + "/tags")


def forever_tried(queue):
    while True:
        try:
            path = queue.get()
        except KeyError:
            break
    requests.get(BASE + "/users")  # expect: GET /v2/api/users [USERS_READ] definite


def forever_returned(queue):
    while True:
        requests.get(BASE + "/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
        if queue:
            return
    requests.get(BASE + "/users")


def while_condition(queue):
    path = "/tags"
    while queue.get():
        path = "/users"
    requests.get(BASE + path)  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible


def grown(count):
    url = BASE
    for part in ("crm", "views"):
        url = url + "/" + part
    requests.get(url)  # expect: GET /v2/api/crm/views [CRM_READ] definite


def grown_unknown(parts):
    url = BASE + "/users"
    for part in parts:
        url += "/" + part
    requests.get(url)  # expect: unresolved?; GET /v2/api/users [USERS_READ] possible?; GET /v2/api/users/{id} [USERS_READ] possible?


def walrus():
    path = "/tags"
    requests.get(BASE + (path := "/users"))  # expect: GET /v2/api/users [USERS_READ] definite
    requests.get(BASE + path)  # expect: GET /v2/api/users [USERS_READ] definite


def perhaps_walrus(flag):
    path = "/tags"
    if flag and (path := "/users"):
        pass
    requests.get(BASE + path)  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible


def finally_wins():
    path = "/tags"
    try:
        path = "/users"
    finally:
        path = "/voices"
    requests.get(BASE + path)  # expect: GET /v2/api/voices [AGENTS_READ] definite


def closures():
    calls = [lambda: requests.get(f"{BASE}/{name}") for name in ("tags", "users")]  # expect: GET /v2/api/users [USERS_READ] definite|possible; GET /v2/api/tags [TAGS_READ] possible?
    for call in calls:
        call()


def closures_in_pairs():
    calls = {kind: lambda: requests.get(f"{BASE}/{kind}/{name}") for kind in ("crm",) for name in ("attributes", "views")}  # expect: GET /v2/api/crm/views [CRM_READ] definite
    calls["crm"]()


def called_in_its_turn():
    return [(lambda: requests.get(f"{BASE}/{name}"))() for name in ("tags", "users")]  # expect: GET /v2/api/tags [TAGS_READ] definite|possible; GET /v2/api/users [USERS_READ] definite|possible


def handed_in_its_turn(pool):
    return [pool.submit(lambda: requests.get(f"{BASE}/{name}")) for name in ("tags", "users")]  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible


def closures_made_on_demand():
    for call in (lambda: requests.get(f"{BASE}/{name}") for name in ("tags", "users")):  # expect: GET /v2/api/tags [TAGS_READ] definite|possible; GET /v2/api/users [USERS_READ] definite|possible
        call()


def half_tried(load):
    path = "/tags"
    try:
        load()
        path = "/users"
    except OSError:
        pass
    requests.get(BASE + path)  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible


def wholly_tried(load):
    path = "/tags"
    try:
        load()
        path = "/users"
    except OSError:
        raise RuntimeError from None
    requests.get(BASE + path)  # expect: GET /v2/api/users [USERS_READ] definite


def handled(load):
    path = "/tags"
    try:
        path = "/users"
        load()
    except OSError:
        requests.get(BASE + path)  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible
    else:
        requests.post(BASE + path)  # expect: POST null [] definite


def grown_turn_by_turn():
    url = BASE
    for part in ("crm", "views"):
        url += "/" + part
        requests.get(url)  # expect: GET null [] definite|possible; GET /v2/api/crm/views [CRM_READ] definite|possible


def one_behind():
    path = "/tags"
    for name in ("/users", "/voices"):
        requests.get(BASE + path)  # expect: GET /v2/api/tags [TAGS_READ] definite|possible; GET /v2/api/users [USERS_READ] definite|possible
        path = name
    requests.get(BASE + path)  # expect: GET /v2/api/voices [AGENTS_READ] definite


def skipped_last():
    path = "/voices"
    for name in ("tags", "users"):
        if name == "users":
            continue
        path = "/" + name
    requests.get(BASE + path)  # expect: GET /v2/api/tags [TAGS_READ] definite|possible; GET /v2/api/users [USERS_READ] possible?; GET /v2/api/voices [AGENTS_READ] possible?


def skipped_growth(bad):
    url = BASE
    for part in ("crm", "views", "users"):
        if part in bad:
            continue
        url += "/" + part
        requests.get(url)  # expect: unresolved?; GET null [] possible?; GET /v2/api/users [USERS_READ] possible?; GET /v2/api/crm/views [CRM_READ] possible?


def conditional_growth(flag):
    url = BASE
    for part in ("crm", "views"):
        if flag:
            url += "/" + part
    requests.get(url)  # expect: GET /v2/api/crm/views [CRM_READ] possible; GET null [] possible?; GET null [] possible?
