"""An object or a function of another module of the project takes the path: open, never silent."""

import logging

import pytest
import respx
from fastapi import FastAPI
from fastapi.testclient import TestClient

from .allo import AlloClient
from .http import call_api, session
from .settings import Settings

app = FastAPI()
allo = AlloClient()
config = Settings(base_url="https://api.withallo.com")


def tags():
    return allo.get("/v2/api/tags")  # expect: unresolved


def users():
    return session.get("https://api.withallo.com/v2/api/users")  # expect: unresolved


def numbers():
    return call_api("GET", "https://api.withallo.com/v2/api/numbers")  # expect: unresolved


def elsewhere():
    return session.get("https://api.example.org/v2/api/users")


def said():
    logging.info("https://api.withallo.com/v2/api/tags")
    print("https://api.withallo.com/v2/api/tags")


@app.get("/v2/api/tags")
def route():
    return []


@respx.mock
def test_tags():
    respx.get("https://api.withallo.com/v2/api/tags")
    assert TestClient(app).get("/v2/api/tags").status_code == 200


@pytest.mark.parametrize("url", ["https://api.withallo.com/v2/api/tags"])
def test_url(url):
    assert url
