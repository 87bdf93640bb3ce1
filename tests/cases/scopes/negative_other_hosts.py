"""Nothing here is a call on Allo's API, though the file speaks of it: https://api.withallo.com/v2/api/tags."""  # expect: none
import requests
import responses
from fastapi import FastAPI
from fastapi.testclient import TestClient
from typing import TYPE_CHECKING

app = FastAPI()
PATHS = {"https://api.withallo.com/v2/api/tags": "tags"}
URL = "https://api.withallo.com/v2/api/tags"


@app.get("/v2/api/conversations")
def conversations():
    """GET https://api.withallo.com/v2/api/conversations"""
    return []


def others():
    requests.get("https://api.withallo.com.evil.example/v2/api/tags")
    requests.get("https://notapi.withallo.com/v2/api/tags")
    requests.get("https://mcp.withallo.com/mcp")
    requests.get("https://help.withallo.com/openapi.json")
    requests.get("https://example.com/?next=https://api.withallo.com/v2/api/tags")
    requests.get("https://api.withallo.com@evil.example/v2/api/tags")
    requests.post("https://api.withallo.com/v1/oauth/token", data={})
    requests.get("https://api.withallo.com/v1/assets/recordings/a.mp3")


def names():
    PATHS.get("https://api.withallo.com/v2/api/tags")
    print("https://api.withallo.com/v2/api/tags")
    requests.compat.urlparse(URL)


@responses.activate
def test_mocked(requests_mock):
    responses.add(responses.GET, "https://api.withallo.com/v2/api/tags", json={})
    requests_mock.get("https://api.withallo.com/v2/api/tags", json={})
    assert TestClient(app).get("/v2/api/conversations").status_code == 200
    client = TestClient(app)
    client.get("https://api.withallo.com/v2/api/tags")


def shadowed(requests):
    requests = {}
    return requests.get("https://api.withallo.com/v2/api/tags")


class requests_like:
    def get(self, url):
        return url


def fake():
    return requests_like().get("https://api.withallo.com/v2/api/tags")


def dead():
    return None
    requests.get("https://api.withallo.com/v2/api/tags")


def raised():
    raise NotImplementedError
    requests.get("https://api.withallo.com/v2/api/tags")


if TYPE_CHECKING:
    requests.get("https://api.withallo.com/v2/api/tags")
if False:
    requests.get("https://api.withallo.com/v2/api/tags")
