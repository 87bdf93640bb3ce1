import os

import httpx


def make_client() -> httpx.Client:
    return httpx.Client(
        base_url="https://api.withallo.com",
        headers={"Authorization": f"Api-Key {os.environ['ALLO_SYNC_KEY']}"},
    )
