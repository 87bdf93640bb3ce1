# expect: none
"""Mocks, recorded calls and clients in the process: tests speak of Allo's URLs and call nobody."""
import unittest
from unittest import mock
from unittest.mock import MagicMock, patch

import httpretty
import httpx
import pytest
import requests_mock as rm
import responses
import respx
from aioresponses import aioresponses
from django.test import Client as DjangoClient
from fastapi.testclient import TestClient
from rest_framework.test import APIClient

from app import app, flask_app

BASE = "https://api.withallo.com/v2/api"


@responses.activate
def test_responses():
    responses.add(responses.GET, f"{BASE}/tags", json={"data": []})
    responses.get(BASE + "/users", json={})
    responses.post(url=BASE + "/threads")
    with responses.RequestsMock() as rsps:
        rsps.add("GET", BASE + "/numbers")
        rsps.get(BASE + "/numbers")
    assert responses.calls[0].request.url == BASE + "/tags"
    responses.assert_call_count(BASE + "/tags", 1)


def test_requests_mock(requests_mock):
    requests_mock.get(f"{BASE}/tags", json={})
    requests_mock.register_uri("POST", f"{BASE}/threads")
    with rm.Mocker() as m:
        m.get(BASE + "/tags")
        m.request("DELETE", BASE + "/crm/views/1")


@respx.mock(base_url="https://api.withallo.com")
def test_respx(respx_mock):
    respx_mock.get("/v2/api/tags").mock(return_value=httpx.Response(200))
    respx.post(f"{BASE}/threads").respond(201)
    route = respx.route(method="GET", url=BASE + "/users")
    assert route.called


@httpretty.activate
def test_httpretty():
    httpretty.register_uri(httpretty.GET, BASE + "/tags", body="{}")


def test_httpx_mock(httpx_mock):
    httpx_mock.add_response(method="GET", url=f"{BASE}/tags", json={})


async def test_aio():
    with aioresponses() as mocked:
        mocked.get(f"{BASE}/tags", payload={})


def test_transport():
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={}))
    with httpx.Client(transport=transport, base_url=BASE) as client:
        assert client.get("/tags").status_code == 200
    asgi = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://api.withallo.com")
    asgi.get("/v2/api/tags")
    httpx.Client(transport=httpx.WSGITransport(app=flask_app)).get(BASE + "/tags")


def test_in_process():
    client = TestClient(app, base_url="https://api.withallo.com")
    client.get("/v2/api/tags")
    with TestClient(app) as other:
        other.post("/v2/api/threads", json={})
    flask_app.test_client().get("/v2/api/tags")
    with flask_app.test_client() as flask:
        flask.put("/v2/api/webhooks/1")
    DjangoClient().get("/v2/api/users")
    APIClient().post("/v2/api/threads", {})


@pytest.fixture
def client():
    return TestClient(app)


def test_fixture(client):
    assert client.get("/v2/api/tags").json() == []


def test_asserted():
    session = MagicMock()
    session.get.assert_called_once_with(f"{BASE}/tags")
    session.request.assert_any_call("GET", f"{BASE}/tags")
    assert mock.call("GET", BASE + "/tags") in session.mock_calls
    session.get(BASE + "/tags")
    with patch("requests.get") as get:
        get.return_value.json.return_value = {}
        get.assert_called_with(BASE + "/tags")


class Case(unittest.TestCase):
    def test_url(self):
        self.assertEqual(f"{BASE}/tags", "https://api.withallo.com/v2/api/tags")
