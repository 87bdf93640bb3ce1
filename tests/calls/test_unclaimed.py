"""calls/unclaimed: a server that is named, and requests that go nobody knows where, are never a clean answer."""

from __future__ import annotations

import pytest

from allo_keyscan.calls.analyze import analyze
from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.api import api_rules

RULES = api_rules(rules_dir())
CLIENT = """
import requests
class Transport:
    def __init__(self, server):
        self.where = unknown(server)
        self.session = requests.Session()
    def ask(self, path):
        return self.session.get(self.where.at(path))
"""
BLIND = """
import httpx
class Transport:
    def ask(self, client, request):
        return client.send(request)
"""
USER = """
from transport import Transport
def main():
    "https://api.withallo.com/v2/api"
    return Transport("https://api.withallo.com/v2/api").ask
"""


def opened(**sources: str) -> list[tuple[str, int]]:
    found = analyze([(f"{name}.py", text.encode()) for name, text in sources.items()], RULES)
    assert not found.calls
    return [(one.call.path, one.call.line) for one in found.unresolved if "named here" in one.call.reason]


@pytest.mark.parametrize("transport", [CLIENT, BLIND])
def test_a_server_whose_name_is_lost_on_the_way_is_open(transport: str) -> None:
    assert opened(transport=transport, user=USER) == [("user.py", 5)]


def test_the_reason_names_who_sends() -> None:
    found = analyze([("transport.py", CLIENT.encode()), ("user.py", USER.encode())], RULES)
    assert [one.call.reason for one in found.unresolved] == [
        "the API's server is named here, and transport.py sends to a server that is not known"
    ]


@pytest.mark.parametrize(
    "text",
    [
        'SERVER = "https://api.withallo.com"\n',
        'def make(server="https://api.withallo.com"): return unknown(server)\n',
        'def server(): return "https://api.withallo.com"\n',
        'settings["server"] = "https://api.withallo.com/v2"\n',
        'SERVERS = {"live": f"https://api.withallo.com/{version}"}\n',
    ],
)
def test_values_that_name_the_server(text: str) -> None:
    assert opened(transport=CLIENT, user=f"import transport\n{text}") == [("user.py", 2)]


@pytest.mark.parametrize(
    "text",
    [
        '"https://api.withallo.com"\n',
        "# https://api.withallo.com\n",
        'def is_live(server): return server == "https://api.withallo.com"\n',
        'if False:\n    SERVER = "https://api.withallo.com"\n',
        'SERVER = "https://help.withallo.com"\n',
        'SERVER = "https://api.withallo.com.example"\n',
    ],
)
def test_what_names_no_server_that_is_sent_to(text: str) -> None:
    assert opened(transport=CLIENT, user=f"import transport\n{text}") == []


def test_a_part_of_the_program_that_does_not_send_is_not_open() -> None:
    assert opened(transport=CLIENT, user='SERVER = "https://api.withallo.com"\n') == []


CALLED = """import transport, requests, decouple
SERVER = "https://api.withallo.com"
requests.get(SERVER + "/v2/api/tags")
OTHER = decouple.config("ALLO_URL", default="https://api.withallo.com/v2")
requests.get(f"{OTHER}/api/users")
"""


def test_a_call_elsewhere_tells_nothing_of_a_server_that_is_named_again() -> None:
    sources = {"transport.py": CLIENT, "user.py": USER, "caller.py": CALLED}
    found = analyze([(path, text.encode()) for path, text in sources.items()], RULES)
    assert [(call.path, call.line) for call in found.calls] == [("caller.py", 3), ("caller.py", 5)]
    assert [(one.call.path, one.call.line) for one in found.unresolved] == [("user.py", 5)]


def test_a_server_that_a_call_is_sent_to_is_told_of() -> None:
    sources = {"transport.py": CLIENT, "caller.py": CALLED}
    found = analyze([(path, text.encode()) for path, text in sources.items()], RULES)
    assert [call.line for call in found.calls] == [3, 5]
    assert found.unresolved == ()
