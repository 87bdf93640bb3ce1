import httpx

from allo_sync.client import make_client


def calls(client: httpx.Client):
    return client.get("/v1/api/calls").json()  # expect: GET /v1/api/calls [CONVERSATIONS_READ] definite key=env:ALLO_SYNC_KEY


def run():
    with make_client() as client:
        calls(client)
        client.get("/v2/api/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_SYNC_KEY
