"""Tables, enums, defaults, conditions, match, walrus, settings: where the value is chosen or kept."""
import enum
import os
import sys
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from types import SimpleNamespace
from typing import Final, NamedTuple

import requests
from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

BASE: Final = "https://api.withallo.com/v2/api"
ENDPOINTS = {
    "tags": f"{BASE}/tags",
    "user": BASE + "/users/{id}",
    "crm": {"people": "/crm/people/search", "views": "/crm/views"},
}
ROUTES = (("GET", "/voices"), ("POST", "/analytics/outbound"))


class Path(StrEnum):
    THREADS = "/threads"
    NUMBERS = "/numbers"


class Old(str, Enum):
    USERS = "/users"


class Plain(enum.Enum):
    WEBHOOKS = "/webhooks"


class Route(NamedTuple):
    method: str
    path: str


RESOLVE = Route("POST", "/threads/{id}/resolve")
VIEWS = Route(method="GET", path="/crm/views")


class Urls:
    ROOT = BASE
    TEMPLATES = ROOT + "/summary_templates"

    @staticmethod
    def template(ident):
        return f"{Urls.TEMPLATES}/{ident}"


api = SimpleNamespace(root=BASE, calendars=BASE + "/calendars")


def tables(ident):
    requests.get(ENDPOINTS["tags"])  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(ENDPOINTS["user"].format(id=ident))  # expect: GET /v2/api/users/{id} [USERS_READ] definite
    requests.post(BASE + ENDPOINTS["crm"]["people"])  # expect: POST /v2/api/crm/people/search [CRM_READ] definite
    requests.get(BASE + ENDPOINTS.get("crm", {}).get("views", ""))  # expect: GET /v2/api/crm/views [CRM_READ] definite
    requests.request(*ROUTES[0][:1], BASE + ROUTES[0][1])  # expect: GET /v2/api/voices [AGENTS_READ] definite
    method, path = ROUTES[1]
    requests.request(method, BASE + path)  # expect: POST /v2/api/analytics/outbound [CONVERSATIONS_READ] definite


def enums():
    requests.get(BASE + Path.THREADS)  # expect: GET /v2/api/threads [THREADS_READ] definite
    requests.get(f"{BASE}{Path.NUMBERS}")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    requests.get(BASE + Old.USERS.value)  # expect: GET /v2/api/users [USERS_READ] definite
    requests.get(BASE + Old.USERS)  # expect: GET /v2/api/users [USERS_READ] definite
    requests.get(BASE + Plain.WEBHOOKS.value)  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite
    requests.get(BASE + Path["THREADS"])  # expect: GET /v2/api/threads [THREADS_READ] definite
    for path in Path:
        requests.get(BASE + path)  # expect: GET /v2/api/threads [THREADS_READ] definite; GET /v2/api/numbers [PHONE_NUMBERS_READ] definite


