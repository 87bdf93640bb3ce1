import requests


class Allo:
    def __init__(self, key):
        self.key = key

    def call(self, method, path, **kw):
        headers = {"Authorization": f"Api-Key {self.key}"}
        return requests.request(method, "https://api.withallo.com/v2/api" + path, headers=headers, **kw)
