"""Every endpoint of rules/endpoints.toml comes to itself alone, however it is written; the guide's table stands."""

import re
from pathlib import Path

import pytest

from allo_keyscan.calls.domain import Hole, Text
from allo_keyscan.calls.routes import match, take_apart
from allo_keyscan.catalog.api import ApiRules, Endpoint, load_endpoints
from allo_keyscan.catalog.clients import METHODS

ROOT = "https://api.withallo.com"
ENDPOINTS = load_endpoints(str(Path(__file__).parents[2] / "rules"))
_PARAMETER = re.compile(r"\{\w+\}")

GUIDE = """
GET /v2/api/conversations CONVERSATIONS_READ
POST /v2/api/conversations/items/search CONVERSATIONS_READ
GET /v2/api/conversations/items/{id} CONVERSATIONS_READ
POST /v2/api/conversations/items/batch CONVERSATIONS_READ
PUT /v2/api/conversations/{contact_number}/action CONVERSATIONS_READ
POST /v2/api/conversations/items/{id}/tags TAGS_WRITE
DELETE /v2/api/conversations/items/{id}/tags/{tag} TAGS_WRITE
GET /v2/api/users USERS_READ
GET /v2/api/users/{id} USERS_READ
GET /v2/api/tags TAGS_READ
GET /v2/api/numbers PHONE_NUMBERS_READ
"""


def reached(text: Text, method: str, rules: ApiRules) -> list[tuple[str, str, bool]]:
    """Method, path and certainty of what a URL comes to; nothing on another host."""
    url = take_apart(text, rules)
    found = match(url, method, rules) if url.host != "other" else []
    return [(route.endpoint.method, route.endpoint.path, route.sure) for route in found]


def with_holes(path: str) -> Text:
    """The URL of a template, each parameter a hole."""
    pieces = re.split(r"(\{\w+\})", ROOT + path)
    return Text(tuple(Hole() if piece.startswith("{") else piece for piece in pieces if piece))


WAYS = {
    "as it is": "{root}{path}",
    "a slash behind it": "{root}{path}/",
    "two slashes before it": "{root}/{path}",
    "two slashes behind it": "{root}{path}//",
    "slashes doubled inside": "{root}{doubled}",
    "a query": "{root}{path}?page=2&next=/v2/api/me",
    "a query behind a slash": "{root}{path}/?page=2",
    "a fragment": "{root}{path}#france",
    "a port": "https://api.withallo.com:443{path}",
    "capitals": "HTTPS://API.WithAllo.COM{path}",
    "a dot behind the host": "https://api.withallo.com.{path}",
    "a user": "https://key@api.withallo.com{path}",
    "without TLS": "http://api.withallo.com{path}",
    "blanks before it": "  {root}{path}",
    "the path alone": "{path}",
    "the path without a slash before it": "{bare}",
}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
class TestEachEndpoint:
    def test_with_holes_it_comes_to_itself_alone(self, endpoint: Endpoint, rules: ApiRules) -> None:
        assert reached(with_holes(endpoint.path), endpoint.method, rules) == [(endpoint.method, endpoint.path, True)]

    def test_with_values_it_comes_to_itself_alone_in_every_way_to_write_it(
        self, endpoint: Endpoint, rules: ApiRules
    ) -> None:
        for value in ("7f3a", "+33612345678", "a%2Fb", "x.y-z_1", "{id}"):
            path = _PARAMETER.sub(value, endpoint.path)
            for name, way in WAYS.items():
                url = way.format(root=ROOT, path=path, doubled=path.replace("/", "//"), bare=path[1:])
                got = reached(Text((url,)), endpoint.method, rules)
                assert got == [(endpoint.method, endpoint.path, True)], (name, url)

    def test_with_another_method_it_comes_only_to_what_has_that_method(
        self, endpoint: Endpoint, rules: ApiRules
    ) -> None:
        path = _PARAMETER.sub("7f3a", endpoint.path)
        for method in METHODS:
            assert [found for found, _, _ in reached(Text((ROOT + path,)), method, rules) if found != method] == []

    def test_one_part_more_or_less_does_not_come_to_it(self, endpoint: Endpoint, rules: ApiRules) -> None:
        path = _PARAMETER.sub("7f3a", endpoint.path)
        for other in (path + "/x", path.rpartition("/")[0], "/x" + path):
            found = reached(Text((ROOT + other,)), endpoint.method, rules)
            assert endpoint.path not in [path for _, path, _ in found]