def named(ident):
    requests.request(RESOLVE.method, BASE + RESOLVE.path.format(id=ident))  # expect: POST /v2/api/threads/{id}/resolve [THREADS_WRITE] definite
    requests.request(VIEWS.method, BASE + VIEWS.path)  # expect: GET /v2/api/crm/views [CRM_READ] definite
    requests.get(Urls.TEMPLATES)  # expect: GET /v2/api/summary_templates [SUMMARY_TEMPLATES_READ] definite
    requests.get(Urls.template(ident))  # expect: GET /v2/api/summary_templates/{id} [SUMMARY_TEMPLATES_READ] definite
    requests.get(api.root + "/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite
    requests.get(api.calendars)  # expect: GET /v2/api/calendars [AGENTS_READ] definite


def defaults(base=BASE, host=None, *, suffix="/tags"):
    requests.get(base + "/users")  # expect: GET /v2/api/users [USERS_READ] definite
    requests.get((host or "https://api.withallo.com") + "/v2/api/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    requests.get(BASE + suffix)  # expect: GET /v2/api/tags [TAGS_READ] definite
    root = os.environ.get("ALLO_URL", BASE)
    requests.get(root + "/threads")  # expect: GET /v2/api/threads [THREADS_READ] definite
    requests.get(os.getenv("ALLO_URL", default=BASE) + "/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite
    root = os.environ.get("ALLO_URL")
    if not root:
        root = BASE
    requests.get(f"{root}/calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite
    if host is None:
        host = "https://api.withallo.com"
    requests.get(host + "/v2/api/webhooks")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite
    os.environ.setdefault("ALLO_HOST", "https://api.withallo.com")
    requests.get(os.environ["ALLO_HOST"] + "/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite


def conditions(kind, detail, ident):
    requests.get(BASE + ("/tags" if detail else "/users"))  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/users [USERS_READ] possible
    if kind == "a":
        path = "/voices"
    elif kind == "b":
        path = "/calendars"
    else:
        path = "/webhooks"
    requests.get(BASE + path)  # expect: GET /v2/api/voices [AGENTS_READ] possible; GET /v2/api/calendars [AGENTS_READ] possible; GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] possible
    requests.request("POST" if detail else "GET", BASE + "/threads")  # expect: POST /v2/api/threads [THREADS_WRITE] possible; GET /v2/api/threads [THREADS_READ] possible
    requests.get({"t": BASE + "/tags", "n": BASE + "/numbers"}[kind])  # expect: GET /v2/api/tags [TAGS_READ] possible; GET /v2/api/numbers [PHONE_NUMBERS_READ] possible
    if (target := BASE + "/crm/attributes") and detail:
        requests.get(target)  # expect: GET /v2/api/crm/attributes [CRM_READ] definite
    try:
        where = "/users"
    finally:
        pass
    requests.get(BASE + where)  # expect: GET /v2/api/users [USERS_READ] definite


def matched(kind, ident):
    match kind:
        case "thread":
            url = f"{BASE}/threads/{ident}"
        case "view" | "table":
            url = f"{BASE}/crm/views/{ident}"
        case _:
            return
    requests.get(url)  # expect: GET /v2/api/threads/{id} [THREADS_READ] possible; GET /v2/api/crm/views/{id} [CRM_READ] possible


def same_either_way(detail):
    query = "?full=1" if detail else ""
    requests.get(BASE + "/tags" + query)  # expect: GET /v2/api/tags [TAGS_READ] definite
    root = BASE if detail else BASE + "/"
    requests.get(root + "/users")  # expect: GET /v2/api/users [USERS_READ] definite


def loop_over_tables(session: requests.Session):
    for name, path in {"a": "/tags", "b": "/users"}.items():
        session.get(BASE + path)  # expect: GET /v2/api/tags [TAGS_READ] definite; GET /v2/api/users [USERS_READ] definite
    for path in [p for p in ("/voices", "/calendars")]:
        session.get(BASE + path)  # expect: GET /v2/api/voices [AGENTS_READ] definite; GET /v2/api/calendars [AGENTS_READ] definite
    for route in (Route("GET", "/numbers"), VIEWS):
        session.request(route.method, BASE + route.path)  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite; GET /v2/api/crm/views [CRM_READ] definite
    for number, path in enumerate(["/threads", "/webhooks"], 1):
        session.get(f"{BASE}{path}?n={number}")  # expect: GET /v2/api/threads [THREADS_READ] definite; GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite
    for method, path in zip(("GET", "POST"), ("/crm/attributes", "/crm/people")):
        session.request(method, BASE + path)  # expect: GET /v2/api/crm/attributes [CRM_READ] definite; POST /v2/api/crm/people [CRM_WRITE] definite


@dataclass(frozen=True)
class Config:
    host: str = "https://api.withallo.com"
    prefix: str = field(default="/v2/api")

    @property
    def root(self) -> str:
        return self.host + self.prefix

    def url(self, path: str) -> str:
        return f"{self.root}/{path.lstrip('/')}"


class AlloSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="ALLO_")
    api_key: SecretStr
    base_url: str = "https://api.withallo.com/v2/api"


class Model(BaseModel):
    base: str = BASE
    timeout: int = 10


settings = AlloSettings()


def configured(config: Config = Config()):
    requests.get(config.root + "/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(config.url("/users"))  # expect: GET /v2/api/users [USERS_READ] definite
    requests.get(Config().url("numbers"))  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    requests.get(f"{settings.base_url}/threads", headers={"Authorization": f"Api-Key {settings.api_key.get_secret_value()}"})  # expect: GET /v2/api/threads [THREADS_READ] definite
    requests.get(Model().base + "/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite
    requests.get(Config(host="https://example.org").url("users"))


def helper(*parts, version="v2"):
    return "/".join(["https://api.withallo.com", version, "api", *map(str, parts)])


def versioned(path, v=2):
    root = "https://api.withallo.com"
    if v == 1:
        return root + "/v1/api" + path
    return root + "/v2/api" + path


def helpers(ident):
    requests.get(helper("users", ident))  # expect: GET /v2/api/users/{id} [USERS_READ] definite
    requests.get(helper("numbers", version="v1"))  # expect: GET /v1/api/numbers [CONVERSATIONS_READ] definite
    requests.get(versioned("/numbers"))  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    requests.get(versioned("/contacts", v=1))  # expect: GET /v1/api/contacts [CONTACTS_READ] definite


if sys.platform == "win32":
    PLATFORM = "/tags"
else:
    PLATFORM = "/tags"
requests.get(BASE + PLATFORM)  # expect: GET /v2/api/tags [TAGS_READ] definite
