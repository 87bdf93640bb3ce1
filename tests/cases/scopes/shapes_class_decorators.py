"""Decorators that put a subclass in a class's place."""

import os

import requests

HEADERS = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}


def production(cls):
    class Production(cls):
        base = "https://api.withallo.com"

    return Production


@production
class Tags:
    base = "https://staging.example.com"

    def list(self):
        return requests.get(self.base + "/v2/api/tags", headers=HEADERS)  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY


Tags().list()


class Http:
    def get(self, path):
        return requests.get(self.base + path, headers={"Authorization": f"Api-Key {self.key}"})


def versioned(base):
    def decorate(cls):
        class Versioned(cls):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                self.base = base

            def get(self, path):
                return super().get("/v2" + path)

        return Versioned

    return decorate


@versioned("https://api.withallo.com")
class Users(Http):
    def __init__(self, key):
        self.key = key

    def list(self):
        return self.get("/api/users")  # expect: GET /v2/api/users [USERS_READ] definite


@versioned("https://api.withallo.com")
class Numbers(Http):
    def __init__(self, key):
        self.key = key

    def list(self):
        return self.get("/api/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite


Users(os.environ["USERS_KEY"]).list()
Numbers(os.environ["NUMBERS_KEY"]).list()
