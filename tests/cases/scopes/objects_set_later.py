"""Objects whose attributes are set after they were made: what counts is what is set where the call is reached."""
import os

import httpx
import requests

BASE = "https://api.withallo.com/v2/api"
OTHER = "https://api.example.org/v2/api"


def there_and_back():
    client = httpx.Client(base_url=BASE)
    client.get("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
    client.base_url = OTHER
    client.get("/users")
    client.base_url = BASE
    client.get("/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite


def perhaps(staging):
    client = httpx.Client(base_url=BASE)
    if staging:
        client.base_url = OTHER
    client.get("/voices")  # expect: GET /v2/api/voices [AGENTS_READ] possible


def either(allo):
    client = httpx.Client()
    if allo:
        client.base_url = BASE
    else:
        client.base_url = OTHER
    client.get("/webhooks")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] possible


def in_turns():
    client = httpx.Client()
    for base in (BASE, OTHER):
        client.base_url = base
        client.get("/calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite


def made():
    return httpx.Client(base_url=OTHER)


def two_of_one_factory():
    allo = made()
    other = made()
    allo.base_url = BASE
    allo.get("/threads")  # expect: GET /v2/api/threads [THREADS_READ] definite
    other.get("/threads")


class Api(httpx.Client):
    pass


def two_of_one_class():
    allo = Api()
    other = Api(base_url=OTHER)
    allo.base_url = BASE
    allo.get("/me")  # expect: GET /v2/api/me [] definite
    other.get("/me")


class Service:
    root = OTHER

    def __init__(self, root=None):
        if root is not None:
            self.root = root

    def fetch(self, path):
        return requests.get(self.root + path)


def default_and_given():
    Service(BASE).fetch("/crm/views")  # expect: GET /v2/api/crm/views [CRM_READ] definite
    Service().fetch("/crm/attributes")
    Service(root=OTHER).fetch("/crm/attributes")
    later = Service()
    later.root = BASE
    later.fetch("/crm/attributes")  # expect: GET /v2/api/crm/attributes [CRM_READ] definite
    later.root = OTHER
    later.fetch("/crm/companies")


class Switch:
    """A setter that somebody may have called."""

    root = BASE

    def use_other(self):
        self.root = OTHER

    def fetch(self):
        return requests.get(self.root + "/summary_templates")  # expect: GET /v2/api/summary_templates [SUMMARY_TEMPLATES_READ] possible


class Plain:
    pass


def from_outside():
    plain = Plain()
    plain.http = httpx.Client(base_url=BASE, headers={"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"})
    plain.http.get("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
    plain.http = httpx.Client(base_url=OTHER)
    plain.http.get("/tags")


class Kind:
    """Each kind has its own words; none is ever mixed with another's."""

    version = "v2"
    name: str

    def url(self):
        return f"https://api.withallo.com/{self.version}/api/{self.name}"

    def fetch(self):
        return requests.get(self.url())  # expect: GET /v2/api/users [USERS_READ] definite|possible; GET /v1/api/calls [CONVERSATIONS_READ] definite|possible; GET /v2/api/numbers [PHONE_NUMBERS_READ] definite|possible


class Users(Kind):
    name = "users"


class Calls(Kind):
    version = "v1"
    name = "calls"


class Numbers(Users):
    name = "numbers"
