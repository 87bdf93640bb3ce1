import pytest
from fastapi.testclient import TestClient

from server.app import app


@pytest.fixture
def allo_client():
    with TestClient(app, base_url="https://api.withallo.com") as client:
        yield client
