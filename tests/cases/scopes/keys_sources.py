"""Where a key comes from: environment, settings, parameters, auth objects, headers of request, session and default."""
import base64
import os
from dataclasses import dataclass
from os import environ, getenv

import httpx
import requests
from decouple import config
from django.conf import settings
from requests.auth import AuthBase

BASE = "https://api.withallo.com/v2/api"


def environment():
    requests.get(BASE + "/tags", headers={"Authorization": f"Api-Key {os.environ['ALLO_ONE']}"})  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_ONE
    requests.get(BASE + "/tags", headers={"Authorization": "Api-Key " + os.getenv("ALLO_TWO")})  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_TWO
    requests.get(BASE + "/tags", headers={"Authorization": "Api-Key {}".format(os.environ.get("ALLO_THREE", ""))})  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_THREE
    requests.get(BASE + "/tags", headers={"Authorization": "Api-Key %s" % environ["ALLO_FOUR"]})  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_FOUR
    requests.get(BASE + "/tags", headers={"Authorization": getenv("ALLO_FIVE")})  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_FIVE
    requests.get(BASE + "/tags", headers={"AUTHORIZATION": f"Bearer {getenv('ALLO_SIX').strip()}"})  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_SIX
    requests.get(BASE + "/tags", headers=dict(Authorization=" ".join(["Api-Key", environ["ALLO_SEVEN"]])))  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_SEVEN
    name = "ALLO_EIGHT"
    requests.get(BASE + "/tags", headers={"Authorization": f"Api-Key {os.environ[name]}"})  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_EIGHT
    requests.get(BASE + "/tags", headers={"Authorization": f"Api-Key {config('ALLO_NINE')}"})  # expect: GET /v2/api/tags [TAGS_READ] definite


def given(key: str, other=None):
    requests.get(BASE + "/users", headers={"Authorization": f"Api-Key {key}"})  # expect: GET /v2/api/users [USERS_READ] definite key=parameter:given.key
    headers = {"Accept": "application/json"}
    headers["Authorization"] = f"Api-Key {other or os.environ['ALLO_FALLBACK']}"
    requests.get(BASE + "/numbers", headers=headers)  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_FALLBACK


def from_settings():
    requests.get(BASE + "/voices", headers={"Authorization": f"Api-Key {settings.ALLO_API_KEY}"})  # expect: GET /v2/api/voices [AGENTS_READ] definite key=setting:*settings.ALLO_API_KEY


def built_up(key=None):
    key = key or os.environ.get("ALLO_BUILT")
    if not key:
        raise SystemExit("ALLO_BUILT is not set")
    headers = {}
    headers.update({"Authorization": f"Api-Key {key}"})
    headers.setdefault("Accept", "application/json")
    requests.get(BASE + "/calendars", headers=headers)  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_BUILT
    requests.get(BASE + "/calendars", headers={**headers, "X-Request-Id": "1"})  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_BUILT
    requests.get(BASE + "/calendars", headers=headers | {"X-Request-Id": "2"})  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_BUILT
    requests.get(BASE + "/calendars", headers=dict(headers, Accept="*/*"))  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_BUILT
    copied = headers.copy()
    copied["Authorization"] = "Api-Key " + os.environ["ALLO_COPIED"]
    requests.get(BASE + "/calendars", headers=copied)  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_COPIED


class KeyAuth(AuthBase):
    def __init__(self, key):
        self.key = key

    def __call__(self, r):
        r.headers["Authorization"] = f"Api-Key {self.key}"
        return r


class FlowAuth(httpx.Auth):
    def __init__(self, key):
        self.key = key

    def auth_flow(self, request):
        request.headers["Authorization"] = f"Api-Key {self.key}"
        yield request


def header_auth(request):
    request.headers["Authorization"] = f"Api-Key {os.environ['ALLO_FUNCTION']}"
    return request


