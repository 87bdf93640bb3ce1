"""What an `__init__` hands to the one behind it: each object has what its own class gives."""
import os

import requests

BASE = "https://api.withallo.com/v2/api"
OTHER = "https://api.example.org/v2/api"


class Root:
    def __init__(self, root, key=None):
        self.root = root
        self.headers = {"Authorization": f"Api-Key {key}"}

    def get(self, path):
        return requests.get(self.root + path, headers=self.headers)


class Example(Root):
    def __init__(self):
        super().__init__(OTHER, os.environ["EXAMPLE_KEY"])


class Allo(Root):
    def __init__(self, key=None):
        super().__init__(root=BASE, key=key or os.environ["ALLO_API_KEY"])


class Either(Root):
    def __init__(self, allo=True):
        Root.__init__(self, BASE if allo else OTHER, os.environ["ALLO_EITHER_KEY"])


class Third(Allo):
    """No `__init__` of its own."""


class Fourth(Third):
    def __init__(self):
        super().__init__(os.environ["ALLO_FOURTH_KEY"])


class Counted:
    def __init__(self, *args, **kwargs):
        self.count = 0
        super().__init__(*args, **kwargs)


class Fifth(Counted, Root):
    pass


def run():
    Example().get("/tags")
    Allo().get("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
    Either().get("/users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_EITHER_KEY
    Either(allo=False).get("/users")
    Third().get("/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY
    Fourth().get("/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite key=env:ALLO_FOURTH_KEY
    Fifth(BASE, key=os.environ["ALLO_FIFTH_KEY"]).get("/calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_FIFTH_KEY
    Fifth(OTHER).get("/calendars")
