import requests


class Api:
    def __init__(self, base, key):
        self.base = base
        self.headers = {"Authorization": f"Api-Key {key}"}

    def fetch(self, name):
        return requests.get(f"{self.base}/{name}", headers=self.headers)