def auth_objects():
    requests.get(BASE + "/me", auth=KeyAuth(os.environ["ALLO_AUTH"]))  # expect: GET /v2/api/me [] definite key=env:ALLO_AUTH
    with requests.Session() as session:
        session.auth = KeyAuth(key=os.environ["ALLO_SESSION_AUTH"])
        session.get(BASE + "/me")  # expect: GET /v2/api/me [] definite key=env:ALLO_SESSION_AUTH
        session.get(BASE + "/me", auth=KeyAuth(os.environ["ALLO_REQUEST_AUTH"]))  # expect: GET /v2/api/me [] definite key=env:ALLO_REQUEST_AUTH
    httpx.get(BASE + "/me", auth=FlowAuth(os.environ["ALLO_FLOW"]))  # expect: GET /v2/api/me [] definite key=env:ALLO_FLOW
    httpx.Client(auth=FlowAuth(os.environ["ALLO_CLIENT_FLOW"])).get(BASE + "/me")  # expect: GET /v2/api/me [] definite key=env:ALLO_CLIENT_FLOW
    httpx.get(BASE + "/me", auth=header_auth)  # expect: GET /v2/api/me [] definite key=env:ALLO_FUNCTION


def precedence():
    session = requests.Session()
    session.headers["Authorization"] = f"Api-Key {os.environ['ALLO_SESSION']}"
    session.get(BASE + "/webhooks")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=env:ALLO_SESSION
    session.get(BASE + "/webhooks", headers={"X-Trace": "1"})  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=env:ALLO_SESSION
    session.get(BASE + "/webhooks", headers=None)  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=env:ALLO_SESSION
    session.get(BASE + "/webhooks", headers={"Authorization": f"Api-Key {os.environ['ALLO_REQUEST']}"})  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=env:ALLO_REQUEST
    requests.get(BASE + "/webhooks")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=null


class Tenant:
    """Two objects of one class, each with its key; the calls go through one method."""

    def __init__(self, key):
        self.session = requests.Session()
        self.session.headers.update({"Authorization": f"Api-Key {key}"})

    def call(self, method, path):
        return self.session.request(method, BASE + path)


reader = Tenant(os.environ["ALLO_READER"])
writer = Tenant(os.environ["ALLO_WRITER"])
tenants = {"support": Tenant(os.environ["ALLO_SUPPORT"]), "sales": Tenant(os.environ["ALLO_SALES"])}


def two_keys(ident):
    reader.call("GET", "/threads")  # expect: GET /v2/api/threads [THREADS_READ] definite key=env:ALLO_READER
    writer.call("POST", "/threads")  # expect: POST /v2/api/threads [THREADS_WRITE] definite key=env:ALLO_WRITER
    tenants["sales"].call("POST", "/crm/deals/search")  # expect: POST /v2/api/crm/deals/search [CRM_READ] definite key=env:ALLO_SALES
    tenants["support"].call("GET", f"/threads/{ident}")  # expect: GET /v2/api/threads/{id} [THREADS_READ] definite key=env:ALLO_SUPPORT


def wrapper(path, key):
    return requests.get(BASE + path, headers={"Authorization": f"Api-Key {key}"})


def key_by_caller(tenant_key):
    wrapper("/tags", os.environ["ALLO_CALLER"])  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_CALLER
    wrapper("/users", key=settings.ALLO_SECOND_KEY)  # expect: GET /v2/api/users [USERS_READ] definite key=setting:*ALLO_SECOND_KEY
    wrapper("/numbers", tenant_key)  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=parameter:key_by_caller.tenant_key


@dataclass
class Settings:
    allo_key: str = os.environ["ALLO_DATACLASS"]


conf = Settings()


def by_dataclass():
    requests.get(BASE + "/crm/views", headers={"Authorization": f"Api-Key {conf.allo_key}"})  # expect: GET /v2/api/crm/views [CRM_READ] definite key=env:ALLO_DATACLASS


try:
    FIRST = os.environ["ALLO_TRY"]
except KeyError:
    raise SystemExit("no key") from None


def checked():
    value = FIRST
    if not value.startswith("Api-Key "):
        value = "Api-Key " + value
    requests.get(BASE + "/crm/attributes", headers={"Authorization": value})  # expect: GET /v2/api/crm/attributes [CRM_READ] definite key=env:ALLO_TRY
