from __future__ import annotations

import os

import requests

from .resources import Tags, Users
from .version import __version__


class AlloClient:
    def __init__(self, api_key: str, base_url: str = "https://api.withallo.com/v2/api") -> None:
        self.base_url = base_url
        self.session = requests.Session()
        self.session.headers.update({"Authorization": f"Api-Key {api_key}", "User-Agent": f"allo/{__version__}"})
        self.tags = Tags(self)
        self.users = Users(self)

    def request(self, method: str, path: str, **options):
        response = self.session.request(method, self.base_url + path, **options)
        response.raise_for_status()
        return response.json()


def connect() -> AlloClient:
    return AlloClient(os.environ["ALLO_API_KEY"])
