"""More ways that programs have of saying the same: options from tables, retries, closures, factories, early returns."""
import functools
import os
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urljoin

import requests

try:
    from settings import ALLO_ROOT
except ImportError:
    ALLO_ROOT = "https://api.withallo.com"

PREFIX = "/v2/api"
ROUTES = dict(tags="tags", users="users")


def headers(key=os.environ.get("ALLO_API_KEY", "")):
    return {"Authorization": f"Api-Key {key}"}


def from_environment_name(name):
    return requests.get(ALLO_ROOT + PREFIX + "/tags", headers=headers(os.environ[name]))  # expect: GET /v2/api/tags [TAGS_READ] definite


def table(which):
    return requests.get(f"https://api.withallo.com{PREFIX}/{ROUTES[which]}", headers=headers())  # expect: GET /v2/api/tags [TAGS_READ] possible key=env:ALLO_API_KEY; GET /v2/api/users [USERS_READ] possible key=env:ALLO_API_KEY


def query(**params):
    url = "https://api.withallo.com/v2/api/conversations?" + urlencode(params)
    return requests.get(url, headers={**headers(), "X-Trace": "1"})  # expect: GET /v2/api/conversations [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY


def early(ident=None):
    if ident is None:
        path = "/users"
    else:
        path = f"/users/{ident}"
    url = urljoin("https://api.withallo.com/v2/api/", path.lstrip("/"))
    return requests.get(url, headers=headers())  # expect: GET /v2/api/users [USERS_READ] possible key=env:ALLO_API_KEY; GET /v2/api/users/{id} [USERS_READ] possible key=env:ALLO_API_KEY


def endpoint(name, *parts):
    return "/".join(["https://api.withallo.com/v2/api", name, *parts])


def built(item):
    requests.get(endpoint("conversations", "items", item))  # expect: GET /v2/api/conversations/items/{id} [CONVERSATIONS_READ] definite


def with_session():
    with requests.Session() as session:
        session.headers["Authorization"] = "Api-Key " + os.environ["ALLO_SESSION_KEY"]
        session.get("https://api.withallo.com/v2/api/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_SESSION_KEY
        return session


def retry(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper


@retry
def send(method, path, body=None):
    response = requests.request(method, "https://api.withallo.com" + path, json=body, headers=headers())
    if response.status_code == 429:
        return send(method, path, body)
    return response


def through_decorated():
    send("POST", "/v2/api/conversations/items/batch", {"ids": []})  # expect: POST /v2/api/conversations/items/batch [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY via=68
    options = {"method": "GET", "path": "/v2/api/me"}
    send(**options)  # expect: GET /v2/api/me [] definite key=env:ALLO_API_KEY via=68


fetch = functools.partial(send, "GET")


def through_partial():
    fetch("/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY via=68


def fan_out(ids):
    with ThreadPoolExecutor() as pool:
        pool.map(one_user, ids)
        pool.submit(send, "GET", "/v2/api/users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY via=68


def one_user(ident):
    return send("GET", f"/v2/api/users/{ident}")  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY via=68


def closure(key):
    def get(path):
        return requests.get("https://api.withallo.com" + path, headers={"Authorization": key})
    return get("/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=parameter:closure.key via=99


def pages():
    url = "https://api.withallo.com/v2/api/conversations"
    while url:
        data = requests.get(url, headers=headers()).json()  # expect: GET /v2/api/conversations [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY; unresolved
        url = data.get("next")


class Auth(requests.auth.AuthBase):
    def __call__(self, request):
        request.headers["Authorization"] = f"Api-Key {os.environ['ALLO_AUTH_KEY']}"
        return request


def authed():
    requests.get("https://api.withallo.com/v2/api/tags", auth=Auth())  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_AUTH_KEY


class Verbs:
    def __init__(self, session=None):
        self.session = session or requests.Session()

    def __getattr__(self, name):
        return getattr(self.session, name)

    def call(self, method, path):
        return getattr(self.session, method)("https://api.withallo.com" + path)

    def tags(self):
        return self.call("get", "/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite via=128


send_lambda = lambda method, path: requests.request(method, f"https://api.withallo.com/v2/api/{path}")
send_lambda("PUT", "conversations/33/action")  # expect: PUT /v2/api/conversations/{contact_number}/action [CONVERSATIONS_READ] definite via=134 conflict=CONVERSATIONS_WRITE


def overridden(detail):
    path = "tags"
    if detail:
        path = "numbers"
    requests.get("https://api.withallo.com/v2/api/" + path)  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/numbers [PHONE_NUMBERS_READ] possible


def by_parameter(path="tags", flag=False):
    if flag:
        path = "numbers"
    requests.get(f"https://api.withallo.com/v2/api/{path}")  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/numbers [PHONE_NUMBERS_READ] possible


def correlated(write):
    if write:
        method, path = "POST", "conversations/items/batch"
    else:
        method, path = "GET", "tags"
    requests.request(method, f"https://api.withallo.com/v2/api/{path}")  # expect: GET /v2/api/tags [TAGS_READ] possible; POST /v2/api/conversations/items/batch [CONVERSATIONS_READ] possible


def match_statement(kind):
    match kind:
        case "t":
            path = "tags"
        case "u":
            path = "users"
        case _:
            raise ValueError(kind)
    requests.get("https://api.withallo.com/v2/api/" + path)  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible


def host_by_condition(sandbox):
    host = "https://sandbox.example.com" if sandbox else "https://api.withallo.com"
    requests.get(host + "/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] possible


def old_and_new(number):
    from http import client as requests_like
    requests_like.get("https://api.withallo.com/v2/api/tags")
    url = f"https://api.withallo.com/v2/api/conversations/{number:d}/action".replace("/action", "/action/")
    requests.put(url, data=None)  # expect: PUT /v2/api/conversations/{contact_number}/action [CONVERSATIONS_READ] definite conflict=CONVERSATIONS_WRITE
    requests.post("https://api.withallo.com/v2/api/conversations/items/{id}/tags".replace("{id}", str(number)))  # expect: POST /v2/api/conversations/items/{id}/tags [TAGS_WRITE] definite
    requests.delete("https://api.withallo.com/v2/api/conversations/items/{id}/tags/{tag}")  # expect: DELETE /v2/api/conversations/items/{id}/tags/{tag} [TAGS_WRITE] definite
