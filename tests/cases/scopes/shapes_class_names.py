"""Paths that come from the name of a class, or that a base class sets when a class is made of it."""

import os

import requests

BASE = "https://api.withallo.com/v2/api"
HEADERS = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}


class Resource:
    def list(self):
        return requests.get(f"{BASE}/{type(self).__name__.lower()}", headers=HEADERS)

    def one(self, number):
        return requests.get(f"{BASE}/{self.__class__.__name__.lower()}/{number}", headers=HEADERS)

    @classmethod
    def make(cls, **fields):
        return requests.post(f"{BASE}/{cls.__name__.lower()}", json=fields, headers=HEADERS)


class Tags(Resource):
    pass


class Users(Resource):
    pass


class Threads(Resource):
    pass


Tags().list()  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
Users().one("u1")  # expect: GET /v2/api/users/{id} [USERS_READ] definite
Threads.make(title="")  # expect: POST /v2/api/threads [THREADS_WRITE] definite


class Registered:
    path = ""

    def __init_subclass__(cls, path=None, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.path = path or f"/{cls.__name__.lower()}"

    @classmethod
    def all(cls):
        return requests.get(BASE + cls.path, headers=HEADERS)


class Numbers(Registered):
    pass


class Views(Registered, path="/crm/views"):
    pass


Numbers.all()  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
Views.all()  # expect: GET /v2/api/crm/views [CRM_READ] definite