def test_the_table_of_the_authentication_guide_is_the_base() -> None:
    known = {(one.method, one.path): one for one in ENDPOINTS}
    rows = [line.split() for line in GUIDE.strip().splitlines()]
    assert [(known[method, path].scopes, known[method, path].basis) for method, path, _ in rows] == [
        ((scope,), "guide") for _, _, scope in rows
    ]
    assert {key for key, one in known.items() if one.basis == "guide"} == {(method, path) for method, path, _ in rows}


@pytest.mark.parametrize(
    ("method", "path", "wanted"),
    [
        ("GET", "/v2/api/webhooks/event_types", "/v2/api/webhooks/event_types"),
        ("GET", "/v2/api/webhooks/event_type", "/v2/api/webhooks/{webhook_id}"),
        ("DELETE", "/v2/api/webhooks/event_types", "/v2/api/webhooks/{webhook_id}"),
        ("GET", "/v2/api/dialing-queues/current", "/v2/api/dialing-queues/current"),
        ("GET", "/v2/api/dialing-queues/currents", "/v2/api/dialing-queues/{queue_id}"),
        ("GET", "/v2/api/crm/companies/attributes", "/v2/api/crm/companies/attributes"),
        ("GET", "/v2/api/crm/companies/7", "/v2/api/crm/companies/{id}"),
        ("PUT", "/v2/api/crm/companies/attributes", "/v2/api/crm/companies/{id}"),
        ("GET", "/v2/api/conversations/notes/notes", "/v2/api/conversations/notes/{id}"),
        ("GET", "/v2/api/conversations/note/notes", "/v2/api/conversations/{contact_number}/notes"),
        ("GET", "/v1/api/numbers", "/v1/api/numbers"),
        ("GET", "/v2/api/numbers", "/v2/api/numbers"),
        ("GET", "/v1/api/contact/7", "/v1/api/contact/{contact_id}"),
        ("PUT", "/v1/api/contacts/7", "/v1/api/contacts/{contact_id}"),
        ("POST", "/v1/api/sms#france", "/v1/api/sms"),
        ("GET", "/v1/api/contacts/7", None),
        ("POST", "/v2/api/sms", None),
        ("GET", "/v2/api/contacts", None),
        ("GET", "/api/v2/contacts", None),
        ("GET", "/v2/API/tags", None),
        ("GET", "/v1/assets/recordings/7.mp3", None),
    ],
)
def test_neighbours_keep_apart(method: str, path: str, wanted: str | None, rules: ApiRules) -> None:
    assert [found for _, found, _ in reached(Text((ROOT + path,)), method, rules)] == ([wanted] if wanted else [])


def test_a_part_that_is_not_known_is_never_a_word_of_a_path(rules: ApiRules) -> None:
    """`/webhooks/{}` may be the list of event types for one value in a million: it counts as the parameter."""
    text = Text((ROOT + "/v2/api/webhooks/", Hole()))
    assert reached(text, "GET", rules) == [("GET", "/v2/api/webhooks/{webhook_id}", True)]
    text = Text((ROOT + "/v2/api/", Hole()))
    assert reached(text, "GET", rules) == []


def test_a_port_that_is_not_known_does_not_hide_the_path(rules: ApiRules) -> None:
    text = Text(("https://api.withallo.com:", Hole(), "/v2/api/tags"))
    assert take_apart(text, rules).host == "api"
    assert reached(text, "GET", rules) == [("GET", "/v2/api/tags", True)]
    elsewhere = Text(("https://api.example.com:", Hole(), "/v2/api/tags"))
    assert take_apart(elsewhere, rules).host == "other"
