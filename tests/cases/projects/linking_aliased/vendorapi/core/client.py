import os

import httpx

http = httpx.Client(
    base_url="https://api.withallo.com/v2/api",
    headers={"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"},
)


def call(method, path):
    return http.request(method, path)
