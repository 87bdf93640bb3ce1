"""Two objects of one class, each with a key of its own."""
import os

import requests


class Allo:
    def __init__(self, key):
        self.headers = {"Authorization": f"Api-Key {key}"}

    def call(self, method, path):
        return requests.request(method, "https://api.withallo.com" + path, headers=self.headers)


reader = Allo(os.environ["ALLO_READ_KEY"])
writer = Allo(os.environ["ALLO_WRITE_KEY"])


def run(item):
    reader.call("GET", "/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_READ_KEY via=12
    writer.call("POST", f"/v2/api/conversations/items/{item}/tags")  # expect: POST /v2/api/conversations/items/{id}/tags [TAGS_WRITE] definite key=env:ALLO_WRITE_KEY via=12
