"""Which object a method is called on is a condition's choice, or a table's: never surely this one's."""
import requests

BASE = "https://api.withallo.com/v2/api"
OTHER = "https://api.example.org/v2/api"


class Allo:
    def call(self, path):
        return requests.get(BASE + path)


class Other:
    def call(self, path):
        return requests.get(OTHER + path)


class Third(Allo):
    """One that sends to Allo too."""


def by_condition(flag):
    client = Allo() if flag else Other()
    client.call("/tags")  # expect: GET /v2/api/tags [TAGS_READ] possible


def replaced(flag):
    client = Allo()
    if flag:
        client = Other()
    client.call("/users")  # expect: GET /v2/api/users [USERS_READ] possible


def either_way(flag):
    client = Allo() if flag else Third()
    client.call("/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite


def only_under_a_condition(flag):
    client = None
    if flag:
        client = Allo()
    client.call("/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite


def one_after_the_other():
    for client in (Allo(), Other()):
        client.call("/calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite


class Holder:
    def __init__(self, flag):
        self.client = Allo() if flag else Other()

    def go(self):
        self.client.call("/threads")  # expect: GET /v2/api/threads [THREADS_READ] possible


TABLE = {"allo": Allo(), "other": Other()}


def by_name(name):
    TABLE["allo"].call("/me")  # expect: GET /v2/api/me [] definite
    TABLE["other"].call("/me")
    TABLE[name].call("/webhooks")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] possible
