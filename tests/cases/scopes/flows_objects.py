"""Inheritance, mixins, class attributes of subclasses, properties, resource objects, factories, generated clients."""
from __future__ import annotations

import abc
import os
from functools import cached_property, lru_cache
from typing import ClassVar

import httpx
import requests


class Base(abc.ABC):
    host = "https://api.withallo.com"
    prefix = "/v2/api"
    resource: ClassVar[str]

    def __init__(self, key: str) -> None:
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Api-Key {key}"

    @property
    def url(self) -> str:
        return f"{self.host}{self.prefix}/{self.resource}"

    def list(self):
        return self._session.get(self.url)  # expect: GET /v2/api/threads [THREADS_READ] definite|possible; GET /v1/api/contacts [CONTACTS_READ] definite|possible

    @abc.abstractmethod
    def name(self) -> str: ...


class Threads(Base):
    resource = "threads"

    def name(self):
        return "threads"

    def resolve(self, ident):
        return self._session.post(f"{self.url}/{ident}/resolve")  # expect: POST /v2/api/threads/{id}/resolve [THREADS_WRITE] definite


class Legacy(Base):
    prefix = "/v1/api"
    resource = "contacts"

    def name(self):
        return "contacts"

    def create(self, body):
        return self._session.post(self.url, json=body)  # expect: POST /v1/api/contacts [CONTACTS_READ_WRITE] definite

    def conversation(self, ident):
        return self._session.get(f"{self.host}{self.prefix}/contact/{ident}/conversation")  # expect: GET /v1/api/contact/{contact_id}/conversation [CONVERSATIONS_READ] definite


class NotesMixin:
    def notes(self, person):
        return self.request("GET", f"/crm/people/{person}/notes")  # expect: GET /v2/api/crm/people/{person_id}/notes [NOTES_READ] definite key=env:ALLO_CRM_KEY

    def drop_note(self, person, note):
        return self.request("DELETE", f"/crm/people/{person}/notes/{note}")  # expect: DELETE /v2/api/crm/people/{person_id}/notes/{note_id} [NOTES_WRITE] definite key=env:ALLO_CRM_KEY


class TagsMixin:
    def tags(self):
        return self.request("GET", "/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_CRM_KEY


class Core:
    def __init__(self, token):
        self.token = token

    def request(self, method, path, **kw):
        headers = {"Authorization": f"Api-Key {self.token}"}
        return requests.request(method, f"https://api.withallo.com/v2/api{path}", headers=headers, **kw)


class Crm(NotesMixin, TagsMixin, Core):
    def views(self):
        return super().request("GET", "/crm/views")  # expect: GET /v2/api/crm/views [CRM_READ] definite key=env:ALLO_CRM_KEY


crm = Crm(os.environ["ALLO_CRM_KEY"])


class Lazy:
    @cached_property
    def http(self):
        return httpx.Client(base_url=self.base, headers={"Authorization": f"Api-Key {self.key}"})

    @property
    def base(self):
        return "https://api.withallo.com/v2/api"

    @property
    def key(self):
        return os.environ["ALLO_LAZY_KEY"]

    def numbers(self):
        return self.http.get("/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_LAZY_KEY; GET /v2/api/numbers [PHONE_NUMBERS_READ] definite? key=env:ALLO_INHERITED_KEY


class AlloClient:
    def __init__(self, api_key):
        self._api_key = api_key
        self.contacts = Contacts(self)
        self.crm = CrmNamespace(self)

    @cached_property
    def webhooks(self):
        return Webhooks(self)

    def call_api(self, resource_path, method, path_params=None, body=None):
        for name, value in (path_params or {}).items():
            resource_path = resource_path.replace("{%s}" % name, str(value))
        url = "https://api.withallo.com" + resource_path
        return requests.request(method, url, json=body, headers={"Authorization": f"Api-Key {self._api_key}"})


class Resource:
    def __init__(self, client: AlloClient) -> None:
        self._client = client


class Contacts(Resource):
    def list(self):
        return self._client.call_api("/v1/api/contacts", "GET")  # expect: GET /v1/api/contacts [CONTACTS_READ] definite key=env:ALLO_API_KEY

    def update(self, contact_id, body):
        return self._client.call_api("/v1/api/contacts/{contact_id}", "PUT", {"contact_id": contact_id}, body)  # expect: PUT /v1/api/contacts/{contact_id} [CONTACTS_READ_WRITE] definite key=env:ALLO_API_KEY


class Companies(Resource):
    def search(self, query):
        return self._client.call_api(method="POST", resource_path="/v2/api/crm/companies/search", body=query)  # expect: POST /v2/api/crm/companies/search [CRM_READ] definite key=env:ALLO_API_KEY


class CrmNamespace(Resource):
    @property
    def companies(self):
        return Companies(self._client)


class Webhooks(Resource):
    def delete(self, webhook_id):
        return self._client.call_api("/v2/api/webhooks/{webhook_id}", "DELETE", {"webhook_id": webhook_id})  # expect: DELETE /v2/api/webhooks/{webhook_id} [WEBHOOKS_READ_WRITE] definite key=env:ALLO_API_KEY


@lru_cache
def default_client() -> AlloClient:
    return AlloClient(os.environ["ALLO_API_KEY"])


def main():
    client = default_client()
    client.contacts.list()
    client.crm.companies.search({})
    client.webhooks.delete("ep_1")
    client.call_api("/v2/api/voices", "GET")  # expect: GET /v2/api/voices [AGENTS_READ] definite key=env:ALLO_API_KEY


class Counter:
    _instance = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.http = httpx.Client(base_url="https://api.withallo.com/v2/api")
        return cls._instance

    def me(self):
        return self.http.get("/me")  # expect: GET /v2/api/me [] definite


class Inherited(Lazy):
    key = property(lambda self: os.environ["ALLO_INHERITED_KEY"])

    def calendars(self):
        return self.http.get("/calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_INHERITED_KEY


def static_and_class(ident):
    class Urls:
        base = "https://api.withallo.com/v2/api"

        @classmethod
        def user(cls, ident):
            return f"{cls.base}/users/{ident}"

        @staticmethod
        def join(*parts):
            return "/".join(parts)

    requests.get(Urls.user(ident))  # expect: GET /v2/api/users/{id} [USERS_READ] definite
    requests.get(Urls.join(Urls.base, "threads"))  # expect: GET /v2/api/threads [THREADS_READ] definite
