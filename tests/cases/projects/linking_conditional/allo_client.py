import requests


class AlloClient:
    def __init__(self, key):
        self.headers = {"Authorization": f"Api-Key {key}"}

    def get(self, path):
        return requests.get("https://api.withallo.com/v2/api" + path, headers=self.headers)
