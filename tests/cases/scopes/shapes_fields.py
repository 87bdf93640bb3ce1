"""Classes whose `__init__` is written for them: which of their attributes are parameters, in which order, by what name."""

import os
from dataclasses import KW_ONLY, dataclass, replace
from dataclasses import field as dataclass_field
from typing import ClassVar, Optional

import httpx
from attrs import define, field

BASE = "https://api.withallo.com"


@define
class Aliased:
    strict: bool = field(default=False, kw_only=True)
    _base_url: str = field(alias="base_url")
    token: str
    prefix: str = "Bearer"
    header_name: str = "Authorization"
    _headers: dict[str, str] = field(factory=dict, kw_only=True, alias="headers")
    _client: Optional[httpx.Client] = field(default=None, init=False)

    def get_client(self):
        if self._client is None:
            self._headers[self.header_name] = f"{self.prefix} {self.token}"
            self._client = httpx.Client(base_url=self._base_url, headers=self._headers)
        return self._client

    def __enter__(self):
        self.get_client().__enter__()
        return self

    def __exit__(self, *args):
        self.get_client().__exit__(*args)


def threads(*, client: Aliased):
    kwargs = {"method": "get", "url": "/v2/api/threads"}
    return client.get_client().request(**kwargs)  # expect: GET /v2/api/threads [THREADS_READ] definite key=env:ALIASED


client = Aliased(base_url=BASE, token=os.environ["ALIASED"], prefix="Api-Key")
with client as client:
    threads(client=client)


@define
class Private:
    _base_url: str
    _token: str

    def tags(self):
        headers = {"Authorization": f"Api-Key {self._token}"}
        return httpx.get(f"{self._base_url}/v2/api/tags", headers=headers)  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:PRIVATE


Private(base_url=BASE, token=os.environ["PRIVATE"]).tags()


@define
class KeywordsFirst:
    retries: int = field(default=3, kw_only=True)
    base: str
    token: str

    def users(self):
        headers = {"Authorization": f"Api-Key {self.token}"}
        return httpx.get(f"{self.base}/v2/api/users", headers=headers)  # expect: GET /v2/api/users [USERS_READ] definite key=env:KEYWORDS


KeywordsFirst(BASE, os.environ["KEYWORDS"]).users()


@dataclass
class Computed:
    cache: dict = dataclass_field(default_factory=dict, init=False)
    retries = 3
    base: str = BASE
    token: str = ""

    def numbers(self):
        headers = {"Authorization": f"Api-Key {self.token}"}
        return httpx.get(f"{self.base}/v2/api/numbers", headers=headers)  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:COMPUTED


Computed(BASE, os.environ["COMPUTED"]).numbers()


@dataclass
class Marked:
    version: ClassVar[str] = "v2"
    base: str
    _: KW_ONLY
    token: str

    def views(self):
        headers = {"Authorization": f"Api-Key {self.token}"}
        return httpx.get(f"{self.base}/{self.version}/api/crm/views", headers=headers)  # expect: GET /v2/api/crm/views [CRM_READ] definite key=env:MARKED


Marked(BASE, token=os.environ["MARKED"]).views()


@dataclass(kw_only=True)
class AllKeywords:
    token: str
    base: str = BASE


@dataclass
class Mixed(AllKeywords):
    path: str

    def attributes(self):
        headers = {"Authorization": f"Api-Key {self.token}"}
        return httpx.get(self.base + self.path, headers=headers)


Mixed("/v2/api/crm/attributes", token=os.environ["MIXED"]).attributes()  # expect: GET /v2/api/crm/attributes [CRM_READ] definite key=env:MIXED


@dataclass
class Wired:
    http: httpx.Client

    def get(self, path):
        return self.http.get(BASE + "/v2/api" + path)


@dataclass
class Named(Wired):
    name: str = "voices"

    def all(self):
        return self.get("/" + self.name)  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:WIRED


Named(httpx.Client(headers={"Authorization": f"Api-Key {os.environ['WIRED']}"}), name="calendars").all()


@dataclass
class Versioned:
    key: str
    version: str

    def get(self, path):
        headers = {"Authorization": f"Api-Key {self.key}"}
        return httpx.get(f"{BASE}/{self.version}/api/{path}", headers=headers)


replace(Versioned(os.environ["VERSIONED"], "v1"), version="v2").get("webhooks")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=env:VERSIONED
