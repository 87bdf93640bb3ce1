URL = "https://api.withallo.com/v2/api/tags"


def test_tags(allo_client):
    assert allo_client.get("/v2/api/tags").json() == {"data": []}
    assert allo_client.get(URL).status_code == 200


def test_threads(allo_client):
    assert allo_client.post("/v2/api/threads", json={"text": "a"}).status_code == 200
